"""No pupil's score shows by a small cell, by what stands around it, nor by subtracting a corrected round (security 31)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.core import clock
from app.core.database import db
from app.core.small_cells import LEAST
from app.improvement.monitoring import operations, queries
from app.improvement.monitoring.models import DataRelease, MonitoringCycle, MonitoringResult
from app.improvement.monitoring.operations import Move
from tests.cast import Cast, sign_in
from tests.factories.monitoring import NUMBER, PASS, SHAPE, Line, act_as, begin_cycle, bring_in, release, verify

WRONG = Move(reason="有一所学校漏报学生，数据收回重做")


def of_class(number: int, value: float, n: int, school: str = "yuntai", **more: object) -> Line:
    return Line(school, value=value, n=n, level="班级", class_no=f"{number}", **more)  # type: ignore[arg-type]


def of_grade(value: float, n: int, school: str = "yuntai") -> Line:
    return Line(school, value=value, n=n, level="年级")


def out(county: Cast, lines: Sequence[Line], **changes: object) -> MonitoringCycle:
    """A round by the way of its file, released."""
    cycle = begin_cycle(county, **changes)
    bring_in(county, cycle, lines)
    verify(county, cycle)
    release(county, cycle)
    return cycle


def again(county: Cast, cycle: MonitoringCycle, lines: Sequence[Line], code: str = "B") -> MonitoringCycle:
    """The round is taken back and done again with another file."""
    operations.withdraw_cycle(act_as(county.actor("leading_group_head")), cycle, WRONG)
    return out(county, lines, code=code, name=f"重做{code}", replaces_id=cycle.id)


def cells(county: Cast, cycle: MonitoringCycle) -> dict[str, MonitoringResult]:
    """Of a round: unit, grade and class → the cell in force, of numbers alone."""
    act_as(county.actor("office_director"))
    names = {place.code: key for key, place in county.units.items()} | {county.county.code: "county"}
    found = select(MonitoringResult).where(
        MonitoringResult.cycle_id == cycle.id, MonitoringResult.superseded_at.is_(None)
    )
    return {
        f"{names[one.cell_key.split('|')[1]]}{one.class_no or ''}{'' if one.scope_level != 'grade' else '*'}": one
        for one in db.session.scalars(found)
        if f"|{NUMBER}|" in one.cell_key
    }


def told(one: MonitoringResult) -> tuple[int, float | None]:
    return one.n, one.value


def test_security_31_a_corrected_round_with_one_pupil_more_tells_what_was_told(county: Cast) -> None:
    first = (Line("yuntai", value=470, n=100), Line("shimen", value=500, n=300))
    cycle = out(county, first)
    second = again(county, cycle, (Line("yuntai", value=471.2, n=101), Line("shimen", value=502, n=340)))
    found = cells(county, second)
    assert told(found["yuntai"]) == (100, 470.0), "101 × 471.2 − 100 × 470 is a pupil's score"
    assert told(found["shimen"]) == (340, 502.0), "forty pupils are not one"
    assert found["yuntai"].kept_from_id == cells(county, cycle)["yuntai"].id, "the cell says whose numbers it tells"


def test_security_31_no_two_versions_of_a_round_differ_by_fewer_than_five_pupils_anywhere(county: Cast) -> None:
    sizes = (100, 101, 104, 105, 103, 99, 111)
    cycle, versions = None, []
    for step, n in enumerate(sizes):
        lines = (Line("yuntai", value=400 + 7 * step, n=n), Line("清澜县", value=500 + step, n=900 + n, level="区域"))
        code = f"V{step}"
        cycle = out(county, lines, code=code) if cycle is None else again(county, cycle, lines, code)
        versions.append(cells(county, cycle))
    for unit in ("yuntai", "county"):
        shown = {told(version[unit]) for version in versions}
        assert all(a[0] == b[0] or abs(a[0] - b[0]) >= LEAST for a, b in combinations(shown, 2)), unit
        assert len(shown) > 1, f"{unit}: what moved enough is told anew"


def test_security_31_a_whole_is_told_anew_only_where_its_kept_parts_moved_by_five_together(county: Cast) -> None:
    def lines(a: int, b: int, c: int, mean: float) -> tuple[Line, ...]:
        whole = Line("清澜县", value=mean, n=a + b + c, level="区域")
        return (
            whole,
            Line("yuntai", value=mean, n=a),
            Line("shimen", value=mean, n=b),
            Line("chengguan", value=mean, n=c),
        )

    cycle = out(county, lines(100, 200, 300, 480))
    one = again(county, cycle, lines(101, 240, 300, 490), "B")
    found = cells(county, one)
    assert told(found["shimen"]) == (240, 490.0)
    assert told(found["county"]) == (600, 480.0), "the county less the two schools told anew would be one pupil"
    five = again(county, one, lines(102, 300, 304, 495), "C")
    assert told(cells(county, five)["county"]) == (706, 495.0), "two pupils here and four there are six together"


def test_security_31_the_county_mean_beside_every_school_stays_with_a_school_that_kept_its_cell(county: Cast) -> None:
    cycle = out(
        county, (Line("yuntai", value=470, n=100, benchmark=500), Line("shimen", value=510, n=300, benchmark=500))
    )
    second = again(
        county,
        cycle,
        (Line("yuntai", value=471, n=101, benchmark=500.3), Line("shimen", value=512, n=340, benchmark=500.3)),
    )
    assert {one.benchmark_value for one in cells(county, second).values()} == {500.0}


def test_security_31_a_rate_moves_by_five_who_reached_it_or_not_at_all(county: Cast) -> None:
    def rate(reached: int) -> tuple[Line, ...]:
        return (Line("yuntai", PASS, reached / 100, 0.7, n=100, kind="比率"), Line("yuntai", NUMBER, 470))

    def passed(cycle: MonitoringCycle) -> list[float | None]:
        act_as(county.actor("office_director"))
        found = select(MonitoringResult.value).where(
            MonitoringResult.cycle_id == cycle.id, MonitoringResult.value_type == "rate"
        )
        return list(db.session.scalars(found))

    cycle = out(county, rate(60))
    second = again(county, cycle, rate(61))
    assert passed(second) == [0.6], "one more who reached it is one pupil's result"
    assert passed(again(county, second, rate(66), "C")) == [0.66]


def test_security_31_a_cell_of_four_is_not_told_nor_another_one_that_gives_it_away(county: Cast) -> None:
    lines = (of_grade(480, 100), of_class(1, 470, 40), of_class(2, 490, 56), of_class(3, 453.5, 4))
    found = cells(county, out(county, lines))
    assert (found["yuntai3"].value, found["yuntai3"].missing, found["yuntai3"].n) == (None, "few", 0)
    assert (found["yuntai1"].value, found["yuntai1"].missing) == (None, "kept")
    assert told(found["yuntai2"]) == (56, 490.0) and told(found["yuntai*"]) == (100, 480.0)


def test_security_31_what_was_not_told_stays_so_when_a_pupil_joins(county: Cast) -> None:
    def lines(few: int, mean: float) -> tuple[Line, ...]:
        return (of_grade(480, 96 + few), of_class(1, 470, 40), of_class(2, 490, 56), of_class(3, mean, few))

    cycle = out(county, lines(4, 453.5))
    found = cells(county, again(county, cycle, lines(5, 460.0)))
    assert {key for key, one in found.items() if one.is_untold} == {"yuntai1", "yuntai3"}
    assert told(found["yuntai*"]) == (100, 480.0)


def test_security_31_parts_that_come_later_than_their_whole_are_held_back_all_the_same(county: Cast) -> None:
    cycle = begin_cycle(county)
    bring_in(county, cycle, (of_class(1, 470, 40), of_class(2, 490, 56), of_class(3, 453.5, 3)), "班级.xlsx")
    assert {key for key, one in cells(county, cycle).items() if one.is_untold} == {"yuntai3"}
    bring_in(county, cycle, (of_grade(480, 99),), "年级.xlsx", note="第二份")
    assert {key for key, one in cells(county, cycle).items() if one.is_untold} == {"yuntai1", "yuntai3"}
    verify(county, cycle)
    release(county, cycle)
    assert {key for key, one in cells(county, cycle).items() if one.is_untold} == {"yuntai1", "yuntai3"}


def test_security_31_a_round_of_other_days_is_another_measurement_and_keeps_nothing(county: Cast) -> None:
    day = clock.today() - timedelta(days=200)
    out(county, (Line("yuntai", value=470, n=100),), code="A", starts_on=day, ends_on=day)
    found = cells(county, out(county, (Line("yuntai", value=480, n=101),), code="B"))
    assert told(found["yuntai"]) == (101, 480.0) and found["yuntai"].kept_from_id is None


def test_security_31_a_second_round_of_the_same_days_keeps_what_the_first_one_told(county: Cast) -> None:
    out(county, (Line("yuntai", value=470, n=100),), code="A")
    found = cells(county, out(county, (Line("yuntai", value=471, n=101),), code="B"))
    assert told(found["yuntai"]) == (100, 470.0), (
        "nobody said that it replaces the first, and it counts the same pupils"
    )


def test_security_31_the_public_version_moves_by_ten_pupils_or_not_at_all(county: Cast) -> None:
    def lines(n: int, mean: float) -> tuple[Line, ...]:
        return (Line("清澜县", value=mean, n=n, level="区域"), Line("yuntai", value=mean, n=n))

    def public(cycle: MonitoringCycle) -> tuple[int, float]:
        act_as(county.actor("office_director"))
        wanted = select(DataRelease).where(DataRelease.cycle_id == cycle.id, DataRelease.audience == "public")
        line = db.session.scalars(wanted.options(undefer(DataRelease.snapshot))).one().snapshot["indicators"][0]
        return line["n"], line["county"]

    cycle = out(county, lines(500, 480))
    second = again(county, cycle, lines(507, 483))
    assert cells(county, second)["yuntai"].n == 507, "in the county seven pupils are enough"
    assert public(second) == (500, 480.0)
    assert public(again(county, second, lines(512, 485), "C")) == (512, 485.0)


@pytest.mark.parametrize("key", ["office_director", "assessment_member"])
def test_security_31_versions_side_by_side_tell_one_number_where_a_few_pupils_lie_between(
    app: Flask, county: Cast, key: str
) -> None:
    cycle = begin_cycle(county)
    bring_in(county, cycle, (Line("yuntai", value=470.6, n=100), Line("shimen", SHAPE, value=512.4, n=100)))
    old = {"yuntai": cells(county, cycle)["yuntai"].ref}
    bring_in(county, cycle, (Line("yuntai", value=473.8, n=101), Line("shimen", SHAPE, value=517.9, n=150)), note="2")
    new = cells(county, cycle)["yuntai"].ref
    client = sign_in(app.test_client(), county[key])
    for ref in (new, old["yuntai"]):
        page = client.get(f"/monitoring/cells/{ref}", base_url="https://localhost").text
        assert "470.6" not in page, "the older version of one pupil less says nothing beside the new one"
        assert "只差几名学生" in page
    assert "473.8" in page or "473.8" in client.get(f"/monitoring/cells/{new}", base_url="https://localhost").text
    act_as(county.actor("office_director"))
    far = db.session.scalars(select(MonitoringResult).where(MonitoringResult.value == 517.9)).one()
    page = client.get(f"/monitoring/cells/{far.ref}", base_url="https://localhost").text
    assert "512.4" in page and "517.9" in page, "fifty pupils apart both may be read"


def test_security_31_the_pages_and_the_workbook_of_a_round_say_why_a_cell_is_empty(app: Flask, county: Cast) -> None:
    cycle = out(county, (of_grade(480, 100), of_class(1, 470, 40), of_class(2, 490, 56), of_class(3, 453.5, 4)))
    client = sign_in(app.test_client(), county["office_director"])
    page = client.get(f"{cycle.address}/results?level=class", base_url="https://localhost").text
    assert "不足 5 人，不显示" in page and "453.5" not in page and "470.0" not in page
    actor = act_as(county.actor("office_director"))
    rows = queries.result_cells(actor, cycle, queries.Chosen("class"))
    assert {(row[0].pupils, row[0].value) for row in rows if row[0].is_untold} == {(None, None)}
    again_told = cells(county, again(county, cycle, (of_grade(480, 101), of_class(2, 490, 56))))["yuntai*"]
    page = client.get(f"/monitoring/cells/{again_told.ref}", base_url="https://localhost").text
    assert "沿用" in page and f"/monitoring/cells/{cells(county, cycle)['yuntai*'].ref}" in page
