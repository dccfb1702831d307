"""The meetings that must follow a release: hearings with what they ask for, feedback meetings with what they discuss."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import select

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import (
    NOT_SET_ASIDE,
    BriefingRecord,
    DataFinding,
    FeedbackMeeting,
    FollowUp,
    MeetingFinding,
)
from app.improvement.monitoring.operations.moves import Move

Meeting = TypeVar("Meeting", BriefingRecord, FeedbackMeeting)
FUTURE = Sentence("日期不能晚于今天", "The day cannot be later than today")
EMPTY = Sentence("这一项要写", "Write something here")
HALF = Sentence(
    "后续事项要写清做什么、谁负责、哪天前办完", "Of a follow-up say what is to be done, by whom and by which day"
)
TOO_SOON = Sentence("后续事项的期限不能早于会议那天", "A follow-up cannot be due before the day of the briefing")
UNKNOWN = Sentence("有发现不在这一轮，或者看不到了，请重新勾选", "A finding is not of this round; tick them again")
DONE = Sentence("这一项已经记过办结", "It was marked as done already")


@dataclass(frozen=True)
class FollowUpIn:
    """What a hearing asks for: what, who, by when."""

    what: str
    who: str
    due_on: date | None


@dataclass(frozen=True)
class BriefingIn:
    """专题听取汇报: when, in the chair of whom, who was there, what was said, what is to follow."""

    held_on: date
    chair: str
    attendees: str
    minutes: str
    follow_ups: tuple[FollowUpIn, ...] = ()


@dataclass(frozen=True)
class MeetingIn:
    """反馈会议: when, at which level, of which subject, who was there, what was said, which findings (by ref) were discussed."""

    held_on: date
    level: str
    subject: str | None
    attendees: str
    minutes: str
    findings: tuple[str, ...] = ()


@operation(right="monitoring.record_meeting", name="monitoring_cycle.record_briefing")
def record_briefing(actor: Actor, place: BriefingRecord, given: BriefingIn) -> BriefingRecord:
    """Write down that the leaders heard a report; `place` says for which round and unit."""
    _check(given.held_on, chair=given.chair, attendees=given.attendees, minutes=given.minutes)
    for one in given.follow_ups:
        if not one.what.strip() or not one.who.strip() or one.due_on is None:
            raise Invalid("follow_ups", HALF)
        if one.due_on < given.held_on:
            raise Invalid("follow_ups", TOO_SOON)
    place.held_on, place.chair = given.held_on, given.chair.strip()
    kept = _kept(actor, place, given.attendees, given.minutes)
    kept.follow_ups = [
        FollowUp(
            id=uuid7(), county_id=kept.county_id, school_id=kept.school_id, what=one.what.strip(), who=one.who.strip(),
            due_on=one.due_on,
        )
        for one in given.follow_ups
    ]  # fmt: skip
    return kept


@operation(right="monitoring.record_meeting", name="monitoring_cycle.finish_follow_up")
def finish_follow_up(actor: Actor, follow_up: FollowUp, given: Move) -> None:
    """Write down that what a hearing asked for is done. Raises StepRefused when it was."""
    if follow_up.done_on is not None:
        raise StepRefused((DONE,))
    follow_up.done_on, follow_up.done_by = clock.today(), actor.person_id


@operation(right="monitoring.record_meeting", name="monitoring_cycle.record_meeting")
def record_meeting(actor: Actor, place: FeedbackMeeting, given: MeetingIn) -> FeedbackMeeting:
    """Write down a feedback meeting; `place` says for which round and unit."""
    _check(given.held_on, attendees=given.attendees, minutes=given.minutes)
    discussed = _discussed(actor, place, given.findings)
    place.held_on, place.level, place.subject = given.held_on, given.level, given.subject
    kept = _kept(actor, place, given.attendees, given.minutes)
    db.session.flush()
    db.session.add_all(
        MeetingFinding(
            id=uuid7(), county_id=one.county_id, school_id=one.school_id, meeting_id=kept.id, finding_id=one.id,
            held_on=kept.held_on, level=kept.level,
        )
        for one in discussed
    )  # fmt: skip
    return kept


def _discussed(actor: Actor, place: FeedbackMeeting, refs: tuple[str, ...]) -> list[DataFinding]:
    """Findings of the round that the actor sees and nobody set aside; of a school's meeting, that school's alone."""
    wanted = select(DataFinding).where(
        DataFinding.ref.in_(refs), DataFinding.cycle_id == place.cycle_id, DataFinding.state.in_(NOT_SET_ASIDE)
    )
    if place.school_id is not None:
        wanted = wanted.where(DataFinding.school_id == place.school_id)
    found = list(db.session.scalars(decide.visible(actor, wanted, DataFinding, "monitoring.view_findings")))
    if len(found) != len(set(refs)):
        raise Invalid("findings", UNKNOWN)
    return found


def _check(held_on: date, **texts: str) -> None:
    faults = {name: EMPTY for name, words in texts.items() if not words.strip()}
    if held_on > clock.today():
        faults["held_on"] = FUTURE
    if faults:
        raise Invalid(faults)


def _kept(actor: Actor, place: Meeting, attendees: str, minutes: str) -> Meeting:
    assert actor.person_id is not None
    place.id, place.recorded_by = uuid7(), actor.person_id
    place.attendees, place.minutes = attendees.strip(), minutes.strip()
    db.session.add(place)
    return place
