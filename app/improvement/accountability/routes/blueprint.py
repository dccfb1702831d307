"""Where the pages of accountability are hung up, and the words that their templates read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Blueprint

from app.core.policy.roles import ROLES
from app.improvement.accountability import words
from app.improvement.accountability.numbers import accountability_numbers
from workflows.parties import PARTIES

accountability_bp = Blueprint("accountability", __name__)
circulars_bp = Blueprint("circulars", __name__)
BLUEPRINTS = (accountability_bp, circulars_bp)
WORDS = SimpleNamespace(
    appeal=words.APPEALS,
    hearing=words.HEARINGS,
    kind=words.KINDS,
    level=words.LEVELS,
    notice=words.NOTICES,
    paper=words.PAPERS,
    party=PARTIES,
    role=ROLES,
    said=words.SAID,
    source=words.SOURCES,
)
"""Tables of codes by name: `words.kind["commendation"]|word`."""


@accountability_bp.context_processor
@circulars_bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page of accountability its words and the county's numbers."""
    numbers = accountability_numbers()
    return {"words": WORDS, "numbers": numbers, "measures": {one.code: one.words for one in numbers.measures}}
