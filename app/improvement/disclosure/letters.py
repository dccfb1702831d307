"""What the outbox carries out for disclosure: units to which a paper was sent hear of it."""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, select

from app.core import clock
from app.core.database import db
from app.core.errors import Sentence
from app.core.outbox.models import OutboxRow
from app.improvement.disclosure.models import DocumentReceipt, LibraryDocument
from app.people import letters
from app.people.directory.models import RoleAssignment
from app.people.identity.terms import running

OFFICE = ("office_director", "evaluator")
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


def receipts_open(row: OutboxRow) -> None:
    """Remind those who may sign at units that have not; once the last day is over the office hears of it too."""
    ids = [uuid.UUID(one) for one in row.data["receipts"]]
    still = DocumentReceipt.id.in_(ids), DocumentReceipt.signed_at.is_(None)
    receipts = db.session.scalars(select(DocumentReceipt).where(*still)).all()
    if not receipts:
        return
    document, last = db.session.get_one(LibraryDocument, receipts[0].document_id), receipts[0].sign_by
    late = last < clock.today()
    until = f"期限 {last.month} 月 {last.day} 日{'已过' if late else ''}"
    words = Sentence(
        f"还没有签收，{until}：{document.label}",
        f"Not signed for yet, {'was due' if late else 'due'} on {last.day} {last:%b}: {document.label}",
    )
    units = {one.unit_id for one in receipts}
    letters.write(
        _heads(READERS, RoleAssignment.unit_id.in_(units)), f"open:{row.id}", "document_sent", document, words
    )
    if row.data["rung"] == "late":
        told = Sentence(
            f"{len(units)} 个单位没有按期签收：{document.label}",
            f"Units that have not signed in time: {len(units)}; {document.label}",
        )
        office = _heads(OFFICE, RoleAssignment.county_id == document.county_id)
        letters.write(office, f"open_office:{row.id}", "deadline", document, told, "/library/unsigned")


def _heads(roles: tuple[str, ...], where: ColumnElement[bool]) -> set[uuid.UUID]:
    running_now = running(RoleAssignment, clock.today())
    return set(
        db.session.scalars(select(RoleAssignment.person_id).where(RoleAssignment.role.in_(roles), running_now, where))
    )
