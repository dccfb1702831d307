"""The rule sets of the own county."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.care.rainbow.models import RuleSetVersion
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor

VIEW, DRAFT = "rainbow.view_rules", "rainbow.draft_rules"
STEPS = (DRAFT, "rainbow.agree_rules", "rainbow.activate_rules")
"""Who is asked before a step; who only reads finds no such page."""


def versions(actor: Actor) -> Sequence[RuleSetVersion]:
    """Every version, the newest first."""
    wanted = decide.visible(actor, select(RuleSetVersion), RuleSetVersion, VIEW)
    return db.session.scalars(wanted.order_by(RuleSetVersion.created_at.desc())).all()


def version_for(actor: Actor, ref: str) -> RuleSetVersion:
    """One version. Raises NotFound."""
    wanted = select(RuleSetVersion).where(RuleSetVersion.ref == ref)
    found: RuleSetVersion | None = db.session.scalar(decide.visible(actor, wanted, RuleSetVersion, VIEW))
    if found is None:
        raise NotFound("rule_set", ref)
    return found
