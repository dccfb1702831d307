"""Where the pages of screening are hung up, and the words that their templates read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Blueprint

from app.care.screening import words
from app.people.directory.words import grade_name
from workflows.parties import PARTIES

screenings_bp = Blueprint("screenings", __name__)
alerts_bp = Blueprint("alerts", __name__)
questions_bp = Blueprint("questions", __name__)
BLUEPRINTS = (screenings_bp, alerts_bp, questions_bp)
WORDS = SimpleNamespace(reason=words.REASONS, outcome=words.OUTCOMES, kind=words.KINDS, party=PARTIES)


@screenings_bp.context_processor
@alerts_bp.context_processor
@questions_bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page of screening its words."""
    return {"words": WORDS, "grade_name": grade_name}
