"""Proposals that wait, one of them with its grounds, and what was in force before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.care.rainbow.duty_plan import duty_plan
from app.care.rainbow.models import RainbowAssessment, RainbowComputation, RainbowRun, RainbowTier
from app.care.rainbow.rule_set import TIERS
from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.registers import late, page_of
from app.people.directory.models import SchoolClass, Student

VIEW, LISTED = "rainbow.view_proposals", "rainbow.confirm_listed"
PAGE, AT_ONCE = 40, 50
TWO_YEARS = 730
URGENT = (
    (RainbowAssessment.priority, False),
    (late(func.coalesce(RainbowAssessment.together_by_at, RainbowAssessment.decide_by_at)), False),
    (RainbowAssessment.id, False),
)


@dataclass(frozen=True)
class Group:
    """Proposals of one level that wait: how many, the nearest day, and how many of them were drawn by chance for a talk."""

    tier: str
    n: int
    nearest: Any
    drawn: int = 0


def waiting(actor: Actor) -> list[Group]:
    """What waits, by level, the most urgent first."""
    until = func.min(func.coalesce(RainbowAssessment.together_by_at, RainbowAssessment.decide_by_at))
    drawn = func.count().filter(RainbowAssessment.sampled)
    wanted = select(RainbowAssessment.proposed, func.count(), until, drawn).where(RainbowAssessment.state == "proposed")
    rows = db.session.execute(
        decide.visible(actor, wanted, RainbowAssessment, VIEW).group_by(RainbowAssessment.proposed)
    ).all()
    found = {row[0]: Group(*row) for row in rows}
    return [found[tier] for tier in reversed(TIERS) if tier in found]


TOGETHER = (
    RainbowAssessment.proposed == "green",
    ~RainbowAssessment.sampled,
    ~select(RainbowComputation.number)
    .where(RainbowComputation.number == RainbowAssessment.computation, RainbowComputation.flags.contains(["conflict"]))
    .exists(),
)
"""Of everyday support, not drawn for a talk, and nobody tells another story: those may be confirmed from a list."""


def queue(actor: Actor, most: int = PAGE, first: int = 0, *, after: str = "", together: bool = False) -> Sequence[Any]:
    """(assessment, class name) in the order in which they are to be looked at; one more than `most`.

    The page stands behind the record `after`, or where none is named behind the `first` so many. `together`: those
    alone that may be confirmed from a list.
    """
    wanted = (
        select(RainbowAssessment, SchoolClass.name)
        .join(Student, Student.id == RainbowAssessment.student_id)
        .outerjoin(SchoolClass, SchoolClass.id == Student.class_id)
    )
    shown = page_of(decide.visible(actor, wanted, RainbowAssessment, VIEW), RainbowAssessment, URGENT, after)
    shown = shown.where(RainbowAssessment.state == "proposed", *(TOGETHER if together else ()))
    return db.session.execute(shown.offset(0 if after else first).limit(most + 1)).all()


def fits_this_week(groups: Sequence[Group]) -> int:
    """How many of what waits can be looked at in the hours of a week, in the order of the queue.

    A talk with somebody who was drawn takes as long as one with somebody who needs some attention, whatever is proposed.
    """
    plan, seen = duty_plan(), 0
    left: float = plan.hours_a_week * 60
    for group in groups:
        one = plan.minutes[group.tier]  # type: ignore[index]
        talks = group.drawn * max(0, plan.minutes["yellow"] - one)
        each = one + talks / group.n
        some = min(group.n, int(left // each))
        seen, left = seen + some, left - some * each
        if some < group.n:
            break
    return seen


def proposal_for(actor: Actor, ref: str) -> RainbowAssessment:
    """One assessment. Raises NotFound."""
    wanted = select(RainbowAssessment).where(RainbowAssessment.ref == ref)
    wanted = decide.visible(actor, wanted, RainbowAssessment, VIEW).options(joinedload(RainbowAssessment.in_force))
    found: RainbowAssessment | None = db.session.scalar(wanted)
    if found is None:
        raise NotFound("proposal", ref)
    return found


def listed(actor: Actor, refs: Sequence[str]) -> Sequence[RainbowAssessment]:
    """Open proposals of these references that may be confirmed together, at most `AT_ONCE`, in the order given."""
    wanted = select(RainbowAssessment).where(
        RainbowAssessment.ref.in_(list(refs)[:AT_ONCE]), RainbowAssessment.state == "proposed", *TOGETHER
    )
    found = {one.ref: one for one in db.session.scalars(decide.visible(actor, wanted, RainbowAssessment, LISTED))}
    return [found[ref] for ref in refs if ref in found]


def class_of(assessment: RainbowAssessment) -> SchoolClass | None:
    """The class of the student."""
    group = assessment.student.class_id
    return db.session.get(SchoolClass, group) if group else None


def grounds(assessment: RainbowAssessment) -> RainbowComputation:
    """The computation that it rests on."""
    return db.session.get_one(RainbowComputation, assessment.computation)


def history(assessment: RainbowAssessment) -> Sequence[RainbowAssessment]:
    """What was decided for the student in the last two years, the newest first."""
    since = date.fromordinal(clock.today().toordinal() - TWO_YEARS)
    wanted = select(RainbowAssessment).where(
        RainbowAssessment.student_id == assessment.student_id, RainbowAssessment.decided_on >= since,
        RainbowAssessment.id != assessment.id,
    )  # fmt: skip
    return db.session.scalars(wanted.order_by(RainbowAssessment.decided_on.desc())).all()


def last_run(actor: Actor) -> RainbowRun | None:
    """The newest run over the actor's county or school."""
    wanted = select(RainbowRun).where(RainbowRun.county_id == actor.county_id)
    return db.session.scalars(wanted.order_by(RainbowRun.id.desc()).limit(1)).first()


def school_levels(actor: Actor, after: str = "") -> Sequence[Any]:
    """(tier, student, class name) of the own school by class and number, never by level (§2.3 c)."""
    wanted = (
        select(RainbowTier.tier, Student, SchoolClass.name)
        .join(Student, Student.id == RainbowTier.student_id)
        .outerjoin(SchoolClass, SchoolClass.id == Student.class_id)
        .where(Student.left_on.is_(None))
    )
    if after:
        wanted = wanted.where(Student.student_no > after)
    narrowed = decide.visible(actor, wanted, RainbowTier, "rainbow.view_school_levels")
    return db.session.execute(narrowed.order_by(Student.student_no).limit(PAGE + 1)).all()
