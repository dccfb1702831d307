"""The board of a role with schools, a school or a department of its own: where the items stand, and the newest own results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web.chips import word
from app.dashboards import queries
from app.improvement.boards import drawing
from app.improvement.boards.queries import counts
from app.improvement.monitoring.models import Indicator, MonitoringResult, ReleaseAck
from app.improvement.monitoring.queries import package_cells, rulings
from app.improvement.monitoring.queries.releases import analysis_behind, newest_package
from app.improvement.monitoring.snapshots import own_interval
from app.improvement.problems.queries.data_basis import cells_behind
from app.improvement.problems.words import CATEGORIES, word_of

MOST_CELLS = 8
COPIED = (
    "subject", "grade", "class_no", "value", "value_type", "missing", "benchmark_type", "effect", "effect_low",
    "effect_high", "verdict",
)  # fmt: skip


@dataclass(frozen=True)
class OwnBoard:
    """A matrix of items with its first column: categories of one's own unit, or the units one answers for."""

    head: str
    rows: list[drawing.Row]
    total: drawing.Row
    most: int


def own_board(actor: Actor) -> OwnBoard | None:
    """County items by category and state for one unit, else by unit; None where the actor sees no items at all."""
    if not decide.holds(actor, queries.VIEW):
        return None
    found = counts(actor)
    if queries.of_one_unit(actor):
        rows = drawing.by_category(found, lambda code: word(word_of(CATEGORIES, code)) or "—")
    else:
        rows = drawing.by_unit(found, "")
    head = _("类别") if queries.of_one_unit(actor) else _("单位")
    return OwnBoard(str(head), rows, drawing.row_of("", found), drawing.most_of(rows)) if rows else None


@dataclass(frozen=True)
class OwnResults:
    """A school's first cells of the newest round; of a department the data behind its items, and the county's indicators."""

    ack: ReleaseAck | None
    cells: Sequence[Mapping[str, Any]] = ()
    indicators: Sequence[Mapping[str, Any]] = ()


def own_results(actor: Actor) -> OwnResults | None:
    """Values with interval, county mean and benchmark. None for a role without a unit of its own."""
    if actor.school_id is None and not queries.of_one_unit(actor):
        return None
    ack = newest_package(actor)
    if actor.school_id is None:
        return _of_department(actor, ack)
    cells = [cell for cell in package_cells(actor, ack) if not cell.get("class_no")] if ack is not None else []
    return OwnResults(ack, cells[:MOST_CELLS]) if cells else None


def _of_department(actor: Actor, ack: ReleaseAck | None) -> OwnResults | None:
    analysis = analysis_behind(actor, ack) if ack is not None else None
    by_code = sorted(analysis.snapshot.get("indicators", []), key=lambda one: str(one["indicator"])) if analysis else []
    county = {(one["level"], one["indicator"], one["grade"]): one["county"] for one in by_code}
    cycle = ack.cycle_id if ack is not None else None
    behind = cells_behind(actor, MOST_CELLS)
    spoken_against = rulings(actor, [row[0].id for row in behind])
    cells = [
        _cell(one, named, unit, coverage, county if one.cycle_id == cycle else {})
        | {"ruling": spoken_against.get(one.id)}
        for one, named, unit, coverage in behind
    ]
    return OwnResults(ack, cells, by_code[:MOST_CELLS]) if cells or by_code else None


def _cell(one: MonitoringResult, named: Indicator, unit: str, coverage: str | None, county: Mapping[Any, Any]) -> Any:
    """As the table of a school's cells reads it; a round that the actor may not read counts as a sample."""
    low, high = own_interval(one, coverage or "sample")
    own = one.benchmark_value if one.benchmark_type == "county" else None
    return {
        **{name: getattr(one, name) for name in COPIED},
        "indicator_name": named.name, "whose": unit, "n": one.pupils, "value_low": low, "value_high": high,
        "benchmark": one.benchmark_value,
        "county": county.get((one.scope_level, named.code, one.grade), own),
    }  # fmt: skip
