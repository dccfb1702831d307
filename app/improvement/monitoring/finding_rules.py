"""Which monitoring results stand out: effect, certainty, false-discovery control and severity for a whole cycle."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.core.on_demand import on_demand
from app.improvement.monitoring.cells import Cells, plain
from app.improvement.monitoring.rule_set import SEVERITIES, FindingRules, finding_rules
from app.improvement.provenance import Reason, code_version, inputs_digest, sentences

if TYPE_CHECKING:
    import numpy as np

    from app.improvement.monitoring.cells import Counts, Flags, Floats, Words
else:
    np = on_demand("numpy")

DECIMALS = 9
"""Numbers are rounded to this many decimals before they meet a boundary (decisions §6, §8)."""

CANDIDATE, WATCH, NONE, STRENGTH = "candidate", "watch", "none", "strength"

SMALL_N, LOW_COVERAGE, NO_SPREAD, EXTREME_BENCHMARK, INDEX, NO_VALUE, PERSON, DISPUTED = (1 << bit for bit in range(8))
UNTESTED_CODES = {
    SMALL_N: "small_n",
    LOW_COVERAGE: "low_coverage",
    NO_SPREAD: "no_spread",
    EXTREME_BENCHMARK: "extreme_benchmark",
    INDEX: "index",
    NO_VALUE: "no_value",
    PERSON: "person",
    DISPUTED: "disputed",
}


@dataclass(frozen=True, slots=True)
class Findings:
    """What the rules say of N cells; every array has shape (N,), NaN or "" where a thing does not apply.

    `untested`: 0 for an eligible cell, else the sum of the reasons it was not tested for (`UNTESTED_CODES`).
    `effect`: d or h, negative is bad whatever the direction; `low`, `high`: its 95 % interval, for drawing.
    `gap`: value − benchmark in the units of the indicator, negative is bad; `margin`: how low an index may lie.
    `z`; `p`, `adjusted_p`: one-sided, that the cell is not below its benchmark; `p_up`, `adjusted_p_up`: the mirror.
    `family_size`: tests in the cell's family, 0 outside. `verdict`: candidate | watch | none | strength.
    `severity`: minor | moderate | severe, only for candidates.
    """

    cells: Cells
    rules: FindingRules
    untested: Counts
    deff: Floats
    margin: Floats
    effect: Floats
    low: Floats
    high: Floats
    gap: Floats
    z: Floats
    p: Floats
    adjusted_p: Floats
    p_up: Floats
    adjusted_p_up: Floats
    family_size: Counts
    verdict: Words
    severity: Words

    @property
    def eligible(self) -> Flags:
        """True where the cell was tested."""
        tested: Flags = self.untested == 0
        return tested

    def reasons(self, row: int) -> tuple[Reason, ...]:
        """Why the cell was not tested, or why it is only watched; empty for the rest."""
        found = [_untested(self, row, bit) for bit in UNTESTED_CODES if int(self.untested[row]) & bit]
        if not found and self.verdict[row] == WATCH:
            low = np.round(self.effect[row], DECIMALS) <= -self.rules.least_effect
            found.append(_UNCERTAIN if low else _SMALL_EFFECT)
        return tuple(found)

    def provenance(self) -> dict[str, str]:
        """Version of rules and code, and the digest of all N cells judged together (a family decides as a whole)."""
        return {
            "rule_version": self.rules.version,
            "code_version": code_version("findings", Path(__file__).parent, _SOURCES),
            "inputs_sha256": inputs_digest([self.rules.model_dump(), self.cells.columns()]),
        }

    def records(self, rows: Flags | None = None) -> list[dict[str, Any]]:
        """One dictionary per chosen cell, plain JSON values, ready for storage (provenance of domain §8).

        `rows`: mask of shape (N,), default all. The caller adds what it alone knows: batch digest, source of the
        benchmark, run time, confirmer.
        """
        chosen = np.flatnonzero(np.ones(len(self.cells), dtype=bool) if rows is None else rows)
        columns = _stored_columns(self, chosen)
        versions = self.provenance()
        stored = [dict(zip(columns, values, strict=True)) | versions for values in zip(*columns.values(), strict=True)]
        unclear = ((self.untested != 0) | (self.verdict == WATCH))[chosen].tolist()
        for row, record, explained in zip(chosen.tolist(), stored, unclear, strict=True):
            record["reasons"] = sentences(self.reasons(row)) if explained else []
        return stored


def judge(cells: Cells, rules: FindingRules | None = None) -> Findings:
    """Judge N cells at once; rows come back in the order given.

    Families of tests are all eligible cells of one cycle × scope level × grade band, so a call must hold whole
    families: cells judged apart get other adjusted p values. Source: domain §8; decision 40; decisions §6 "§8".
    """
    rules = rules or finding_rules()
    sign = np.where(cells.direction == "lower", -1.0, 1.0)
    deff, margin = _design_effects(cells, rules), _margins(cells, rules)
    untested = _untested_reasons(cells, rules)
    eligible = untested == 0
    gap = sign * (cells.value - cells.benchmark)
    effect = sign * _raw_effect(cells)
    half = rules.interval_z * _effect_error(cells, deff)
    z = np.where(eligible, sign * _raw_z(cells, deff, eligible), np.nan)
    family = _families(cells)
    p, p_up = _lower_tail(z), _lower_tail(-z)
    adjusted, adjusted_up = np.full((2, len(cells)), np.nan)
    adjusted[eligible] = benjamini_hochberg(p[eligible], family[eligible])
    adjusted_up[eligible] = benjamini_hochberg(p_up[eligible], family[eligible])
    verdict = np.where(_unjudged(cells), NONE, _verdicts(rules, eligible, effect, gap + margin, adjusted, adjusted_up))
    return Findings(
        cells=cells,
        rules=rules,
        untested=untested,
        deff=deff,
        margin=margin,
        effect=effect,
        low=effect - half,
        high=effect + half,
        gap=gap,
        z=z,
        p=p,
        adjusted_p=adjusted,
        p_up=p_up,
        adjusted_p_up=adjusted_up,
        family_size=_family_sizes(family, eligible),
        verdict=verdict,
        severity=_severities(rules, cells, effect, verdict),
    )


def _unjudged(cells: Cells) -> Flags:
    """Nothing is concluded about persons, nor from what another source disputes."""
    return cells.person | cells.disputed


def benjamini_hochberg(p: Floats, family: Counts) -> Floats:
    """p values adjusted for the false-discovery rate within each family.

    `p`: shape (N,), 0–1; `family`: shape (N,), any whole numbers. Returns shape (N,), p ≤ result ≤ 1.
    Source: Benjamini and Hochberg 1995, step-up procedure; domain §8.4.
    """
    adjusted = np.empty_like(p)
    order = np.lexsort((p, family))
    ends = np.append(np.flatnonzero(np.diff(family[order])) + 1, len(order))
    start = 0
    for end in ends.tolist():
        rows = order[start:end]
        scaled = p[rows] * len(rows) / np.arange(1, len(rows) + 1)
        adjusted[rows] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
        start = end
    return adjusted


def arcsine(share: Floats) -> Floats:
    """2·asin(√p) for shares of shape (N,); NaN outside 0–1. Cohen's h is the difference of two. Source: domain §8.2."""
    inside = (share >= 0) & (share <= 1)
    angle: Floats = 2 * np.arcsin(np.sqrt(np.where(inside, share, 0.0)))
    return np.where(inside, angle, np.nan)


