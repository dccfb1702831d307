"""Students who come to a school while a screening is open: they are counted on its page and given tasks in one press."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.care.consent.operations.leaving import end_all_of_leavers
from app.care.screening.models import ScreeningCampaign, ScreeningTask
from app.care.screening.operations import campaigns, tasks
from app.care.screening.operations.campaigns import CampaignPlace, SchoolOfCampaign
from app.care.screening.queries import campaigns as queries
from app.core import clock as core_clock
from app.core.database import db, use_context
from app.core.errors import NotAllowed, StepRefused
from app.core.outbox import deliver
from app.core.policy.actor import SYSTEM, Actor
from app.people.directory import bulk
from app.people.directory.models import Student
from app.people.directory.operations.students import EnrolmentAgain, EnrolmentEnd, end_enrolment, enrol_again
from tests.care.taking_part import row
from tests.care.terms import BORN, MONDAY, STEP, Term, at
from tests.cast import sign_in

HTTPS = "https://localhost"


def come(term: Term, many: int = 5, key: str = "shuangqiao") -> None:
    """The roll as it is now: so many students, whoever was there before among them."""
    use_context(SYSTEM.context())
    start = 0 if key == "shuangqiao" else 50
    rows = [row(term.cast, number, BORN, key) for number in range(start, start + many)]
    bulk.load_roster(term.cast.county.id, rows, core_clock.today())


def add(term: Term, campaign: ScreeningCampaign, who: str = "school_psych_lead", key: str = "shuangqiao") -> None:
    school = term.cast.units[key]
    campaigns.add_newcomers(term.cast.actor(who), SchoolOfCampaign(campaign, school.county_id, school.id))


def counted(term: Term, campaign: ScreeningCampaign, who: str = "school_psych_lead") -> tuple[int, int]:
    actor = term.cast.actor(who)
    use_context(actor.context())
    return queries.newcomers(actor, campaign)


def states(term: Term) -> dict[str, str]:
    return {one.student.name: one.state for one in term.all(ScreeningTask)}


def test_who_came_after_the_opening_is_counted_and_gets_a_task_by_one_press_that_is_told_in_the_trail(
    term: Term, app: Flask
) -> None:
    campaign = term.opened()
    term.agree("学生00")
    assert counted(term, campaign) == (0, 0)
    come(term)
    assert counted(term, campaign) == (2, 2), "two came, nobody has asked their guardians"
    term.family.ask()
    term.agree("学生03")
    assert counted(term, campaign) == (2, 0)
    lead = sign_in(app.test_client(), term.cast["school_psych_lead"])
    page = lead.get(campaign.address, base_url=HTTPS)
    assert "开放以后来了 2 名学生" in page.text and "还没有被征询" not in page.text
    pressed = lead.post(f"{campaign.address}/newcomers", base_url=HTTPS)
    assert pressed.status_code == 303
    assert "给新来的学生派发任务" in (page := lead.get(campaign.address, base_url=HTTPS)).text
    assert "开放以后来了" not in page.text
    waiting = dict.fromkeys(("学生01", "学生02", "学生04"), "consent_pending")
    assert states(term) == {"学生00": "ready", "学生03": "ready", **waiting}


def test_a_second_press_finds_nobody_and_changes_nothing(term: Term) -> None:
    campaign = term.opened()
    come(term)
    add(term, campaign)
    before = states(term)
    with pytest.raises(StepRefused, match="都已经有任务"):
        add(term, campaign, "school_counselor")
    db.session.rollback()
    assert states(term) == before and counted(term, campaign) == (0, 0)


def test_nobody_is_added_before_it_opens_or_after_it_is_over(term: Term) -> None:
    campaign = term.opened()
    come(term)
    term.clock.set(at(campaign.closes_on + timedelta(days=1), 9))
    campaigns.keep_time_of_all()
    assert counted(term, campaign) == (0, 0)
    with pytest.raises(StepRefused, match="开放作答期间"):
        add(term, campaign)


def test_who_left_again_or_is_of_another_grade_is_not_counted(term: Term) -> None:
    campaign = term.opened()
    use_context(SYSTEM.context())
    rows = [row(term.cast, number, BORN, grade="G7" if number < 4 else "G9") for number in range(6)]
    bulk.load_roster(term.cast.county.id, rows, core_clock.today())
    assert counted(term, campaign)[0] == 1


@pytest.mark.parametrize("who", ["principal", "homeroom_teacher", "psych_center_lead", "yuntai_counselor"])
def test_security_23_only_the_psychology_staff_of_the_school_adds_its_newcomers(
    term: Term, app: Flask, who: str
) -> None:
    campaign = term.opened()
    come(term)
    with pytest.raises(NotAllowed):
        add(term, campaign, who)
    db.session.rollback()
    client = sign_in(app.test_client(), term.cast[who])
    assert client.post(f"{campaign.address}/newcomers", base_url=HTTPS).status_code == 404
    assert "开放以后来了" not in client.get(campaign.address, base_url=HTTPS).text
    assert len(states(term)) == 3


def left_and_back(term: Term, name: str, again: bool = True) -> None:
    """A child leaves the roll, the sweep comes by, and the school puts the child back on it today."""
    coordinator, today = term.cast.actor("school_coordinator"), core_clock.today()
    use_context(SYSTEM.context())
    child = db.session.scalars(select(Student).where(Student.name == name)).one()
    end_enrolment(coordinator, child, EnrolmentEnd(today, "随父母迁往外省，已办转学手续"))
    end_all_of_leavers()
    tasks.keep_time_of_tasks()
    if again:
        use_context(SYSTEM.context())
        there = EnrolmentAgain(today, term.family.place.id, "离校登记有误，学生一直在校上课")
        enrol_again(coordinator, db.session.get_one(Student, child.id), there)


def test_who_left_during_the_days_and_is_back_is_a_newcomer_and_gets_the_task_again_once_asked_anew(
    term: Term, app: Flask
) -> None:
    campaign = term.opened()
    term.agree("学生00")
    assert states(term)["学生00"] == "ready"
    left_and_back(term, "学生00")
    assert term.family.consent("学生00").state == "expired", "what ended with the roll is not revived"
    assert (states(term)["学生00"], counted(term, campaign)) == ("missed", (1, 1))
    lead = sign_in(app.test_client(), term.cast["school_psych_lead"])
    assert "开放以后来了 1 名学生" in lead.get(campaign.address, base_url=HTTPS).text
    add(term, campaign)
    task = term.task("学生00")
    assert (task.state, task.reason_code, counted(term, campaign)) == ("consent_pending", None, (0, 0))
    term.family.ask()
    term.agree("学生00")
    assert states(term)["学生00"] == "ready"


def test_who_is_back_and_agreed_anew_before_the_press_may_answer_at_once(term: Term) -> None:
    campaign = term.opened()
    term.agree("学生00")
    left_and_back(term, "学生00")
    term.family.ask()
    term.agree("学生00")
    assert counted(term, campaign) == (1, 0)
    add(term, campaign)
    assert states(term)["学生00"] == "ready" and len(states(term)) == 3


def test_who_left_for_good_or_had_begun_gets_no_task_again(term: Term) -> None:
    campaign = term.opened()
    term.agree("学生00")
    term.answer("学生00", {"phq9": [1, 1]}, hand_in=False)
    left_and_back(term, "学生00")
    left_and_back(term, "学生01", again=False)
    assert counted(term, campaign) == (0, 0)
    with pytest.raises(StepRefused, match="都已经有任务"):
        add(term, campaign)
    db.session.rollback()
    assert (states(term)["学生00"], states(term)["学生01"]) == ("missed", "missed")


def of_the_county(term: Term) -> ScreeningCampaign:
    """The county's own screening on its first morning; then two more children come to each of two schools."""
    lead = term.cast.actor("psych_center_lead")
    place = CampaignPlace(term.cast.county.id, term.cast["psych_center_lead"].unit.id)
    found = campaigns.draft_campaign(lead, place, term.given())
    campaigns.submit_campaign(lead, found, STEP)
    campaigns.approve_campaign(term.cast.actor("leading_group_head"), found, STEP)
    campaigns.schedule_campaign(lead, found, STEP)
    deliver.drain()
    term.clock.set(at(MONDAY + timedelta(days=21), 9))
    use_context(SYSTEM.context())
    campaigns.keep_time_of_all()
    deliver.drain()
    come(term, 5)
    come(term, 2, "yuntai")
    campaign: ScreeningCampaign = next(one for one in term.all(ScreeningCampaign) if one.id == found.id)
    return campaign


