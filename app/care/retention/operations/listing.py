"""The list of what is due, made anew each day and after every change of a period or hold; and the holds themselves."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.care.retention.classes import classes
from app.care.retention.due import held, rows_for, years_of
from app.care.retention.models import GROUNDS, PurgeBatch, RetentionDue, RetentionHold
from app.care.retention.operations.periods import BureauPlace
from app.core import clock
from app.core.casework.door import SHORTEST_REASON, begin, follow, operation
from app.core.copying import allow_long_statements
from app.core.database import db, use_context, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.deliver import first_time
from app.core.outbox.models import Effect, OutboxRow
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM, Actor
from app.people.directory.models import Student, Unit

OPEN_STATES = ("due", "proposed", "approved")
LONGEST = timedelta(days=5 * 366)
NO_REASON = Sentence("请写原因，至少 10 个字，不写姓名", "Give the reason in at least 10 characters, without a name")
NO_GROUND = Sentence("请选为什么保留", "Choose why it is held")
NO_SCHOOL = Sentence("写了学籍号，就要选学校", "Choose the school of the student number")
NO_STUDENT = Sentence("这所学校没有这个学籍号，请核对", "This school has no such student number; check it")
WRONG_DAY = Sentence("最后一天要在今天以后、五年以内", "The last day lies after today and within five years")
NO_CLASS = Sentence("请选一类数据，或者选全部", "Choose a class of data, or all of them")
LIFTED = Sentence("这项保留已经解除了", "This hold was lifted already")


@dataclass(frozen=True)
class HoldIn:
    """What is kept longer, why, until when; without a class all classes, without a student number the whole school or county."""

    ground: str
    reason: str
    until_on: date
    class_code: str | None = None
    school_id: uuid.UUID | None = None
    student_no: str = ""


@operation(right="retention.place_hold", name="retention_hold.place")
def place_hold(actor: Actor, place: BureauPlace, given: HoldIn) -> RetentionHold:
    """Hold from now on. Raises Invalid naming the field."""
    assert actor.person_id is not None
    if given.ground not in GROUNDS:
        raise Invalid("ground", NO_GROUND)
    if given.class_code is not None and given.class_code not in classes():
        raise Invalid("class_code", NO_CLASS)
    if len(given.reason.strip()) < SHORTEST_REASON:
        raise Invalid("reason", NO_REASON)
    if not clock.today() < given.until_on <= clock.today() + LONGEST:
        raise Invalid("until_on", WRONG_DAY)
    student = _student(place.county_id, given)
    made = RetentionHold(
        id=uuid7(), county_id=place.county_id, school_id=given.school_id, class_code=given.class_code,
        entity="students" if student else None, record_id=student, ground=given.ground, reason=given.reason.strip(),
        until_on=given.until_on, placed_by=actor.person_id,
    )  # fmt: skip
    db.session.add(made)
    post("refresh_due", made)
    return made


def _student(county: uuid.UUID, given: HoldIn) -> uuid.UUID | None:
    """The student of the number. The officer learns that the school has it, and nothing else."""
    number = given.student_no.strip()
    if not number:
        return None
    if given.school_id is None:
        raise Invalid("school_id", NO_SCHOOL)
    wanted = select(Student.id).where(
        Student.county_id == county, Student.school_id == given.school_id, Student.student_no == number
    )
    before = db.session.info.get("context")
    use_context(SYSTEM.context())
    found = db.session.scalar(wanted)
    use_context(before)
    if found is None:
        raise Invalid("student_no", NO_STUDENT)
    return found


@dataclass(frozen=True)
class LiftIn:
    """The version that the page showed."""

    version: int | None = None


@operation(right="retention.place_hold", name="retention_hold.lift")
def lift_hold(actor: Actor, hold: RetentionHold, given: LiftIn) -> None:
    """The ground is gone: what it held is due again. Raises StepRefused."""
    if hold.lifted_on is not None:
        raise StepRefused((LIFTED,))
    hold.lifted_on, hold.lifted_by = clock.today(), actor.person_id
    post("refresh_due", hold)


@operation(right="system", name="retention.refresh")
def refresh_due(actor: Actor, county: Unit, given: None = None) -> None:
    """Make the list of a county anew, mark what is held, and open a batch for each class of which something is due."""
    allow_long_statements()
    now = clock.now()
    for code, years in years_of(county.id).items():
        _list(rows_for(county.id, classes()[code], years))
    stale = delete(RetentionDue).where(RetentionDue.county_id == county.id, RetentionDue.seen_at < now)
    db.session.execute(stale.execution_options(synchronize_session=False))
    mark_held(county.id)
    open_batches = {one.class_code: one for one in db.session.scalars(_open(county.id)).all()}
    for code in classes():
        batch = open_batches.get(code) or _collected(county, code)
        if batch is not None and batch.state == "due":
            _gather(batch)
        if batch is not None and batch.state in ("due", "proposed") and not batch.has_due_rows:
            follow(batch, "lapse")


def _list(rows: Select[Any]) -> None:
    listed = insert(RetentionDue).from_select(
        ["county_id", "school_id", "class_code", "subject_id", "due_on", "seen_at"], rows, include_defaults=False
    )
    now = {name: listed.excluded[name] for name in ("school_id", "due_on", "seen_at")}
    db.session.execute(
        listed.on_conflict_do_update(index_elements=["class_code", "subject_id"], set_=now).execution_options(
            synchronize_session=False
        )
    )


def mark_held(county: uuid.UUID) -> None:
    """Write beside each row why it is held; what is held belongs to no batch."""
    marked = update(RetentionDue).where(RetentionDue.county_id == county).values(hold=held())
    db.session.execute(marked.execution_options(synchronize_session=False))
    freed = update(RetentionDue).where(RetentionDue.county_id == county, RetentionDue.hold != "")
    db.session.execute(freed.values(batch_id=None).execution_options(synchronize_session=False))


def _open(county: uuid.UUID) -> Select[Any]:
    return select(PurgeBatch).where(PurgeBatch.county_id == county, PurgeBatch.state.in_(OPEN_STATES))


def _free(county: uuid.UUID, code: str) -> tuple[ColumnElement[bool], ...]:
    due = RetentionDue
    return due.county_id == county, due.class_code == code, due.hold == "", due.batch_id.is_(None)


def _collected(county: Unit, code: str) -> PurgeBatch | None:
    """A new batch where something of the class is due and in no batch yet."""
    if not db.session.scalar(select(func.count()).select_from(RetentionDue).where(*_free(county.id, code))):
        return None
    made = PurgeBatch(id=uuid7(), county_id=county.id, unit_id=county.id, class_code=code)
    begin(made, "collect")
    return made


def _gather(batch: PurgeBatch) -> None:
    """What is due by now goes into the batch that is not proposed yet."""
    taken = update(RetentionDue).where(*_free(batch.county_id, batch.class_code)).values(batch_id=batch.id)
    db.session.execute(taken.execution_options(synchronize_session=False))
    batch.total = db.session.scalar(select(func.count()).where(RetentionDue.batch_id == batch.id)) or 0


def refresh_all() -> int:
    """The daily job: every county whose list is not of today; how many."""
    use_context(SYSTEM.context())
    day, done = clock.today(), 0
    for county in db.session.scalars(select(Unit).where(Unit.kind == "county_bureau")).all():
        if db.session.get(Effect, _key(county.id, day)) is None:
            refresh_of_day(SYSTEM, county, None)
            done += 1
    return done


def _key(county: uuid.UUID, day: date) -> str:
    return f"retention:{county}:{day}"


@operation(right="system", name="retention.refresh_of_day")
def refresh_of_day(actor: Actor, county: Unit, given: None = None) -> None:
    """Ask for the list of today, once: the worker makes it."""
    if first_time(_key(county.id, clock.today())):
        post("refresh_due", county, queue="heavy")


def refresh(row: OutboxRow) -> None:
    """What the worker does: the list of the county of whatever changed."""
    use_context(SYSTEM.context())
    county = db.session.get(Unit, row.county_id or row.record_id)
    if county is not None:
        refresh_due(SYSTEM, county, None)
