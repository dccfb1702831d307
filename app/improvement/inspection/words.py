"""Words of the tree of inspection indicators in both languages: levels, kinds of proof, stages of schooling."""

from __future__ import annotations

from app.core.errors import Sentence
from app.improvement.monitoring.words import GRADES_OF_STAGE, STAGES
from app.people.directory.words import grades_of

POINT = 4
"""The level of an observation point; 1 to 3 are indicators."""
LEVELS: dict[int, Sentence] = {
    1: Sentence("一级", "Level A"),
    2: Sentence("二级", "Level B"),
    3: Sentence("三级", "Level C"),
    POINT: Sentence("观测点", "Observation point"),
}
PROOFS: dict[str, Sentence] = {
    "document": Sentence("查阅资料", "Documents"),
    "on_site": Sentence("现场查看", "Seen on site"),
    "lesson": Sentence("随堂听课", "Lessons"),
    "interview": Sentence("访谈", "Interviews"),
    "survey": Sentence("问卷", "Questionnaires"),
    "data": Sentence("数据核对", "Data"),
}
STAGE_WORDS = STAGES


def stages_of(school_type: str | None) -> tuple[str, ...]:
    """The stages of schooling that a school of this type has: two for a nine-year school, all where the type is unknown."""
    taught = set(grades_of(school_type))
    return tuple(stage for stage, grades in GRADES_OF_STAGE.items() if taught & set(grades))
