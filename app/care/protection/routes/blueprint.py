"""Where the pages are hung up, and their words."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.care.protection import words
from app.care.protection.models import ImpactAssessment
from app.care.protection.purposes import purposes
from app.core.web.chips import word

bp = Blueprint("protection", __name__)


def subject_of(one: ImpactAssessment) -> str:
    """What an assessment is about, in the language of the page."""
    known = purposes().get(one.subject) if one.kind == "purpose" else None
    return word(known.title) if known else one.subject


@bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page its words."""
    return {"words": words, "subject_of": subject_of}
