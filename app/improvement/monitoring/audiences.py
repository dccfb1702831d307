"""Which version of a round, and of what is read out of it, is whose: asked of the policy in one place."""

from __future__ import annotations

from app.core.policy import decide
from app.core.policy.actor import Actor

READ = {
    "basic": "monitoring.read_basic",
    "analysis": "monitoring.read_analysis",
    "topic": "monitoring.read_topic",
    "public": "monitoring.read_public",
}
"""The right that opens the version of each audience."""


def audiences_of(actor: Actor) -> tuple[str, ...]:
    """The audiences that the actor is one of, in the order of the versions."""
    return tuple(audience for audience, right in READ.items() if decide.holds(actor, right))
