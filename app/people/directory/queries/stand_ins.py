"""Whom the leading group's head named among its members to take what nobody in the office may (decision 39)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy.actor import Actor
from app.core.policy.assignments import CaseAssignment
from app.core.policy.ladder import NAMED
from app.people.directory.models import Person, RoleAssignment, Unit
from app.people.directory.queries.terms import running


def own_bureau(actor: Actor) -> Unit:
    """The bureau of the actor's county. Raises NotFound."""
    found = db.session.get(Unit, actor.county_id) if actor.county_id else None
    if found is None:
        raise NotFound("unit", "")
    return found


def members(actor: Actor) -> list[Person]:
    """The members of the county's leading group in office today, by pinyin; without the actor."""
    day = clock.today()
    held = select(RoleAssignment.person_id).where(
        RoleAssignment.role == "leading_group_member",
        RoleAssignment.county_id == actor.county_id,
        running(RoleAssignment, day),
    )
    here = or_(Person.left_on.is_(None), Person.left_on >= day)
    wanted = select(Person).where(Person.id.in_(held), here, Person.id != actor.person_id)
    return list(db.session.scalars(wanted.order_by(Person.pinyin)))


def stand_ins(actor: Actor, bureau: Unit) -> list[tuple[CaseAssignment, Person]]:
    """Who is named today, until when; at most one."""
    wanted: Any = (
        select(CaseAssignment, Person)
        .join(Person, Person.id == CaseAssignment.person_id)
        .where(
            CaseAssignment.entity == Unit.__tablename__,
            CaseAssignment.record_id == bureau.id,
            CaseAssignment.part == NAMED,
            running(CaseAssignment, clock.today()),
        )
    )
    return [(row[0], row[1]) for row in db.session.execute(wanted)]
