"""Keeping a printed closure form, and apart from it what anybody may check of the paper."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db
from app.core.policy.actor import Actor
from app.core.storage import Stored
from app.improvement.effects.models import ClosurePrint, ClosureRequest, DocumentRecord


@dataclass(frozen=True)
class MadeIn:
    """What was made: the form, its edition, the file, the digest of what it says, and the code that stands in its QR picture."""

    form: str
    edition: int
    file: Stored
    content_sha256: str
    ref: str


@operation(right="system", name="closure_request.form_made")
def keep_form(actor: Actor, request: ClosureRequest, given: MadeIn) -> None:
    """Keep a form once; a second delivery of the same job changes nothing."""
    known = select(DocumentRecord.id).where(DocumentRecord.record_id == request.id, DocumentRecord.form == given.form)
    if db.session.scalar(known) is not None:
        return
    now = clock.now()
    shared = {"number": request.number, "edition": given.edition, "form": given.form, "made_at": now}
    digests = {"content_sha256": given.content_sha256, "file_sha256": given.file.sha256}
    record = DocumentRecord(
        kind="closure",
        entity=request.__tablename__,
        record_id=request.id,
        county_id=request.county_id,
        school_id=request.school_id,
        file_name=given.file.name,
        file_size=given.file.size,
        **shared,
        **digests,
    )
    db.session.add_all([record, ClosurePrint(ref=given.ref, **shared, **digests)])
