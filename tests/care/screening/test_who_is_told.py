"""Whom an alert calls: the school's counsellors and whoever is on duty that day, and nobody who cannot do anything."""

from __future__ import annotations

from sqlalchemy import select, text, update

from app.care.screening import letters
from app.care.screening.operations import alerts
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.outbox.models import InboxLetter, OutboxRow
from app.core.policy.actor import SYSTEM
from app.people.directory.models import RoleAssignment
from tests.care.terms import CRISIS, Term

NAME = "学生00"


def told(term: Term) -> dict[str, str]:
    """Who got a letter about the alert → where it leads; by their keys in the cast."""
    term.agree(NAME)
    term.answer(NAME, CRISIS)
    assert alerts.raise_all() == 1
    use_context(SYSTEM.context())
    (row,) = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "alert_waits"))
    letters.alert_waits(row)
    letters.alert_waits(row)
    use_context(SYSTEM.context())
    sent = db.session.scalars(select(InboxLetter).where(InboxLetter.kind == "alert_waits")).all()
    keys = {one.person_id: key for key, one in term.cast.players.items()}
    assert len(sent) == len({one.person_id for one in sent})
    return {keys[one.person_id]: one.address.split("/")[1] for one in sent}


def test_whoever_is_on_duty_that_day_hears_of_an_alert_with_the_counsellor(term: Term) -> None:
    term.opened(on_duty=(term.cast["school_psych_lead"].person_id,))
    assert told(term) == {"school_counselor": "alerts", "school_psych_lead": "alerts"}


def test_the_county_on_duty_is_led_to_its_own_page_and_a_stranger_on_duty_hears_nothing(term: Term) -> None:
    campaign = term.opened(on_duty=(term.cast["psych_center_lead"].person_id,))
    with trail.act(SYSTEM, "system", "test.duty"):
        db.session.execute(
            text(
                "insert into screening_duty_days (id, ref, county_id, campaign_id, day, person_id)"
                " select gen_random_uuid(), 'a1b2c3d4e5f60718', county_id, campaign_id, day, :who"
                " from screening_duty_days where campaign_id = :campaign limit 1"
            ),
            {"who": term.cast["yuntai_counselor"].person_id, "campaign": campaign.id},
        )
    assert told(term) == {"school_counselor": "alerts", "psych_center_lead": "support"}


def test_without_a_counsellor_the_next_level_of_the_same_school_hears_and_no_other_school(term: Term) -> None:
    term.opened(on_duty=(term.cast["school_psych_lead"].person_id,))
    term.agree(NAME)
    term.answer(NAME, CRISIS)
    with trail.act(SYSTEM, "system", "test.gone"):
        db.session.execute(
            update(RoleAssignment)
            .where(RoleAssignment.person_id == term.cast["school_counselor"].person_id)
            .values(to_on=RoleAssignment.from_on)
        )
    assert alerts.raise_all() == 1
    use_context(SYSTEM.context())
    (row,) = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "alert_waits"))
    letters.alert_waits(row)
    use_context(SYSTEM.context())
    sent = db.session.scalars(select(InboxLetter.person_id).where(InboxLetter.kind == "alert_waits")).all()
    assert sent == [term.cast["school_psych_lead"].person_id]
