"""The board of a role with schools, a school or a department of its own: where the items stand, and the newest own results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web.chips import word
from app.dashboards import queries
from app.improvement.boards import drawing
from app.improvement.boards.queries import counts
from app.improvement.monitoring.models import ReleaseAck
from app.improvement.monitoring.queries.releases import analysis_behind, newest_package
from app.improvement.problems.words import CATEGORIES, word_of

MOST_CELLS = 8


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
    """The newest round sent to one's unit: a school's first cells, a department's first indicators of the county."""

    ack: ReleaseAck
    cells: Sequence[dict[str, Any]] = ()
    indicators: Sequence[dict[str, Any]] = ()


def own_results(actor: Actor) -> OwnResults | None:
    """Values with interval, county mean and benchmark; a department reads the county's. None for a role without a unit."""
    ack = newest_package(actor) if actor.school_id is not None or queries.of_one_unit(actor) else None
    if ack is None:
        return None
    if (analysis := analysis_behind(actor, ack)) is not None:
        by_code = sorted(analysis.snapshot.get("indicators", []), key=lambda one: str(one["indicator"]))
        return OwnResults(ack, indicators=by_code[:MOST_CELLS]) if by_code else None
    cells = [cell for cell in ack.package.get("cells", []) if not cell.get("class_no")]
    return OwnResults(ack, cells[:MOST_CELLS]) if cells else None
