"""A student's own tasks, behind a personal code."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.care.screening.models import ScreeningTask
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor

ANSWER = "screening.answer_questions"
ENDED = ("missed",)
"""Not offered any more, but whoever comes back to it is told, and what waited on a phone still arrives."""
SHOWN = ("ready", "in_progress", "submitted", "scored", "valid", "invalid", "needs_retest")


def own_tasks(actor: Actor) -> Sequence[ScreeningTask]:
    """What this student can answer, or has answered."""
    found = decide.visible(actor, select(ScreeningTask), ScreeningTask, ANSWER).where(ScreeningTask.state.in_(SHOWN))
    return db.session.scalars(found.order_by(ScreeningTask.created_at.desc()).limit(5)).all()


def own_task(actor: Actor, ref: str) -> ScreeningTask:
    """One of them, or one whose time is over. Raises NotFound."""
    found = db.session.scalar(
        decide.visible(actor, select(ScreeningTask), ScreeningTask, ANSWER).where(
            ScreeningTask.ref == ref, ScreeningTask.state.in_((*SHOWN, *ENDED))
        )
    )
    if found is None:
        raise NotFound("screening_task", ref)
    return found
