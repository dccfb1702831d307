"""Items that go to a helping section and come back, and a letter whose matter a coming visit looks at."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.demo.telling import Teller
from app.demo.tree import County
from app.improvement.citizen_letters.models import CitizenLetter
from app.improvement.citizen_letters.operations.visiting import QuestionIn, ask_at_visit
from app.improvement.citizen_letters.queries.visiting import visits_to_ask
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations.hand_offs import PassIn, pass_item, takers_of

ASKED = (
    "请教研室帮助看一下近两次单元练习，判断是教学还是命题的问题",
    "请派学科教研员到校听课两节，给出分层练习的建议",
    "请核对两个年级的课时安排，看是否要调整教研计划",
)
DONE = "已看过练习并到校听课两节，建议写进了方案附件，转回学校继续落实"
LOOK = "到校时看一看课后托管时段每层楼的值班教师是否在岗"


def tell(county: County, teller: Teller) -> None:
    """Three go for help: two are back, one is still there; the office puts one matter on the checklist of a visit."""
    today = teller.real.date()
    use_context(SYSTEM.context())
    wanted = select(ProblemItem).where(
        ProblemItem.county_id == county.id, ProblemItem.level == "county", ProblemItem.state == "implementing",
        func.jsonb_array_length(ProblemItem.co_units) > 0,
    )  # fmt: skip
    items = db.session.scalars(wanted.order_by(ProblemItem.number.desc()).limit(len(ASKED))).all()
    office = county.any("office_director")
    for number, (item, note) in enumerate(zip(items, ASKED, strict=False)):
        teller.at(today - timedelta(days=18 - 5 * number), 10, 20)
        responsible, helper = item.unit_id, next(iter(takers_of(item)))
        use_context(office.context())
        pass_item(office, item, PassIn(helper, note))
        if number < len(ASKED) - 1:
            teller.later(days=5)
            use_context(office.context())
            pass_item(office, item, PassIn(responsible, DONE))
    _at_a_visit(county, teller)


def _at_a_visit(county: County, teller: Teller) -> None:
    office = county.any("office_director")
    teller.at(teller.real.date() - timedelta(days=1), 15)
    use_context(office.context())
    for letter in db.session.scalars(select(CitizenLetter).order_by(CitizenLetter.number)).all():
        coming = visits_to_ask(office, letter)
        if coming:
            ask_at_visit(office, letter, QuestionIn(coming[0].id, LOOK))
            return
