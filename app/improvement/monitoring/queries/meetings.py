"""Reads of hearings and feedback meetings: those held, those missing, what they asked for, which findings they discussed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import exists, func, literal_column, select
from sqlalchemy.orm import selectinload

from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import (
    NOT_SET_ASIDE,
    BriefingRecord,
    DataFinding,
    FeedbackMeeting,
    FollowUp,
    MeetingFinding,
    MonitoringCycle,
    ReleaseAck,
)
from app.people.directory.models import Unit

VIEW = "monitoring.view_cycles"
MEET = "monitoring.record_meeting"
FINDINGS = "monitoring.view_findings"
WRITER: Any = literal_column("(select p.name from persons p where p.id = recorded_by)").label("writer")


def meetings_of(actor: Actor, cycle_id: Any, school_id: Any = None) -> tuple[Sequence[Any], Sequence[Any]]:
    """Briefings with their follow-ups and feedback meetings of a round, and who wrote them down: all, or of one school."""
    found = []
    for model in (BriefingRecord, FeedbackMeeting):
        wanted: Any = select(model, Unit.name.label("unit"), WRITER).join(Unit, Unit.id == model.unit_id)
        wanted = wanted.where(model.cycle_id == cycle_id)
        if model is BriefingRecord:
            wanted = wanted.options(selectinload(BriefingRecord.follow_ups))
        if school_id is not None:
            wanted = wanted.where(model.school_id == school_id)
        right = MEET if school_id is not None else VIEW
        visible = decide.visible(actor, wanted, model, right)
        found.append(db.session.execute(visible.order_by(model.held_on.desc(), model.id.desc())).all())
    return found[0], found[1]


def discussed_at(actor: Actor, meetings: Sequence[Any]) -> dict[uuid.UUID, list[Any]]:
    """Meeting → the findings it discussed, as far as the actor sees them: ref, number, title."""
    f = DataFinding
    wanted: Any = (
        select(MeetingFinding.meeting_id, f.ref, f.number, f.title)
        .join(f, f.id == MeetingFinding.finding_id)
        .where(MeetingFinding.meeting_id.in_([row[0].id for row in meetings]))
        .order_by(f.number)
    )
    found: dict[uuid.UUID, list[Any]] = {}
    for row in db.session.execute(decide.visible(actor, wanted, f, FINDINGS)) if meetings else ():
        found.setdefault(row.meeting_id, []).append(row)
    return found


def meetings_about(actor: Actor, finding: DataFinding) -> Sequence[MeetingFinding]:
    """Where a finding was discussed, newest first; shown with the finding or not at all."""
    wanted = select(MeetingFinding).where(MeetingFinding.finding_id == finding.id)
    return db.session.scalars(wanted.order_by(MeetingFinding.held_on.desc(), MeetingFinding.id)).all()


def findings_to_discuss(actor: Actor, cycle_id: uuid.UUID, school_id: uuid.UUID | None = None) -> Sequence[Any]:
    """Findings of a round that a meeting may discuss, by unit code: ref, number, title, unit."""
    f = DataFinding
    wanted: Any = (
        select(f.ref, f.number, f.title, Unit.short_name.label("unit"))
        .join(Unit, Unit.id == f.unit_id)
        .where(f.cycle_id == cycle_id, f.state.in_(NOT_SET_ASIDE))
        .order_by(Unit.code, f.number)
    )
    if school_id is not None:
        wanted = wanted.where(f.school_id == school_id)
    return db.session.execute(decide.visible(actor, wanted, f, FINDINGS)).all()


def follow_up_for(actor: Actor, ref: str) -> tuple[FollowUp, str]:
    """What a hearing asked for, and the page that tells of it: the round's, or the school's results. Raises NotFound."""
    held = BriefingRecord
    wanted: Any = (
        select(FollowUp, MonitoringCycle.ref.label("cycle"), ReleaseAck.ref.label("ack"))
        .join(held, held.id == FollowUp.briefing_id)
        .outerjoin(MonitoringCycle, MonitoringCycle.id == held.cycle_id)
        .outerjoin(ReleaseAck, (ReleaseAck.cycle_id == held.cycle_id) & (ReleaseAck.unit_id == held.school_id))
        .where(FollowUp.ref == ref)
    )
    row = db.session.execute(decide.visible(actor, wanted, FollowUp, MEET)).first()
    if row is None:
        raise NotFound("briefing_follow_up", ref)
    own = actor.school_id is not None and row.ack is not None
    return row[0], f"/monitoring/school-results/{row.ack}" if own else f"/monitoring/cycles/{row.cycle}"


def heard_on(actor: Actor, cycle: MonitoringCycle) -> dict[uuid.UUID | None, date]:
    """School → when its leaders heard the first report since the release; None stands for the county."""
    b = BriefingRecord
    wanted: Any = select(b.school_id, func.min(b.held_on)).where(b.cycle_id == cycle.id)
    if cycle.released_on is not None:
        wanted = wanted.where(b.held_on >= cycle.released_on)
    return {row[0]: row[1] for row in db.session.execute(decide.visible(actor, wanted, b, VIEW).group_by(b.school_id))}


def packages_without_hearing(actor: Actor, acks: Sequence[ReleaseAck]) -> set[uuid.UUID]:
    """Packages of schools of which the actor records hearings, and whose leaders heard no report since the release."""
    a, b = ReleaseAck, BriefingRecord
    heard = exists().where(b.cycle_id == a.cycle_id, b.school_id == a.school_id, b.held_on >= a.released_on)
    wanted: Any = select(a.id).where(a.id.in_([one.id for one in acks]), a.school_id.is_not(None), ~heard)
    missing = wanted.where(a.state != "withdrawn")
    return set(db.session.scalars(decide.visible(actor, missing, a, MEET))) if decide.holds(actor, MEET) else set()


@dataclass(frozen=True)
class Answering:
    """How long a round took, in days: from its last day to its release, from there to the sign-fors.

    `median` and `most` (95 of 100 units signed within so many) are over the `signed` units of `asked`.
    """

    ref: str
    name: str
    to_release: int
    asked: int
    signed: int
    median: float | None
    most: float | None


ROUNDS = 6


def answering(actor: Actor, cycle: MonitoringCycle | None = None) -> list[Answering]:
    """Days of one round, or of the newest that were released and not taken back."""
    c, a = MonitoringCycle, ReleaseAck
    days = func.date(func.timezone("Asia/Shanghai", a.acknowledged_at)) - a.released_on
    wanted: Any = (
        select(
            c.ref, c.name, c.released_on - c.ends_on, func.count(a.id), func.count(a.acknowledged_at),
            func.percentile_cont(0.5).within_group(days), func.percentile_cont(0.95).within_group(days),
        )
        .outerjoin(a, a.cycle_id == c.id)
        .where(c.released_on.is_not(None), c.id == cycle.id if cycle is not None else c.state != "withdrawn")
        .group_by(c.id)
        .order_by(c.released_on.desc(), c.id.desc())
        .limit(ROUNDS)
    )  # fmt: skip
    rows = db.session.execute(decide.visible(actor, wanted, c, VIEW))
    return [Answering(*row[:5], *(_days(value) for value in row[5:])) for row in rows]


def _days(value: float | None) -> float | None:
    """With one decimal where there is one: 3, 2.5."""
    if value is None:
        return None
    return int(value) if value == int(value) else round(value, 1)
