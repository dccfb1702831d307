"""An item goes from unit to unit: each hand-off is written down, and who has it for the moment may read it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.core.policy.assignments import CaseAssignment
from app.improvement.problems.models import ItemHandOff, ProblemItem
from app.people.directory.models import RoleAssignment, Unit
from app.people.identity.terms import running

PART = "co_unit"
READERS = ("dept_head", "dept_officer")
NOT_NOW = Sentence(
    "交办以后、销号以前才能转给别的单位", "An item goes to another unit once it is issued and until it is closed"
)
NOT_HELPING = Sentence(
    "请从这一项的责任单位和协同单位里选，不能是正在办的单位",
    "Choose among the responsible unit and those that help, other than the one that has it now",
)
NO_NOTE = Sentence(
    "请写明请对方办什么，或办到了什么，至少 5 个字",
    "Say what they are to do, or what was done, in 5 characters or more",
)


@dataclass(frozen=True)
class PassIn:
    """To which unit, and for what."""

    unit_id: uuid.UUID | None
    note: str
    version: int | None = None


def holder_of(item: ProblemItem) -> uuid.UUID | None:
    """The unit that has the item now."""
    latest = select(ItemHandOff.to_unit_id).where(ItemHandOff.item_id == item.id)
    held: uuid.UUID | None = db.session.scalar(latest.order_by(ItemHandOff.handed_at.desc()).limit(1))
    return held or item.unit_id


def hand(
    actor: Actor, item: ProblemItem, giver: uuid.UUID | None, taker: uuid.UUID | None, kind: str, note: str = ""
) -> None:
    """Write a hand-off down; inside an act."""
    if giver is None or taker is None or giver == taker:
        return
    db.session.add(
        ItemHandOff(
            id=uuid7(), county_id=item.county_id, school_id=item.school_id, item_id=item.id, from_unit_id=giver,
            to_unit_id=taker, kind=kind, note=note.strip()[:300], handed_at=clock.now(), handed_by=actor.person_id,
        )
    )  # fmt: skip


def takers_of(item: ProblemItem) -> set[uuid.UUID]:
    """Units to which it may go now: the responsible one and those that help, without the one that has it."""
    named = {uuid.UUID(one) for one in item.co_units or ()} | ({item.unit_id} if item.unit_id else set())
    return named - {holder_of(item)}


@operation(right="problems.pass_item", name="problem_item.pass")
def pass_item(actor: Actor, item: ProblemItem, given: PassIn) -> None:
    """To a unit that helps, or back; from now on its head reads the item, and who had it for help does not. Raises Invalid."""
    if item.issued_on is None or item.state in ("draft", "closed", "void", "contested"):
        raise Invalid("", NOT_NOW)
    if given.unit_id not in takers_of(item):
        raise Invalid("unit", NOT_HELPING)
    if len(given.note.strip()) < 5:
        raise Invalid("note", NO_NOTE)
    holder = holder_of(item)
    back = given.unit_id == item.unit_id
    hand(actor, item, holder, given.unit_id, "given_back" if back else "passed", given.note)
    _open_to(item, given.unit_id)
    post("item_passed", item, unit=given.unit_id)


def _open_to(item: ProblemItem, unit_id: uuid.UUID) -> None:
    """The heads of a helping unit read the item while they have it; whoever had it before no longer does."""
    duties = select(CaseAssignment).where(
        CaseAssignment.entity == ProblemItem.__tablename__,
        CaseAssignment.record_id == item.id,
        CaseAssignment.part == PART,
        or_(CaseAssignment.to_on.is_(None), CaseAssignment.to_on >= clock.today()),
    )
    for duty in db.session.scalars(duties):
        duty.to_on = clock.today() - timedelta(days=1)
    if unit_id == item.unit_id:
        return
    heads = (
        select(RoleAssignment.person_id)
        .join(Unit, Unit.id == RoleAssignment.unit_id)
        .where(Unit.id == unit_id, RoleAssignment.role.in_(READERS), running(RoleAssignment, clock.today()))
    )
    db.session.add_all(
        CaseAssignment(
            entity=ProblemItem.__tablename__, record_id=item.id, person_id=person, part=PART, from_on=clock.today(),
            county_id=item.county_id, school_id=item.school_id,
        )
        for person in set(db.session.scalars(heads))
    )  # fmt: skip
