"""What a citizen reads without an account: the box of a school, answers shown to everybody, and by code the own letter."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from app.core import limits
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import NotFound
from app.core.limits import Limit
from app.core.policy.actor import NOBODY, Actor
from app.core.registers import page_of
from app.improvement.citizen_letters.codes import LENGTH, lookup_of, plain
from app.improvement.citizen_letters.models import CitizenLetter, CitizenLetterCode, LetterBox, PublicReply
from app.improvement.citizen_letters.numbers import letter_numbers
from app.improvement.citizen_letters.operations.sending import writer

WRONG_CODES = Limit("letter_code", 5, timedelta(minutes=15), timedelta(minutes=1), timedelta(minutes=15))
"""Per network address: the sixth wrong code comes after a pause (decision 76)."""
EVERYBODY = Limit("letters_all", 200, timedelta(minutes=15), timedelta(seconds=5), timedelta(minutes=2))
"""All letters together: a program that changes its address fills no queue."""


class CodeRefused(Exception):
    """No letter has this code: one answer for every reason."""


def box(actor: Actor, ref: str) -> LetterBox:
    """An open box. Raises NotFound."""
    found = db.session.scalar(select(LetterBox).where(LetterBox.ref == ref, LetterBox.is_open))
    if found is None:
        raise NotFound("letter_box", ref)
    return found


def replies(actor: Actor, shown_by: LetterBox, after: str = "") -> Sequence[PublicReply]:
    """Questions and answers of a school that the office shows to everybody, the newest first; one more than a page."""
    shown = select(PublicReply).where(PublicReply.box_id == shown_by.id)
    newest = ((PublicReply.published_on, True), (PublicReply.id, True))
    return db.session.scalars(page_of(shown, PublicReply, newest, after)).all()


def count_letter(address: str) -> None:
    """Count one letter of a network address. Raises TooSoon."""
    per_hour = letter_numbers().letters_per_hour
    limits.take(Limit("letters", per_hour, timedelta(hours=1), timedelta(minutes=2), timedelta(hours=1)), address)
    limits.take(EVERYBODY, "all")


def letter_by_code(code: str, address: str) -> CitizenLetter:
    """The letter behind a code; its writer's context stays in force. Raises CodeRefused, TooSoon."""
    limits.take(WRONG_CODES, address)
    use_context(None)
    letter_id = None
    if len(plain(code)) == LENGTH:
        letter_id = db.session.scalar(
            select(CitizenLetterCode.letter_id).where(CitizenLetterCode.lookup == lookup_of(code))
        )
    if letter_id is None:
        with trail.act(NOBODY, "denial", "citizen_letter.unknown_code"):
            pass
        raise CodeRefused
    limits.give_back(WRONG_CODES, address)
    return _own(letter_id)


def id_of(code: str) -> uuid.UUID | None:
    """The letter a code opens, for a form that is sent twice; None where there is none."""
    wanted = select(CitizenLetterCode.letter_id).where(CitizenLetterCode.lookup == lookup_of(code))
    return db.session.scalar(wanted)


def own_letter(letter_id: uuid.UUID) -> CitizenLetter:
    """The letter of the writer who is inside; its context is put in force. Raises NotFound."""
    return _own(letter_id)


def _own(letter_id: uuid.UUID) -> CitizenLetter:
    use_context(writer(letter_id).context())
    found = db.session.scalar(select(CitizenLetter).where(CitizenLetter.id == letter_id))
    if found is None:
        raise NotFound("citizen_letter")
    return found
