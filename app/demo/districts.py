"""A list whose line goes to every school district at once: one district has begun, the other has it in its hands."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.core.database import db, use_context
from app.demo.telling import Teller
from app.demo.tree import County
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations import drafting, items, lists
from app.improvement.problems.operations.drafting import Submission
from app.improvement.problems.operations.spreading import SpreadIn, spread_item

TITLE = "2026 年学区联片教研问题清单"
PROBLEM = "学区联片教研一学期不足两次，村小教师没有参加"
CRITERIA = "每学期联片教研不少于四次；每次有村小教师参加并留下记录"


def tell(county: County, teller: Teller) -> None:
    """The office writes the line for one district and sends it to all of them; the group head approves."""
    office, day = county.any("office_director"), teller.real.date() - timedelta(days=12)
    first, second = (county.at("dept_head", code) for code in ("XQ-01", "XQ-02"))
    teller.at(day, 9)
    use_context(office.context())
    place = lists.ListPlace(county.id, None, county.units["BG"], "county")
    held = lists.draft_list(office, place, lists.ListIn(TITLE))
    line = drafting.ItemIn(
        title=PROBLEM, category="management", source_type="inspection", severity="minor", unit_id=first.unit_id,
        responsible_person_id=first.person_id, co_units=[], criteria=CRITERIA, due_on=day + timedelta(days=240),
    )  # fmt: skip
    drafting.add_item(office, held, line)
    db.session.refresh(held, ["items"])
    spread_item(office, held.items[0], SpreadIn("district"))
    db.session.refresh(held, ["items"])
    lists.submit_list(office, held, Submission())
    lists.approve_list(county.any("leading_group_head"), held, Submission())
    teller.later(days=1)
    lists.issue_list(office, held, lists.IssueIn("清教督办〔2026〕26号"))
    teller.later(days=2)
    for head, code in ((first, "XQ-01"), (second, "XQ-02")):
        officer = county.at("dept_officer", code)
        use_context(head.context())
        item = db.session.scalars(
            select(ProblemItem).where(ProblemItem.list_id == held.id, ProblemItem.unit_id == head.unit_id)
        ).one()
        items.accept_item(head, item, items.AcceptIn(officer.person_id, head.person_id))
        if head is first:
            items.start_diagnosis(officer, item, Submission())
