"""A run of the rules: computations are written, new answers become proposals, protection begins at once where it must."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ARRAY, JSON, Date, DateTime, Uuid, any_, bindparam, select, text

from app.care.rainbow.computing import AS_BEFORE, SET_BASED, compute_tiers
from app.care.rainbow.duty_plan import duty_plan
from app.care.rainbow.models import ONE_YEAR, CareDuty, RainbowAssessment, RainbowRun, rules_for
from app.care.rainbow.operations.duties import end_protection
from app.care.rainbow.operations.following import end_talk
from app.care.screening.models import CriticalAlert, ScreeningCampaign, ScreeningTask
from app.core import clock
from app.core.audit import trail
from app.core.calendar.days import add_working_days
from app.core.calendar.hours import end_of_day
from app.core.casework import deadlines
from app.core.casework.bulk import begin_all, begun_alike
from app.core.casework.daily import take_each
from app.core.casework.door import operation
from app.core.copying import allow_long_statements
from app.core.database import db, use_context, uuid7
from app.core.outbox.models import OutboxRow
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM, Actor
from app.core.spreadsheets.cell_by_cell import no_cycle_hunt
from app.people.directory.models import Student, Unit
from workflows.care.rainbow_assessment import RAINBOW_ASSESSMENT

TOGETHER = timedelta(hours=24)
WORKING_DAYS = {"green": 15, "yellow": 10, "orange": 3}
"""Time to decide by level (domain B4); help at once has 24 hours and two persons."""
PRIORITY = {"red": 0, "orange": 1, "yellow": 2, "green": 3}
TAKE_BACK = text(
    """update rainbow_assessments a set state = 'superseded', previous_state = 'proposed', version = a.version + 1,
           state_since = :now
       from rainbow_computations c
       where c.run_id = :run and c.student_id = a.student_id and a.state = 'proposed'
           and a.school_id = any(cast(:schools as uuid[]))
       returning a.id"""
)
CLOSE = text("update deadlines set closed_at = :now where closed_at is null and record_id = any(:ids)")
MAKE = text((Path(__file__).parents[1] / "proposing.sql").read_text(encoding="utf-8")).bindparams(
    bindparam("limits", type_=JSON), bindparam("schools", type_=ARRAY(Uuid)),
    bindparam("today", type_=Date), bindparam("now", type_=DateTime(timezone=True)),
)  # fmt: skip


@dataclass(frozen=True)
class RunIn:
    """Which schools, or which one student, a run is about."""

    schools: tuple[uuid.UUID, ...]
    student_id: uuid.UUID | None = None


@operation(right="system", name="rainbow.compute")
def compute(actor: Actor, place: Unit, given: RunIn) -> RainbowRun:
    """Compute the schools of a county, or one student, and propose what is new; one entry with count and digest (D20).

    An open proposal of a student whose facts changed is superseded, whatever the new answer is.
    """
    deed, now = trail.current(), clock.now()
    allow_long_statements()
    assert deed is not None and place.county_id is not None
    rules = rules_for(place.county_id)
    run = compute_tiers(rules, given.schools, clock.today(), deed.id, given.student_id)
    db.session.execute(SET_BASED)
    _take_back(deed.id, given.schools, now)
    made = propose(deed.id, given.schools, now)
    deed.main.extra |= {"computed": run.written, "proposed": made, "digest": run.digest}
    kept = RainbowRun(
        id=uuid7(), county_id=place.county_id, school_id=place.school_id, ran_on=clock.today(),
        rule_set=rules.version, computed=run.written, proposed=made, digest=run.digest,
    )  # fmt: skip
    db.session.add(kept)
    return kept


def _take_back(run: uuid.UUID, schools: Sequence[uuid.UUID], now: datetime) -> None:
    ids = list(db.session.scalars(TAKE_BACK, {"run": run, "schools": list(schools), "now": now}))
    if ids:
        db.session.execute(CLOSE, {"now": now, "ids": ids})


def propose(run: uuid.UUID, schools: Sequence[uuid.UUID], now: datetime) -> int:
    """Write the proposals of a run by one statement; clocks, letters and protection for those that cannot wait.

    Returns how many there are. The database tells the ids of those that cannot wait alone: nothing is done about the others.
    """
    limits = _limits(now)
    told = db.session.execute(
        MAKE,
        {
            "run": run, "schools": list(schools), "today": clock.today(), "now": now, "limits": limits,
            "workflow_version": RAINBOW_ASSESSMENT.version, "secret": secrets.token_bytes(32), "moment": uuid7().hex[:12],
            "sample": duty_plan().sample,
        },
    ).all()  # fmt: skip
    db.session.execute(AS_BEFORE)
    of_level = {one["tier"]: one for one in limits}
    for row in told:
        if row.urgent:
            begun_alike(_standing(of_level[row.proposed]), row.urgent, RAINBOW_ASSESSMENT.step("propose"), now)
            _protect(row.proposed, row.urgent, now)
    return sum(row.proposals for row in told)


def _limits(now: datetime) -> list[dict[str, Any]]:
    overrides, today = deadlines.work_calendar().overrides, clock.today()
    limits: list[dict[str, Any]] = [
        {"tier": tier, "priority": PRIORITY[tier], "together_by": None,
         "decide_by": end_of_day(add_working_days(today, days, overrides)).isoformat()}
        for tier, days in WORKING_DAYS.items()
    ]  # fmt: skip
    red = {"tier": "red", "priority": PRIORITY["red"], "decide_by": None, "together_by": (now + TOGETHER).isoformat()}
    return [*limits, red]


def _standing(limit: dict[str, Any]) -> RainbowAssessment:
    """A proposal of a level as all of a run stand; whoever is at ease is counted on the day that stands on the record."""
    decide_by, together_by = (
        limit[name] and datetime.fromisoformat(limit[name]) for name in ("decide_by", "together_by")
    )
    return RainbowAssessment(state="proposed", version=1, decide_by_at=decide_by, together_by_at=together_by)


def _protect(level: str, ids: Sequence[uuid.UUID], now: datetime) -> None:
    """Protection does not wait for a confirmation: its duties begin with the proposal, once for each student."""
    duties = {str(tier): plan for tier, plan in duty_plan().at_once.items()}.get(level, ())
    if not duties:
        return
    open_now = select(CareDuty.student_id).where(CareDuty.state == "due", CareDuty.code == "keep_company")
    found = db.session.execute(
        select(Student.id, Student.county_id, Student.school_id, Student.class_id)
        .join(RainbowAssessment, RainbowAssessment.student_id == Student.id)
        .where(RainbowAssessment.id == any_(bindparam("ids", type_=ARRAY(Uuid))), Student.id.not_in(open_now))
        .order_by(RainbowAssessment.id),
        {"ids": ids},
    ).all()
    with no_cycle_hunt():
        begin_all(
            [
                CareDuty(
                    id=uuid7(), county_id=row.county_id, school_id=row.school_id, unit_id=row.school_id,
                    student_id=row.id, class_id=row.class_id, code=duty.code, for_class=duty.by == "class",
                    due_at=duty.due_at(now),
                )
                for row in found
                for duty in duties
            ],
            "open",
        )  # fmt: skip


@operation(right="rainbow.compute_school", name="rainbow.ask")
def ask_to_compute(actor: Actor, school: Unit, given: None = None) -> None:
    """Have the own school computed anew by the next free worker."""
    post("rainbow_compute", school, queue="heavy")


def compute_asked(row: OutboxRow) -> None:
    """The job behind `rainbow_compute`: one school, or the one student that the row names. Safe twice: no facts, no rows."""
    use_context(SYSTEM.context())
    student = db.session.get(Student, row.record_id) if row.entity == Student.__tablename__ else None
    place = db.session.get(Unit, student.school_id if student else row.record_id)
    if place is not None:
        compute(SYSTEM, place, RunIn((place.id,), student.id if student else None))


def follow_results(row: OutboxRow) -> None:
    """The job behind `results_in`: the school of a scored form, or every school of a scored screening, in one run.

    Safe twice: what is computed already gives no rows.
    """
    use_context(SYSTEM.context())
    whole = row.entity == ScreeningCampaign.__tablename__
    about: ScreeningCampaign | ScreeningTask | None = (
        db.session.get(ScreeningCampaign, row.record_id) if whole else db.session.get(ScreeningTask, row.record_id)
    )
    if about is None:
        return
    place = db.session.get_one(Unit, about.school_id or about.county_id)
    schools = select(Unit.id).where(Unit.kind == "school", Unit.county_id == about.county_id)
    ids = (about.school_id,) if about.school_id else tuple(db.session.scalars(schools))
    compute(SYSTEM, place, RunIn(ids))


def follow_cleared(row: OutboxRow) -> None:
    """The job behind `alert_cleared`: the student is computed at once, so that nobody waits for the night (decision 60)."""
    use_context(SYSTEM.context())
    alert = db.session.get(CriticalAlert, row.record_id)
    student = db.session.get(Student, alert.student_id) if alert is not None else None
    if alert is not None and student is not None:
        place = db.session.get_one(Unit, student.school_id)
        compute(SYSTEM, place, RunIn((place.id,), student.id))
        with trail.act(SYSTEM, "system", "rainbow.follow_cleared", alert):
            end_protection(alert.student_id)


def follow_withdrawn(row: OutboxRow) -> None:
    """The job behind `answers_withdrawn`: the student is computed without those answers, and what they began ends.

    What a person saw, or other answers of the student, asks for goes on.
    """
    use_context(SYSTEM.context())
    student = db.session.get(Student, row.record_id)
    if student is not None:
        place = db.session.get_one(Unit, student.school_id)
        compute(SYSTEM, place, RunIn((place.id,), student.id))
        with trail.act(SYSTEM, "system", "rainbow.follow_withdrawn", student):
            end_protection(student.id)
            end_talk(student.id)


def follow_alert(row: OutboxRow) -> None:
    """Hears of an alert that waits for somebody: the student is computed at once, so that protection begins with it."""
    use_context(SYSTEM.context())
    alert = db.session.get(CriticalAlert, row.record_id)
    if alert is not None:
        with trail.act(SYSTEM, "system", "rainbow.follow_alert", alert):
            post("rainbow_compute", db.session.get_one(Student, alert.student_id), queue="urgent")


def compute_where_due() -> int:
    """The daily job: every county with facts whose day is not computed yet; how many were."""
    use_context(SYSTEM.context())
    ran = select(RainbowRun.county_id).where(RainbowRun.ran_on == clock.today(), RainbowRun.school_id.is_(None))
    counties = db.session.scalars(select(Unit).where(Unit.kind == "county_bureau", Unit.id.not_in(ran))).all()
    schools = db.session.execute(
        select(Unit.county_id, Unit.id).where(Unit.kind == "school", Unit.county_id.in_([one.id for one in counties]))
    ).all()
    for county in counties:
        compute(SYSTEM, county, RunIn(tuple(row.id for row in schools if row.county_id == county.id)))
    return len(counties)


@operation(RAINBOW_ASSESSMENT, "expire")
def expire(actor: Actor, assessment: RainbowAssessment, given: None = None) -> None:
    """A year without another: the level stays, and the next run proposes anew (decision 64)."""


def expire_where_due() -> int:
    """The daily job: assessments that are a year old; how many."""
    use_context(SYSTEM.context())
    old = select(RainbowAssessment).where(
        RainbowAssessment.state == "effective", RainbowAssessment.decided_on <= clock.today() - ONE_YEAR
    )
    return take_each(old, RainbowAssessment, lambda one: expire(SYSTEM, one, None))
