"""What teachers see of the results: their own classes, or the grade they lead, round by round."""

from __future__ import annotations

from flask import Response

from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.monitoring import queries
from app.improvement.monitoring.class_results import parts_of_class
from app.improvement.monitoring.models import MonitoringCycle
from app.improvement.monitoring.numbers import monitoring_numbers
from app.improvement.monitoring.routes.blueprint import bp

VIEW = "monitoring.view_class_results"


@bp.get("/class-results")
@needs(VIEW)
def class_results() -> Response:
    """The newest round that measured my classes."""
    actor = current_actor()
    rounds = queries.class_rounds(actor)
    newest = queries.class_round_for(actor, rounds[0].ref) if rounds else None
    return _round_page(newest, rounds)


@bp.get("/class-results/<ref>")
@needs(VIEW)
def class_result(ref: str) -> Response:
    """One round."""
    actor = current_actor()
    return _round_page(queries.class_round_for(actor, ref), queries.class_rounds(actor))


def _round_page(cycle: MonitoringCycle | None, rounds: object) -> Response:
    actor, least = current_actor(), monitoring_numbers().class_least
    cells = queries.class_cells(actor, cycle) if cycle else []
    return page(
        "improvement/monitoring/class_results.html",
        cycle=cycle,
        rounds=rounds,
        parts=parts_of_class(cells, cycle, least) if cycle else [],
        rulings=queries.rulings(actor, [row[0].id for row in cells]),
        least=least,
        teaching=bool(actor.taught),
    )
