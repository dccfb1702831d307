"""Who teaches which class, and which schools an inspector answers for: from a day to a day, and no longer."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock as core_clock
from app.core.database import db, use_context
from app.core.errors import Invalid
from app.core.policy.actor import SYSTEM, Actor
from app.people.directory import operations
from app.people.directory.models import Person, RoleAssignment, SchoolClass, SchoolResponsibility, TeachingDuty, Unit
from app.people.directory.operations import DutyIn, SchoolsIn
from tests.cast import Cast, sign_in


def seen_by(cast: Cast, key: str) -> Actor:
    actor = cast.actor(key)
    use_context(actor.context())
    return actor


def group(cast: Cast, key: str = "shuangqiao") -> SchoolClass:
    use_context(SYSTEM.context())
    return db.session.get_one(SchoolClass, cast.classes[key])


def person(cast: Cast, key: str) -> Person:
    return db.session.get_one(Person, cast[key].person_id)


def test_a_new_homeroom_teacher_takes_the_place_of_the_one_before(app: Flask, cast: Cast) -> None:
    day = core_clock.today()
    operations.begin_duty(
        seen_by(cast, "school_coordinator"), group(cast), DutyIn(person(cast, "subject_teacher"), "homeroom", day)
    )
    use_context(SYSTEM.context())
    terms = {
        duty.person_id: duty.to_on
        for duty in db.session.scalars(
            select(TeachingDuty).where(
                TeachingDuty.duty == "homeroom", TeachingDuty.class_id == cast.classes["shuangqiao"]
            )
        )
    }
    assert terms == {
        cast["homeroom_teacher"].person_id: day - timedelta(days=1),
        cast["subject_teacher"].person_id: None,
    }


def test_a_class_is_given_only_to_staff_of_its_school(app: Flask, cast: Cast) -> None:
    with pytest.raises(Invalid, match="本校在任"):
        operations.begin_duty(
            seen_by(cast, "school_coordinator"), group(cast),
            DutyIn(person(cast, "yuntai_principal"), "homeroom", core_clock.today()),
        )  # fmt: skip
    ref = group(cast).ref
    stranger = sign_in(app.test_client(), cast["yuntai_coordinator"])
    fields = {"person": cast["yuntai_principal"].person_ref, "duty": "homeroom", "from_on": "2026-11-01"}
    assert stranger.post(f"/classes/{ref}/duties", data=fields).status_code == 404


def test_the_page_of_a_class_gives_it_teachers_and_lets_them_go(app: Flask, cast: Cast) -> None:
    browser = sign_in(app.test_client(), cast["school_coordinator"])
    ref = group(cast).ref
    fields = {"person": person(cast, "grade_leader").ref, "duty": "subject", "subject": "math", "from_on": "2026-11-01"}
    assert browser.post(f"/classes/{ref}/duties", data={**fields, "person": ""}).status_code == 422
    assert browser.post(f"/classes/{ref}/duties", data=fields).status_code == 303
    assert browser.post(f"/classes/{ref}/duties", data=fields).status_code == 422
    assert "任课教师・数学" in browser.get(f"/classes/{ref}").text
    use_context(SYSTEM.context())
    duty = db.session.scalars(
        select(TeachingDuty).where(
            TeachingDuty.person_id == cast["grade_leader"].person_id, TeachingDuty.subject == "math"
        )
    ).one()
    assert browser.post(f"/classes/{ref}/duties/{duty.ref}/end", data={"to_on": "2026-11-20"}).status_code == 303
    db.session.refresh(duty)
    assert duty.to_on == date(2026, 11, 20)
    assert sign_in(app.test_client(), cast["principal"]).post(f"/classes/{ref}/duties", data=fields).status_code == 404


def answered(cast: Cast) -> dict[Any, Any]:
    rows = db.session.scalars(
        select(SchoolResponsibility).where(SchoolResponsibility.assignment_id == cast["inspector"].assignment_id)
    )
    return {row.school_id: row.to_on for row in rows}


def test_an_inspectors_schools_change_from_today_and_the_former_ones_end_yesterday(app: Flask, cast: Cast) -> None:
    director = seen_by(cast, "office_director")
    held = db.session.get_one(RoleAssignment, cast["inspector"].assignment_id)
    schools = tuple(db.session.get_one(Unit, cast.units[key].id) for key in ("shuangqiao", "shimen"))
    operations.assign_schools(director, held, SchoolsIn(schools))

    yesterday = core_clock.today() - timedelta(days=1)
    assert answered(cast) == {
        cast.units["shuangqiao"].id: None,
        cast.units["yuntai"].id: yesterday,
        cast.units["shimen"].id: None,
    }


def test_the_office_assigns_schools_on_a_page_and_nobody_else_does(app: Flask, cast: Cast) -> None:
    held = db.session.get_one(RoleAssignment, cast["inspector"].assignment_id)
    browser = sign_in(app.test_client(), cast["office_director"])
    shown = browser.get(f"/roles/{held.ref}/schools").text
    version = re.search(r'name="version" value="(\d+)"', shown)
    assert "双桥中学" in shown and version is not None
    sent = {"schools": [cast.units["shimen"].ref], "version": version[1]}
    assert browser.post(f"/roles/{held.ref}/schools", data=sent).status_code == 303
    late = sign_in(app.test_client(), cast["office_director"]).post(
        f"/roles/{held.ref}/schools", data={"schools": [cast.units["yuntai"].ref], "version": version[1]}
    )
    assert late.status_code == 409, "a colleague chose other schools since that page was opened"
    assert answered(cast)[cast.units["shimen"].id] is None
    for key in ("inspector", "other_office_director", "principal"):
        assert sign_in(app.test_client(), cast[key]).post(f"/roles/{held.ref}/schools", data=sent).status_code == 404
