"""An item goes from unit to unit: each hand-off is written down, and who has it for the moment may read it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select

from app.core import clock
from app.core.calendar import add_working_days
from app.core.casework.deadlines import work_calendar
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.core.policy.assignments import CaseAssignment
from app.improvement.problems.models import ItemErrand, ItemHandOff, ProblemItem
from app.people.directory.models import RoleAssignment, Unit
from app.people.identity.terms import running
from workflows.improvement.problem_item_facts import HELP_WORKING_DAYS

PART = "co_unit"
READERS = ("dept_head", "dept_officer")
NOT_NOW = Sentence(
    "交办以后、销号以前才能转给别的单位", "An item goes to another unit once it is issued and until it is closed"
)
NOT_HELPING = Sentence(
    "请从这一项的责任单位和协同单位里选，不能是正在办的单位",
    "Choose among the responsible unit and those that help, other than the one that has it now",
)
PROMISED_BEFORE = Sentence("约定的日子要在今天以后", "Agree on a day after today")
NO_NOTE = Sentence(
    "请写明请对方办什么，或办到了什么，至少 5 个字",
    "Say what they are to do, or what was done, in 5 characters or more",
)


@dataclass(frozen=True)
class PassIn:
    """To which unit, for what, and until when; ten working days where no day was agreed."""

    unit_id: uuid.UUID | None
    note: str
    version: int | None = None
    promised_on: date | None = None


@dataclass(frozen=True)
class GiveBackIn:
    """What a helping unit did."""

    note: str


def holder_of(item: ProblemItem) -> uuid.UUID | None:
    """The unit that has the item now."""
    latest = select(ItemHandOff.to_unit_id).where(ItemHandOff.item_id == item.id)
    held: uuid.UUID | None = db.session.scalar(latest.order_by(ItemHandOff.handed_at.desc()).limit(1))
    return held or item.unit_id


def hand(
    actor: Actor,
    of: ProblemItem | ItemErrand,
    giver: uuid.UUID | None,
    taker: uuid.UUID | None,
    kind: str,
    note: str = "",
    promised_on: date | None = None,
) -> ItemHandOff | None:
    """Write a hand-off of an item down, which ends the errand of whoever had it for help; inside an act."""
    if giver is None or taker is None or giver == taker:
        return None
    item_id = of.item_id if isinstance(of, ItemErrand) else of.id
    handed = ItemHandOff(
        id=uuid7(), county_id=of.county_id, school_id=of.school_id, item_id=item_id, from_unit_id=giver,
        to_unit_id=taker, kind=kind, note=note.strip()[:300], handed_at=clock.now(), handed_by=actor.person_id,
        promised_on=promised_on,
    )  # fmt: skip
    db.session.add(handed)
    db.session.flush()  # before the errand goes: it is what lets a helping school write this row
    end_help(item_id)
    return handed


def end_help(item_id: uuid.UUID) -> None:
    """Nobody has it for help any more: the errand goes, and who read the item for it does not read it from now on."""
    for errand in db.session.scalars(select(ItemErrand).where(ItemErrand.item_id == item_id)):
        db.session.delete(errand)
    duties = select(CaseAssignment).where(
        CaseAssignment.entity == ProblemItem.__tablename__,
        CaseAssignment.record_id == item_id,
        CaseAssignment.part == PART,
        or_(CaseAssignment.to_on.is_(None), CaseAssignment.to_on >= clock.today()),
    )
    for duty in db.session.scalars(duties):
        duty.to_on = clock.today() - timedelta(days=1)
    db.session.flush()


def takers_of(item: ProblemItem) -> set[uuid.UUID]:
    """Units to which it may go now: the responsible one and those that help, without the one that has it."""
    named = {uuid.UUID(one) for one in item.co_units or ()} | ({item.unit_id} if item.unit_id else set())
    return named - {holder_of(item)}


@operation(right="problems.pass_item", name="problem_item.pass")
def pass_item(actor: Actor, item: ProblemItem, given: PassIn) -> None:
    """To a unit that helps, or back; whoever has it for help knows what it has to, and no longer. Raises Invalid."""
    if item.issued_on is None or item.state in ("draft", "closed", "void", "contested"):
        raise Invalid("", NOT_NOW)
    if given.unit_id is None or given.unit_id not in takers_of(item):
        raise Invalid("unit", NOT_HELPING)
    _said(given.note)
    holder = holder_of(item)
    if given.unit_id == item.unit_id:
        hand(actor, item, holder, given.unit_id, "given_back", given.note)
    else:
        promised = given.promised_on or add_working_days(clock.today(), HELP_WORKING_DAYS, work_calendar().overrides)
        if promised <= clock.today():
            raise Invalid("promised_on", PROMISED_BEFORE)
        hand(actor, item, holder, given.unit_id, "passed", given.note, promised)
        _open_to(item, given.unit_id, given.note.strip(), promised)
    post("item_passed", item, unit=given.unit_id)


@operation(right="problems.give_back", name="item_hand_off.give_back")
def give_back(actor: Actor, errand: ItemErrand, given: GiveBackIn) -> ItemHandOff | None:
    """The helping unit gives the item back and says what it did; from then on it knows nothing of it. Raises Invalid."""
    _said(given.note)
    handed = hand(actor, errand, errand.unit_id, errand.responsible_unit_id, "given_back", given.note)
    post("item_passed", handed, item=errand.item_id, unit=errand.responsible_unit_id)
    return handed


def _said(note: str) -> None:
    if len(note.strip()) < 5:
        raise Invalid("note", NO_NOTE)


def _open_to(item: ProblemItem, unit_id: uuid.UUID, note: str, promised_on: date) -> None:
    """The helping unit learns what it has to know; the heads of a section read the item while they have it."""
    assert item.unit_id is not None
    db.session.add(
        ItemErrand(
            id=uuid7(), county_id=item.county_id, school_id=item.school_id, item_id=item.id, unit_id=unit_id,
            responsible_unit_id=item.unit_id, number=item.number, title=item.title, description=item.description,
            note=note[:300], handed_on=clock.today(), promised_on=promised_on,
        )
    )  # fmt: skip
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
