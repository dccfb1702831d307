"""The class of a class teacher with ratings and levels, one student to write about, duties that are due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, select

from app.care.rainbow.models import CareDuty, RainbowTier, TeacherRating
from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.registers import page_of
from app.people.directory.models import SchoolClass, Student

DUTIES, CLASS, RATE, ASSESS = (
    "rainbow.view_duties",
    "rainbow.view_own_class",
    "rainbow.rate_student",
    "rainbow.assess_student",
)
CLASS_LEVELS = "care_class_levels"
"""The data class with which class teachers see levels (decision 52)."""
NEAREST = ((CareDuty.due_at, False), (CareDuty.id, False))


def own_class(actor: Actor) -> Sequence[Any]:
    """(student, class name, tier, day of the newest rating, tasks due) by number, never by level (§2.3 c)."""
    rated = (
        select(TeacherRating.student_id, func.max(TeacherRating.rated_on).label("rated_on"))
        .where(TeacherRating.rated_on > clock.today() - timedelta(days=365))
        .group_by(TeacherRating.student_id)
        .subquery()
    )
    due = (
        select(func.count())
        .where(CareDuty.student_id == Student.id, CareDuty.for_class, CareDuty.state == "due")
        .scalar_subquery()
    )
    wanted = (
        select(Student, SchoolClass.name, RainbowTier.tier, rated.c.rated_on, due)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .outerjoin(RainbowTier, RainbowTier.student_id == Student.id)
        .outerjoin(rated, rated.c.student_id == Student.id)
        .where(Student.left_on.is_(None))
    )
    narrowed = decide.visible(actor, wanted, Student, CLASS)
    return db.session.execute(narrowed.order_by(SchoolClass.name, Student.student_no)).all()


def student_for(actor: Actor, ref: str, right: str) -> Student:
    """One student of the roll on whom the actor holds `right`. Raises NotFound."""
    wanted = select(Student).where(Student.ref == ref, Student.left_on.is_(None))
    found: Student | None = db.session.scalar(decide.visible(actor, wanted, Student, right))
    if found is None:
        raise NotFound("student", ref)
    return found


def duties(actor: Actor, after: str = "") -> Sequence[Any]:
    """(duty, class name) that are due, the nearest first; class teachers see their own kind; one more than a page."""
    wanted = (
        select(CareDuty, SchoolClass.name)
        .outerjoin(SchoolClass, SchoolClass.id == CareDuty.class_id)
        .where(*_own_kind(actor))
    )
    shown = page_of(decide.visible(actor, wanted, CareDuty, DUTIES), CareDuty, NEAREST, after)
    return db.session.execute(shown.where(CareDuty.state == "due")).all()


def duty_for(actor: Actor, ref: str) -> CareDuty:
    """One duty. Raises NotFound."""
    wanted = select(CareDuty).where(and_(CareDuty.ref == ref, *_own_kind(actor)))
    found: CareDuty | None = db.session.scalar(decide.visible(actor, wanted, CareDuty, DUTIES))
    if found is None:
        raise NotFound("duty", ref)
    return found


def _own_kind(actor: Actor) -> list[Any]:
    return [CareDuty.for_class] if actor.role == "homeroom_teacher" else []
