"""Text, contact, answers and remarks of a letter, sealed by the keys of the school that it is about."""

from __future__ import annotations

from flask import current_app

from app.core.vault import KeyRing, Place
from app.improvement.citizen_letters.models import CitizenLetter


def _place(letter: CitizenLetter, column: str) -> Place:
    return Place(letter.school_id or letter.county_id, CitizenLetter.__tablename__, letter.id, column)


def sealed(letter: CitizenLetter, column: str, words: str) -> bytes | None:
    """`words` as they are kept in `column` of `letter`; None where there are none."""
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    return ring.seal(_place(letter, column), words.strip()) if words.strip() else None


def unsealed(letter: CitizenLetter, column: str) -> str:
    """The words of a column; empty where there are none."""
    kept = getattr(letter, column)
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    return ring.open_text(_place(letter, column), kept) if kept else ""
