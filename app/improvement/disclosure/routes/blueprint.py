"""Where the pages of disclosure are hung up, and the words that their templates read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Blueprint

from app.improvement.disclosure import words
from app.improvement.effects import words as effect_words
from app.improvement.monitoring.words import GRADES, SUBJECTS
from app.improvement.visits import words as visit_words
from app.people.directory.words import SCHOOL_TYPES
from workflows.parties import PARTIES

disclosures_bp = Blueprint("disclosures", __name__)
public_bp = Blueprint("public", __name__)
showcase_bp = Blueprint("showcase", __name__)
library_bp = Blueprint("library", __name__)
data_needs_bp = Blueprint("data_needs", __name__)
examples_bp = Blueprint("examples", __name__)
school_pages_bp = Blueprint("school_pages", __name__)
BLUEPRINTS = (disclosures_bp, public_bp, showcase_bp, library_bp, data_needs_bp, examples_bp, school_pages_bp)
WORDS = SimpleNamespace(
    category=words.CATEGORIES,
    disclosure=visit_words.DISCLOSURE,
    ending=words.ENDINGS,
    finding=visit_words.FINDINGS,
    grade=GRADES,
    look=words.LOOKS,
    model=effect_words.MODELS,
    outcome=effect_words.OUTCOMES,
    page=words.PAGES,
    party=PARTIES,
    scenario=words.SCENARIOS,
    school_type=SCHOOL_TYPES,
    source=words.SOURCES,
    standing=words.STANDINGS,
    subject=SUBJECTS,
    verdict=effect_words.VERDICTS,
    visit_kind=visit_words.KINDS,
)
"""Tables of codes by name: `words.source["visit"]|word`."""


@disclosures_bp.context_processor
@public_bp.context_processor
@showcase_bp.context_processor
@library_bp.context_processor
@data_needs_bp.context_processor
@examples_bp.context_processor
@school_pages_bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page of disclosure its words."""
    return {
        "words": WORDS,
        "percent": effect_words.percent,
        "value_words": effect_words.value_words,
    }
