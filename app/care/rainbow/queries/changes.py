"""Requests to change a level, who is supported at present, and what is written about a step down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from app.care.rainbow import evidence
from app.care.rainbow.models import OPEN, ChangeEvidence, CodeChangeRequest, RainbowComputation, RainbowTier, rules_for
from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.registers import late, page_of
from app.people.directory.models import Person, SchoolClass, Student

VIEW, DOWN, UP = "rainbow.view_changes", "rainbow.ask_step_down", "rainbow.escalate_student"
PAGE = 40
NEAREST = (
    (late(func.coalesce(CodeChangeRequest.together_by_at, CodeChangeRequest.decide_by_at)), False),
    (CodeChangeRequest.id, False),
)


def waiting(actor: Actor, after: str = "") -> Sequence[Any]:
    """(request, class name) that somebody still owes a step, the nearest first; one more than a page."""
    wanted = (
        select(CodeChangeRequest, SchoolClass.name)
        .join(Student, Student.id == CodeChangeRequest.student_id)
        .outerjoin(SchoolClass, SchoolClass.id == Student.class_id)
    )
    shown = page_of(decide.visible(actor, wanted, CodeChangeRequest, VIEW), CodeChangeRequest, NEAREST, after)
    return db.session.execute(shown.where(CodeChangeRequest.state.in_(OPEN))).all()


def settled(actor: Actor) -> Sequence[CodeChangeRequest]:
    """The newest requests that were decided or withdrawn."""
    wanted = select(CodeChangeRequest).where(CodeChangeRequest.state.in_(("effective", "rejected", "withdrawn")))
    narrowed = decide.visible(actor, wanted, CodeChangeRequest, VIEW)
    return db.session.scalars(narrowed.order_by(CodeChangeRequest.state_since.desc()).limit(10)).all()


def supported(actor: Actor, words: str = "", after: str = "") -> Sequence[Any]:
    """(student, class name, level, since, whether the rules suggest a step down): who has more than everyday support.

    With `words` whoever has that name or number, whatever the level. By number, never by level.
    """
    newest = (
        select(RainbowComputation.kind)
        .where(RainbowComputation.school_id == Student.school_id, RainbowComputation.student_id == Student.id)
        .order_by(RainbowComputation.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    wanted = (
        select(Student, SchoolClass.name, RainbowTier.tier, RainbowTier.since, newest == "step_down")
        .outerjoin(SchoolClass, SchoolClass.id == Student.class_id)
        .outerjoin(RainbowTier, RainbowTier.student_id == Student.id)
        .where(Student.left_on.is_(None))
    )
    if words:
        wanted = wanted.where(or_(Student.name == words, Student.student_no == words))
    else:
        wanted = wanted.where(RainbowTier.tier != "green")
    if after:
        wanted = wanted.where(Student.student_no > after)
    narrowed = decide.visible(actor, wanted, Student, DOWN)
    return db.session.execute(narrowed.order_by(Student.student_no).limit(PAGE + 1)).all()


def change_for(actor: Actor, ref: str) -> CodeChangeRequest:
    """One request. Raises NotFound."""
    wanted = select(CodeChangeRequest).where(CodeChangeRequest.ref == ref)
    found: CodeChangeRequest | None = db.session.scalar(decide.visible(actor, wanted, CodeChangeRequest, VIEW))
    if found is None:
        raise NotFound("change", ref)
    return found


@dataclass(frozen=True)
class Standing:
    """Where a student stands: level and day, the next one down, what that asks for, what is written, what was asked."""

    held: RainbowTier | None
    target: str | None
    needs: tuple[evidence.Need, ...]
    written: Sequence[Any]
    requests: Sequence[CodeChangeRequest]
    relapse: bool

    @property
    def open_down(self) -> CodeChangeRequest | None:
        """The step down that is open."""
        return next((one for one in self.requests if one.state in OPEN and not one.upward), None)

    @property
    def met(self) -> bool:
        """Everything that the step down asks for is there."""
        return all(need.met for need in self.needs)


def standing(actor: Actor, student: Student) -> Standing:
    """All that the page of one student's level shows."""
    held = db.session.scalar(select(RainbowTier).where(RainbowTier.student_id == student.id))
    rules, today = rules_for(student.county_id), clock.today()
    target = evidence.below(held.tier) if held else None
    needs: tuple[evidence.Need, ...] = ()
    if held is not None and target is not None:
        there = evidence.found(student.id, student.school_id, held.since, today, rules)
        needs = evidence.needs(held.tier, target, held.since, today, there, rules)
    written = db.session.execute(
        select(ChangeEvidence, Person.name)
        .join(Person, Person.id == ChangeEvidence.recorded_by)
        .where(ChangeEvidence.student_id == student.id)
        .order_by(ChangeEvidence.happened_on.desc(), ChangeEvidence.id.desc())
    ).all()
    asked = decide.visible(
        actor, select(CodeChangeRequest).where(CodeChangeRequest.student_id == student.id), CodeChangeRequest, VIEW
    )
    requests = db.session.scalars(asked.order_by(CodeChangeRequest.created_at.desc())).all()
    return Standing(held, target, needs, written, requests, _relapse(requests, rules.conversion.watch_days))


def _relapse(requests: Sequence[CodeChangeRequest], watch_days: int) -> bool:
    down = [one for one in requests if one.state == "effective" and not one.upward and one.decided_on is not None]
    return any(one.decided_on is not None and (clock.today() - one.decided_on).days <= watch_days for one in down[:1])
