"""Which cell a plan is measured from: the one in which its problem stands when the work begins, so that no gain counts twice."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select, text

from app.core.database import db
from app.improvement.monitoring.models import DataFinding, MonitoringCycle, MonitoringResult, SourceConflict
from app.improvement.monitoring.rule_set import finding_rules
from app.improvement.plans.models import RemediationPlan
from app.improvement.plans.targets import is_comparable
from app.improvement.problems.models import ItemFinding, ProblemItem

OUT = ("released", "improving", "closed")
"""States of a round whose results its units may see; what judged an earlier plan was told to them with the verdict."""
HAD_FORCE = ("active", "superseded", "completed", "archived")

FOLLOW_UPS = text(
    """select cast(named.id as uuid) from effect_evaluations v
       cross join lateral jsonb_array_elements_text(v.follow_up_ids) as named(id)
       where v.item_id = :item and v.state = 'decided'"""
)
"""The cells by which earlier plans of the item were judged; evaluations lie above this feature."""


@dataclass(frozen=True)
class Cell:
    """One cell that a plan may begin from, with its round."""

    result: MonitoringResult
    cycle: MonitoringCycle
    found: bool = False
    """It stands in a finding of the item."""


@dataclass(frozen=True)
class Baseline:
    """The cell, and why this one (ORIGINS)."""

    result: MonitoringResult
    origin: str


def baseline_for(item: ProblemItem) -> Baseline | None:
    """Where the next plan of the item begins; None where no cell of results stands behind it."""
    findings = _of_findings(item.id)
    if not findings:
        return None
    last = _last_plan(item.id)
    if last is None:
        return Baseline(findings[0].result, "found")
    if item.state == "implementing" and last.baseline_result_id is not None:
        return Baseline(db.session.get_one(MonitoringResult, last.baseline_result_id), last.baseline_origin or "found")
    first = min(findings, key=lambda one: one.cycle.starts_on)
    used = set(db.session.scalars(FOLLOW_UPS, {"item": item.id}))
    pool = [one for one in findings if not _refused(one)] + _measured_since(first, used)
    chosen = max(pool, key=lambda one: (one.cycle.starts_on, one.found, one.result.id in used), default=first)
    before = next((one for one in pool if one.result.id == last.baseline_result_id), None)
    if last.state == "active" and before is not None and _is_worse(chosen.result, before.result):
        return Baseline(before.result, "no_lower")
    return Baseline(chosen.result, _origin(chosen, first, used))


def _of_findings(item_id: uuid.UUID) -> list[Cell]:
    """The cells behind the item's findings: the newest round first, within a round the lowest."""
    query = (
        select(MonitoringResult, MonitoringCycle)
        .join(DataFinding, DataFinding.result_id == MonitoringResult.id)
        .join(MonitoringCycle, MonitoringCycle.id == MonitoringResult.cycle_id)
        .join(ItemFinding, ItemFinding.finding_id == DataFinding.id)
        .where(ItemFinding.item_id == item_id)
        .order_by(MonitoringCycle.starts_on.desc(), DataFinding.effect)
    )
    return [Cell(row[0], row[1], found=True) for row in db.session.execute(query)]


def _last_plan(item_id: uuid.UUID) -> RemediationPlan | None:
    query = select(RemediationPlan).where(RemediationPlan.item_id == item_id, RemediationPlan.state.in_(HAD_FORCE))
    return db.session.scalar(query.order_by(RemediationPlan.edition.desc()).limit(1))


def _measured_since(first: Cell, used: set[uuid.UUID]) -> list[Cell]:
    """Later cells of the same unit and indicator that can be held against the first, its own grade before others."""
    result, cycle, base = MonitoringResult, MonitoringCycle, first.result
    query = (
        select(result, cycle)
        .join(cycle, cycle.id == result.cycle_id)
        .where(
            result.unit_id == base.unit_id,
            result.indicator_id == base.indicator_id,
            result.scope_level == base.scope_level,
            result.class_no.is_not_distinct_from(base.class_no),
            result.superseded_at.is_(None),
            cycle.starts_on > first.cycle.starts_on,
            or_(cycle.state.in_(OUT), (cycle.state == "verified") & result.id.in_(used)),
        )
        .order_by(result.grade.is_not_distinct_from(base.grade).desc(), result.grade)
    )
    cells = [Cell(row[0], row[1]) for row in db.session.execute(query)]
    return [one for one in cells if _is_alike(one.result, base) and not _refused(one)]


def _is_alike(later: MonitoringResult, base: MonitoringResult) -> bool:
    """As comparable as domain §7.4 asks; a group that was small from the start stays one."""
    rules = finding_rules()
    return (
        is_comparable(later.id)
        and rules.grade_band(later.grade) == rules.grade_band(base.grade)
        and later.n >= min(rules.least_n, base.n)
        and (later.n_expected is None or later.n / later.n_expected >= rules.least_coverage)
    )


def _refused(one: Cell) -> bool:
    """Its round was withdrawn, or another source was held to be right."""
    of_it = or_(SourceConflict.first_id == one.result.id, SourceConflict.second_id == one.result.id)
    other = exists().where(of_it, SourceConflict.chosen_id.is_not(None), SourceConflict.chosen_id != one.result.id)
    return one.cycle.state == "withdrawn" or bool(db.session.scalar(select(other)))


def _is_worse(one: MonitoringResult, other: MonitoringResult) -> bool:
    if one.value is None or other.value is None:
        return False
    return one.value > other.value if one.direction == "lower" else one.value < other.value


def _origin(chosen: Cell, first: Cell, used: set[uuid.UUID]) -> str:
    passed = _passed_over(chosen, used)
    if passed:
        return "follow_up_refused" if any(_refused(one) for one in passed) else "follow_up_unlike"
    if chosen.found:
        return "came_back" if chosen.cycle.starts_on > first.cycle.starts_on else "found"
    return "follow_up" if chosen.result.id in used else "newest"


def _passed_over(chosen: Cell, used: set[uuid.UUID]) -> Sequence[Cell]:
    """Follow-ups of earlier plans that are newer than the chosen cell."""
    query = (
        select(MonitoringResult, MonitoringCycle)
        .join(MonitoringCycle, MonitoringCycle.id == MonitoringResult.cycle_id)
        .where(MonitoringResult.id.in_(used), MonitoringCycle.starts_on > chosen.cycle.starts_on)
    )
    return [Cell(row[0], row[1]) for row in db.session.execute(query)]
