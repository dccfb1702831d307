"""What begins with the proposals of a run, all of it by statements about many at once: as if each had been made by itself."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.care.rainbow.models import RainbowAssessment
from app.core import calendar
from app.core.audit import trail
from app.core.casework.deadlines import Deadline, Rung, work_calendar
from app.core.database import db
from app.core.outbox.models import OutboxRow
from app.core.outbox.post import post_all
from tests.care.rainbow.conftest import Class
from tests.care.rainbow.test_deciding import Desk
from tests.cast import Cast

MIXED = ("orange", "yellow", "red", "orange", "green", "red", "orange")


@pytest.fixture
def desk(app: Flask, cast: Cast, school_class: Class) -> Desk:
    return Desk(cast, school_class)


def clocks_of(one: RainbowAssessment) -> list[tuple[object, ...]]:
    """The clocks that a step on this one record would start."""
    found = list[tuple[object, ...]]()
    for declared in one.standing.deadlines:
        due_at = calendar.due_at(declared, one.state_since, one, work_calendar())
        if due_at is not None:
            found.append(
                (f"proposed.{declared.code}", due_at, one.state_since, one.unit_id, one.school_id, one.county_id)
            )
    return found


def ladder_of(one: RainbowAssessment) -> list[tuple[object, ...]]:
    """The reminders of those clocks."""
    days, told = work_calendar(), list[tuple[object, ...]]()
    for declared in one.standing.deadlines:
        due_at = calendar.due_at(declared, one.state_since, one, days)
        if due_at is not None:
            told += [
                (rung.name, rung.at, list(rung.roles))
                for rung in calendar.rungs(declared, one.state_since, due_at, days)
            ]
    return sorted(told, key=str)


def test_each_proposal_that_cannot_wait_has_its_own_clock_and_ladder_and_the_others_none(desk: Desk) -> None:
    made = desk.propose(*MIXED)
    for one in made:
        clocks = db.session.execute(
            select(
                Deadline.name, Deadline.due_at, Deadline.started_at, Deadline.unit_id, Deadline.school_id, Deadline.county_id
            ).where(Deadline.entity == "rainbow_assessments", Deadline.record_id == one.id)
        ).all()  # fmt: skip
        rungs = db.session.execute(
            select(Rung.name, Rung.at, Rung.roles).join(Deadline).where(Deadline.record_id == one.id)
        ).all()
        waits = one.proposed in ("orange", "red")
        assert [tuple(row) for row in clocks] == (clocks_of(one) if waits else []), one.proposed
        assert sorted(map(tuple, rungs), key=str) == (ladder_of(one) if waits else []), one.proposed
        assert bool(rungs) is waits


def test_each_proposal_that_cannot_wait_sends_one_letter_that_tells_no_level(desk: Desk) -> None:
    made = desk.propose(*MIXED)
    letters = db.session.execute(
        select(OutboxRow.record_id, OutboxRow.kind, OutboxRow.queue, OutboxRow.county_id, OutboxRow.data)
        .where(OutboxRow.entity == "rainbow_assessments")
        .order_by(OutboxRow.record_id)
    ).all()
    told = {"step": "rainbow_assessment.propose", "version": 1}
    urgent = sorted(one.id for one in made if one.proposed in ("orange", "red"))
    assert [tuple(row) for row in letters] == [
        (one, "step_taken", "letters", made[0].county_id, told) for one in urgent
    ]


def test_letters_about_many_belong_to_a_deed_like_every_letter(app: Flask) -> None:
    assert trail.current() is None
    with pytest.raises(RuntimeError, match="inside an operation"):
        post_all("step_taken", RainbowAssessment, [])
