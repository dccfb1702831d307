"""Where the pages of screening are hung up, and the words that their templates read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Blueprint

from app.care.screening import words
from app.care.screening.scales.choosing import lowest_grade
from app.care.screening.scales.definition import Scale
from app.core.errors import Sentence
from app.core.web.chips import word
from app.people.directory.words import grade_name
from workflows.parties import PARTIES

screenings_bp = Blueprint("screenings", __name__)
alerts_bp = Blueprint("alerts", __name__)
questions_bp = Blueprint("questions", __name__)
scales_bp = Blueprint("scales", __name__)
BLUEPRINTS = (screenings_bp, alerts_bp, questions_bp, scales_bp)
WORDS = SimpleNamespace(
    reason=words.REASONS,
    standing=words.STANDINGS,
    outcome=words.OUTCOMES,
    kind=words.KINDS,
    party=PARTIES,
    scale=words.SCALES,
    licence=words.LICENCES,
    respondent=words.RESPONDENTS,
)


@screenings_bp.context_processor
@alerts_bp.context_processor
@questions_bp.context_processor
@scales_bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page of screening its words."""
    return {"words": WORDS, "grade_name": grade_name}


PLACES: dict[str, Sentence] = {
    "items": Sentence("题目", "Item"),
    "options": Sentence("选项", "Option"),
    "scores": Sentence("计分", "Score"),
    "bands": Sentence("分档", "Bands"),
    "cuts": Sentence("档", "cut"),
    "test_vectors": Sentence("用例", "Vector"),
    "validity": Sentence("可信度", "Validity"),
    "eligibility": Sentence("适合谁", "Eligibility"),
    "licence": Sentence("授权", "Licence"),
    "title": Sentence("名称", "Title"),
    "zh": Sentence("中文", "Chinese"),
    "en": Sentence("英文", "English"),
    "answers": Sentence("答案", "answers"),
    "expect": Sentence("应得", "expected"),
    "source": Sentence("出处", "source"),
}
"""Keys of a scale file that a reader of differences meets most, in words; the others stand as they are written."""


def place_name(place: str) -> str:
    """A path of a scale file as it is read: items.9.zh → 题目 9 中文."""
    return " ".join(word(PLACES[part]) if part in PLACES else part for part in place.split("."))


def score_name(scale: Scale, on: str) -> str:
    """What a set of bands is on, in words: a score, or each score of a group."""
    prefix, _, group = on.partition(":")
    of = [one for one in scale.scores if (one.group == group if prefix == "any" else one.id == on)]
    return "、".join(word(one) or one.id for one in of)


@scales_bp.context_processor
def words_of_scales() -> dict[str, Any]:
    """What the pages of scales ask beside."""
    return {"place_name": place_name, "score_name": score_name, "lowest_grade": lowest_grade}