def schools_with_tasks(term: Term) -> dict[str, int]:
    schools = select(Student.school_id).join(ScreeningTask, ScreeningTask.student_id == Student.id)
    use_context(SYSTEM.context())
    counted = Counter(db.session.scalars(schools))
    return {key: n for key, unit in term.cast.units.items() if (n := counted[unit.id])}


@pytest.fixture
def every_row_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row-level security holds nobody back: whoever asks is signed in with the view of the whole county."""
    whole = SYSTEM.context()
    monkeypatch.setattr(Actor, "context", lambda actor: whole)


def test_in_the_countys_own_screening_a_school_adds_its_own_newcomers_and_no_others(term: Term) -> None:
    campaign = of_the_county(term)
    assert (counted(term, campaign)[0], counted(term, campaign, "yuntai_counselor")[0]) == (2, 2)
    add(term, campaign)
    assert schools_with_tasks(term) == {"shuangqiao": 5}


@pytest.mark.usefixtures("every_row_shows")
def test_security_26_newcomers_are_the_own_schools_even_where_the_rows_of_all_schools_show(term: Term) -> None:
    campaign = of_the_county(term)
    assert (counted(term, campaign), counted(term, campaign, "yuntai_counselor")) == ((2, 2), (2, 2))
    assert counted(term, campaign, "psych_center_lead") == (0, 0)


@pytest.mark.usefixtures("every_row_shows")
def test_security_26_tasks_are_added_for_the_own_school_even_where_the_rows_of_all_schools_show(term: Term) -> None:
    campaign = of_the_county(term)
    add(term, campaign, "yuntai_counselor", "yuntai")
    assert schools_with_tasks(term) == {"shuangqiao": 3, "yuntai": 2}
    with pytest.raises(NotAllowed):
        add(term, campaign, "yuntai_counselor", "shuangqiao")
    db.session.rollback()
    assert schools_with_tasks(term) == {"shuangqiao": 3, "yuntai": 2}


@pytest.mark.usefixtures("every_row_shows")
def test_security_26_another_schools_screening_has_no_newcomers_of_mine_even_where_its_rows_show(term: Term) -> None:
    campaign = term.opened()
    come(term)
    come(term, 2, "yuntai")
    assert (counted(term, campaign), counted(term, campaign, "yuntai_counselor")) == ((2, 2), (0, 0))
    with pytest.raises(StepRefused, match="都已经有任务"):
        add(term, campaign, "yuntai_counselor", "yuntai")
    db.session.rollback()
    assert schools_with_tasks(term) == {"shuangqiao": 3}


@pytest.mark.usefixtures("every_row_shows")
def test_security_26_who_has_not_answered_is_told_of_the_own_school_even_where_the_rows_of_all_schools_show(
    term: Term,
) -> None:
    campaign = of_the_county(term)
    add(term, campaign, "yuntai_counselor", "yuntai")
    term.agree("学生00")
    mine, others = term.cast.actor("school_counselor"), term.cast.actor("yuntai_counselor")
    told = [
        [(row.SchoolClass.school_id, row.tasks) for row in queries.by_class(actor, campaign)]
        for actor in (mine, others)
    ]
    assert told == [[(term.cast.units["shuangqiao"].id, 3)], [(term.cast.units["yuntai"].id, 2)]]
    assert queries.by_standing(others, campaign) == {"unasked": 2}
    assert [one.student.name for one in queries.chased(mine, campaign, term.family.place)] == ["学生00"]
    assert list(queries.chased(others, campaign, term.family.place)) == []
