"""To whom a paper would go, to whom it went, who signed, and what waits for the actor's signature."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.disclosure.models import DocumentReceipt, LibraryDocument
from app.people.directory import queries as directory
from app.people.directory.models import Unit

VIEW, SIGN = "disclosure.view_receipts", "disclosure.sign_for_document"


def receivers(actor: Actor, document: LibraryDocument, types: Sequence[str]) -> list[Unit]:
    """Open units of the types that have not been sent the paper yet, by type and code."""
    had = set(db.session.scalars(select(DocumentReceipt.unit_id).where(DocumentReceipt.document_id == document.id)))
    return [unit for unit in directory.addressed(actor, types) if unit.id not in had]


def receipts(actor: Actor, document: LibraryDocument) -> Sequence[DocumentReceipt]:
    """The units that it went to and that the actor may see, by type and code, those who have not signed first."""
    wanted = (
        select(DocumentReceipt)
        .join(Unit, Unit.id == DocumentReceipt.unit_id)
        .where(DocumentReceipt.document_id == document.id)
        .options(joinedload(DocumentReceipt.unit), joinedload(DocumentReceipt.signer))
        .order_by(DocumentReceipt.signed_at.is_not(None), DocumentReceipt.addressee, Unit.code)
    )
    return db.session.scalars(decide.visible(actor, wanted, DocumentReceipt, VIEW)).all()


def receipt_for(actor: Actor, document: LibraryDocument) -> DocumentReceipt:
    """The receipt of the actor's own unit. Raises NotFound."""
    wanted = select(DocumentReceipt).where(
        DocumentReceipt.document_id == document.id, DocumentReceipt.unit_id == actor.unit_id
    )
    found: DocumentReceipt | None = db.session.scalar(decide.visible(actor, wanted, DocumentReceipt, SIGN))
    if found is None:
        raise NotFound("document_receipt", document.ref)
    return found


def unsigned(actor: Actor) -> list[uuid.UUID]:
    """Papers that wait for the signature of the actor's unit."""
    wanted = select(DocumentReceipt.document_id).where(
        DocumentReceipt.unit_id == actor.unit_id, DocumentReceipt.signed_at.is_(None)
    )
    return list(db.session.scalars(decide.visible(actor, wanted, DocumentReceipt, VIEW)))
