"""Who teaches which class this school year, as each school's coordinator registers it; and the classes that were measured."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select

from app.core.database import db
from app.demo.roll import DAY
from app.demo.telling import Teller
from app.demo.tree import County
from app.people.directory.models import Person, SchoolClass, Student
from app.people.directory.operations.duties import DutyIn, begin_duty

FIRST_GRADES = ("G5", "G9", "G10")
"""The grade that teachers of the demo stand in, the first that a school has: those that were measured last autumn."""
EVERY = 8
"""So many schools apart are those whose results were also given class by class."""
Classes = Mapping[tuple[uuid.UUID, str], list[tuple[int, int]]]
"""School and grade of this year → class number and pupils."""


def tell(county: County, teller: Teller) -> None:
    """A homeroom teacher, a subject teacher in two classes and a grade leader in every school."""
    teller.at(DAY, 10)
    persons = {person.id: person for person in db.session.scalars(select(Person).where(Person.county_id == county.id))}
    classes: dict[tuple[uuid.UUID, str], list[SchoolClass]] = defaultdict(list)
    for group in db.session.scalars(
        select(SchoolClass).where(SchoolClass.county_id == county.id).order_by(SchoolClass.class_no)
    ):
        if group.school_id is not None:
            classes[group.school_id, group.grade].append(group)
    for code, (school, _kind, _short) in county.schools.items():
        grade = next((grade for grade in FIRST_GRADES if classes[school, grade]), None)
        if grade is not None:
            _taught(county, code, classes[school, grade], persons)


def _taught(county: County, code: str, classes: list[SchoolClass], persons: Mapping[uuid.UUID, Person]) -> None:
    coordinator = county.at("school_coordinator", code)
    teacher = county.at("subject_teacher", code)
    wanted: list[tuple[str, str, SchoolClass, str | None]] = [
        ("homeroom_teacher", "homeroom", classes[0], None),
        ("grade_leader", "grade_lead", classes[0], None),
    ]
    wanted += [("subject_teacher", "subject", group, teacher.subjects[0]) for group in classes[:2]]
    for role, duty, group, subject in wanted:
        who = county.at(role, code).person_id
        if who is not None:
            begin_duty(coordinator, group, DutyIn(persons[who], duty, DAY, subject))


def measured(county: County, day: date) -> Classes:
    """The classes whose results are given class by class, as they are now; none before the rolls reach back so far."""
    chosen = [school for number, (school, _k, _s) in enumerate(county.schools.values()) if number % EVERY == 0]
    count = (
        select(Student.school_id, SchoolClass.grade, SchoolClass.class_no, func.count())
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .where(Student.school_id.in_(chosen), SchoolClass.school_year == day.year + 1)
        .group_by(Student.school_id, SchoolClass.grade, SchoolClass.class_no)
        .order_by(SchoolClass.class_no)
    )
    found: dict[tuple[uuid.UUID, str], list[tuple[int, int]]] = defaultdict(list)
    for school, grade, number, pupils in db.session.execute(count):
        found[school, grade].append((number, pupils))
    return found
