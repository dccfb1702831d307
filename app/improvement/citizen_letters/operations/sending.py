"""What a citizen does: write, rate the answer. Each acts with the least rights there are, on one letter and nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.core.policy.roles import VISITORS
from app.improvement.citizen_letters.codes import SENDING, code_for, lookup_of
from app.improvement.citizen_letters.models import CitizenLetter, CitizenLetterCode, LetterBox
from app.improvement.citizen_letters.sealing import sealed, unsealed
from app.improvement.problems.operations.numbers import next_number
from workflows.improvement.citizen_letter import CITIZEN_LETTER

LONGEST, LONGEST_CONTACT, LONGEST_REMARK = 2000, 80, 300
BOX_IS_CLOSED = Sentence("这个信箱已经停用", "This box is closed")
TOO_LONG = Sentence(f"最多写 {LONGEST} 个字", f"At most {LONGEST} characters")
NO_MARK = Sentence("请重新打开页面再写", "Open the page again and write anew")


@dataclass(frozen=True)
class LetterPlace:
    """The letter that is going to be: its id, which the writer's context already names, and the box it is put into."""

    id: uuid.UUID
    box: LetterBox


@dataclass(frozen=True)
class LetterIn:
    """What was written: topic, text, an optional contact, and the mark of the form it was written in."""

    topic: str
    text: str
    contact: str
    sending: str


@dataclass(frozen=True)
class RatingIn:
    """good, fair or bad, with a word."""

    rating: str
    remark: str = ""
    version: int | None = None


def writer(letter_id: uuid.UUID) -> Actor:
    """A citizen without an account: one letter, no county, no school, no other data (`own_letter`)."""
    role = VISITORS["citizen"]
    return Actor(role=role.code, letter_id=letter_id, data_classes=role.data_classes)


@operation(CITIZEN_LETTER, "send")
def send_letter(actor: Actor, place: LetterPlace, given: LetterIn) -> Iterator[CitizenLetter]:
    """Put a letter into the box. Raises Invalid for a closed box or a text that is too long."""
    yield _letter(place, given, urgent=False)
    _keep_code(place, given)


@operation(CITIZEN_LETTER, "send_urgent")
def send_urgent_letter(actor: Actor, place: LetterPlace, given: LetterIn) -> Iterator[CitizenLetter]:
    """The same where a child is in danger now: the office hears of it at once."""
    letter = _letter(place, given, urgent=True)
    yield letter
    _keep_code(place, given)
    post("citizen_letter_urgent", letter, queue="urgent")


def _letter(place: LetterPlace, given: LetterIn, urgent: bool) -> CitizenLetter:
    if not place.box.is_open:
        raise Invalid("text", BOX_IS_CLOSED)
    if len(given.text) > LONGEST or len(given.contact) > LONGEST_CONTACT:
        raise Invalid("text", TOO_LONG)
    if not SENDING.fullmatch(given.sending):
        raise Invalid("text", NO_MARK)
    box = place.box
    letter = CitizenLetter(
        id=place.id, county_id=box.county_id, school_id=box.school_id, box=box, box_id=box.id, topic=given.topic,
        number=next_number(box.county_id, "LX", "citizen_letters"), is_urgent=urgent, round=1, created_at=clock.now(),
    )  # fmt: skip
    letter.text_sealed = sealed(letter, "text_sealed", given.text) or b""
    letter.contact_sealed = sealed(letter, "contact_sealed", given.contact)
    return letter


def _keep_code(place: LetterPlace, given: LetterIn) -> None:
    db.session.add(CitizenLetterCode(lookup=lookup_of(code_for(given.sending)), letter_id=place.id))


@operation(CITIZEN_LETTER, "rate")
def rate_answer(actor: Actor, letter: CitizenLetter, given: RatingIn) -> None:
    """Good or fair, or bad for the second time: the letter is closed."""
    _rate(letter, given)


@operation(CITIZEN_LETTER, "send_back")
def send_back_answer(actor: Actor, letter: CitizenLetter, given: RatingIn) -> Iterator[None]:
    """Bad for the first time: another person answers. The first answer and the remark on it stay beside the letter."""
    _rate(letter, given)
    yield
    letter.first_answer_sealed = sealed(letter, "first_answer_sealed", unsealed(letter, "answer_sealed"))
    letter.first_remark_sealed = sealed(letter, "first_remark_sealed", given.remark)
    letter.first_answered_by, letter.first_answered_at = letter.answered_by, letter.answered_at
    letter.answer_sealed, letter.answered_by, letter.answered_at = None, None, None
    letter.rating, letter.remark_sealed, letter.rate_by, letter.answer_by = None, None, None, None
    letter.owner_id, letter.unit_id, letter.round = None, None, 2


def _rate(letter: CitizenLetter, given: RatingIn) -> None:
    if len(given.remark) > LONGEST_REMARK:
        raise Invalid("remark", Sentence(f"最多写 {LONGEST_REMARK} 个字", f"At most {LONGEST_REMARK} characters"))
    letter.rating, letter.remark_sealed = given.rating, sealed(letter, "remark_sealed", given.remark)


def new_place(box: LetterBox) -> LetterPlace:
    """A place for one more letter."""
    return LetterPlace(uuid7(), box)
