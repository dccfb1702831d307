"""Which cell a plan is measured from: the one in which its problem stands when the work begins, so that no gain counts twice."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select, text

from app.core.database import db
from app.improvement.monitoring.models import DataFinding, MonitoringCycle, MonitoringResult
from app.improvement.monitoring.models.results import same_measure
from app.improvement.monitoring.models.rulings import DISPUTED, STANDS, standing_instead_of, standing_of
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
    """Where the next plan of the item begins; None where no cell of results stands behind it, or two sources disagree on it."""
    last = _last_plan(item.id)
    if last is not None and item.state == "implementing":
        kept = _standing(last.baseline_result_id)
        if kept is not None:
            return Baseline(kept.result, last.baseline_origin or "found")
    cited = _of_findings(item.id)
    findings = [one for one in cited if not _refused(one)]
    found = _at_the_start(item, findings, last) if findings else None
    if found is None or standing_of(cited[0].result.id) != DISPUTED:
        return found
    began = db.session.get_one(MonitoringCycle, found.result.cycle_id).starts_on
    return found if began > cited[0].cycle.starts_on else None


def _at_the_start(item: ProblemItem, findings: Sequence[Cell], last: RemediationPlan | None) -> Baseline:
    if last is None:
        return Baseline(findings[0].result, "found")
    first = min(findings, key=lambda one: one.cycle.starts_on)
    used = set(db.session.scalars(FOLLOW_UPS, {"item": item.id}))
    pool = [*findings, *_measured_since(first, used)]
    chosen = max(pool, key=lambda one: (one.cycle.starts_on, one.found, one.result.id in used))
    before = next((one for one in pool if one.result.id == last.baseline_result_id), None)
    if last.state == "active" and before is not None and _is_worse(chosen.result, before.result):
        return Baseline(before.result, "no_lower")
    return Baseline(chosen.result, _origin(chosen, first, used))


def _standing(result_id: uuid.UUID | None) -> Cell | None:
    """The cell, or the one that was chosen in its place, with its round."""
    found = standing_instead_of(result_id) if result_id is not None else None
    if found is None:
        return None
    wanted = select(MonitoringResult, MonitoringCycle).join(
        MonitoringCycle, MonitoringCycle.id == MonitoringResult.cycle_id
    )
    row = db.session.execute(wanted.where(MonitoringResult.id == found)).one()
    return Cell(row[0], row[1], found=True)


def _of_findings(item_id: uuid.UUID) -> list[Cell]:
    """The cells behind the item's findings, each as it was decided: the newest round first, within a round the lowest."""
    query = (
        select(MonitoringResult, MonitoringCycle)
        .join(DataFinding, DataFinding.result_id == MonitoringResult.id)
        .join(MonitoringCycle, MonitoringCycle.id == MonitoringResult.cycle_id)
        .join(ItemFinding, ItemFinding.finding_id == DataFinding.id)
        .where(ItemFinding.item_id == item_id)
        .order_by(MonitoringCycle.starts_on.desc(), DataFinding.effect)
    )
    return [_standing(row[0].id) or Cell(row[0], row[1], found=True) for row in db.session.execute(query)]


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
            *same_measure(base),
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
    """Its round was withdrawn, or it is asked about or was decided against."""
    return one.cycle.state == "withdrawn" or standing_of(one.result.id) != STANDS


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
