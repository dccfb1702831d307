"""Keeping the printed forms of an issued list: drawn by the worker, under the code of the verify page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.policy.actor import Actor
from app.improvement.problems.models import ListDocument, ListSnapshot, ProblemList


@dataclass(frozen=True)
class PrintedIn:
    """One form as it lies on the shelf; without a digest it is only announced, so that its code is known before."""

    form: str
    file_name: str
    file_sha256: str | None = None
    size: int | None = None
    pages: int | None = None


@operation(right="system", name="problem_list.print")
def keep_document(actor: Actor, problem_list: ProblemList, given: PrintedIn) -> ListDocument:
    """Announce or keep one form of the list; the code stays the same from the first time on."""
    found = db.session.scalar(
        select(ListDocument).where(ListDocument.list_id == problem_list.id, ListDocument.form == given.form)
    )
    if found is None:
        found = _announced(problem_list, given.form)
        db.session.add(found)
    found.file_name = given.file_name
    if given.file_sha256 is not None:
        found.file_sha256, found.size, found.pages = given.file_sha256, given.size, given.pages
        found.made_at = clock.now()
    return found


def _announced(problem_list: ProblemList, form: str) -> ListDocument:
    snapshot = db.session.scalars(select(ListSnapshot).where(ListSnapshot.list_id == problem_list.id)).one()
    held = snapshot.content["list"]
    return ListDocument(
        id=uuid7(),
        list_id=problem_list.id,
        form=form,
        title=problem_list.title,
        issuer=held["issuer"],
        document_number=problem_list.document_number,
        edition=problem_list.edition,
        issued_on=problem_list.issued_on,
        item_count=len(snapshot.content["items"]),
        content_sha256=snapshot.sha256,
    )
