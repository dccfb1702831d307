"""Where the pages of visits are hung up, and the words that their templates read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Blueprint

from app.core.policy.roles import ROLES
from app.improvement.monitoring.words import REJECTIONS
from app.improvement.problems.words import SEVERITIES
from app.improvement.visits import words

bp = Blueprint("visits", __name__)
programme_bp = Blueprint("visit_programme", __name__)
"""Of its own, because it is a line of the menu of its own."""
BLUEPRINTS = (bp, programme_bp)
WORDS = SimpleNamespace(
    answer=words.ANSWERS,
    becomes=words.BECOMES,
    disclosure=words.DISCLOSURE,
    finding=words.FINDINGS,
    focus=words.FOCUS,
    kind=words.KINDS,
    rejection=REJECTIONS,
    role=ROLES,
    seen=words.SEEN,
    self_state=words.SELF_STATES,
    settled=words.SETTLED,
    severity=SEVERITIES,
)
"""Tables of codes by name: `words.kind["special"]|word`."""


@bp.context_processor
@programme_bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page of visits its words."""
    return {"words": WORDS}
