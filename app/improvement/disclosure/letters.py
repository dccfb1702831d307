"""What the outbox carries out for disclosure: units to which a paper was sent hear of it."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.errors import Sentence
from app.core.outbox.models import OutboxRow
from app.improvement.disclosure.models import DocumentReceipt, LibraryDocument
from app.people import letters
from app.people.directory.models import RoleAssignment
from app.people.identity.terms import running

READERS = ("dept_head", "dept_officer", "principal", "school_coordinator")


def document_sent(row: OutboxRow) -> None:
    """Tell those who may sign for it at the units it went to."""
    document = db.session.get(LibraryDocument, row.record_id)
    if document is None:
        return
    sending = uuid.UUID(row.data["sending"])
    wanted = (
        select(RoleAssignment.person_id)
        .join(DocumentReceipt, DocumentReceipt.unit_id == RoleAssignment.unit_id)
        .where(
            DocumentReceipt.sending_id == sending,
            RoleAssignment.role.in_(READERS),
            running(RoleAssignment, clock.today()),
        )
    )
    words = Sentence(f"请签收：{document.label}", f"Please sign for: {document.label}")
    letters.write(set(db.session.scalars(wanted)), f"sent:{row.id}", "document_sent", document, words)
