"""Names of persons, and who of a unit may answer for something."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import or_, select

from app.core import clock
from app.core.database import db
from app.core.policy.actor import Actor
from app.people.directory.models import Person, RoleAssignment


def names(actor: Actor, ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The names of these persons; who has left is named too."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def staff_of(actor: Actor, unit_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """Who works in the unit now, by pinyin: those who may own a measure."""
    works_there = or_(Person.unit_id == unit_id, Person.school_id == unit_id)
    rows = db.session.execute(
        select(Person.id, Person.name)
        .where(works_there, Person.county_id == actor.county_id, Person.left_on.is_(None))
        .order_by(Person.pinyin, Person.id)
    )
    return [(row.id, row.name) for row in rows]


def holders(actor: Actor, role: str) -> list[str]:
    """Who holds a role of the county today, by pinyin."""
    day = clock.today()
    rows = db.session.scalars(
        select(Person.name)
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(
            RoleAssignment.county_id == actor.county_id,
            RoleAssignment.role == role,
            RoleAssignment.from_on <= day,
            or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= day),
        )
        .order_by(Person.pinyin)
    )
    return list(rows)
