"""Who sees what of a child (domain §2.3): by the pages, and by plain SQL as the app role in each role's own context."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text, update

from app.care.rainbow.models import CareDuty, RainbowTier, TeacherRating
from app.care.rainbow.operations import deciding
from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.core.policy.assignments import CaseAssignment
from app.core.policy.roles import ROLES
from app.people.directory.models import Student, TeachingDuty
from app.people.identity import lookup
from tests.care.rainbow.conftest import Class
from tests.care.rainbow.reference import Rated
from tests.care.rainbow.test_deciding import Desk, with_tier
from tests.cast import Cast, sign_in

P1, P2_P3, DUTIES = "rainbow_tiers", "rainbow_computations", "care_duties"
TABLES = (
    "risk_facts", "teacher_ratings", "professional_assessments", "scale_results", "critical_alerts", P1, P2_P3,
    "rainbow_assessments", DUTIES,
)  # fmt: skip
EVERYTHING = frozenset(
    {"teacher_ratings", "scale_results", "critical_alerts", P1, P2_P3, "rainbow_assessments", DUTIES}
)
"""What there is of a child with answers, a rating, an alert and a level that two persons confirmed."""
SEES: dict[str, frozenset[str]] = {
    "school_counselor": EVERYTHING,
    "psych_expert": EVERYTHING,
    "homeroom_teacher": frozenset({"teacher_ratings", P1, DUTIES}),
    "school_psych_lead": frozenset({P1, "critical_alerts"}),
    "principal": frozenset({P1}),
    "psych_center_lead": frozenset({P1}),
}
"""Role → tables of which it sees the child's rows; whoever is not named sees none."""


@pytest.fixture
def child(app: Flask, cast: Cast, school_class: Class) -> Student:
    """A child of the class teacher's own class, in effect by counsellor and expert, given to the expert of the cast."""
    desk = Desk(cast, school_class)
    (student,) = school_class.enrol([with_tier("red", clock.today())])
    with trail.act(SYSTEM, "system", "test.class"):
        own = {"class_id": cast.classes["shuangqiao"]}
        db.session.execute(update(Student).where(Student.id == student).values(**own))
        given = CaseAssignment(
            county_id=cast.county.id, school_id=school_class.school, entity="students", record_id=student,
            person_id=cast["psych_expert"].person_id, part="expert", from_on=clock.today(),
        )  # fmt: skip
        db.session.add(given)
    school_class.rate(student, Rated(clock.today(), (1,) * 6 + (0, 0)))
    desk.compute()
    (proposal,) = desk.all()
    deciding.sign_first(desk.act("school_counselor"), proposal, deciding.SignIn(clock.today()))
    deciding.confirm(desk.act("psych_expert"), proposal, deciding.ConfirmIn())
    use_context(SYSTEM.context())
    db.session.expire_all()
    return db.session.get_one(Student, student)


def seen(cast: Cast, key: str, child: Student) -> frozenset[str]:
    """Tables of which the role's own context shows rows of the child, by plain SQL."""
    identity = child.id
    use_context(cast.actor(key).context())
    return frozenset(
        table
        for table in TABLES
        if db.session.execute(
            text(f"select count(*) from {table} where student_id = :id"), {"id": identity}
        ).scalar_one()  # noqa: S608
    )


@pytest.mark.parametrize("role", sorted(ROLES))
def test_security_23_each_role_sees_by_sql_what_the_matrix_gives_and_nothing_else(
    role: str, cast: Cast, child: Student
) -> None:
    assert seen(cast, role, child) == SEES.get(role, frozenset())


@pytest.mark.parametrize("key", ["yuntai_counselor", "other_counselor", "psych_expert_2", "other_homeroom_teacher"])
def test_security_25_those_of_another_school_or_case_see_nothing(key: str, cast: Cast, child: Student) -> None:
    assert seen(cast, key, child) == frozenset()


def test_security_25_the_experts_sight_ends_with_the_assignment(cast: Cast, child: Student) -> None:
    with trail.act(SYSTEM, "system", "test.end"):
        ended = {"from_on": clock.today() - timedelta(days=9), "to_on": clock.today() - timedelta(days=1)}
        mine = CaseAssignment.record_id == child.id
        db.session.execute(update(CaseAssignment).where(mine).values(**ended))
    assert seen(cast, "psych_expert", child) == frozenset()


def test_security_25_the_class_teachers_sight_ends_the_day_the_class_does(cast: Cast, child: Student) -> None:
    with trail.act(SYSTEM, "system", "test.end"):
        yesterday = clock.today() - timedelta(days=1)
        mine = TeachingDuty.person_id == cast["homeroom_teacher"].person_id
        db.session.execute(update(TeachingDuty).where(mine).values(to_on=yesterday))
    assert seen(cast, "homeroom_teacher", child) == frozenset()


