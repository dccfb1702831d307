"""Approving closures one after the other: each as its own act through the one operation, for the list and for the command line."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.database import db
from app.core.errors import Invalid, NotAllowed, NotFound, Sentence, Stale, StepRefused
from app.core.policy.actor import Actor
from app.improvement.effects.operations import closures
from app.improvement.effects.operations.evaluations import EvaluationStep
from app.improvement.effects.queries import records

CHANGED = Sentence("刚刚有人改过，请打开后再批", "Someone has just changed this. Open it before approving")
NOT_THERE = Sentence("找不到这份申请，可能已经不由你看", "This request is not there, or no longer yours to see")
NOT_YOURS = Sentence("这一项不由你批准", "You do not approve this one")


@dataclass(frozen=True)
class Answer:
    """How one request of several fared."""

    ref: str
    named: Sentence
    done: bool
    sentences: tuple[Sentence, ...] = ()


def approve(actor: Actor, ref: str) -> Answer:
    """Approve one; where the gate is shut, the same sentences as on its page, and nothing is changed."""
    named = Sentence("", "")
    try:
        found = records.closure_for(actor, ref)
        named = found.named
        closures.approve_closure(actor, found, EvaluationStep())
    except (NotFound, NotAllowed, StepRefused, Invalid, Stale) as refused:
        db.session.rollback()
        return Answer(ref, named, False, _why(refused))
    return Answer(ref, named, True)


def _why(refused: Exception) -> tuple[Sentence, ...]:
    if isinstance(refused, StepRefused):
        return tuple(refused.sentences)
    if isinstance(refused, Invalid):
        return tuple(refused.sentences.values())
    if isinstance(refused, Stale):
        return (CHANGED,)
    return (NOT_THERE,) if isinstance(refused, NotFound) else (NOT_YOURS,)
