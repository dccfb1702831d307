"""Where the pages of monitoring are hung up, and the words that their templates read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Blueprint

from app.improvement.monitoring import words
from app.improvement.monitoring.scenarios import SCENARIOS
from workflows.improvement.data_finding import DATA_FINDING
from workflows.parties import PARTIES

bp = Blueprint("monitoring", __name__, url_prefix="/monitoring")
WORDS = SimpleNamespace(
    audience=words.AUDIENCES,
    audience_for=words.AUDIENCES_FOR,
    benchmark=words.BENCHMARKS,
    category=words.CATEGORIES,
    coverage=words.COVERAGES,
    direction=words.DIRECTIONS,
    domain=words.DOMAINS,
    evaluation_type=words.EVALUATION_TYPES,
    finding_states=DATA_FINDING.states,
    grade=words.GRADES,
    level=words.LEVELS,
    meeting=words.MEETING_LEVELS,
    missing=words.MISSING,
    not_eligible=words.NOT_ELIGIBLE,
    object=words.OBJECT_NAMES,
    party=PARTIES,
    rejection=words.REJECTIONS,
    scenario=SCENARIOS,
    scope=words.SCOPES,
    severity=words.SEVERITIES,
    source=words.SOURCES,
    stage=words.STAGES,
    subject=words.SUBJECTS,
    topic=words.CHECK_TOPICS,
    value_type=words.VALUE_TYPES,
    verdict=words.VERDICTS,
)
"""Tables of codes by name: `words.subject["math"]|word`."""


@bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page of monitoring its words."""
    return {"words": WORDS}
