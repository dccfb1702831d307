"""What the outbox carries out for suppliers: who answers for an agreement hears that it ends."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.database import db
from app.core.errors import Sentence
from app.core.outbox.models import OutboxRow
from app.improvement.suppliers.models import SupplierAgreement
from app.people.directory.models import RoleAssignment
from app.people.identity.terms import running
from app.people.letters import write


def agreement_ending(row: OutboxRow) -> None:
    """A letter to who answers for it; where that person has left, to the heads of the office."""
    table = SupplierAgreement
    wanted = select(table).where(table.id == row.record_id)
    one = db.session.scalar(wanted.options(joinedload(table.supplier), joinedload(table.responsible)))
    if one is None:
        return
    persons = {one.responsible_id}
    if one.responsible.left_on is not None:
        heads = select(RoleAssignment.person_id).where(
            RoleAssignment.role == "office_director",
            RoleAssignment.county_id == one.county_id,
            running(RoleAssignment, clock.today()),
        )
        persons = set(db.session.scalars(heads))
    name, last = one.supplier.name, one.until_on
    words = Sentence(
        f"{name}的保密协议 {last.month} 月 {last.day} 日到期，请续签；到期后不再收它的文件",
        f"The confidentiality agreement of {name} ends on {last.day} {last:%b}; renew it, or its files are refused",
    )
    write(persons, f"agreement:{row.id}", "deadline", one.supplier, words)
