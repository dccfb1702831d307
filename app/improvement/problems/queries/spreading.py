"""To which units of a type a line of a draft list would go, and who would answer for it there."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import and_, select

from app.core import clock
from app.core.database import db
from app.core.policy.actor import Actor
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.queries.people import HEADS, KINDS
from app.people.directory.models import Person, RoleAssignment, Unit
from app.people.identity.terms import running


@dataclass(frozen=True)
class Receiver:
    """A unit to which the line goes; nobody in `head` where no one heads it today."""

    unit: Unit
    head_id: uuid.UUID | None
    head: str


def receivers(actor: Actor, item: ProblemItem, addressee: str) -> list[Receiver]:
    """Open units of the type that may answer for a problem and have no line of this title on the list yet, by code."""
    day = clock.today()
    held = select(ProblemItem.unit_id).where(
        ProblemItem.list_id == item.list_id,
        ProblemItem.title == item.title,
        ProblemItem.state != "void",
        ProblemItem.unit_id.is_not(None),
    )
    heads = and_(
        RoleAssignment.unit_id == Unit.id,
        RoleAssignment.role.in_(HEADS),
        RoleAssignment.is_deputy.is_(False),
        running(RoleAssignment, day),
    )
    wanted = (
        select(Unit, Person.id, Person.name)
        .outerjoin(RoleAssignment, heads)
        .outerjoin(Person, Person.id == RoleAssignment.person_id)
        .where(
            Unit.county_id == item.county_id,
            Unit.sent_as == addressee,
            Unit.kind.in_(KINDS),
            running(Unit, day),
            Unit.id.not_in(held),
        )
        .order_by(Unit.code, RoleAssignment.from_on, RoleAssignment.id)
    )
    found: dict[uuid.UUID, Receiver] = {}
    for unit, person, name in db.session.execute(wanted):
        found.setdefault(unit.id, Receiver(unit, person, name or ""))
    return list(found.values())
