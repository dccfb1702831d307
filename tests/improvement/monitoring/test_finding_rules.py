"""The rules that turn monitoring results into findings, held against the worked table of domain §8."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvement.monitoring.cells import Cell, Cells
from app.improvement.monitoring.finding_rules import Findings, benjamini_hochberg, judge
from app.improvement.monitoring.rule_set import FindingRules, finding_rules

RULES = finding_rules()


def mean(key: str = "x", value: float | None = 470, **changes: object) -> Cell:
    """A mean of 100 pupils against 500 with sd 100, changed where a test needs it."""
    cell = Cell(key, "2019", "reading", "school", "mean", "higher", value, 500, 100, "G7-9", sd=100)
    return replace(cell, **changes)  # type: ignore[arg-type]


def rate(key: str = "x", value: float = 0.55, benchmark: float = 0.70, **changes: object) -> Cell:
    cell = Cell(key, "2019", "pass", "school", "rate", "higher", value, benchmark, 120, "G7-9")
    return replace(cell, **changes)  # type: ignore[arg-type]


def index(key: str = "x", value: float = 60, **changes: object) -> Cell:
    cell = Cell(key, "2019", "climate", "school", "index", "higher", value, 70, 120, "G7-9")
    return replace(cell, **changes)  # type: ignore[arg-type]


def worked() -> list[Cell]:
    """F1–F8 of domain §8."""
    return [
        mean("F1", 482, n=120),
        mean("F2", 470, n=100),
        mean("F3", 480, n=18),
        mean("F4", 497, n=3000),
        mean("F5", 491, n=150),
        mean("F6", 505, n=110),
        mean("F7", 460, n=64),
        rate("F8", 66 / 120, 0.70, n=120),
    ]


def judged(*cells: Cell, rules: FindingRules = RULES) -> Findings:
    return judge(Cells.of(cells), rules)


# The worked table ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "effect", "z", "p", "adjusted", "verdict", "severity"),
    [
        ("F1", -0.18, -1.972, 0.02432, 0.04255, "watch", ""),
        ("F2", -0.30, -3.000, 0.00135, 0.00315, "candidate", "minor"),
        ("F4", -0.03, -1.643, 0.05017, 0.07024, "none", ""),
        ("F5", -0.09, -1.102, 0.13517, 0.15770, "none", ""),
        ("F6", 0.05, 0.524, 0.70000, 0.70000, "none", ""),
        ("F7", -0.40, -3.200, 0.00069, 0.00240, "candidate", "moderate"),
        ("F8", -0.3113, -3.586, 0.00017, 0.00118, "candidate", "minor"),
    ],
)
def test_the_worked_table_comes_out_to_the_digit(
    key: str, effect: float, z: float, p: float, adjusted: float, verdict: str, severity: str
) -> None:
    findings = judged(*worked())
    row = findings.cells.key.tolist().index(key)
    assert findings.effect[row].round(4) == effect
    assert findings.z[row].round(3) == z
    assert findings.p[row].round(5) == p
    assert findings.adjusted_p[row].round(5) == adjusted
    assert (findings.verdict[row], findings.severity[row]) == (verdict, severity)
    assert findings.family_size[row] == 7


def test_a_school_of_eighteen_is_watched_outside_the_family() -> None:
    findings = judged(*worked())
    assert findings.verdict[2] == "watch"
    assert findings.family_size[2] == 0
    assert np.isnan(findings.adjusted_p[2])
    assert findings.effect[2] == -0.20
    reason = findings.reasons(2)[0]
    assert (reason.code, reason.zh) == ("small_n", "样本不足：18 人，至少 30 人")


def test_the_worked_table_gives_three_candidates_and_two_watched_cells() -> None:
    verdicts = judged(*worked()).verdict.tolist()
    assert (verdicts.count("candidate"), verdicts.count("watch"), verdicts.count("none")) == (3, 2, 3)


# Who is tested -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        (mean(n=30), []),
        (mean(n=29), ["small_n"]),
        (mean(n=20, scope_level="class"), []),
        (mean(n=19, scope_level="class"), ["small_n"]),
        (mean(n=29, scope_level="grade"), ["small_n"]),
        (mean(n=80, n_expected=100), []),
        (mean(n=79, n_expected=100), ["low_coverage"]),
        (mean(n=24, n_expected=31), ["small_n", "low_coverage"]),
        (mean(sd=0), ["no_spread"]),
        (mean(sd=None), ["no_spread"]),
        (rate(benchmark=0.0), ["extreme_benchmark"]),
        (rate(benchmark=1.0), ["extreme_benchmark"]),
        (rate(value=1.2), ["no_value"]),
        (mean(value=None), ["no_value"]),
        (mean(benchmark=None), ["no_value"]),
        (index(), ["index"]),
    ],
)
def test_a_cell_that_is_not_tested_says_why(cell: Cell, codes: list[str]) -> None:
    findings = judged(cell)
    assert bool(findings.eligible[0]) is (codes == [])
    untested = [reason.code for reason in findings.reasons(0)] if codes else []
    assert untested == codes


def test_coverage_says_how_many_of_the_roster_were_measured() -> None:
    reason = judged(mean(n=79, n_expected=100)).reasons(0)[0]
    assert reason.sentence.zh == "参测率 79.0%，至少 80%"
    assert reason.sentence.en == "Coverage 79.0%; at least 80% is needed."


def test_an_untested_cell_is_watched_only_from_the_least_effect_on() -> None:
    findings = judged(mean("a", 480, n=18), mean("b", 480.1, n=18), mean("c", 560, n=18), rate("d", 0.4, n=10))
    assert findings.verdict.tolist() == ["watch", "none", "none", "watch"]


def test_untested_cells_do_not_change_the_family() -> None:
    alone = judged(*[cell for cell in worked() if cell.key != "F3"])
    joined = judged(*worked(), index("i"), rate("r", benchmark=1.0), mean("m", sd=None))
    kept = np.isin(joined.cells.key, alone.cells.key)
    assert joined.adjusted_p[kept].tolist() == alone.adjusted_p.tolist()


def test_an_index_is_only_ever_watched_and_only_below_its_margin() -> None:
    findings = judged(
        index("a", 60, margin=10.0),
        index("b", 60.1, margin=10.0),
        index("c", 20),
        index("d", 90, margin=5.0),
        index("e", 80, margin=10.0, direction="lower"),
    )
    assert findings.verdict.tolist() == ["watch", "none", "none", "none", "watch"]
    assert np.isnan(findings.effect).all()
    assert findings.gap.tolist()[0] == -10


def test_the_margin_of_an_index_may_stand_in_the_rules() -> None:
    rules = RULES.model_copy(update={"index_margins": {"climate": 8.0}})
    findings = judged(index("a", 60), index("b", 65), index("c", 60, margin=12.0), rules=rules)
    assert findings.verdict.tolist() == ["watch", "none", "none"]


# Effect, certainty, severity -----------------------------------------------------------------------------------------


def test_a_sampled_cycle_has_the_larger_design_effect_unless_the_sheet_gives_one() -> None:
    findings = judged(mean("a"), mean("b", sampled=True), mean("c", sampled=True, deff=1.5))
    assert findings.deff.tolist() == [1.0, 2.0, 1.5]
    assert findings.z == pytest.approx([-3.0, -3 / math.sqrt(2), -3 / math.sqrt(1.5)])


def test_the_error_of_the_benchmark_counts_for_means_only() -> None:
    findings = judged(mean("a", benchmark_se=10.0), rate("b", benchmark_se=0.5), rate("c"))
    assert findings.z[0] == pytest.approx(-30 / math.sqrt(100 + 100))
    assert findings.z[1] == findings.z[2]


@pytest.mark.parametrize(
    ("value", "severity"),
    [(480, "minor"), (465.1, "minor"), (465, "moderate"), (450.1, "moderate"), (450, "severe"), (300, "severe")],
)
def test_a_value_on_a_boundary_belongs_to_the_more_severe_grade(value: float, severity: str) -> None:
    findings = judged(mean(value=value, n=2000))
    assert (findings.verdict[0], findings.severity[0]) == ("candidate", severity)


def test_boundaries_meet_rounded_numbers() -> None:
    nearly = mean(value=500 - 0.2 * 99.9 + 1e-10, sd=99.9, n=2000)
    assert judged(nearly).verdict[0] == "candidate"


@pytest.mark.parametrize(("value", "severity"), [(470, "moderate"), (460, "severe"), (400, "severe")])
def test_a_second_cycle_in_a_row_is_one_grade_more_severe(value: float, severity: str) -> None:
    assert judged(mean(value=value, n=500, flagged_before=True)).severity[0] == severity


def test_what_was_flagged_before_and_is_not_now_gets_no_severity() -> None:
    findings = judged(mean(value=499, flagged_before=True))
    assert (findings.verdict[0], findings.severity[0]) == ("none", "")


def test_a_watched_cell_says_whether_size_or_certainty_is_missing() -> None:
    findings = judged(mean("small", 485, n=3000), mean("unsure", 475, n=30))
    assert findings.verdict.tolist() == ["watch", "watch"]
    assert [findings.reasons(row)[0].code for row in (0, 1)] == ["small_effect", "uncertain"]


def test_strengths_are_the_mirror_of_candidates() -> None:
    turned = [replace(cell, direction="lower") for cell in worked()]
    findings = judged(*turned)
    plain = judged(*worked())
    assert findings.verdict.tolist() == ["none", "strength", "none", "none", "none", "none", "strength", "strength"]
    assert findings.adjusted_p_up.tolist()[1] == pytest.approx(plain.adjusted_p.tolist()[1])
    assert set(findings.severity.tolist()) == {""}


def test_the_drawn_interval_excludes_zero_exactly_where_z_is_beyond_its_limit() -> None:
    findings = judged(*worked())
    tested = findings.eligible
    outside = (findings.low > 0) | (findings.high < 0)
    means = findings.cells.value_type == "mean"
    assert (outside == (np.abs(findings.z) > RULES.interval_z))[tested & means].all()
    assert (findings.low[1], findings.high[1]) == pytest.approx((-0.496, -0.104))


# Families ------------------------------------------------------------------------------------------------------------


def test_cycle_level_and_grade_band_each_make_a_family_of_their_own() -> None:
    crowd = [mean(f"n{row}", 500, indicator=f"i{row}") for row in range(9)]
    apart = [
        mean("cycle", cycle="2021"),
        mean("level", scope_level="grade"),
        mean("band", grade_band="G4-6"),
        mean("none", grade_band=""),
    ]
    findings = judged(*crowd, *apart)
    assert findings.family_size.tolist() == [9] * 9 + [1] * 4
    assert findings.adjusted_p[9:].tolist() == findings.p[9:].tolist()


def test_grades_fall_into_bands() -> None:
    bands = [RULES.grade_band(grade) for grade in (1, 3, 4, 6, 7, 9, 10, 12)]
    assert bands == ["G1-3", "G1-3", "G4-6", "G4-6", "G7-9", "G7-9", "G10-12", "G10-12"]
    assert RULES.grade_band(None) == ""
    assert RULES.grade_band("G7") == "G7-9"
    with pytest.raises(ValueError, match="no grade band"):
        RULES.grade_band(13)


def plain_step_up(p: list[float]) -> list[float]:
    """Benjamini–Hochberg word by word: the smallest m·p/rank among those at least as large."""
    ranked = sorted(range(len(p)), key=lambda row: p[row])
    scaled = {row: p[row] * len(p) / rank for rank, row in enumerate(ranked, start=1)}
    return [min(1.0, *(scaled[other] for other in ranked[ranked.index(row) :])) for row in range(len(p))]


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3)), min_size=1, max_size=40))
def test_the_adjustment_agrees_with_its_definition(rows: list[tuple[float, int]]) -> None:
    p, family = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    adjusted = benjamini_hochberg(p, family)
    for name in set(family.tolist()):
        assert adjusted[family == name].tolist() == pytest.approx(plain_step_up(p[family == name].tolist()))
    assert (adjusted >= p * (1 - 1e-12)).all()
