"""Subject × school: effects with their intervals, schools in code order and never ranked; a page and a researcher's first page."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web.pages import say
from app.improvement.boards.queries import effect_cells, subjects_measured
from app.improvement.monitoring.models import MonitoringResult
from app.improvement.monitoring.words import GRADES, SUBJECTS
from app.improvement.problems.words import word_of


@dataclass(frozen=True)
class OfGrade:
    """What one grade was measured in: its indicators, and the cells of each school that was measured."""

    grade: str
    indicators: Sequence[str]
    rows: Sequence[tuple[str, Sequence[MonitoringResult | None]]]
    doubted: frozenset[uuid.UUID] = frozenset()
    """Cells on which two sources disagree, or that were decided against: shown without their effect."""


@dataclass(frozen=True)
class Effects:
    """One subject of its newest round, grade by grade, and the pages of the other subjects (code, name, address)."""

    subject: str
    subjects: Sequence[tuple[str, str, str]]
    grades: Sequence[OfGrade]


def effects_of(actor: Actor, wanted: str = "") -> Effects:
    """The subject that is wanted, else the first that the actor sees. Raises NotFound for a subject that there is not."""
    if wanted and wanted not in SUBJECTS:
        raise NotFound("subject", wanted)
    subjects = subjects_measured(actor)
    subject = wanted or (subjects[0] if subjects else "")
    by_grade: dict[str, list[Any]] = {}
    for cell in effect_cells(actor, subject) if subject else []:
        by_grade.setdefault(cell[0].grade or "", []).append(cell)
    return Effects(
        subject,
        [(code, say(word_of(SUBJECTS, code)), url_for("boards.effects", subject=code)) for code in subjects],
        [_of_grade(grade, by_grade[grade]) for grade in sorted(by_grade)],
    )


def _of_grade(grade: str, cells: Sequence[Any]) -> OfGrade:
    indicators = dict(sorted({cell.code: cell.indicator for cell in cells}.items()))
    rows: dict[tuple[str, str], dict[str, MonitoringResult]] = {}
    for cell in cells:
        rows.setdefault((cell.unit, cell.short_name), {})[cell.code] = cell[0]
    return OfGrade(
        say(word_of(GRADES, grade)) if grade else "",
        list(indicators.values()),
        [(name, [found.get(code) for code in indicators]) for (_unit, name), found in rows.items()],
        frozenset(cell[0].id for cell in cells if not cell.stands),
    )


def researched(actor: Actor) -> Effects | None:
    """The matrix for whoever studies a subject and judges its findings; None for others, and where nothing is measured."""
    if not actor.subjects or not decide.holds(actor, "monitoring.confirm_finding"):
        return None
    found = effects_of(actor)
    return found if found.grades else None
