"""Nobody leaves the roll, and nothing computed is erased, under a run that is about to rest on it. Real commits and lines."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.care.rainbow.computing import compute_tiers
from app.care.rainbow.models import rules_for
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from tests.care.rainbow.cases import TODAY
from tests.care.rainbow.conftest import Class, roster
from tests.care.rainbow.reference import Pupil
from tests.cast import Cast
from tests.people.identity.races import race

HELD = 0.6
"""Seconds for which the first keeps its transaction open."""


def in_turn(app: Flask, first: Callable[[], Any], second: Callable[[], Any]) -> tuple[list[Any], float]:
    """What both came back with; the second begins when the first has written and not yet committed, and how long it took."""
    written, took = threading.Event(), [0.0]

    def go(number: int) -> Any:
        if number == 0:
            with trail.act(SYSTEM, "system", "test.first"):
                found = first()
                written.set()
                time.sleep(HELD)
            return found
        written.wait(20)
        began = time.monotonic()
        try:
            with trail.act(SYSTEM, "system", "test.second"):
                return second()
        finally:
            took[0] = time.monotonic() - began

    return race(app, 2, go), took[0]


def a_class(cast: Cast) -> tuple[Class, uuid.UUID]:
    """A class with one pupil of whom nothing is known yet."""
    school, teacher = cast.units["shuangqiao"].id, cast["homeroom_teacher"].person_id
    group = Class(cast.county.id, school, teacher, roster(cast))
    (one,) = group.enrol([Pupil()])
    db.session.close()
    return group, one


def computed(group: Class) -> int:
    return compute_tiers(rules_for(group.county), [group.school], TODAY, uuid.uuid4()).written


def take_off(student: uuid.UUID) -> int:
    return db.session.execute(text("delete from students where id = :id"), {"id": student}).rowcount  # type: ignore[attr-defined,no-any-return]


def orphans() -> int:
    use_context(SYSTEM.context())
    left = text(
        "select 1 from rainbow_computations c where not exists (select from students s where s.id = c.student_id)"
    )
    return len(db.session.execute(left).all())


def test_a_student_whom_a_run_is_computing_stays_on_the_roll(committed: Flask, cast: Cast) -> None:
    group, one = a_class(cast)
    (wrote, refused), waited = in_turn(committed, lambda: computed(group), lambda: take_off(one))
    assert wrote == 1 and isinstance(refused, IntegrityError) and "student_id" in str(refused)
    assert waited > HELD / 2, "it did not wait for what the run would say"
    assert orphans() == 0


def test_of_a_student_who_is_leaving_the_roll_nothing_is_computed(committed: Flask, cast: Cast) -> None:
    group, one = a_class(cast)
    (gone, wrote), waited = in_turn(committed, lambda: take_off(one), lambda: computed(group))
    assert gone == 1 and (wrote == 0 or isinstance(wrote, IntegrityError)), wrote
    assert waited > HELD / 2, "it did not wait for what becomes of the student"
    assert orphans() == 0