def _design_effects(cells: Cells, rules: FindingRules) -> Floats:
    default = np.where(cells.sampled, rules.design_effect_sampled, rules.design_effect_census)
    return np.where(np.isnan(cells.deff), default, cells.deff)


def _least_n(cells: Cells, rules: FindingRules) -> Counts:
    return np.where(cells.scope_level == "class", rules.least_n_class, rules.least_n)


def _coverage(cells: Cells) -> Floats:
    """Share of the roster that was measured; an unknown roster counts as 1 (decisions §6)."""
    share: Floats = np.where(np.isnan(cells.n_expected), 1.0, cells.n / cells.n_expected)
    return np.round(share, DECIMALS)


def _untested_reasons(cells: Cells, rules: FindingRules) -> Counts:
    mean, rate, index = (cells.value_type == word for word in ("mean", "rate", "index"))
    missing = ~(np.isfinite(cells.value) & np.isfinite(cells.benchmark))
    outside = rate & ((cells.value < 0) | (cells.value > 1) | (cells.benchmark < 0) | (cells.benchmark > 1))
    extreme = rate & np.isin(np.round(cells.benchmark, DECIMALS), (0.0, 1.0))
    reasons: Counts = (
        SMALL_N * (cells.n < _least_n(cells, rules))
        + LOW_COVERAGE * (_coverage(cells) < rules.least_coverage)
        + NO_SPREAD * (mean & ~(cells.sd > 0))
        + EXTREME_BENCHMARK * extreme
        + INDEX * index
        + NO_VALUE * (missing | outside)
        + PERSON * cells.person
        + DISPUTED * cells.disputed
    ).astype(np.int64)
    return reasons


def _raw_effect(cells: Cells) -> Floats:
    """d for means with a spread, h for rates, NaN for the rest; not yet turned by the direction."""
    spread = (cells.value_type == "mean") & (cells.sd > 0)
    d = (cells.value - cells.benchmark) / np.where(spread, cells.sd, 1.0)
    h = arcsine(cells.value) - arcsine(cells.benchmark)
    return np.where(spread, d, np.where(cells.value_type == "rate", h, np.nan))


def _effect_error(cells: Cells, deff: Floats) -> Floats:
    """Standard error on the effect's own scale, in step with z: the spread counts as known."""
    counted = np.where(cells.n > 0, cells.n, np.nan)
    benchmark = np.nan_to_num(cells.benchmark_se) / np.where(cells.sd > 0, cells.sd, np.nan)
    error: Floats = np.sqrt(deff / counted + np.where(cells.value_type == "mean", benchmark, 0.0) ** 2)
    return error


