"""What holds of findings whatever the county: symmetry, no empty numbers, order, and silence where nothing is wrong."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.improvement.monitoring.cells import Cell, Cells
from app.improvement.monitoring.finding_rules import Findings, judge
from app.improvement.monitoring.rule_set import finding_rules

RULES = finding_rules()
COMMON = {
    "key": st.uuids().map(str),
    "cycle": st.just("2019"),
    "indicator": st.just("reading"),
    "scope_level": st.just("school"),
    "direction": st.sampled_from(["higher", "lower"]),
    "n": st.integers(0, 400),
}
means = st.builds(
    Cell,
    **COMMON,
    value_type=st.just("mean"),
    value=st.floats(300, 700),
    benchmark=st.just(500.0),
    sd=st.floats(20, 200),
    benchmark_se=st.none() | st.floats(0, 20),
    deff=st.none() | st.floats(0.5, 5),
    n_expected=st.none() | st.integers(1, 500),
    flagged_before=st.booleans(),
)
rates = st.builds(Cell, **COMMON, value_type=st.just("rate"), value=st.floats(0, 1), benchmark=st.floats(0, 1))
counties = st.lists(means | rates, min_size=1, max_size=12)


def judged(*cells: Cell) -> Findings:
    return judge(Cells.of(cells), RULES)


def mirrored(cell: Cell) -> Cell:
    """The same cell told the other way round: lower is good and every number is turned."""
    if cell.value_type == "rate":
        turned = 1 - (cell.value or 0), 1 - (cell.benchmark or 0)
    else:
        turned = -(cell.value or 0), -(cell.benchmark or 0)
    direction = "lower" if cell.direction == "higher" else "higher"
    return replace(cell, value=turned[0], benchmark=turned[1], direction=direction)


@given(counties)
def test_turning_every_number_and_every_direction_changes_nothing(cells: list[Cell]) -> None:
    one, other = judged(*cells), judged(*map(mirrored, cells))
    assert one.effect == pytest.approx(other.effect, abs=1e-7, nan_ok=True)
    assert one.adjusted_p == pytest.approx(other.adjusted_p, abs=1e-7, nan_ok=True)
    safe = ~_near_a_boundary(one)
    assert one.verdict[safe].tolist() == other.verdict[safe].tolist()


def _near_a_boundary(findings: Findings) -> NDArray[np.bool_]:
    cuts = (0.2, 0.35, 0.5)
    near: NDArray[np.bool_] = np.zeros(len(findings.cells), dtype=bool)
    for cut in cuts:
        near |= np.abs(np.abs(findings.effect) - cut) < 1e-6
    for column in (findings.adjusted_p, findings.adjusted_p_up):
        near |= np.abs(column - 0.05) < 1e-6
    benchmark = findings.cells.benchmark
    at_the_edge: NDArray[np.bool_] = (findings.cells.value_type == "rate") & (
        (benchmark < 1e-6) | (benchmark > 1 - 1e-6)
    )
    return near | at_the_edge


@given(counties)
def test_a_tested_cell_holds_no_empty_number_and_every_record_is_json(cells: list[Cell]) -> None:
    findings = judged(*cells)
    for column in ("effect", "low", "high", "z", "p", "adjusted_p", "p_up", "adjusted_p_up"):
        assert np.isfinite(getattr(findings, column)[findings.eligible]).all(), column
    text = json.dumps(findings.records(), allow_nan=False)
    assert [record["key"] for record in json.loads(text)] == [cell.key for cell in cells]
    known = {"candidate", "watch", "none", "strength"}
    assert {record["verdict"] for record in findings.records()} <= known


@given(counties, st.data())
def test_a_lower_value_never_gives_a_milder_verdict(cells: list[Cell], data: st.DataObject) -> None:
    row = data.draw(st.integers(0, len(cells) - 1))
    good = 1 if cells[row].direction == "higher" else -1
    span = 1.0 if cells[row].value_type == "rate" else 100.0
    lower = (cells[row].value or 0) - good * data.draw(st.floats(0, span))
    if cells[row].value_type == "rate":
        lower = min(max(lower, 0.0), 1.0)
    worse = [replace(cell, value=lower) if place == row else cell for place, cell in enumerate(cells)]
    before, after = judged(*cells), judged(*worse)
    grades = ("strength", "none", "watch", "candidate")
    assert grades.index(after.verdict[row]) >= grades.index(before.verdict[row])


@given(st.lists(st.integers(30, 3000), min_size=2, max_size=6))
def test_a_larger_group_makes_the_same_difference_more_certain(sizes: list[int]) -> None:
    p = [judged(average(470, n)).p[0] for n in sorted(sizes)]
    assert p == sorted(p, reverse=True)


def average(value: float, n: int, key: str = "x") -> Cell:
    """A school's mean against 500 with sd 100."""
    return Cell(key, "2019", "reading", "school", "mean", "higher", value, 500, n, sd=100)


# A county in which nothing is wrong ----------------------------------------------------------------------------------


def test_a_null_county_is_flagged_no_more_often_than_the_nominal_share() -> None:
    random, counties_flagged, counties_made = np.random.default_rng(20190901), 0, 60
    schools, indicators = 100, 20
    for number in range(counties_made):
        n = random.integers(30, 201, schools * indicators)
        values = 500 + random.standard_normal(len(n)) * 100 / np.sqrt(n)
        cells = Cells.of(
            average(value, size, f"{number}-{row}")
            for row, (value, size) in enumerate(zip(values.tolist(), n.tolist(), strict=True))
        )
        counties_flagged += bool((judge(cells, RULES).verdict == "candidate").any())
    limit = 0.05 * counties_made + 1.645 * math.sqrt(0.05 * 0.95 * counties_made)
    assert counties_flagged <= limit
