"""A paper is sent to all units of some types, and signed for by each."""

from __future__ import annotations

from dataclasses import dataclass

from app.core import clock
from app.core.audit import trail
from app.core.calendar.days import add_working_days
from app.core.casework.deadlines import work_calendar
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.improvement.disclosure.models import DocumentReceipt, DocumentSending, LibraryDocument
from app.improvement.disclosure.queries.sendings import receivers

NOT_READABLE = Sentence(
    "这份文件没有开放给校长和科室负责人看，先改“给谁看”再发",
    "Heads of schools and sections may not read this document; change its readers before it is sent",
)
OVER = Sentence("这份文件已经失效或被代替，不能再发", "This document is no longer in force; it cannot be sent")
NOBODY = Sentence(
    "选的这些类型里没有还没收到的单位", "No unit of these types is left that has not been sent this document"
)
SIGNED = Sentence("本单位已经签收", "Your unit has signed for it already")
READERS = frozenset({"principal", "dept_head"})


@dataclass(frozen=True)
class SendingIn:
    """To which types, what is to be said, and within how many working days it is signed for."""

    addressees: tuple[str, ...]
    note: str = ""
    days: int = 3
    version: int | None = None


@dataclass(frozen=True)
class SignIn:
    """The version of the receipt that was shown."""

    version: int | None = None


@operation(right="disclosure.manage_library", name="library_document.send")
def send_document(actor: Actor, document: LibraryDocument, given: SendingIn) -> DocumentSending:
    """Send it to every open unit of the types that has not had it: they are written down with their type. Raises Invalid."""
    assert actor.person_id is not None
    if document.standing not in ("in_force", "coming"):
        raise Invalid("addressees", OVER)
    if document.roles and not READERS <= set(document.roles):
        raise Invalid("addressees", NOT_READABLE)
    found = receivers(actor, document, given.addressees)
    if not found:
        raise Invalid("addressees", NOBODY)
    today = clock.today()
    sending = DocumentSending(
        id=uuid7(), county_id=document.county_id, document_id=document.id, unit_id=document.unit_id,
        addressees=list(given.addressees), note=given.note.strip(), sent_on=today,
        sign_by=add_working_days(today, given.days, work_calendar().overrides), sent_by=actor.person_id,
    )  # fmt: skip
    db.session.add(sending)
    db.session.flush()
    db.session.add_all(
        DocumentReceipt(
            id=uuid7(), county_id=document.county_id, school_id=unit.school_id, document_id=document.id,
            sending_id=sending.id, unit_id=unit.id, addressee=unit.sent_as, sign_by=sending.sign_by,
        )
        for unit in found
    )  # fmt: skip
    deed = trail.current()
    if deed is not None:
        deed.main.extra.update(addressees=sending.addressees, units=[unit.ref for unit in found])
    post("document_sent", document, sending=sending.id)
    return sending


@operation(right="disclosure.sign_for_document", name="document_receipt.sign")
def sign_for(actor: Actor, receipt: DocumentReceipt, given: SignIn) -> None:
    """Say that the unit has it. Raises StepRefused a second time."""
    if receipt.signed_at is not None:
        raise StepRefused((SIGNED,))
    receipt.signed_at, receipt.signed_by = clock.now(), actor.person_id
