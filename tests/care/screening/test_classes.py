"""A campaign class by class: who is where, who is reminded, and which class begins on which day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.care.consent.operations.codes import CodesIn, issue_codes
from app.care.screening.models import ScreeningTask
from app.care.screening.operations import answering, campaigns
from app.care.screening.operations.tasks import ExemptIn, exempt_student
from app.care.screening.queries import campaigns as queries
from app.core import clock as core_clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import StepRefused
from app.core.policy.actor import SYSTEM
from app.people.directory import bulk
from app.people.directory.models import SchoolClass, TeachingDuty
from tests.care.taking_part import Family, row
from tests.care.terms import BORN, GOOD, MONDAY, STEP, TASK, Term, at
from tests.cast import Cast, sign_in

HTTPS = "https://localhost"


def test_each_class_is_counted_and_those_alone_are_reminded_who_may_answer_and_have_not_handed_in(
    term: Term, app: Flask
) -> None:
    campaign = term.opened()
    term.agree("学生00")
    term.agree("学生01")
    term.answer("学生00", GOOD)
    term.answer("学生01", {"phq9": [3]}, hand_in=False)
    teacher = term.cast.actor("homeroom_teacher")
    use_context(teacher.context())
    (found,) = queries.by_class(teacher, campaign)
    assert (found.tasks, found.done, found.begun, found.ready, found.unasked, found.outside) == (3, 1, 1, 0, 1, 0)
    group, ref = found[0].ref, campaign.ref
    page = sign_in(app.test_client(), term.cast["homeroom_teacher"]).get(
        f"/screenings/{ref}/classes/{group}", base_url=HTTPS
    )
    assert page.status_code == 200 and "1 人还没交" in page.text and "在答" in page.text
    assert "学生01" in page.text and "学生00" not in page.text and "学生02" not in page.text
    for stranger in ("other_homeroom_teacher", "yuntai_counselor", "psych_center_lead", "leading_group_head"):
        client = sign_in(app.test_client(), term.cast[stranger])
        assert client.get(f"/screenings/{ref}/classes/{group}", base_url=HTTPS).status_code == 404, stranger


@pytest.fixture
def two_classes(app: Flask, cast: Cast, clock: Any) -> Term:
    """A term of two classes with a child each, and one teacher for both."""
    clock.set(at(MONDAY, 9))
    family = Family(cast, BORN, many=1).enrol()
    beside = row(cast, 1, BORN)
    beside[8] = 2
    bulk.load_roster(cast.county.id, [row(cast, 0, BORN), beside], core_clock.today())
    use_context(SYSTEM.context())
    second = db.session.scalars(select(SchoolClass).where(SchoolClass.name == "七年级2班")).one()
    teacher = cast["homeroom_teacher"]
    with trail.act(SYSTEM, "system", "test.duty"):
        db.session.add(
            TeachingDuty(
                county_id=second.county_id, school_id=second.school_id, person_id=teacher.person_id, class_id=second.id,
                duty="homeroom", from_on=date(2020, 9, 1),
            )
        )  # fmt: skip
    family.ask()
    both = replace(cast.actor("homeroom_teacher"), classes=(*cast.actor("homeroom_teacher").classes, second.id))
    issued = issue_codes(both, second, CodesIn(True, True))
    return Term(cast, family, clock, family.slips() | {(one.student_name, one.kind): one for one in issued})


def test_the_second_wave_begins_on_the_next_school_day_and_not_before(two_classes: Term) -> None:
    term = two_classes
    campaign = term.opened(groups=2)
    for name in ("学生00", "学生01"):
        term.agree(name)
    assert (term.task("学生00").group_no, term.task("学生01").group_no) == (1, 2)
    assert term.task("学生00").campaign_is_open and not term.task("学生01").campaign_is_open
    holder, second = term.student("学生01")
    with pytest.raises(StepRefused, match="开放作答"):
        answering.begin_answering(holder.actor, second, TASK)
    term.clock.set(at(campaign.opens_on + timedelta(days=1), 9))
    holder, second = term.student("学生01")
    answering.begin_answering(holder.actor, second, TASK)
    assert term.task("学生01").state == "in_progress"


def test_the_counsellor_alone_reads_why_somebody_did_not_answer_and_the_reasons_add_up(term: Term, app: Flask) -> None:
    campaign = term.opened()
    counsellor, teacher = term.cast.actor("school_counselor"), term.cast.actor("homeroom_teacher")
    exempt_student(counsellor, term.task("学生00"), ExemptIn("hospital", "学生正在住院治疗，暂不参加"))
    term.agree("学生02")
    for give, then in ((False, "begun"), (True, "answered")):
        term.answer("学生02", GOOD if give else {"phq9": [1]}, hand_in=give)
        use_context(counsellor.context())
        assert queries.by_standing(counsellor, campaign) == {"hospital": 1, "unasked": 1, then: 1}
    group = term.family.place
    term.clock.set(at(campaign.closes_on + timedelta(days=1), 9))
    for _ in range(2):
        campaigns.keep_time_of_all()
        use_context(counsellor.context())
        found = queries.by_standing(counsellor, campaign, group)
        (row_,) = queries.by_class(counsellor, campaign)
        assert found == {"hospital": 1, "no_answer": 1, "answered": 1} and sum(found.values()) == row_.tasks
    for key, told in (("school_counselor", True), ("homeroom_teacher", False)):
        browser = sign_in(app.test_client(), term.cast[key])
        for address in (campaign.address, f"{campaign.address}/classes/{group.ref}"):
            page = browser.get(address, base_url=HTTPS)
            assert page.status_code == 200 and ("征询没有答复" in page.text) == told, (key, address)
    use_context(teacher.context())
    assert queries.by_standing(teacher, campaign) == {}


def test_who_comes_to_the_school_before_it_opens_gets_a_task_on_that_morning(term: Term) -> None:
    campaign = term.draft()
    campaigns.submit_campaign(term.cast.actor("school_counselor"), campaign, STEP)
    campaigns.agree_campaign(term.cast.actor("principal"), campaign, STEP)
    campaigns.approve_campaign(term.cast.actor("psych_center_lead"), campaign, STEP)
    campaigns.schedule_campaign(term.cast.actor("school_counselor"), campaign, STEP)
    use_context(SYSTEM.context())
    bulk.load_roster(term.cast.county.id, [row(term.cast, number, BORN) for number in range(4)], core_clock.today())
    term.clock.set(at(campaign.opens_on, 9))
    campaigns.keep_time_of_all()
    assert {one.student.name for one in term.all(ScreeningTask)} == {f"学生{number:02d}" for number in range(4)}


def test_a_school_screens_the_same_grades_once_a_semester(term: Term) -> None:
    term.opened()
    again = term.draft(opens_on=MONDAY + timedelta(days=28), closes_on=MONDAY + timedelta(days=30))
    with pytest.raises(StepRefused, match="本学期已有"):
        campaigns.submit_campaign(term.cast.actor("school_counselor"), again, STEP)
