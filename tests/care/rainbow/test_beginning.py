"""What begins with the proposals of a run, all of it by statements about many at once: as if each had been made by itself."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.care.rainbow.models import RainbowAssessment
from app.core import calendar
from app.core.audit import trail
from app.core.casework.deadlines import Deadline, as_row, laid, work_calendar
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


COLUMNS = (
    "name", "due_at", "started_at", "unit_id", "school_id", "county_id", "met_by", "ladder", "taken", "next_at"
)  # fmt: skip


def clocks_of(one: RainbowAssessment) -> list[dict[str, object]]:
    """The clocks that a step on this one record would start, by columns, with their ladders."""
    found, days, now = list[dict[str, object]](), work_calendar(), one.state_since
    for declared in one.standing.deadlines:
        due_at = calendar.due_at(declared, now, one, days)
        if due_at is not None:
            row = as_row(one, f"proposed.{declared.code}", declared.met_by, due_at, now)
            row |= laid(calendar.rungs(declared, now, due_at, days), now)
            found.append({name: row[name] for name in COLUMNS})
    return found


def test_each_proposal_that_cannot_wait_has_its_own_clock_and_ladder_and_the_others_none(desk: Desk) -> None:
    made = desk.propose(*MIXED)
    for one in made:
        of_it = select(Deadline).where(Deadline.entity == "rainbow_assessments", Deadline.record_id == one.id)
        there = [{name: getattr(clock, name) for name in COLUMNS} for clock in db.session.scalars(of_it)]
        assert there == (clocks_of(one) if one.proposed in ("orange", "red") else []), one.proposed
        assert all(clock["ladder"] for clock in there)
    assert (
        db.session.scalar(select(func.count()).select_from(Deadline).where(Deadline.entity == "rainbow_assessments"))
        == 5
    )


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
