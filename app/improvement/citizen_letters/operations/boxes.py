"""Boxes of the schools: opened by the office with its own telephone, closed again, and kept true by the daily job."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, use_context, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.policy.actor import SYSTEM, Actor
from app.improvement.anonymity import persons_in
from app.improvement.citizen_letters.models import CitizenLetter, LetterBox, PublicReply
from app.improvement.citizen_letters.queries.inspectors import inspectors_by_school
from app.people.directory.models import Unit

NOT_ANSWERED = Sentence("答复以后才能公开", "It can be shown once it is answered")
SHOWN_ALREADY = Sentence("这封来信的问答已经公开", "This question and answer are shown already")
SHOWS_NONE = Sentence("这所学校的信箱没有开通问答公开", "The box of this school shows no answers")


@dataclass(frozen=True)
class CountyPlace:
    """The county whose boxes are opened."""

    county_id: uuid.UUID
    name: str


@dataclass(frozen=True)
class BoxesIn:
    """Whom citizens may ring up: the office, never a person's own telephone."""

    office: str
    office_phone: str
    office_hours: str = ""


@dataclass(frozen=True)
class BoxIn:
    """Whether one school's box takes letters, and whether it shows answers to everybody."""

    is_open: bool
    shows_replies: bool
    version: int | None = None


@dataclass(frozen=True)
class ReplyIn:
    """Question and answer worded anew, so that nobody is pointed at."""

    question: str
    answer: str
    version: int | None = None


@operation(right="letters.open_box", name="letter_box.open_all")
def open_boxes(actor: Actor, place: CountyPlace, given: BoxesIn) -> None:
    """A box for every school of the county that has none; the office's telephone on all of them."""
    there = {
        one.unit_id: one for one in db.session.scalars(select(LetterBox).where(LetterBox.county_id == place.county_id))
    }
    names = inspectors_by_school(place.county_id)
    for school in _schools(place.county_id):
        box = there.get(school.id) or LetterBox(
            id=uuid7(), county_id=place.county_id, school_id=school.id, unit_id=school.id, is_open=True
        )
        box.school_name, box.county_name = school.name, place.name
        box.inspector_names = "、".join(names.get(school.id, ()))[:120]
        box.office, box.office_phone = given.office.strip(), given.office_phone.strip()
        box.office_hours = given.office_hours.strip()
        db.session.add(box)


def _schools(county_id: uuid.UUID) -> list[Unit]:
    wanted = select(Unit).where(Unit.county_id == county_id, Unit.kind == "school").order_by(Unit.code)
    return [one for one in db.session.scalars(wanted) if one.is_open(clock.today())]


@operation(right="letters.open_box", name="letter_box.change")
def change_box(actor: Actor, box: LetterBox, given: BoxIn) -> None:
    """Open or close one school's box, and decide whether it shows answers."""
    box.is_open, box.shows_replies = given.is_open, given.shows_replies


@operation(right="letters.publish_reply", name="citizen_letter.publish")
def publish_reply(actor: Actor, letter: CitizenLetter, given: ReplyIn) -> CitizenLetter:
    """Show question and answer to everybody, worded anew. Raises Invalid where a person of the county is named."""
    if letter.state not in ("answered", "closed"):
        raise StepRefused((NOT_ANSWERED,))
    if letter.reply_id is not None:
        raise StepRefused((SHOWN_ALREADY,))
    if not letter.box.shows_replies:
        raise StepRefused((SHOWS_NONE,))
    named = persons_in(letter.county_id, given.question, given.answer)
    if named:
        listed = "、".join(named)
        raise Invalid("question", Sentence(f"公开的文字里有：{listed}", f"The text names: {listed}"))
    reply = PublicReply(
        id=uuid7(), county_id=letter.county_id, school_id=letter.school_id, box_id=letter.box_id, topic=letter.topic,
        question=given.question.strip(), answer=given.answer.strip(), published_on=clock.today(),
    )  # fmt: skip
    db.session.add(reply)
    db.session.flush()
    letter.reply_id = reply.id
    return letter


@operation(right="system", name="letter_box.keep_true")
def keep_box_true(actor: Actor, box: LetterBox, names: str) -> None:
    """Another inspector answers for the school now."""
    box.inspector_names = names


def keep_boxes_true() -> int:
    """The daily job: boxes whose inspectors have changed; how many."""
    use_context(SYSTEM.context())
    changed = 0
    boxes = db.session.scalars(select(LetterBox)).all()
    names = {county: inspectors_by_school(county) for county in {box.county_id for box in boxes}}
    for box in boxes:
        now = "、".join(names[box.county_id].get(box.unit_id, ()))[:120]
        if now != box.inspector_names:
            keep_box_true(SYSTEM, box, now)
            changed += 1
    return changed
