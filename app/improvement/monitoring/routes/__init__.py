"""HTTP of monitoring: one module per page family, all hung up at one blueprint."""

from app.improvement.monitoring.routes import (
    class_results,
    conflicts,
    cycle_steps,
    cycles,
    finding_steps,
    findings,
    indicators,
    meetings,
    reconciliation,
    releases,
    results,
    school_results,
)
from app.improvement.monitoring.routes.blueprint import bp

__all__ = [
    "bp",
    "class_results",
    "conflicts",
    "cycle_steps",
    "cycles",
    "finding_steps",
    "findings",
    "indicators",
    "meetings",
    "reconciliation",
    "releases",
    "results",
    "school_results",
]
