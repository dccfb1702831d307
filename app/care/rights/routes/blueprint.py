"""Where the pages are hung up, and their words."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.care.rights import words

bp = Blueprint("rights", __name__)


@bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page its words."""
    return {"words": words}
