"""Where the pages are hung up, and their words."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.care.retention import words
from app.care.retention.classes import classes
from app.core.web.chips import word

bp = Blueprint("retention", __name__, url_prefix="/retention")


def class_of(code: str) -> str:
    """A class in the language of the page."""
    known = classes().get(code)
    return word(known.title) if known else code


@bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page its words."""
    return {"words": words, "class_of": class_of}
