"""Giving notice, being heard in the window, objecting to a commendation, and the end of windows and periods."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import exists, select

from app.core import clock
from app.core.calendar.days import add_working_days
from app.core.casework import deadlines
from app.core.casework.door import follow, operation
from app.core.database import db, use_context, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM, Actor
from app.improvement.accountability.models import AccountabilityNotice, AccountabilityRecord, AccountabilitySaying
from app.improvement.accountability.numbers import accountability_numbers
from app.improvement.accountability.operations.drafting import RecordStep
from app.improvement.accountability.operations.notices import end_public_page, put_on_notice, take_off_notice
from workflows.improvement.accountability_record import ACCOUNTABILITY_RECORD

SAY_SOMETHING = Sentence("请写陈述申辩的内容，至少 10 个字", "Write the statement, at least 10 characters")
WHY_OBJECT = Sentence(
    "请写异议和依据，至少 10 个字", "Write the objection and what it rests on, at least 10 characters"
)
NOT_ON_NOTICE = Sentence("公示期已经结束，不能再提异议", "The time of public notice is over")
PRAISED = Sentence("表彰用公示听取异议，不用陈述申辩", "A commendation is on public notice; others object")
LEAST = 10


@dataclass(frozen=True)
class SayingIn:
    """What is said: a statement or an appeal."""

    words: str
    version: int | None = None


@dataclass(frozen=True)
class ObjectionPlace:
    """Whose objection it is: not the notice's own row, which a reader may not lock."""

    county_id: uuid.UUID
    unit_id: uuid.UUID
    school_id: uuid.UUID | None


@dataclass(frozen=True)
class ObjectionIn:
    """To which notice somebody objects, and why."""

    notice: AccountabilityNotice
    words: str


@operation(ACCOUNTABILITY_RECORD, "notify")
def notify_party(actor: Actor, record: AccountabilityRecord, given: RecordStep) -> None:
    """Give notice: the window opens for so many working days of the county's calendar, today not counted."""
    days = accountability_numbers().window_of(record.kind)
    record.notified_on, record.considered = clock.today(), record.measure
    record.statement_until = add_working_days(clock.today(), days, deadlines.work_calendar().overrides)
    if not record.is_accountability:
        put_on_notice(record, "publicity", record.account, record.statement_until)
    post("accountability_notified", record)
    post("accountability_paper", record, queue="heavy", paper="notice")


@operation(ACCOUNTABILITY_RECORD, "state_case")
def state_case(actor: Actor, record: AccountabilityRecord, given: SayingIn) -> None:
    """The party is heard, as often as it wants while the window is open. Raises Invalid, StepRefused."""
    if not record.is_accountability:
        raise StepRefused((PRAISED,))
    say(actor, record, "statement", given.words, SAY_SOMETHING)


def say(actor: Actor, record: AccountabilityRecord, kind: str, words: str, wanted: Sentence) -> None:
    """Keep what the party says, in its own words. Raises Invalid."""
    assert actor.person_id is not None and actor.unit_id is not None
    if len(words.strip()) < LEAST:
        raise Invalid("words", wanted)
    db.session.add(
        AccountabilitySaying(
            id=uuid7(), county_id=record.county_id, school_id=record.school_id, record_id=record.id, kind=kind,
            owner_id=actor.person_id, unit_id=actor.unit_id, words=words.strip(), said_on=clock.today(),
        )
    )  # fmt: skip


@operation(right="accountability.object_to_notice", name="accountability_saying.object")
def object_to(actor: Actor, place: ObjectionPlace, given: ObjectionIn) -> AccountabilitySaying:
    """Object to a commendation on public notice; the office and the body read it, the party does not learn by whom.

    Raises StepRefused after the last day, Invalid without words.
    """
    assert actor.person_id is not None
    if not given.notice.takes_objections:
        raise StepRefused((NOT_ON_NOTICE,))
    if len(given.words.strip()) < LEAST:
        raise Invalid("words", WHY_OBJECT)
    said = AccountabilitySaying(
        id=uuid7(), county_id=place.county_id, school_id=place.school_id, record_id=given.notice.record_id,
        kind="objection", owner_id=actor.person_id, unit_id=place.unit_id, words=given.words.strip(),
        said_on=clock.today(),
    )  # fmt: skip
    db.session.add(said)
    return said


@operation(right="system", name="accountability_record.keep_time")
def keep_time(actor: Actor, record: AccountabilityRecord, given: None = None) -> None:
    """What the day asks for and no more: a window ends, a decision lapses. It decides nothing."""
    if record.state == "hearing" and record.window_is_over:
        said = select(exists().where(AccountabilitySaying.record_id == record.id))
        record.unheard = not db.session.scalar(said)
        take_off_notice(record, ("publicity",))
        follow(record, "end_hearing")
    elif record.state in ("decided", "disclosed") and record.period_is_over:
        take_off_notice(record, ("disclosure",))
        end_public_page(record, "expired")
        follow(record, "lapse")


def keep_time_of_all() -> int:
    """The job of each sweep: windows and periods that are over; how many moved."""
    use_context(SYSTEM.context())
    day = clock.today()
    table = AccountabilityRecord
    over = (table.state == "hearing") & (table.statement_until < day)
    past = table.state.in_(("decided", "disclosed")) & (table.lapses_on <= day)
    due = db.session.scalars(select(table).where(over | past)).all()
    for record in due:
        keep_time(SYSTEM, record, None)
    return len(due)
