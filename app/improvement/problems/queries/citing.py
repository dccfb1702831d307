"""Reads of what the causes of an item may cite."""

from __future__ import annotations

from dataclasses import replace

from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.models.citable import Citable, citable

READ_WITH = {
    "finding": "monitoring.view_findings",
    "support": "monitoring.view_findings",
    "evidence": "plans.view_evidence",
    "check": "problems.view_items",
    "observation": "visits.view_visits",
}


def what_causes_may_cite(actor: Actor, item: ProblemItem) -> list[Citable]:
    """What stands in the chain of an item that the actor sees; a page that the actor may not open has no address."""
    return [one if decide.holds(actor, READ_WITH[one.kind]) else replace(one, address="") for one in citable(item.id)]
