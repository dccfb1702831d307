"""Who does the daily work on an item: handler and deputy, both of the responsible unit, from a day to a day."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.core.policy.assignments import CaseAssignment
from app.improvement.problems.models import ProblemItem
from app.people.directory.models import Person, RoleAssignment

HANDLERS = ("dept_officer", "school_coordinator", "dept_head", "principal")
DEPUTIES = (*HANDLERS, "grade_leader", "subject_teacher", "homeroom_teacher")
TWO_PERSONS = Sentence("请指定经办人和一名替补，两人不能相同", "Name a handler and a deputy, two different persons")
NOT_OF_THE_UNIT = Sentence("请从责任单位的在岗人员里选", "Choose from the staff of the responsible unit")


@dataclass(frozen=True)
class AcceptIn:
    """Signing for an item, or naming anew: who does the daily work, and who stands in."""

    handler_id: uuid.UUID | None
    deputy_id: uuid.UUID | None
    version: int | None = None


@operation(right="problems.name_handler", name="problem_item.name_handler")
def name_handler(actor: Actor, item: ProblemItem, given: AcceptIn) -> None:
    """Name another handler or deputy: somebody left, or the item was taken up again."""
    if item.was_dropped or item.is_settled or not item.was_accepted:
        raise Invalid("", Sentence("这一项现在不用指定经办人", "No handler is needed for this item now"))
    if given.handler_id is None or given.deputy_id is None or given.handler_id == given.deputy_id:
        raise Invalid("deputy_id", TWO_PERSONS)
    name_handlers(item, given)


def name_handlers(item: ProblemItem, given: AcceptIn) -> None:
    """Write handler and deputy with their dated assignments; the ones before lose theirs today. Inside an act."""
    _must_be_of_the_unit(item, "handler_id", given.handler_id, HANDLERS)
    _must_be_of_the_unit(item, "deputy_id", given.deputy_id, DEPUTIES)
    _end_duties(item)
    item.owner_id, item.deputy_id, item.handler_named_at = given.handler_id, given.deputy_id, clock.now()
    for part, person_id in (("handler", given.handler_id), ("deputy", given.deputy_id)):
        if person_id is not None:
            db.session.add(
                CaseAssignment(
                    entity=ProblemItem.__tablename__,
                    record_id=item.id,
                    person_id=person_id,
                    part=part,
                    from_on=clock.today(),
                    county_id=item.county_id,
                    school_id=item.school_id,
                )
            )


def _must_be_of_the_unit(item: ProblemItem, field: str, person_id: uuid.UUID | None, roles: tuple[str, ...]) -> None:
    if person_id is not None and person_id not in set(db.session.scalars(staff_ids(item, roles))):
        raise Invalid(field, NOT_OF_THE_UNIT)


def staff_ids(item: ProblemItem, roles: tuple[str, ...]) -> Select[Any]:
    """Persons who hold one of `roles` today at the item's unit; at a school, anywhere in the school."""
    day = clock.today()
    place: ColumnElement[bool] = RoleAssignment.unit_id == item.unit_id
    if item.school_id is not None:
        place = or_(place, RoleAssignment.school_id == item.school_id)
    return (
        select(RoleAssignment.person_id)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(
            place,
            RoleAssignment.role.in_(roles),
            RoleAssignment.from_on <= day,
            or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= day),
            or_(Person.left_on.is_(None), Person.left_on >= day),
        )
        .distinct()
    )


def _end_duties(item: ProblemItem) -> None:
    """Access ends now, not tonight: the last day is yesterday."""
    yesterday = clock.today() - timedelta(days=1)
    for duty in db.session.scalars(
        select(CaseAssignment).where(
            CaseAssignment.entity == ProblemItem.__tablename__,
            CaseAssignment.record_id == item.id,
            CaseAssignment.part.in_(("handler", "deputy")),
            or_(CaseAssignment.to_on.is_(None), CaseAssignment.to_on >= clock.today()),
        )
    ):
        duty.to_on = yesterday
