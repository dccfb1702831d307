"""Where the pages of effects are hung up, and the words that their templates read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Blueprint

from app.improvement.effects import words
from app.improvement.effects.routes.value_added_drawing import axis
from app.improvement.monitoring.words import EVALUATION_TYPES, GRADES, SCOPES, SUBJECTS
from app.improvement.problems.words import SEVERITIES
from workflows.parties import PARTIES

bp = Blueprint("effects", __name__)
rechecks_bp = Blueprint("rechecks", __name__)
value_added_bp = Blueprint("value_added", __name__)
interpretations_bp = Blueprint("interpretations", __name__)
"""Each of its own, because each is a line of the menu of its own."""
WORDS = SimpleNamespace(
    audience=words.AUDIENCES,
    design=words.DESIGNS,
    evaluation_type=EVALUATION_TYPES,
    follows=words.FOLLOWS,
    grade=GRADES,
    look=words.LOOKS,
    opinion=words.OPINIONS,
    opinion_look=words.OPINION_LOOKS,
    model=words.MODELS,
    outcome=words.OUTCOMES,
    party=PARTIES,
    scope=SCOPES,
    seen=words.SEEN,
    severity=SEVERITIES,
    subject=SUBJECTS,
    use=words.USES,
    verdict=words.VERDICTS,
)
"""Tables of codes by name: `words.outcome["improved"]|word`."""


@bp.context_processor
@rechecks_bp.context_processor
@value_added_bp.context_processor
@interpretations_bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page of effects its words and the way numbers are written."""
    return {
        "words": WORDS,
        "value_words": words.value_words,
        "change_words": words.change_words,
        "interval_words": words.interval_words,
        "said": words.said,
        "axis": axis(),
        "percent": words.percent,
        "score": words.score,
        "shown": words.shown_count,
        "coefficients": words.coefficients,
    }
