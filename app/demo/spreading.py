"""One line for every school that the bureau runs itself: told by type, signed for by some, still open at others.

One school shows the others how it arranges its own: two ask it for help, one of them has its answer already.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.core import clock
from app.core.database import db, use_context
from app.core.policy.actor import Actor
from app.demo.fates import place_of
from app.demo.others import ON_THE_DESK
from app.demo.telling import Teller
from app.demo.tree import County
from app.improvement.problems.models import ProblemItem, ProblemList
from app.improvement.problems.operations import drafting, items, lists
from app.improvement.problems.operations.drafting import Submission
from app.improvement.problems.operations.hand_offs import GiveBackIn, PassIn, give_back, pass_item
from app.improvement.problems.operations.spreading import SpreadIn, spread_item
from app.improvement.problems.queries.errands import errands

TITLE = "2026 年冬季上下学安全问题清单"
LINE = "校门口上下学时段护学岗没有排班，没有公示值守人"
HOW = "督导组早晚各看一次，护学岗靠家长志愿者自行安排，缺岗时没有人补。"
CRITERIA = "护学岗按周排班并在校门口公示，缺岗当天有人补"
FIRST = "第二小学"
ASKED, SHOWN = "请贵校介绍护学岗怎样排班、怎样公示", "已把排班表和公示样式发去，并请两校值班教师来看了一次"
ASKING = (5, 6)
SIGNED_BY = 9
"""So many of the schools have signed for theirs."""


def tell(county: County, teller: Teller) -> None:
    """The office drafts one line, puts it on the list for all schools of the type, and issues it."""
    office, head = county.any("office_director"), county.any("leading_group_head")
    day = ON_THE_DESK + timedelta(days=7)
    school = next(place for place, _kind, name in county.schools.values() if name == FIRST)
    first, helper = place_of(county, school), county.any("principal")
    teller.at(day, 9)
    place = lists.ListPlace(county.id, None, county.units["BG"], "county")
    held = lists.draft_list(office, place, lists.ListIn(TITLE))
    line = drafting.ItemIn(
        title=LINE, description=HOW, category="management", domain_code="management", source_type="inspection",
        severity="minor", unit_id=school, responsible_person_id=first.principal.person_id, co_units=[str(helper.unit_id)],
        criteria=CRITERIA, due_on=day + timedelta(days=120),
    )  # fmt: skip
    drafting.add_item(office, held, line)
    db.session.refresh(held, ["items"])
    spread_item(office, held.items[0], SpreadIn("direct"))
    db.session.refresh(held, ["items"])
    lists.submit_list(office, held, Submission())
    lists.approve_list(head, held, Submission())
    lists.issue_list(office, held, lists.IssueIn("清教督办〔2026〕23号"))
    _signed(county, teller, held, helper)


def _signed(county: County, teller: Teller, held: ProblemList, helper: Actor) -> None:
    day = clock.today()
    told = select(ProblemItem).where(ProblemItem.list_id == held.id).order_by(ProblemItem.number).limit(SIGNED_BY)
    for number, item in enumerate(db.session.scalars(told).all()):
        teller.at(day + timedelta(days=1 + number // 5), 9 + number % 5, 20)
        assert item.school_id is not None
        who = place_of(county, item.school_id)
        use_context(who.principal.context())
        items.accept_item(who.principal, item, items.AcceptIn(who.coordinator.person_id, who.leader.person_id))
        if number in ASKING and item.school_id != helper.unit_id:
            pass_item(who.principal, item, PassIn(helper.unit_id, ASKED))
    teller.at(day + timedelta(days=3), 15)
    use_context(helper.context())
    give_back(helper, errands(helper)[0], GiveBackIn(SHOWN))
