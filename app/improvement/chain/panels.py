"""The ring on the page of a problem item."""

from __future__ import annotations

from app.core.casework.together import Asking
from app.core.policy.actor import Actor
from app.improvement.chain.drawing import ring_of
from app.improvement.chain.queries import traced
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.panels import Panel


def chain_panel(actor: Actor, item: ProblemItem) -> Asking[Panel | None]:
    """Ten stages of the item, and the way to the whole chain; None for a draft nobody was handed."""
    found = yield from traced(actor, item)
    if item.id not in found.items:
        return None
    return Panel(
        "improvement/chain/_item_chain.html", {"nodes": ring_of(found, item.id), "ref": item.ref}, "main", order=1
    )
