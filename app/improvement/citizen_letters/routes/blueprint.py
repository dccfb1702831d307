"""Where the pages of citizens' letters are hung up, and the words that their templates read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Blueprint

from app.improvement.citizen_letters import words
from workflows.parties import PARTIES

letters_bp = Blueprint("citizen_letters", __name__)
mailbox_bp = Blueprint("mailbox", __name__)
BLUEPRINTS = (letters_bp, mailbox_bp)
WORDS = SimpleNamespace(ground=words.GROUNDS, look=words.LOOKS, party=PARTIES, rating=words.RATINGS, topic=words.TOPICS)


@letters_bp.context_processor
@mailbox_bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page of letters its words."""
    return {"words": WORDS}
