"""Whom to find out about, and for whom practical aid is to be considered: listed for those who act, and for nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text, update

from app.care.rainbow.duty_plan import duty_plan
from app.care.rainbow.operations import deciding, observing
from app.care.rainbow.operations.deciding import ConfirmIn
from app.care.rainbow.operations.observing import LookIn
from app.care.rainbow.queries import proposals as waiting
from app.care.rainbow.queries import unclear as queries
from app.core import clock as core_clock
from app.core.audit import trail
from app.core.calendar.days import add_working_days
from app.core.casework.deadlines import work_calendar
from app.core.database import db, use_context
from app.core.errors import StepRefused
from app.core.policy.actor import SYSTEM
from app.core.policy.roles import ROLES
from app.people.directory.models import Student
from tests.care.rainbow.conftest import Class
from tests.care.rainbow.reference import Answered, Fact, Pupil, Rated
from tests.care.rainbow.test_deciding import Desk
from tests.cast import Cast, sign_in
from tests.conftest import Clock

BASE = "https://localhost"
NEW_FACT = text(
    """insert into risk_facts (county_id, school_id, student_id, code, source, dated_on)
       values (:county, :school, :student, 'left_behind', 'school', :day)"""
)
TEACHER_WORRIES = (2, 2, 2, 2, 1, 1, 0, 0)


@pytest.fixture
def desk(app: Flask, cast: Cast, school_class: Class) -> Desk:
    return Desk(cast, school_class)


def known_little() -> Pupil:
    """On the roster, and that is all."""
    return Pupil()


def told_two_ways() -> Pupil:
    """The questionnaire says nothing is wrong, the class teacher says ten points: everyday support by points."""
    today = core_clock.today()
    return Pupil(results=(Answered("phq9", "depression", 0, today),), ratings=(Rated(today, TEACHER_WORRIES),))


def in_hardship() -> Pupil:
    """R02: fifteen points of background, which never make a level."""
    today = core_clock.today()
    facts = ("orphan", "destitute", "student_disability", "left_behind")
    return Pupil(
        facts=tuple(Fact(code, today - timedelta(days=10), "civil_affairs") for code in facts),
        results=(Answered("phq9", "depression", 0, today),), ratings=(Rated(today, (0,) * 8),),
    )  # fmt: skip


def named(desk: Desk, *pupils: Pupil) -> list[Student]:
    ids = desk.group.enrol(pupils)
    desk.compute()
    use_context(SYSTEM.context())
    return [db.session.get_one(Student, one) for one in ids]


def listed(desk: Desk) -> dict[str, queries.Unclear]:
    return {one.ref: one for one in queries.unclear(desk.act("school_counselor"))}


def test_of_whom_too_little_is_known_the_counsellor_finds_out_within_fifteen_working_days(desk: Desk) -> None:
    little, _calm = named(desk, known_little(), in_hardship())
    found = listed(desk)
    assert list(found) == [little.ref]
    one = found[little.ref]
    assert (one.why, one.since, one.answered, one.rated) == ("unknown", core_clock.today(), False, False)
    last = add_working_days(core_clock.today(), duty_plan().find_out, work_calendar().overrides)
    assert duty_plan().find_out == 15 and core_clock.local(one.due_at - timedelta(seconds=1)).date() == last


def test_the_day_runs_from_the_first_computation_that_could_say_nothing(desk: Desk, clock: Clock) -> None:
    (little,) = named(desk, known_little())
    began = core_clock.today()
    clock.set(core_clock.now() + timedelta(days=8))
    fact = {"student": little.id, "school": little.school_id, "county": little.county_id, "day": core_clock.today()}
    with trail.act(SYSTEM, "system", "test.fact"):
        db.session.execute(NEW_FACT, fact)
    desk.compute()
    assert len(desk.group.newest()) == 1 and listed(desk)[little.ref].since == began
    assert desk.group.newest()[little.id].computed_on == core_clock.today()


def test_what_is_known_then_takes_the_student_off_the_list(desk: Desk) -> None:
    little, other = named(desk, known_little(), known_little())
    desk.group.rate(little.id, Rated(core_clock.today(), (0,) * 8))
    desk.compute()
    assert list(listed(desk)) == [other.ref]
    observing.assess(desk.act("school_counselor"), other, LookIn("none", core_clock.today()))
    desk.compute()
    assert listed(desk) == {}


def test_two_stories_are_looked_at_one_by_one_and_never_confirmed_from_a_list(desk: Desk) -> None:
    differ, calm = named(desk, told_two_ways(), in_hardship())
    proposal = next(one for one in desk.all() if one.student_id == differ.id)
    assert proposal.proposed == "green" and listed(desk)[differ.ref].why == "differ"
    actor = desk.act("school_counselor")
    assert [one.student_id for one, _class in waiting.queue(actor, together=True)] == [calm.id]
    assert waiting.listed(actor, [proposal.ref]) == []
    with pytest.raises(StepRefused):
        deciding.confirm(actor, proposal, ConfirmIn(listed=True))
    deciding.confirm(actor, proposal, ConfirmIn())
    assert differ.ref in listed(desk)
    observing.assess(desk.act("school_counselor"), differ, LookIn("none", core_clock.today()))
    assert differ.ref not in listed(desk)


def test_practical_aid_is_no_level_and_the_head_of_the_school_reads_names_without_reasons(
    desk: Desk, app: Flask
) -> None:
    poor, _little = named(desk, in_hardship(), known_little())
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.name"):
        db.session.execute(update(Student).where(Student.id == poor.id).values(name="欧阳不缺饭"))
    pages = {
        key: sign_in(app.test_client(), desk.cast[key]).get("/support/aid?shown=1", base_url=BASE)
        for key in ("principal", "school_counselor")
    }
    for key, page in pages.items():
        assert page.status_code == 200 and "欧阳不缺饭" in page.text and "林同学" not in page.text, key
        assert page.headers["Refresh"].startswith("60;") and page.headers["Cache-Control"] == "no-store"
    assert "孤儿" in pages["school_counselor"].text and "特困" in pages["school_counselor"].text
    assert "孤儿" not in pages["principal"].text and "特困" not in pages["principal"].text
    before = sign_in(app.test_client(), desk.cast["principal"]).get("/support/aid", base_url=BASE)
    assert "欧阳不缺饭" not in before.text
    desk.compute()
    assert desk.tier(poor.id) is None and [one.proposed for one in desk.all() if one.student_id == poor.id] == ["green"]


@pytest.mark.parametrize("role", sorted(ROLES))
def test_security_23_nobody_else_opens_these_lists_or_reads_them_by_sql(role: str, desk: Desk, app: Flask) -> None:
    named(desk, in_hardship(), known_little(), told_two_ways())
    client = sign_in(app.test_client(), desk.cast[role])
    for address, readers in (
        ("/support/unclear", {"school_counselor"}), ("/support/aid?shown=1", {"school_counselor", "principal"}),
    ):  # fmt: skip
        answer = client.get(address, base_url=BASE)
        assert answer.status_code == (200 if role in readers else 404), address
    desk.act(role)
    shown = db.session.execute(text("select count(*) from care.aid()")).scalar_one()
    assert shown == (1 if role == "principal" else 0)
    assert (db.session.execute(text("select count(*) from rainbow_computations")).scalar_one() > 0) == (
        role == "school_counselor"
    )


@pytest.mark.parametrize("key", ["yuntai_counselor", "other_counselor"])
def test_security_25_another_school_reads_none_of_it(key: str, desk: Desk) -> None:
    named(desk, in_hardship(), known_little())
    actor = desk.act(key)
    assert queries.unclear(actor) == [] and queries.aided(actor) == []


def test_on_a_wall_no_name_is_listed(desk: Desk, app: Flask) -> None:
    poor, little = named(desk, in_hardship(), known_little())
    client = sign_in(app.test_client(), desk.cast["school_counselor"])
    client.set_cookie("projector", "on", domain="localhost")
    for address in ("/support/aid?shown=1", "/support/unclear"):
        assert poor.name not in client.get(address, base_url=BASE).text and little.ref not in address


def test_the_first_page_of_the_counsellor_counts_whom_to_find_out_about(desk: Desk, app: Flask) -> None:
    named(desk, known_little(), told_two_ways(), replace(in_hardship(), facts=()))
    page = sign_in(app.test_client(), desk.cast["school_counselor"]).get("/", base_url=BASE).text
    heap = page[page.index("<h2>要了解的学生</h2>") :]
    assert heap[: heap.index("</section>")].count('class="count">2<') == 1
    assert "要了解的学生" not in sign_in(app.test_client(), desk.cast["homeroom_teacher"]).get("/", base_url=BASE).text


@pytest.mark.parametrize("many", [3, 13])
def test_many_to_find_out_about_are_folded_by_class_with_what_its_teacher_is_asked_for(
    desk: Desk, app: Flask, many: int
) -> None:
    named(desk, *(known_little() for _ in range(many)))
    shown = sign_in(app.test_client(), desk.cast["school_counselor"]).get("/support/unclear", base_url=BASE).text
    assert f"缺班主任观察 {many} 人" in shown and shown.count('<details class="card"') == 1
    assert ('<details class="card" open>' in shown) is (many == 3)
