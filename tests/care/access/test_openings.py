"""Openings in an emergency and of an identity: told, timed, reviewed by another; by the pages and by the walls."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.care.access.models import EmergencyOpening, IdentityGrant
from app.care.access.operations import emergencies, identities
from app.care.access.operations.emergencies import OpenIn, OpeningStep, ReviewIn
from app.care.access.operations.identities import AskIn, ExpertIn
from app.care.access.queries import urgent
from app.care.rainbow.models import RainbowTier
from app.core import clock as core_clock
from app.core.casework.deadlines import Deadline
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, StepRefused
from app.core.outbox.models import InboxLetter, OutboxRow
from app.core.policy.actor import SYSTEM
from app.people import letters
from tests.care.access.conftest import NAME, OTHER, Story, rows_of
from tests.cast import sign_in

WHY = OpenIn("同学来说她昨晚发消息要做傻事，家长电话打不通，现在要判断")
BASE = "https://localhost"


def opened(story: Story) -> EmergencyOpening:
    actor = story.act("school_counselor")
    return emergencies.open_in_emergency(actor, story.student(story.other), WHY)


def delivered() -> None:
    use_context(SYSTEM.context())
    for row in db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "step_taken")).all():
        letters.step_taken(row)


def test_security_29_answers_of_a_child_in_nobodys_hands_open_for_an_hour_and_close_by_themselves(
    told_of: Story, clock: Any
) -> None:
    told_of.act("school_counselor")
    assert rows_of("scale_responses", told_of.other) == 0 and rows_of("scale_responses", told_of.child) == 2
    made = opened(told_of)
    told_of.act("school_counselor")
    assert rows_of("scale_responses", told_of.other) == 2
    told_of.act("yuntai_counselor")
    assert rows_of("scale_responses", told_of.other) == 0
    assert emergencies.lapse_all() == 0
    clock.set(core_clock.now() + timedelta(minutes=60))
    assert emergencies.lapse_all() == 1
    told_of.act("school_counselor")
    assert rows_of("scale_responses", told_of.other) == 0
    use_context(SYSTEM.context())
    db.session.refresh(made)
    assert made.state == "ended"


def test_security_29_the_lead_the_protection_officer_and_the_security_administrator_are_told_at_once(
    told_of: Story,
) -> None:
    opened(told_of)
    delivered()
    told = db.session.scalars(select(InboxLetter).where(InboxLetter.entity == "break_glass")).all()
    cast = told_of.cast
    assert {one.person_id for one in told} >= {
        cast[key].person_id for key in ("school_psych_lead", "dpo", "security_admin")
    }
    assert not any(word in one.title_zh for one in told for word in (OTHER, "心理", "彩虹", "傻事"))


def test_security_29_a_reason_is_twenty_characters_and_one_child_is_opened_once(told_of: Story) -> None:
    actor = told_of.act("school_counselor")
    with pytest.raises(Invalid):
        emergencies.open_in_emergency(actor, told_of.student(told_of.other), OpenIn("要马上看一下这名学生的回答"))
    opened(told_of)
    with pytest.raises(StepRefused):
        opened(told_of)


def test_security_29_without_a_fresh_second_factor_nothing_opens(told_of: Story, app: Flask) -> None:
    client = sign_in(app.test_client(), told_of.cast["school_counselor"], fresh=False)
    address = f"/support/students/{told_of.other_ref}/emergency"
    answer = client.post(address, data={"reason": WHY.reason}, base_url=BASE)
    assert answer.status_code == 303 and "/sign-in/again" in answer.headers["Location"]
    use_context(SYSTEM.context())
    assert db.session.scalar(select(EmergencyOpening.id)) is None


def running(record: EmergencyOpening | IdentityGrant) -> list[str]:
    """The clocks of a record that nobody has stopped, as the system sees them."""
    use_context(SYSTEM.context())
    wanted = select(Deadline.name).where(Deadline.record_id == record.id, Deadline.closed_at.is_(None))
    return list(db.session.scalars(wanted))


def test_security_29_another_person_reviews_it_and_whoever_opened_it_cannot(told_of: Story) -> None:
    made = opened(told_of)
    emergencies.end_opening(told_of.act("school_counselor"), made, OpeningStep())
    with pytest.raises(NotAllowed):
        emergencies.review_opening(told_of.act("school_counselor"), made, ReviewIn("有必要，当时没有别的办法"))
    assert running(made) == ["ended.review"]
    emergencies.review_opening(told_of.act("dpo"), made, ReviewIn("有必要，当时没有别的办法"))
    assert made.state == "reviewed" and made.finding_sealed is not None and running(made) == []
    kept = db.session.execute(
        text("select coalesce(string_agg(reason, ''), '') from audit.transition_log")
    ).scalar_one()
    assert "没有别的办法" not in kept and "傻事" not in kept


def test_security_29_an_opening_that_nobody_reviews_is_told_to_the_security_administrator(told_of: Story) -> None:
    made = opened(told_of)
    (review,) = made.workflow.state("ended").deadlines
    assert [rung.roles for rung in review.rungs if rung.roles] == [("security_admin",)]


def test_the_page_of_answers_asks_why_and_shows_them_for_a_minute(told_of: Story, app: Flask) -> None:
    client = sign_in(app.test_client(), told_of.cast["school_counselor"])
    address = f"/support/students/{told_of.ref}/answers"
    asked = client.get(address, base_url=BASE)
    assert "有不如死掉" not in asked.text and "为什么看" in asked.text
    shown = client.get(f"{address}?purpose=interview", base_url=BASE)
    assert "有不如死掉" in shown.text and shown.headers["Refresh"].startswith("60;")
    refused = client.get(f"/support/students/{told_of.other_ref}/answers?purpose=interview", base_url=BASE)
    assert "有不如死掉" not in refused.text and "没有你能看的回答" in refused.text
    use_context(SYSTEM.context())
    kept = db.session.execute(
        text("select body::text from audit.access_log where kind = 'read' order by seq desc limit 3")
    ).scalars()
    assert any("answers.interview" in one and told_of.ref in one for one in kept)


def test_the_county_knows_a_number_until_the_school_opens_the_name_for_seven_days(told_of: Story, app: Flask) -> None:
    client = sign_in(app.test_client(), told_of.cast["psych_center_lead"])
    assert NAME not in client.get("/support/urgent?shown=1", base_url=BASE).text
    actor = told_of.act("psych_center_lead")
    (case,) = urgent.in_need(actor)
    assert case.name is None and case.expert
    asked = urgent.case_for(actor, case.tier.ref, right=urgent.ASK)
    grant = identities.ask_identity(actor, asked, AskIn("要和专家一起去学校，先要知道是哪一位"))
    with pytest.raises(NotAllowed):
        identities.grant_identity(told_of.act("psych_center_lead"), grant, OpeningStep())
    told_of.act("psych_center_lead")
    assert urgent.in_need(actor)[0].name is None
    identities.grant_identity(told_of.act("school_psych_lead"), grant, OpeningStep())
    told_of.act("psych_center_lead")
    assert urgent.in_need(actor)[0].name == NAME
    assert NAME in client.get("/support/urgent?shown=1", base_url=BASE).text
    assert rows_of("scale_responses", told_of.child) == 0


def test_a_name_that_was_opened_closes_after_seven_days(told_of: Story, clock: Any) -> None:
    actor = told_of.act("psych_center_lead")
    asked = urgent.case_for(actor, urgent.in_need(actor)[0].tier.ref, right=urgent.ASK)
    grant = identities.ask_identity(actor, asked, AskIn("要和专家一起去学校，先要知道是哪一位"))
    identities.grant_identity(told_of.act("school_psych_lead"), grant, OpeningStep())
    clock.set(core_clock.now() + timedelta(days=7))
    assert identities.lapse_all() == 1
    told_of.act("psych_center_lead")
    assert urgent.in_need(actor)[0].name is None
    use_context(SYSTEM.context())
    assert grant.state == "ended" and running(grant) == ["ended.review"]
    identities.review_identity(told_of.act("dpo"), grant, ReviewIn("与会诊记录核对过，用途相符，按时收回"))
    assert grant.state == "reviewed" and running(grant) == []


def test_an_expert_to_whom_the_centre_gives_a_case_sees_it_and_the_one_before_does_not(told_of: Story) -> None:
    actor = told_of.act("psych_center_lead")
    tier = db.session.scalar(select(RainbowTier))
    case = urgent.case_for(actor, tier.ref)
    identities.assign_expert(actor, case, ExpertIn(told_of.cast["psych_expert_2"].person_ref))
    use_context(SYSTEM.context())
    rows = db.session.execute(
        text("select person_id, from_on, to_on from case_assignments where entity = 'students' order by from_on")
    ).all()
    assert [row.person_id for row in rows] == [
        told_of.cast["psych_expert"].person_id,
        told_of.cast["psych_expert_2"].person_id,
    ]
    assert rows[0].to_on == core_clock.today() - timedelta(days=1) and rows[1].from_on == core_clock.today()
