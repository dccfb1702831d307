"""Reading budgets: a class teacher and a counsellor who opened many pages; one alert is settled, one waits."""

from __future__ import annotations

from sqlalchemy import select

from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import ConfirmFirst
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM, Actor
from app.core.reading import operations
from app.core.reading.budgets import budget_of
from app.core.reading.operations import Finding
from app.demo.term.county import Term
from app.people.directory.models import Student

FOUND = "电话问过本人：当天下午在核对班上每个学生的监护人电话，已同教务处核实，确因工作需要"


def tell(term: Term) -> None:
    """Two days before the last one, and the evening before."""
    codes = list(term.county.schools)
    term.at(2, 14)
    _read(term.county.at("homeroom_teacher", codes[6]))
    use_context(SYSTEM.context())
    row = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "reading_alarm").limit(1)).one()
    told = operations.note(row)
    term.at(2, 16)
    keeper = term.in_the_chair("security_admin")
    operations.settle(keeper, told, Finding(FOUND))
    term.at(1, 19)
    _read(term.county.at("school_counselor", codes[8]))


def _read(actor: Actor) -> None:
    """One page after the other, one more than the budget holds."""
    use_context(actor.context())
    student = db.session.scalars(select(Student).where(Student.school_id == actor.school_id).limit(1)).one()
    for _page in range(budget_of(actor.role).hour + 1):
        try:
            trail.saw(actor, student, "student.page")
        except ConfirmFirst:
            return
