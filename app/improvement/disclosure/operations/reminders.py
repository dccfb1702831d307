"""Units that have not signed for a paper are reminded: by the system around the last day, by the office with one press."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select, update

from app.core import clock
from app.core.audit import trail
from app.core.calendar import add_working_days
from app.core.casework.deadlines import work_calendar
from app.core.casework.door import operation
from app.core.database import db, use_context
from app.core.errors import Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM, Actor
from app.improvement.disclosure.models import DocumentReceipt, DocumentSending, LibraryDocument

SOON, LATE, ASKED = "soon", "late", "asked"
NOBODY_LEFT = Sentence("这份文件没有等着签收的单位", "No unit still has to sign for this document")
TODAY_ALREADY = Sentence(
    "没签收的单位今天都提醒过了，明天再提醒", "Every one of them was reminded today; remind again tomorrow"
)


@dataclass(frozen=True)
class RemindIn:
    """Which version of the paper was shown."""

    version: int | None = None


@operation(right="disclosure.manage_library", name="library_document.remind")
def remind_units(actor: Actor, document: LibraryDocument, given: RemindIn) -> None:
    """Ask every unit that has not signed, each at most once a day. Raises StepRefused where nobody is left to ask."""
    open_ = select(DocumentReceipt).where(
        DocumentReceipt.document_id == document.id, DocumentReceipt.signed_at.is_(None)
    )
    found = db.session.scalars(open_.order_by(DocumentReceipt.id)).all()
    if not found:
        raise StepRefused((NOBODY_LEFT,))
    asked = [one for one in found if one.reminded_on != clock.today()]
    if not asked:
        raise StepRefused((TODAY_ALREADY,))
    ids = [one.id for one in asked]
    db.session.execute(update(DocumentReceipt).where(DocumentReceipt.id.in_(ids)).values(reminded_on=clock.today()))
    deed = trail.current()
    if deed is not None:
        deed.main.extra["receipts"] = [one.ref for one in asked]
    post("receipts_open", document, rung=ASKED, receipts=[str(one) for one in ids])


@operation(right="system", name="document_sending.remind")
def remind(actor: Actor, sending: DocumentSending, given: str) -> None:
    """Write to the units of one sending that have not signed: the last day is near, or over."""
    sending.reminded = given
    receipts = db.session.scalars(select(DocumentReceipt.id).where(*_open(sending.id)).order_by(DocumentReceipt.id))
    post("receipts_open", sending, rung=given, receipts=[str(one) for one in receipts])


def _open(sending_id: Any) -> tuple[ColumnElement[bool], ...]:
    return DocumentReceipt.sending_id == sending_id, DocumentReceipt.signed_at.is_(None)


def remind_of_all() -> int:
    """The job of each sweep: sendings whose last day is the next working day or over, each told once; how many letters."""
    use_context(SYSTEM.context())
    today = clock.today()
    near = add_working_days(today, 1, work_calendar().overrides)
    waiting = select(DocumentReceipt.id).where(*_open(DocumentSending.id)).correlate(DocumentSending).exists()
    due = db.session.scalars(
        select(DocumentSending)
        .where(DocumentSending.sign_by <= near, DocumentSending.reminded.is_distinct_from(LATE), waiting)
        .order_by(DocumentSending.id)
    ).all()
    told = [(one, LATE if one.sign_by < today else SOON) for one in due]
    told = [(one, rung) for one, rung in told if one.reminded != rung]
    for sending, rung in told:
        remind(SYSTEM, sending, rung)
    return len(told)
