"""Reasons and findings, sealed by the keys of the child's school."""

from __future__ import annotations

from flask import current_app

from app.care.access.models import EmergencyOpening, IdentityGrant
from app.core.vault import KeyRing, Place

Opened = EmergencyOpening | IdentityGrant


def _place(record: Opened, column: str) -> Place:
    return Place(record.school_id or record.county_id, type(record).__tablename__, record.id, column)


def sealed(record: Opened, column: str, words: str) -> bytes:
    """`words` as they are kept in `column` of `record`."""
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    return ring.seal(_place(record, column), words.strip())


def unsealed(record: Opened, column: str) -> str:
    """The words of a column; empty where there are none."""
    kept = getattr(record, column)
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    return ring.open_text(_place(record, column), kept) if kept else ""
