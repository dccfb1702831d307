"""What screening tells people, and the jobs behind its posted rows. No letter names a student or the matter (domain G8)."""

from __future__ import annotations

import uuid

from sqlalchemy import select, text

from app.care.consent.letters import staff_of
from app.care.consent.models import Consent
from app.care.screening.models import CriticalAlert, DutyDay, HelpCall, ScreeningCampaign
from app.care.screening.operations.alerts import LEVELS, deletion_due
from app.care.screening.operations.campaigns import assign_county
from app.care.screening.operations.scoring import (
    destroy_answers,
    follow_consent_of,
    papers_to_score,
    score_answers,
    task_of,
)
from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Sentence
from app.core.outbox.models import OutboxRow
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM
from app.people import letters

TODAY = Sentence("您有一项当天要办的待办", "Something has to be done today")
TALK = Sentence("有一位同学想和您谈谈", "A student would like to talk with you")
COUNTY_STAFF = text(
    """select person_id from role_assignments where county_id = :county and role = :role
         and from_on <= :day and (to_on is null or to_on >= :day)"""
)


def alert_waits(row: OutboxRow) -> None:
    """Whoever is on this level hears that something waits; in the application it is an alert, outside it is a to-do.

    On the first level those on duty that day hear of it too, as far as they may see it; a level that nobody at the school
    is on is passed over.
    """
    alert = db.session.scalar(select(CriticalAlert).where(CriticalAlert.id == row.record_id))
    if alert is None or alert.state != "pending":
        return
    role, centre = str(row.data["role"]), _county(alert.county_id, LEVELS[-1])
    levels = LEVELS[LEVELS.index(role) :]
    school = next((found for one in levels[:-1] if (found := staff_of(alert.school_id, one))), set())
    county = centre if not school else set()
    if role == LEVELS[0]:
        duty = _on_duty(alert)
        school |= duty & staff_of(alert.school_id, *LEVELS[:-1])
        county |= duty & centre
    letters.write(school, f"alert:{row.id}", "alert_waits", alert, TODAY, alert.address)
    letters.write(county - school, f"alert:{row.id}", "alert_waits", alert, TODAY, "/support/urgent")


def _on_duty(alert: CriticalAlert) -> set[uuid.UUID]:
    """Who was named for today when the screening was prepared."""
    named = select(DutyDay.person_id).where(DutyDay.campaign_id == alert.campaign_id, DutyDay.day == clock.today())
    return set(db.session.scalars(named))


def _county(county_id: uuid.UUID, role: str) -> set[uuid.UUID]:
    return set(db.session.scalars(COUNTY_STAFF, {"county": county_id, "role": role, "day": clock.today()}))


def help_called(row: OutboxRow) -> None:
    """The school's counsellor hears that a student pressed the button."""
    call = db.session.scalar(select(HelpCall).where(HelpCall.id == row.record_id))
    if call is not None:
        letters.write(
            staff_of(call.school_id, "school_counselor"), f"help:{row.id}", "help_called", call, TALK, "/alerts"
        )


def score(row: OutboxRow) -> None:
    """Score a form that was handed in."""
    assert row.record_id is not None
    task = task_of(row.record_id)
    if task is not None:
        score_answers(SYSTEM, task, None)


def score_paper(row: OutboxRow) -> None:
    """Score the forms on paper that were taken in for a school."""
    assert row.record_id is not None
    for task in papers_to_score(row.record_id, uuid.UUID(str(row.data["school"]))):
        score_answers(SYSTEM, task, None)


def assign(row: OutboxRow) -> None:
    """Write the tasks of the county's own campaign."""
    use_context(SYSTEM.context())
    campaign = db.session.scalar(select(ScreeningCampaign).where(ScreeningCampaign.id == row.record_id))
    if campaign is not None:
        assign_county(SYSTEM, campaign, None)


def follow_consent(row: OutboxRow) -> None:
    """A consent changed: the student's tasks follow; after a withdrawal what rested on the answers is computed anew without
    them, the tasks that they began end, and the deletion is put on its day.
    """
    use_context(SYSTEM.context())
    consent = db.session.scalar(select(Consent).where(Consent.id == row.record_id))
    if consent is None or consent.purpose != "screening":
        return
    ended = [one for one in follow_consent_of(consent.student_id) if one.state == "declined"]
    if ended:
        due = deletion_due(clock.today())
        with trail.act(SYSTEM, "system", "screening_task.put_deletion"):
            for task in ended:
                post("screening_destroy", task, queue="heavy", due_at=due)
            post("answers_withdrawn", consent.student, queue="heavy")


def destroy(row: OutboxRow) -> None:
    """The day of the deletion has come; what is locked by an open alert is tried again by whoever clears it."""
    assert row.record_id is not None
    task = task_of(row.record_id)
    if task is not None:
        destroy_answers(SYSTEM, task, None)
