"""Two reckonings of value added, subtracted, show no pupil's score (security 31)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.core.database import db
from app.core.errors import Invalid
from app.improvement.effects.models import ValueAddedEffect, ValueAddedRun
from app.improvement.effects.operations.value_added import RunIn, run_value_added
from app.improvement.effects.telling import Told, told_safely
from app.improvement.effects.value_added import Effect
from app.improvement.monitoring.models import MonitoringCycle
from tests.cast import Cast
from tests.factories.monitoring import act_as, begin_cycle
from tests.improvement.effects.score_files import rows_of, send


@pytest.fixture
def cycle(county: Cast) -> MonitoringCycle:
    """A round that collects."""
    return begin_cycle(county)


def run(
    cast: Cast, cycle: MonitoringCycle, rows: list[list[Any]], name: str, model: str = "multilevel"
) -> ValueAddedRun:
    assert send(cast, cycle, rows, name).state == "accepted"
    return run_value_added(act_as(cast.actor("assessment_member")), cycle, RunIn("math", model))


def lines(cast: Cast, run: ValueAddedRun) -> dict[tuple[str, int | None], ValueAddedEffect]:
    act_as(cast.actor("office_director"))
    names = {place.id: key for key, place in cast.units.items()}
    found = db.session.scalars(select(ValueAddedEffect).where(ValueAddedEffect.run_id == run.id))
    return {(names[one.unit_id], one.class_no): one for one in found}


def pupil(cast: Cast, place: int, number: int, class_no: int = 1) -> list[Any]:
    return [f"Q{place:02d}{number:04d}", cast.schools[place].code, f"{class_no}班", "数学", 512.0, 640.0]


def test_security_31_a_reckoning_with_one_pupil_more_is_refused_and_nothing_is_kept(
    county: Cast, cycle: MonitoringCycle
) -> None:
    rows = rows_of(county)
    run(county, cycle, rows, "一.xlsx")
    with pytest.raises(Invalid, match="只差几名学生"):
        run(county, cycle, [*rows, pupil(county, 0, 1)], "二.xlsx")
    act_as(county.actor("assessment_member"))
    assert len(db.session.scalars(select(ValueAddedRun)).all()) == 1


def test_security_31_a_school_with_one_pupil_more_keeps_the_line_that_was_told(
    county: Cast, cycle: MonitoringCycle
) -> None:
    rows = rows_of(county)
    first = lines(county, run(county, cycle, rows, "一.xlsx"))
    more = [pupil(county, 0, n, 2 - n % 2) for n in range(4)]
    more += [pupil(county, 1, n, 1) for n in range(3)] + [pupil(county, 2, n, 1 + n % 2) for n in range(40)]
    second = lines(county, run(county, cycle, [*rows, *more], "二.xlsx"))
    keys = {place.key: place.key for place in county.schools}
    near, further, far = list(keys)[:3]
    for unit in (near, further):
        assert (second[unit, None].n, second[unit, None].post_mean) == (30, first[unit, None].post_mean), unit
        assert second[unit, None].reason["code"] == "near"
    assert second[far, None].n == 70 and second[far, None].post_mean != first[far, None].post_mean


def test_security_31_another_model_on_nearly_the_same_pupils_tells_nothing_of_the_school(
    county: Cast, cycle: MonitoringCycle
) -> None:
    rows = rows_of(county)
    run(county, cycle, rows, "一.xlsx", "growth")
    more = [pupil(county, 0, n) for n in range(4)] + [pupil(county, 1, n) for n in range(4)]
    second = lines(county, run(county, cycle, [*rows, *more], "二.xlsx"))
    told = second[county.schools[0].key, None]
    assert (told.n, told.post_mean, told.effect, told.verdict) == (30, None, None, None)


def test_security_31_a_class_is_silent_where_a_smaller_one_could_be_worked_out() -> None:
    def line(class_no: int | None, n: int, mean: float | None) -> Effect:
        return Effect("01", class_no, n, n, mean, 10.0, mean, 10.0)

    told = told_safely([line(None, 61, 500.0), line(1, 30, 510.0), line(2, 30, 490.0), line(3, 1, None)], "gain", ())
    assert told is not None
    assert [one.post_mean for one in told] == [500.0, None, 490.0, None]


def test_security_31_the_school_keeps_its_line_with_a_class_that_moved_by_one() -> None:
    def line(class_no: int | None, n: int, mean: float) -> Effect:
        return Effect("01", class_no, n, n, mean, 10.0, mean, 10.0)

    before = [Told("gain", one) for one in (line(None, 60, 500.0), line(1, 30, 510.0), line(2, 30, 490.0))]
    other = Effect("02", None, 34, 34, 480.0, 9.0, 480.0, 9.0)
    beside = Told("gain", Effect("02", None, 30, 30, 470.0, 9.0, 470.0, 9.0))
    told = told_safely(
        [line(None, 71, 503.0), line(1, 31, 512.0), line(2, 40, 497.0), other], "gain", [*before, beside]
    )
    assert told is not None
    assert [(one.n, one.post_mean) for one in told] == [(60, 500.0), (30, 510.0), (40, 497.0), (30, 470.0)]
