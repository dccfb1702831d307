"""Reads of suppliers: the list as narrowed, one with its agreements, who may answer for one, what a file may come from."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.suppliers.models import Supplier, SupplierAgreement
from app.people.directory.models import Person, RoleAssignment
from app.people.identity.terms import running

VIEW, MANAGE = "suppliers.view_suppliers", "suppliers.manage_suppliers"
RESPONSIBLE = ("office_director", "evaluator", "assessment_member")
"""Roles whose holders may answer for an agreement."""


def suppliers(actor: Actor, words: str = "", standing: str = "") -> list[Supplier]:
    """Suppliers with their agreements by name, narrowed by words and by how it stands with the agreement."""
    found = decide.visible(actor, select(Supplier), Supplier, VIEW).options(selectinload(Supplier.agreements))
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        columns = (Supplier.name, Supplier.data_brought, Supplier.purpose)
        found = found.where(or_(*(column.ilike(like) for column in columns)))
    rows = db.session.scalars(found.order_by(Supplier.name))
    return [one for one in rows if not standing or one.standing == standing]


def supplier_for(actor: Actor, ref: str, right: str = VIEW) -> Supplier:
    """One supplier with its agreements, the newest first, and who answers for each. Raises NotFound."""
    people = (selectinload(SupplierAgreement.responsible), selectinload(SupplierAgreement.added))
    wanted = (
        decide.visible(actor, select(Supplier), Supplier, right)
        .where(Supplier.ref == ref)
        .options(selectinload(Supplier.agreements).options(*people))
        .execution_options(populate_existing=True)
    )
    found: Supplier | None = db.session.scalar(wanted)
    if found is None:
        raise NotFound("supplier", ref)
    return found


def agreement_of(actor: Actor, supplier: Supplier, edition: int) -> SupplierAgreement:
    """One agreement of a supplier that the actor has loaded. Raises NotFound."""
    for one in supplier.agreements:
        if one.edition == edition:
            return one
    raise NotFound("supplier_agreement", supplier.ref)


def people(actor: Actor) -> Sequence[Person]:
    """Those of the county who may answer for an agreement, by name."""
    held = select(RoleAssignment.person_id).where(
        RoleAssignment.county_id == actor.county_id,
        RoleAssignment.role.in_(RESPONSIBLE),
        running(RoleAssignment, clock.today()),
    )
    wanted = select(Person).where(Person.id.in_(held), Person.left_on.is_(None))
    return db.session.scalars(wanted.order_by(Person.name, Person.id)).all()


def sources(actor: Actor) -> list[tuple[str, uuid.UUID, str]]:
    """Ref, id and name of every supplier that a file may be said to come from, by name."""
    wanted = decide.visible(actor, select(Supplier), Supplier, VIEW)
    return [(one.ref, one.id, one.name) for one in db.session.scalars(wanted.order_by(Supplier.name))]
