"""Scores (P3), answers (P4) and kinds of facts (P2) of one student; the wall decides whose answers show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, text

from app.care.screening.models import CriticalAlert, ScaleResponse, ScaleResult, definitions
from app.care.screening.scales.choosing import Known
from app.care.screening.scales.definition import Scale
from app.care.screening.sheets import RATHER_NOT, opened
from app.core.database import db
from app.core.policy.actor import Actor
from app.people.directory.models import Student

KINDS = text("select computed_on, kinds from care.kinds_of_facts(:student)")


@dataclass(frozen=True)
class Line:
    """One question with what was answered; `words` None: the licence does not let us show the question."""

    number: int
    words: Any
    answer: Any
    critical: bool


@dataclass(frozen=True)
class Answered:
    """One scale as it was answered."""

    title: Any
    at: datetime | None
    lines: tuple[Line, ...]


def results(actor: Actor, student: Student) -> Sequence[ScaleResult]:
    """Scored scales of a student, the newest first."""
    wanted = select(ScaleResult).where(ScaleResult.student_id == student.id)
    return db.session.scalars(wanted.order_by(ScaleResult.answered_on.desc(), ScaleResult.id)).all()


def titles(actor: Actor, rows: Sequence[ScaleResult] | Sequence[ScaleResponse]) -> Known:
    """The scales of these results or answers, by code and version."""
    if actor.county_id is None:
        return {}
    return definitions(actor.county_id, {(row.scale_code, row.scale_version) for row in rows})


def answers(actor: Actor, student: Student) -> list[Answered]:
    """What the student answered, as far as the wall shows it to this actor; empty where the child is not in his or her hands."""
    wanted = select(ScaleResponse).where(ScaleResponse.student_id == student.id, ScaleResponse.sealed.is_not(None))
    rows = db.session.scalars(wanted.order_by(ScaleResponse.saved_at.desc(), ScaleResponse.id)).all()
    known = titles(actor, rows) if rows else {}
    found = [(row, known.get((row.scale_code, row.scale_version))) for row in rows]
    return [
        Answered(scale.title, row.submitted_at or row.saved_at, tuple(_lines(scale, row)))
        for row, scale in found
        if scale is not None
    ]


def _lines(scale: Scale, response: ScaleResponse) -> Iterator[Line]:
    for item, value in zip(scale.items, opened(response, scale).values, strict=True):
        options = {option.value: option for option in item.options or scale.options}
        said = options.get(value) if value is not None else None
        yield Line(item.id, item if item.zh else None, RATHER_NOT if value == RATHER_NOT else said, bool(item.critical))


def has_open_alert(actor: Actor, student: Student) -> bool:
    """Whether somebody has to look after the student now."""
    wanted = select(CriticalAlert.id).where(
        CriticalAlert.student_id == student.id, CriticalAlert.state.in_(("pending", "accepted"))
    )
    return db.session.scalar(wanted.limit(1)) is not None


def kinds_of_facts(actor: Actor, student: Student) -> tuple[date | None, list[str]]:
    """The day of the newest computation and the kinds of facts it rests on: no fact, no value (P2)."""
    row = db.session.execute(KINDS, {"student": student.id}).first()
    return (row.computed_on, list(row.kinds)) if row else (None, [])
