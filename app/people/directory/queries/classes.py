"""Classes: the list by school year, one class with its teachers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, cast, func, null, select
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.people.directory.models import Person, SchoolClass, Student, TeachingDuty, Unit
from app.people.directory.queries.terms import running

VIEW = "people.view_classes"
PAGE = 60


@dataclass(frozen=True)
class ClassFilter:
    """What the list of classes is narrowed to; `after` is how many came before (a school has few, a county some hundred)."""

    year: int
    grades: Sequence[str] = ()
    schools: Sequence[str] = ()
    after: int = 0


def _narrowed(actor: Actor, wanted: ClassFilter) -> Select[Any]:
    query = select(SchoolClass).join(Unit, Unit.id == SchoolClass.school_id)
    query = decide.visible(actor, query, SchoolClass, VIEW).where(SchoolClass.school_year == wanted.year)
    if wanted.grades:
        query = query.where(SchoolClass.grade.in_(wanted.grades))
    return query.where(Unit.ref.in_(wanted.schools)) if wanted.schools else query


def classes(actor: Actor, wanted: ClassFilter, most: int = PAGE) -> tuple[list[Any], int]:
    """Rows of (class, school, name of the homeroom teacher, children) in code order, and how many there are.

    Children are counted only where the actor may see them: elsewhere the count is None.
    """
    grade_no = cast(func.substr(SchoolClass.grade, 2), Integer)
    query = _narrowed(actor, wanted).add_columns(Unit, _homeroom(), _children(actor))
    query = query.order_by(Unit.code, grade_no, SchoolClass.class_no).offset(wanted.after).limit(most + 1)
    total = select(func.count()).select_from(_narrowed(actor, wanted).with_only_columns(SchoolClass.id).subquery())
    return list(db.session.execute(query).all()), db.session.scalar(total) or 0


def _homeroom() -> Any:
    teacher, duty = aliased(Person), aliased(TeachingDuty)
    names = (
        select(func.string_agg(teacher.name, "、"))
        .join(duty, duty.person_id == teacher.id)
        .where(duty.class_id == SchoolClass.id, duty.duty == "homeroom", running(duty, clock.today()))
    )
    return names.correlate(SchoolClass).scalar_subquery().label("homeroom")


def _children(actor: Actor) -> Any:
    if "people" not in actor.data_classes and not actor.system:
        return null().label("children")
    counted = select(func.count()).where(
        Student.school_id == SchoolClass.school_id, Student.class_id == SchoolClass.id, Student.left_on.is_(None)
    )
    return counted.correlate(SchoolClass).scalar_subquery().label("children")


def class_for(actor: Actor, ref: str) -> tuple[SchoolClass, Unit, list[tuple[TeachingDuty, Person]]]:
    """One class with its school and everybody who teaches or leads it, the present first. Raises NotFound."""
    query = select(SchoolClass, Unit).join(Unit, Unit.id == SchoolClass.school_id).where(SchoolClass.ref == ref)
    row = db.session.execute(decide.visible(actor, query, SchoolClass, VIEW)).first()
    if row is None:
        raise NotFound("class", ref)
    duties = db.session.execute(
        select(TeachingDuty, Person)
        .join(Person, Person.id == TeachingDuty.person_id)
        .where(TeachingDuty.class_id == row[0].id)
        .order_by(TeachingDuty.to_on.desc().nulls_first(), TeachingDuty.duty, TeachingDuty.from_on)
    )
    return row[0], row[1], [(duty, person) for duty, person in duties]


def school_years(actor: Actor) -> list[int]:
    """School years of which the actor sees classes, the latest first."""
    query = decide.visible(actor, select(SchoolClass.school_year), SchoolClass, VIEW)
    return list(db.session.scalars(query.distinct().order_by(SchoolClass.school_year.desc())))


def duty_for(actor: Actor, group: SchoolClass, ref: str) -> TeachingDuty:
    """One duty in a class that was loaded for the actor. Raises NotFound."""
    wanted = select(TeachingDuty).where(TeachingDuty.ref == ref, TeachingDuty.class_id == group.id)
    found: TeachingDuty | None = db.session.scalar(wanted)
    if found is None:
        raise NotFound("duty", ref)
    return found
