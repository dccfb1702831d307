"""A computation stands at its student's school, a proposal rests on a computation of its student, a student stays at school."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.core.audit import trail
from app.core.database import db
from app.core.policy.actor import SYSTEM
from tests.care.rainbow.cases import TODAY, pupil
from tests.care.rainbow.conftest import Class
from tests.cast import Cast

COMPUTED = """insert into rainbow_computations (county_id, school_id, student_id, run_id, computed_on, rule_set, kind, bg, ev,
    sc, tr, pa, total, completeness, hard_floor, soft_floor, flags, factors, inputs_sha256)
select {0}, {1}, {2}, run_id, computed_on, rule_set, kind, bg, ev, sc, tr, pa, total, completeness, hard_floor, soft_floor,
    flags, factors, inputs_sha256 from rainbow_computations where student_id = :one"""
PROPOSED = """insert into rainbow_assessments (county_id, school_id, unit_id, student_id, computation, rule_set, proposed,
    priority, state, workflow_version)
select c.county_id, c.school_id, c.school_id, {0}, {1}, c.rule_set, 'yellow', 2, 'proposed', 1
from rainbow_computations c where c.student_id = :one"""
NUMBER = "(select number from rainbow_computations where student_id = {0})"


@pytest.mark.parametrize(
    ("statement", "held_by"),
    [
        (COMPUTED.format("county_id", ":their_school", "student_id"), "of_student|stands at the school"),
        (COMPUTED.format(":their_county", "school_id", "student_id"), "of_student|stands at the school"),
        (COMPUTED.format("county_id", "school_id", ":nobody"), "student_id|stands at the school"),
        (COMPUTED.format("county_id", "school_id", "student_id"), ""),
        (PROPOSED.format("c.student_id", NUMBER.format(":other")), "of_computation"),
        (PROPOSED.format(":other", "c.number"), "of_computation"),
        (PROPOSED.format("c.student_id", "c.number + 100"), "of_computation"),
        (PROPOSED.format("c.student_id", "c.number"), ""),
        ("update students set school_id = :their_school where id = :one", "stays with school"),
        (
            "update students set county_id = :their_county, school_id = :their_school where id = :one",
            "stays with school|_of_",
        ),
        ("delete from students where id = :one", "student_id"),
    ],
)
def test_what_was_computed_and_proposed_is_held_to_the_student_with_school_and_county(
    app: Flask, cast: Cast, school_class: Class, statement: str, held_by: str
) -> None:
    one, other = school_class.enrol([pupil("", (1,), 5), pupil("", (0,), 1)])
    school_class.compute(TODAY)
    given: dict[str, uuid.UUID] = {
        "one": one, "other": other, "their_school": cast.units["chengguan"].id, "their_county": cast.other_county.id,
        "nobody": uuid.uuid4(),
    }  # fmt: skip
    with trail.act(SYSTEM, "system", "test.hold"):
        tried = db.session.begin_nested()
        if held_by:
            with pytest.raises(IntegrityError, match=held_by):
                db.session.execute(text(statement), given)
        else:
            db.session.execute(text(statement), given)
        tried.rollback()
