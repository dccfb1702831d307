"""Jobs of the sweep take everything that is due, however much there is, and leave alone what is not."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, text, update

from app.care.access.models import EmergencyOpening
from app.care.access.operations import emergencies
from app.care.retention.models import RetentionHold
from app.care.screening.models import ScreeningTask
from app.care.screening.operations import tasks
from app.core import clock
from app.core.audit import trail
from app.core.casework import daily
from app.core.database import db, new_ref, use_context, uuid7
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Student
from tests.care.assessed import assessed
from tests.care.figures_of_care import CAMPAIGN, STUDENTS
from tests.cast import Cast

MANY = 96


@pytest.fixture
def county(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Pupils of one school; a portion of a sweep is five records."""
    monkeypatch.setattr(daily, "AT_ONCE", 5)
    given = {"county": cast.county.id, "schools": [cast.units["shuangqiao"].id], "many": MANY}
    written(text(STUDENTS), **given)
    return cast


def with_tasks(cast: Cast, *kinds: dict[str, Any], campaign: str = "open") -> list[uuid.UUID]:
    """Ids of tasks of these kinds, each of another pupil, of a campaign in this state."""
    owner, identity = cast["school_counselor"].person_id, uuid.uuid4()
    assessed(cast.county.id, owner, "screening")
    written(text(CAMPAIGN), county=cast.county.id, owner=owner, id=identity, state=campaign)
    pupils = all_of(Student)
    rows = [
        {
            "id": uuid7(), "ref": new_ref(), "county_id": one.county_id, "school_id": one.school_id, "student_id": one.id,
            "campaign_id": identity, "workflow_version": 1, "version": 1, **kind,
        }
        for one, kind in zip(pupils, kinds, strict=False)
    ]  # fmt: skip
    assert len(rows) == len(kinds)
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.sweeps"):
        db.session.execute(insert(ScreeningTask), rows)
    return sorted(row["id"] for row in rows)


def all_of(model: Any) -> list[Any]:
    use_context(SYSTEM.context())
    return list(db.session.scalars(select(model).order_by(model.id).execution_options(populate_existing=True)))


def written(statement: Any, **given: Any) -> None:
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.sweeps"):
        db.session.execute(statement, given)


def test_an_hour_that_is_over_ends_for_the_last_of_many_openings_in_one_sweep(county: Cast) -> None:
    use_context(SYSTEM.context())
    now, owner = clock.now(), county["school_counselor"].person_id
    with trail.act(SYSTEM, "system", "test.sweeps"):
        for number, pupil in enumerate(db.session.scalars(select(Student).order_by(Student.id).limit(13))):
            db.session.add(
                EmergencyOpening(
                    county_id=pupil.county_id, school_id=pupil.school_id, unit_id=pupil.school_id, owner_id=owner,
                    student_id=pupil.id, until_at=now + timedelta(minutes=1 if number == 12 else -1), reason_sealed=b"\0", state="open",
                )
            )  # fmt: skip
    assert emergencies.lapse_all() == 12
    assert sorted(one.state for one in all_of(EmergencyOpening)) == ["ended"] * 12 + ["open"]
    assert emergencies.lapse_all() == 0


def test_a_sweep_comes_to_its_end_though_a_step_changes_nothing(county: Cast) -> None:
    written(
        text(
            "insert into retention_holds (county_id, ground, reason, until_on, placed_by)"
            " select :county, 'case', '没有办完', current_date, :owner from generate_series(1, 12)"
        ),
        county=county.county.id,
        owner=county["school_counselor"].person_id,
    )
    seen: list[RetentionHold] = []
    assert daily.take_each(select(RetentionHold).order_by(RetentionHold.id), RetentionHold, seen.append) == 12
    assert [one.id for one in seen] == [one.id for one in all_of(RetentionHold)]


def test_what_somebody_settled_while_the_sweep_ran_is_left_out(county: Cast) -> None:
    ids = with_tasks(county, *[{"state": "ready", "tries": 0}] * 12)
    waiting = select(ScreeningTask).where(ScreeningTask.state == "ready").order_by(ScreeningTask.id)
    found = daily.each_of(waiting, ScreeningTask)
    assert [next(found).id for _ in range(5)] == ids[:5]
    written(update(ScreeningTask).where(ScreeningTask.id.in_(ids[4:-1])).values(state="in_progress"))
    assert [one.id for one in found] == ids[-1:]


def test_a_second_try_opens_behind_any_number_of_tasks_that_are_not_due(county: Cast) -> None:
    ago = [clock.now() - timedelta(days=days) for days in (3, 8)]
    early = {"state": "needs_retest", "tries": 0, "scored_on": clock.local(ago[0]).date(), "state_since": ago[0]}
    due = {**early, "scored_on": clock.local(ago[1]).date(), "state_since": clock.now()}
    with_tasks(county, *[early] * 20, due)
    assert tasks.keep_time_of_tasks() == 1
    assert [one.scored_on for one in all_of(ScreeningTask) if one.state == "ready"] == [due["scored_on"]]


@pytest.mark.parametrize("campaign", ["open", "closed"])
def test_the_question_of_the_sweep_finds_what_the_task_itself_says_is_due(county: Cast, campaign: str) -> None:
    kinds = [
        {"state": state, "tries": tries, "state_since": clock.now() - timedelta(hours=hours), "scored_on": scored}
        for state in ("ready", "in_progress", "needs_retest")
        for tries in (0, 1)
        for hours in (23, 24)
        for scored in (None, *(clock.today() - timedelta(days=days) for days in (6, 7, 30, 31)))
    ]
    with_tasks(county, *kinds, campaign=campaign)
    due = {
        one.id
        for one in all_of(ScreeningTask)
        if (one.state in ("in_progress", "needs_retest") or (one.state == "ready" and one.tries > 0))
        and (one.time_is_over or (one.state == "needs_retest" and one.second_try_is_due))
    }
    asked = set(db.session.scalars(select(ScreeningTask.id).where(tasks._moved_by_the_clock())))
    assert asked == due and 20 < len(due) < len(kinds)


def test_nothing_of_a_cancelled_screening_is_tried_again_and_the_sweep_ends_what_was_left_open(county: Cast) -> None:
    week_ago = clock.today() - timedelta(days=8)
    kinds = [
        {"state": state, "tries": tries, "state_since": clock.now(), "scored_on": week_ago}
        for state, tries in (
            ("needs_retest", 0),
            ("ready", 1),
            ("in_progress", 1),
            ("ready", 0),
            ("consent_pending", 0),
        )
    ]
    with_tasks(county, *kinds, campaign="cancelled")
    assert tasks.keep_time_of_tasks() == len(kinds)
    assert {(one.state, one.reason_code) for one in all_of(ScreeningTask)} == {("missed", "cancelled")}
