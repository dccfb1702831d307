"""Openings in an emergency and of identities, as register and one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.care.access.models import EmergencyOpening, IdentityGrant
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.registers import page_of
from app.people.directory.models import Person, Student, Unit

OPENINGS, IDENTITIES = "access.view_openings", "access.view_identity"


def _listed(actor: Actor, model: Any, right: str, states: Sequence[str], after: str) -> Sequence[Any]:
    wanted = (
        select(model, Person.name, Unit.name)
        .join(Person, Person.id == model.owner_id)
        .join(Unit, Unit.id == model.school_id)
    )
    seen = decide.visible(actor, wanted, model, right)
    shown = page_of(seen, model, ((model.created_at, True), (model.id, True)), after)
    return db.session.execute(shown.where(model.state.in_(states)) if states else shown).all()


def _one(actor: Actor, model: Any, right: str, ref: str) -> Any:
    found = db.session.scalar(decide.visible(actor, select(model).where(model.ref == ref), model, right))
    if found is None:
        raise NotFound("opening", ref)
    return found


def openings(actor: Actor, states: Sequence[str] = (), after: str = "") -> Sequence[Any]:
    """(opening, who, school) in these states or in any, the newest first; one more than a page."""
    return _listed(actor, EmergencyOpening, OPENINGS, states, after)


def opening_for(actor: Actor, ref: str) -> EmergencyOpening:
    """One of them. Raises NotFound."""
    found: EmergencyOpening = _one(actor, EmergencyOpening, OPENINGS, ref)
    return found


def identities(actor: Actor, states: Sequence[str] = (), after: str = "") -> Sequence[Any]:
    """(grant, who, school) in these states or in any, the newest first; one more than a page."""
    return _listed(actor, IdentityGrant, IDENTITIES, states, after)


def identity_for(actor: Actor, ref: str) -> IdentityGrant:
    """One of them. Raises NotFound."""
    found: IdentityGrant = _one(actor, IdentityGrant, IDENTITIES, ref)
    return found


def student_of(record: EmergencyOpening | IdentityGrant) -> Student | None:
    """The child, as far as the actor's own context shows it: the county sees none."""
    found: Student | None = db.session.scalar(select(Student).where(Student.id == record.student_id))
    return found


def names_of(record: EmergencyOpening | IdentityGrant) -> tuple[str, str]:
    """Who asked, and the school."""
    person, unit = db.session.get_one(Person, record.owner_id), db.session.get_one(Unit, record.unit_id)
    return person.name, unit.name


def running_for(actor: Actor, student: Student) -> EmergencyOpening | None:
    """The actor's own opening of a child, while its hour runs."""
    wanted = select(EmergencyOpening).where(
        EmergencyOpening.owner_id == actor.person_id,
        EmergencyOpening.student_id == student.id,
        EmergencyOpening.state == "open",
    )
    found: EmergencyOpening | None = db.session.scalar(wanted)
    return found if found is not None and found.is_running else None
