"""Where the pages of consent are hung up, and the words that their templates read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Blueprint

from app.care.consent import words

consents_bp = Blueprint("consents", __name__)
code_bp = Blueprint("code", __name__)
BLUEPRINTS = (consents_bp, code_bp)
WORDS = SimpleNamespace(
    purpose=words.PURPOSES,
    relation=words.RELATIONS,
    answer=words.ANSWERS,
    channel=words.CHANNELS,
    standing=words.STANDINGS,
    look=words.LOOKS,
)


@consents_bp.context_processor
@code_bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page of consent its words."""
    return {"words": WORDS}