def _raw_z(cells: Cells, deff: Floats, eligible: Flags) -> Floats:
    rate = cells.value_type == "rate"
    variance = np.where(rate, cells.benchmark * (1 - cells.benchmark), cells.sd**2)
    counted = np.where(eligible, cells.n, 1.0)
    benchmark = np.where(rate, 0.0, np.nan_to_num(cells.benchmark_se))
    error: Floats = np.sqrt(np.where(eligible, variance * deff / counted + benchmark**2, 1.0))
    difference: Floats = np.where(eligible, cells.value - cells.benchmark, 0.0)
    return difference / error


def _lower_tail(z: Floats) -> Floats:
    """Φ(z), exact also far out in the tail; NaN stays NaN."""
    return 0.5 * np.fromiter(map(math.erfc, (-z / math.sqrt(2)).tolist()), dtype=np.float64, count=len(z))


def _families(cells: Cells) -> Counts:
    numbers: dict[tuple[str, str, str], int] = {}
    keys = zip(cells.cycle.tolist(), cells.scope_level.tolist(), cells.grade_band.tolist(), strict=True)
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def _margins(cells: Cells, rules: FindingRules) -> Floats:
    """How far below its benchmark an index may lie: the cell's own margin, else the rule's; NaN for the rest."""
    index = cells.value_type == "index"
    given = np.where(index, cells.margin, np.nan)
    for row in np.flatnonzero(index & np.isnan(given)).tolist():
        given[row] = rules.index_margins.get(str(cells.indicator[row]), np.nan)
    return given


def _family_sizes(family: Counts, eligible: Flags) -> Counts:
    sizes = np.bincount(family[eligible], minlength=int(np.max(family)) + 1 if family.size else 0)
    return np.where(eligible, sizes[family], 0)


def _verdicts(
    rules: FindingRules, eligible: Flags, effect: Floats, above_margin: Floats, adjusted: Floats, adjusted_up: Floats
) -> Words:
    effect, above_margin = np.round(effect, DECIMALS), np.round(above_margin, DECIMALS)
    certain = np.round(adjusted, DECIMALS) <= rules.false_discovery_rate
    certain_up = np.round(adjusted_up, DECIMALS) <= rules.false_discovery_rate
    low = effect <= -rules.least_effect
    strong = (effect >= rules.least_effect) & certain_up
    cases = [eligible & low & certain, low | certain | (above_margin <= 0), strong]
    return np.select(cases, [CANDIDATE, WATCH, STRENGTH], default=NONE)


def _severities(rules: FindingRules, cells: Cells, effect: Floats, verdict: Words) -> Words:
    rounded = np.round(effect, DECIMALS)
    grade = sum((rounded <= cut).astype(np.int64) for cut in rules.severities.values()) - 1 + cells.flagged_before
    words = np.array(SEVERITIES)[np.clip(grade, 0, len(SEVERITIES) - 1)]
    return np.where(verdict == CANDIDATE, words, "")


_SMALL_EFFECT = Reason("small_effect", "差异可信，但幅度小", "The difference is certain but small.")
_UNCERTAIN = Reason("uncertain", "差异够大，但还不能排除偶然", "The difference is large but may be chance.")


def _untested(findings: Findings, row: int, bit: int) -> Reason:
    cells, rules = findings.cells, findings.rules
    n, least = int(cells.n[row]), rules.least_n_class if cells.scope_level[row] == "class" else rules.least_n
    share, enough = f"{cells.n[row] / cells.n_expected[row]:.1%}", f"{rules.least_coverage:.0%}"
    zh, en = {
        SMALL_N: (f"样本不足：{n} 人，至少 {least} 人", f"Too few pupils: {n}; at least {least} are needed."),
        LOW_COVERAGE: (f"参测率 {share}，至少 {enough}", f"Coverage {share}; at least {enough} is needed."),
        NO_SPREAD: ("没有标准差，无法检验", "No standard deviation is given, so nothing can be tested."),
        EXTREME_BENCHMARK: ("基准是 0% 或 100%，无法检验", "The benchmark is 0 % or 100 %, so nothing can be tested."),
        INDEX: ("指数没有标准差，只按固定幅度观察", "An index has no standard deviation; a fixed margin is watched."),
        NO_VALUE: ("缺少数值或基准，或超出范围", "Value or benchmark is missing or out of range."),
        PERSON: (
            "对象是教师或学生，只留数据，不作结论",
            "On teachers or students: data are kept, no verdict is given.",
        ),
        DISPUTED: (
            "两个来源说法不同，没有裁定以这一格为准，不作结论",
            "Another source says otherwise and nobody decided for this cell: no verdict is given.",
        ),
    }[bit]
    return Reason(UNTESTED_CODES[bit], zh, en)


_SOURCES = ("cells.py", "finding_rules.py", "rule_set.py")
_FOUND = "deff margin gap effect low high z p adjusted_p p_up adjusted_p_up family_size eligible verdict severity"


def _stored_columns(findings: Findings, chosen: Counts) -> dict[str, list[Any]]:
    found = {name: plain(getattr(findings, name)[chosen]) for name in _FOUND.split()}
    return findings.cells.columns(chosen) | found
