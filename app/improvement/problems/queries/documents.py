"""The printed forms of lists as the public verify page knows them."""

from __future__ import annotations

from sqlalchemy import select

from app.core.database import db
from app.improvement.problems.models import ListDocument


def issued_document(ref: str) -> ListDocument | None:
    """The document behind the code of a QR picture; None for a code that was never given out."""
    if len(ref) != 16 or not ref.isalnum():
        return None
    return db.session.scalar(select(ListDocument).where(ListDocument.ref == ref))