def test_security_26_a_rating_of_another_class_is_refused_by_the_wall(cast: Cast, child: Student) -> None:
    with trail.act(SYSTEM, "system", "test.move"):
        db.session.execute(update(Student).where(Student.id == child.id).values(class_id=None))
    actor = cast.actor("homeroom_teacher")
    values = {
        "county_id": child.county_id, "school_id": child.school_id, "student_id": child.id,
        "rated_by": actor.person_id, "rated_on": clock.today(), "items": [0] * 8,
    }  # fmt: skip
    with pytest.raises(Exception, match="row-level security"), trail.act(actor, "write", "test.rate"):
        db.session.execute(insert(TeacherRating), [values])


LEVEL_WORDS = ("需要马上帮助", "紧急关注", "level-red", "level-orange", "level-yellow", "level-green")
CARE_PAGES = (
    "/support/proposals", "/support/class", "/support/duties", "/support/levels", "/support/proposals/listed",
    "/support/changes",
)  # fmt: skip
MAY_ASK = {
    "school_counselor": {"/support/proposals", "/support/duties", "/support/proposals/listed", "/support/changes"},
    "psych_expert": {"/support/proposals", "/support/duties", "/support/changes"},
    "homeroom_teacher": {"/support/class", "/support/duties", "/support/changes"},
    "school_psych_lead": {"/support/levels", "/support/changes"},
}


@pytest.mark.parametrize("role", sorted(ROLES))
def test_security_23_the_pages_open_for_those_only_and_no_level_shows_before_a_click(
    role: str, app: Flask, cast: Cast, child: Student
) -> None:
    client = sign_in(app.test_client(), cast[role])
    for address in CARE_PAGES:
        answer = client.get(address, base_url="https://localhost")
        assert answer.status_code == (200 if address in MAY_ASK.get(role, ()) else 404), address
        assert not any(word in answer.text for word in LEVEL_WORDS), address
    if role in ("homeroom_teacher", "school_psych_lead"):
        (page,) = MAY_ASK[role] - {"/support/duties", "/support/changes"}
        shown = client.get(f"{page}?shown=1", base_url="https://localhost")
        assert "level-red" in shown.text and shown.headers["Refresh"].startswith("60; url=/support/")
        assert shown.headers["Cache-Control"] == "no-store"


def test_where_the_county_says_so_class_teachers_have_tasks_and_no_levels(
    app: Flask, cast: Cast, child: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decision 52: `homeroom_sees_tier` off."""
    silent = replace(app.extensions["bihuan.settings"], homeroom_sees_tier=False)
    monkeypatch.setitem(app.extensions, "bihuan.settings", silent)
    client = sign_in(app.test_client(), cast["homeroom_teacher"])
    for address in ("/support/class", "/support/class?shown=1"):
        answer = client.get(address, base_url="https://localhost")
        assert answer.status_code == 200 and child.name in answer.text
        assert not any(word in answer.text for word in (*LEVEL_WORDS, "显示层级")), address
    assert "1 项" in answer.text
    own = cast.actor("homeroom_teacher")
    use_context(replace(own, data_classes=lookup.data_classes(ROLES["homeroom_teacher"])).context())
    assert db.session.scalar(select(func.count()).select_from(RainbowTier)) == 0
    assert db.session.scalar(select(func.count()).select_from(CareDuty)) == 1


def test_on_a_wall_no_level_is_shown_whatever_is_asked(app: Flask, cast: Cast, child: Student) -> None:
    client = sign_in(app.test_client(), cast["homeroom_teacher"])
    client.set_cookie("projector", "on", domain="localhost")
    answer = client.get("/support/class?shown=1", base_url="https://localhost")
    assert answer.status_code == 200 and not any(word in answer.text for word in LEVEL_WORDS)
    assert child.name not in answer.text


def test_nothing_kept_of_a_decision_says_which_level_it_was(cast: Cast, child: Student, told: list[str]) -> None:
    """Trail, clocks, letters and jobs of a whole decision: no level, no reason, no name of the child."""
    desk = Desk(cast, Class(cast.county.id, child.school_id, cast["homeroom_teacher"].person_id, child.batch_id))
    desk.group.rate(child.id, Rated(clock.today(), (3,) * 6 + (0, 2)))
    desk.compute()
    waiting = [one for one in desk.all() if one.state == "proposed"]
    for one in waiting:
        deciding.reject(desk.act("school_counselor"), one, deciding.RejectIn("观察表填错了人，要请班主任重填一次"))
    words = set().union(*(set(one.replace('"', " ").replace(":", " ").split()) for one in told))
    assert told and not {"red", "orange", "yellow", "green"} & words
    assert not any("填错" in one or child.name in one for one in told)
    use_context(SYSTEM.context())
    letters = db.session.execute(
        select(text("title_zh || title_en || address")).select_from(text("inbox_letters"))
    ).scalars()
    assert not any(word in letter for letter in letters for word in ("red", "orange", "心理", "彩虹", child.name))
