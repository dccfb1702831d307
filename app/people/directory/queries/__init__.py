"""Reads of the directory; every function takes the actor first and shows only what the actor may see."""

from app.people.directory.queries.classes import ClassFilter, class_for, classes, school_years
from app.people.directory.queries.eligible import Candidate, eligible_for, eligible_persons, stand_ins
from app.people.directory.queries.people import (
    Held,
    StaffFilter,
    open_work,
    people_within,
    person_for,
    person_within,
    request_for,
    roles_of,
    staff,
    staff_count,
    successors,
)
from app.people.directory.queries.students import StudentFilter, own_classes, student_count, student_for, students
from app.people.directory.queries.units import (
    Node,
    UnitFilter,
    aliases_of,
    parents_for,
    people_of,
    tree,
    unit_for,
    units_within,
)

__all__ = [
    "Candidate",
    "ClassFilter",
    "Held",
    "Node",
    "StaffFilter",
    "StudentFilter",
    "UnitFilter",
    "aliases_of",
    "class_for",
    "classes",
    "eligible_for",
    "eligible_persons",
    "open_work",
    "own_classes",
    "parents_for",
    "people_of",
    "people_within",
    "person_for",
    "person_within",
    "request_for",
    "roles_of",
    "school_years",
    "staff",
    "staff_count",
    "stand_ins",
    "student_count",
    "student_for",
    "students",
    "successors",
    "tree",
    "unit_for",
    "units_within",
]
