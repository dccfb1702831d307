"""Students: school coordinators see their school, homeroom teachers their classes, nobody else anybody.

Row-level security says the same below (template "student"). Whoever calls these writes the read down: `trail.saw`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Select, func, or_, select, tuple_

from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.imports.grades import school_year
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.people.directory.models import SchoolClass, Student
from app.people.directory.pinyin import sounds_like

VIEW = "people.view_students"
PAGE = 50
Order = Literal["number", "name"]


@dataclass(frozen=True)
class StudentFilter:
    """What the list is narrowed to; `after` is the reference of the last child on the page before."""

    words: str = ""
    grades: Sequence[str] = ()
    classes: Sequence[str] = ()
    left: bool = False
    order: Order = "number"
    after: str = ""


def _narrowed(actor: Actor, wanted: StudentFilter) -> Select[Any]:
    query = select(Student).outerjoin(SchoolClass, SchoolClass.id == Student.class_id)
    query = decide.visible(actor, query, Student, VIEW).where(Student.school_id == actor.school_id)
    query = query.where(Student.left_on.is_not(None) if wanted.left else Student.left_on.is_(None))
    if wanted.words:
        by_number = Student.student_no.startswith(wanted.words.upper(), autoescape=True)
        query = query.where(or_(sounds_like(Student.pinyin, Student.name, wanted.words), by_number))
    if wanted.grades:
        query = query.where(Student.grade.in_(wanted.grades))
    return query.where(SchoolClass.ref.in_(wanted.classes)) if wanted.classes else query


def students(actor: Actor, wanted: StudentFilter, most: int = PAGE) -> list[tuple[Student, str | None]]:
    """Children with the name of their class; by number or by name; one more than `most` when there is a next page."""
    first = Student.pinyin if wanted.order == "name" else Student.student_no
    query = _narrowed(actor, wanted).add_columns(SchoolClass.name)
    if wanted.after:
        last = select(first, Student.id).where(Student.ref == wanted.after, Student.school_id == actor.school_id)
        query = query.where(tuple_(first, Student.id) > last.scalar_subquery())
    rows = db.session.execute(query.order_by(first, Student.id).limit(most + 1))
    return [(row[0], row[1]) for row in rows]


def student_count(actor: Actor, wanted: StudentFilter) -> int:
    """How many children the filters leave."""
    inner = _narrowed(actor, wanted).with_only_columns(Student.id).subquery()
    return db.session.scalar(select(func.count()).select_from(inner)) or 0


def student_for(actor: Actor, ref: str) -> tuple[Student, SchoolClass | None]:
    """One child with the class. Raises NotFound, also for a child of another school or class."""
    query = select(Student, SchoolClass).outerjoin(SchoolClass, SchoolClass.id == Student.class_id)
    query = query.where(Student.ref == ref, Student.school_id == actor.school_id)
    row = db.session.execute(decide.visible(actor, query, Student, VIEW)).first()
    if row is None:
        raise NotFound("student", ref)
    return row[0], row[1]


def own_classes(actor: Actor) -> list[SchoolClass]:
    """The classes whose children the actor may see, for the filter; the latest school year only."""
    wanted = select(SchoolClass).where(SchoolClass.school_id == actor.school_id)
    if actor.classes and actor.role == "homeroom_teacher":
        wanted = wanted.where(SchoolClass.id.in_(actor.classes))
    latest = select(func.max(SchoolClass.school_year)).where(SchoolClass.school_id == actor.school_id)
    wanted = wanted.where(SchoolClass.school_year == latest.scalar_subquery())
    return list(db.session.scalars(wanted.order_by(SchoolClass.grade, SchoolClass.class_no)))


def classes_this_year(actor: Actor) -> list[SchoolClass]:
    """The classes of the own school in the running school year, the lowest grade first."""
    today = clock.today()
    wanted = decide.visible(actor, select(SchoolClass), SchoolClass, "people.view_classes").where(
        SchoolClass.school_id == actor.school_id, SchoolClass.school_year == school_year(today.year, today.month)
    )
    order = (func.length(SchoolClass.grade), SchoolClass.grade, SchoolClass.class_no)
    return list(db.session.scalars(wanted.order_by(*order)))
