"""Programs read the results of rounds that were released: values with their benchmark, interval and cell of the file."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.audit import trail
from app.core.database import db
from app.core.policy.actor import SYSTEM
from app.core.small_cells import FEW
from app.improvement.monitoring.models import MonitoringCycle, MonitoringResult, SourceConflict
from tests.api.conftest import program_for
from tests.cast import Cast
from tests.factories.monitoring import WORKED, Line, begin_cycle, make_indicators, put_in, released

NUMBERS = ("value", "effect", "effect_low", "effect_high", "pupils", "response")


@pytest.fixture
def out(app: Flask, cast: Cast) -> tuple[Cast, MonitoringCycle]:
    """A round that is released, and one that still collects."""
    make_indicators(cast)
    cycle = released(cast, (*WORKED, Line("shimen", "MATH-GEO", 540, n=200)), code="OUT")
    put_in(cast, begin_cycle(cast, code="COLLECTING", name="还在采集的一轮"), WORKED)
    return cast, cycle


def every(program: Any) -> list[dict[str, Any]]:
    """All results that the program may read."""
    answer = program.get("results?size=200")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json["data"]
    return found


def test_a_result_has_its_value_benchmark_interval_pupils_and_the_cell_it_came_from(
    app: Flask, out: tuple[Cast, MonitoringCycle]
) -> None:
    county, cycle = out
    found = every(program_for(app, county, "office_director"))
    assert found and {one["cycle"] for one in found} == {cycle.ref}
    one = next(one for one in found if one["value"] == 540)
    assert (one["unit"]["code"], one["indicator"], one["pupils"]) == (county.units["shimen"].code, "MATH-GEO", 200)
    assert one["effect_low"] < one["effect"] < one["effect_high"]
    row = db.session.scalar(select(MonitoringResult).where(MonitoringResult.ref == one["ref"]))
    assert row is not None
    assert (one["file_sha256"], one["sheet"], one["cell"]) == (row.file_sha256, row.sheet, row.cell)
    assert one["page"] == f"/monitoring/cells/{row.ref}"


def test_a_program_is_told_which_values_nothing_is_built_on(app: Flask, out: tuple[Cast, MonitoringCycle]) -> None:
    county, _cycle = out
    released(county, (*WORKED, Line("shimen", "MATH-GEO", 470, n=200)), code="AGAIN")
    first, second = db.session.scalars(
        select(MonitoringResult).where(MonitoringResult.value.in_((540, 470)), MonitoringResult.n == 200)
    )
    program = program_for(app, county, "office_director")
    assert {one["standing"] for one in every(program)} == {"stands"}
    with trail.act(SYSTEM, "system", "test.asked"):
        conflict = SourceConflict(
            county_id=first.county_id, school_id=first.school_id, first_id=first.id, second_id=second.id,
            question="两次监测相差 70 分，请核对", asked_by=county["evaluator"].person_id,
        )  # fmt: skip
        db.session.add(conflict)
    told = {one["ref"]: one["standing"] for one in every(program)}
    assert told.pop(first.ref) == told.pop(second.ref) == "disputed" and set(told.values()) == {"stands"}
    with trail.act(SYSTEM, "system", "test.settled"):
        conflict.outcome, conflict.chosen_id = "one", first.id
        conflict.settlement, conflict.settled_at = "名单核对过，以前一次为准", clock.now()
    assert program.get(f"results/{second.ref}").json["standing"] == "set_aside"
    assert program.get(f"results/{first.ref}").json["standing"] == "stands"


def test_what_a_later_file_took_the_place_of_and_rounds_not_released_are_not_told(
    app: Flask, out: tuple[Cast, MonitoringCycle]
) -> None:
    county, cycle = out
    program = program_for(app, county, "office_director")
    first, *others = every(program)
    with trail.act(SYSTEM, "system", "test.superseded"):
        row = db.session.scalars(select(MonitoringResult).where(MonitoringResult.ref == first["ref"])).one()
        row.superseded_at = row.created_at
    assert [one["ref"] for one in every(program)] == [one["ref"] for one in others]
    assert program.get(f"results/{first['ref']}").status_code == 404
    with trail.act(SYSTEM, "system", "test.withdrawn"):
        db.session.get_one(MonitoringCycle, cycle.id).state = "withdrawn"
    assert every(program) == []


def test_no_number_stands_where_too_few_pupils_stand_behind_it(app: Flask, out: tuple[Cast, MonitoringCycle]) -> None:
    county, _cycle = out
    program = program_for(app, county, "office_director")
    ref = every(program)[0]["ref"]
    with trail.act(SYSTEM, "system", "test.few"):
        row = db.session.scalars(select(MonitoringResult).where(MonitoringResult.ref == ref)).one()
        row.value, row.missing = None, FEW
    told = program.get(f"results/{ref}").json
    assert told["missing"] == FEW and all(told[name] is None for name in NUMBERS)


def test_another_county_and_a_token_without_the_scope_read_none(app: Flask, out: tuple[Cast, MonitoringCycle]) -> None:
    county, _cycle = out
    assert every(program_for(app, county, "office_director"))
    assert every(program_for(app, county, "other_office_director")) == []
    assert program_for(app, county, "evaluator", ("findings:read",)).get("results").status_code == 403


def test_results_have_no_state_to_narrow_by_but_a_moment(app: Flask, out: tuple[Cast, MonitoringCycle]) -> None:
    county, _cycle = out
    program = program_for(app, county, "office_director")
    refused = program.get("results?state=released")
    assert refused.status_code == 422 and "state" in refused.json["fields"]
    assert program.get("results?changed_since=2090-01-01T00:00:00Z").json["data"] == []
    assert program.get("results?changed_since=2000-01-01T00:00:00Z").json["data"]
