"""Suppliers are registered and described, agreements put beside older ones; reminders before the end, refusals after it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, use_context, uuid7
from app.core.errors import Invalid, Sentence
from app.core.imports.models import ImportBatch
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM, Actor
from app.core.storage import Stored
from app.improvement.suppliers.models import SOON, Supplier, SupplierAgreement

RUNGS = (7, SOON)
"""Days before the end on which a reminder is due, the last one first."""
NAME_TAKEN = Sentence("这个供应商已经登记过", "This supplier is registered already")
NUMBER_TAKEN = Sentence("这个供应商已有这个编号的协议", "This supplier has an agreement of this number already")
ENDS_FIRST = Sentence("到期日不能早于生效日", "It cannot end before it begins")
SAME_FILE = Sentence(
    "这个文件已经是它的另一份协议，请上传新签的协议", "This file is another agreement of it already; upload the new one"
)
AGREEMENT_ENDED = Sentence(
    "{name}的保密协议已经到期，文件没有收。请办公室在“数据供应商”里放上新签的协议，再上传",
    "The confidentiality agreement of {name} has ended; the file was not taken."
    " Have the office add the newly signed one under Data suppliers, then upload again",
)
NO_AGREEMENT = Sentence(
    "{name}没有在有效期内的保密协议，文件没有收。请办公室在“数据供应商”里放上签好的协议，再上传",
    "No confidentiality agreement of {name} is in force; the file was not taken."
    " Have the office add the signed one under Data suppliers, then upload again",
)


@dataclass(frozen=True)
class SupplierPlace:
    """Whose register: the county, and the unit that keeps it."""

    county_id: uuid.UUID
    unit_id: uuid.UUID


@dataclass(frozen=True)
class SupplierIn:
    """What is known of a supplier."""

    name: str
    kind: str
    data_brought: str
    purpose: str
    version: int | None = None


@dataclass(frozen=True)
class AgreementIn:
    """A signed agreement with its file, and who answers for it."""

    number: str
    from_on: date
    until_on: date
    responsible_id: uuid.UUID
    file: Stored
    version: int | None = None


@operation(right="suppliers.manage_suppliers", name="supplier.add")
def add_supplier(actor: Actor, place: SupplierPlace, given: SupplierIn) -> Supplier:
    """Register one. Raises Invalid for a name that is registered already."""
    assert actor.person_id is not None
    supplier = Supplier(id=uuid7(), county_id=place.county_id, unit_id=place.unit_id, owner_id=actor.person_id)
    _describe(supplier, given)
    db.session.add(supplier)
    return supplier


@operation(right="suppliers.manage_suppliers", name="supplier.describe")
def describe_supplier(actor: Actor, supplier: Supplier, given: SupplierIn) -> None:
    """Change what is known of it; its agreements stay."""
    _describe(supplier, given)


def _describe(supplier: Supplier, given: SupplierIn) -> None:
    name = given.name.strip()
    taken = select(Supplier.id).where(
        Supplier.county_id == supplier.county_id, Supplier.name == name, Supplier.id != supplier.id
    )
    with db.session.no_autoflush:
        if db.session.scalar(taken) is not None:
            raise Invalid("name", NAME_TAKEN)
    supplier.name, supplier.kind = name, given.kind
    supplier.data_brought, supplier.purpose = given.data_brought.strip(), given.purpose.strip()


@operation(right="suppliers.manage_suppliers", name="supplier.add_agreement")
def add_agreement(actor: Actor, supplier: Supplier, given: AgreementIn) -> None:
    """Put a newer agreement beside the older ones. Raises Invalid for wrong days, a known number, a file held already."""
    assert actor.person_id is not None
    if given.until_on < given.from_on:
        raise Invalid("until_on", ENDS_FIRST)
    table, number = SupplierAgreement, given.number.strip()
    held = db.session.execute(select(table.number, table.file_sha256).where(table.supplier_id == supplier.id)).all()
    if any(one.number == number for one in held):
        raise Invalid("number", NUMBER_TAKEN)
    if any(one.file_sha256 == given.file.sha256 for one in held):
        raise Invalid("file", SAME_FILE)
    newest = db.session.scalar(select(func.max(table.edition)).where(table.supplier_id == supplier.id))
    db.session.add(
        SupplierAgreement(
            id=uuid7(), county_id=supplier.county_id, supplier_id=supplier.id, edition=(newest or 0) + 1, number=number,
            from_on=given.from_on, until_on=given.until_on, responsible_id=given.responsible_id,
            file_sha256=given.file.sha256, file_name=given.file.name[:200], media_type=given.file.media_type,
            size=given.file.size, added_by=actor.person_id, added_on=clock.today(),
        )
    )  # fmt: skip


def must_be_covered(batch: ImportBatch) -> None:
    """Refuse a file of a supplier of which no agreement holds today. Raises Invalid that says what to do."""
    if batch.supplier_id is None:
        return
    wanted = select(Supplier).where(Supplier.id == batch.supplier_id, Supplier.county_id == batch.county_id)
    supplier = db.session.scalars(wanted.options(selectinload(Supplier.agreements))).one()
    if supplier.is_covered:
        return
    name, told = supplier.name, AGREEMENT_ENDED if supplier.standing == "ended" else NO_AGREEMENT
    raise Invalid("supplier", Sentence(told.zh.format(name=name), told.en.format(name=name)))


@operation(right="system", name="supplier_agreement.remind")
def remind(actor: Actor, agreement: SupplierAgreement, given: int) -> None:
    """Write to who answers for it: so many days or fewer are left."""
    agreement.reminded = given
    post("agreement_ending", agreement)


def remind_of_all() -> int:
    """The job of each sweep: agreements that end within 30 or 7 days and that no later one follows; how many letters."""
    use_context(SYSTEM.context())
    today, table = clock.today(), SupplierAgreement
    ending = table.until_on.between(today, today + timedelta(days=SOON))
    wanted = select(table).where(ending, table.from_on <= today, table.reminded.is_distinct_from(RUNGS[0]))
    due = db.session.scalars(
        wanted.options(selectinload(table.supplier).selectinload(Supplier.agreements)).order_by(table.id)
    ).all()
    told = [(one, rung) for one in due if (rung := _rung(one, today)) is not None]
    for agreement, rung in told:
        remind(SYSTEM, agreement, rung)
    return len(told)


def _rung(agreement: SupplierAgreement, today: date) -> int | None:
    """Which reminder is due and not written yet; None where another agreement goes on."""
    if agreement.supplier.covered_until != agreement.until_on:
        return None
    rung = next(days for days in RUNGS if agreement.until_on <= today + timedelta(days=days))
    return rung if agreement.reminded is None or rung < agreement.reminded else None
