"""Figure 10: findings of 56 schools × 40 indicators × 3 cycles, checked cell by cell against the rules told plainly."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from dataclasses import replace
from statistics import NormalDist, median
from typing import Any

from app.improvement.monitoring.cells import Cell, Cells
from app.improvement.monitoring.finding_rules import judge
from app.improvement.monitoring.rule_set import FindingRules, finding_rules
from bench.context import Context
from bench.rounds import figure, interleave, seconds

SCHOOLS, INDICATORS, CYCLES = 56, 40, 3
Record = dict[str, Any]


def run(context: Context) -> list[Record]:
    """Seconds for all three cycles; a cell on which the two disagree raises AssertionError."""
    rules = finding_rules()
    cycles = [county(number) for number in range(CYCLES)]
    ours, plain = all_cycles(cycles, _ours, rules), all_cycles(cycles, _plainly, rules)
    assert len(ours) == SCHOOLS * INDICATORS * CYCLES
    for one, other in zip(ours, plain, strict=True):
        assert (one["key"], one["verdict"], one["severity"]) == (other["key"], other["verdict"], other["severity"])
        assert (one["adjusted_p"] is None) == (other["adjusted_p"] is None)
        assert math.isclose(one["adjusted_p"] or 0, other["adjusted_p"] or 0, rel_tol=1e-6, abs_tol=1e-12)
    found = sum(record["verdict"] == "candidate" for record in ours)
    rounds = interleave(
        lambda: seconds(lambda: all_cycles(cycles, _ours, rules)),
        lambda: seconds(lambda: all_cycles(cycles, _plainly, rules)),
    )
    value = median(rounds.ours)
    method = (
        f"{len(ours):,} cells as records → columns → verdicts → records ready for storage, cycle after cycle "
        f"({found} candidates), in process, without the database; ratio: time against the same rules told cell by cell "
        f"in plain Python without reasons and digest, {median(rounds.partner):.3f} s in the same rounds, same verdict "
        f"on every cell"
    )
    return [figure("10 findings", value, "s", rounds=rounds, judged=value, goal=("<=", 1), stretch=0.3, method=method)]


def county(cycle: int) -> list[Cell]:
    """One cycle: a tenth of the cells low, the rest near the benchmark; some too small, some rates, some indices."""
    dice = random.Random(f"county {cycle}")
    return [_cell(dice, cycle, school, number) for school in range(SCHOOLS) for number in range(INDICATORS)]


def _cell(dice: random.Random, cycle: int, school: int, number: int) -> Cell:
    n = dice.randint(20, 240)
    shift = (-0.4 if (school * 7 + number) % 10 == 0 else 0.0) + dice.gauss(0, 1) / math.sqrt(n)
    direction = "lower" if number % 8 == 7 else "higher"
    good = -1 if direction == "lower" else 1
    kind = "index" if number % 10 == 9 else "rate" if number % 5 == 3 else "mean"
    value, benchmark = 500 + good * 100 * shift, 500.0
    if kind == "rate":
        value, benchmark = min(max(0.7 + good * 0.45 * shift, 0.0), 1.0), 0.7
    return Cell(
        key=f"{school}|{number}",
        cycle=str(cycle),
        indicator=f"indicator {number}",
        scope_level="school",
        value_type=kind,
        direction=direction,
        value=value,
        benchmark=benchmark,
        n=n,
        grade_band=("G4-6", "G7-9")[number % 2],
        benchmark_se=1.5 if kind == "mean" else None,
        sd=100.0 if kind == "mean" else None,
        n_expected=n + dice.randint(0, n // 3),
        sampled=cycle == 1,
        margin=30.0 if kind == "index" else None,
    )


def all_cycles(cycles: list[list[Cell]], judged: Any, rules: FindingRules) -> list[Record]:
    """Every cycle in turn; what was a candidate in one makes the next one's finding graver."""
    stored: list[Record] = []
    flagged: set[str] = set()
    for cells in cycles:
        found = judged([replace(cell, flagged_before=True) if cell.key in flagged else cell for cell in cells], rules)
        flagged = {record["key"] for record in found if record["verdict"] == "candidate"}
        stored += found
    return stored


def _ours(cells: list[Cell], rules: FindingRules) -> list[Record]:
    return judge(Cells.of(cells), rules).records()


def _plainly(cells: list[Cell], rules: FindingRules) -> list[Record]:
    """The partner: the rules of domain §8, sentence by sentence."""
    records, families = [], defaultdict(list)
    for cell in cells:
        record = _tested(cell, rules)
        records.append(record)
        if record["p"] is not None:
            families[cell.cycle, cell.scope_level, cell.grade_band].append(record)
    for family in families.values():
        for direction in ("p", "p_up"):
            smallest = 1.0
            ranked = sorted(family, key=lambda record: record[direction], reverse=True)
            for behind, record in enumerate(ranked):
                smallest = min(smallest, record[direction] * len(family) / (len(family) - behind))
                record[f"adjusted_{direction}"] = smallest
    for cell, record in zip(cells, records, strict=True):
        record["verdict"], record["severity"] = _verdict(cell, record, rules)
    return records


def _tested(cell: Cell, rules: FindingRules) -> Record:
    record: Record = {name: getattr(cell, name) for name in cell.__slots__}
    record |= dict.fromkeys(("effect", "z", "p", "p_up", "adjusted_p", "adjusted_p_up"))
    assert cell.value is not None and cell.benchmark is not None
    sign = -1 if cell.direction == "lower" else 1
    deff = cell.deff or (rules.design_effect_sampled if cell.sampled else rules.design_effect_census)
    record["gap"] = sign * (cell.value - cell.benchmark)
    if cell.value_type == "index":
        return record
    if cell.value_type == "mean":
        sd = cell.sd or 0.0
        record["effect"] = record["gap"] / sd
        error = math.sqrt(sd**2 * deff / cell.n + (cell.benchmark_se or 0.0) ** 2)
    else:
        record["effect"] = sign * 2 * (math.asin(math.sqrt(cell.value)) - math.asin(math.sqrt(cell.benchmark)))
        error = math.sqrt(cell.benchmark * (1 - cell.benchmark) * deff / cell.n)
    least = rules.least_n_class if cell.scope_level == "class" else rules.least_n
    if cell.n >= least and round(cell.n / (cell.n_expected or cell.n), 9) >= rules.least_coverage:
        record["z"] = record["gap"] / error
        record["p"], record["p_up"] = NormalDist().cdf(record["z"]), NormalDist().cdf(-record["z"])
    return record


def _verdict(cell: Cell, record: Record, rules: FindingRules) -> tuple[str, str | None]:
    if cell.value_type == "index":
        return ("watch" if round(record["gap"] + (cell.margin or 0.0), 9) <= 0 else "none"), None
    effect = round(record["effect"], 9)
    low = effect <= -rules.least_effect
    if record["p"] is None:
        return ("watch" if low else "none"), None
    certain = round(record["adjusted_p"], 9) <= rules.false_discovery_rate
    if low and certain:
        passed = [name for name, cut in rules.severities.items() if effect <= cut]
        names = list(rules.severities)
        return "candidate", names[min(names.index(passed[-1]) + cell.flagged_before, len(names) - 1)]
    if low or certain:
        return "watch", None
    strong = effect >= rules.least_effect and round(record["adjusted_p_up"], 9) <= rules.false_discovery_rate
    return ("strength" if strong else "none"), None
