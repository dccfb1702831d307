"""Reads of letters: the queue, one of them with its words, those it may be merged into, figures of the county."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.citizen_letters.models import CitizenLetter, LetterBox
from app.improvement.citizen_letters.models.letters import UNDER_WAY
from app.improvement.citizen_letters.sealing import unsealed

VIEW, TRIAGE, ANSWER = "letters.view_letters", "letters.triage_letter", "letters.answer_letter"
CONTACT, CARRY, FIGURES = "letters.read_contact", "letters.carry_letter", "letters.view_figures"
OPEN_BOX, PUBLISH = "letters.open_box", "letters.publish_reply"
PAGE = 50


@dataclass(frozen=True)
class Words:
    """What is sealed in a letter, opened; the contact is not among it."""

    text: str
    answer: str
    remark: str
    first_answer: str
    first_remark: str


@dataclass(frozen=True)
class Figures:
    """Letters of a county in a span: how many came, were answered, in time, and how the answers were rated."""

    received: int
    answered: int
    in_time: int
    refused: int
    ratings: dict[str, int]
    again: int


def letters(
    actor: Actor, states: Sequence[str] = (), topics: Sequence[str] = (), urgent: bool = False, after: str = ""
) -> Sequence[CitizenLetter]:
    """Letters, the newest first; one more than a page."""
    found = decide.visible(actor, select(CitizenLetter), CitizenLetter, VIEW)
    if states:
        found = found.where(CitizenLetter.state.in_(states))
    if topics:
        found = found.where(CitizenLetter.topic.in_(topics))
    if urgent:
        found = found.where(CitizenLetter.is_urgent)
    if after:
        edge = select(CitizenLetter.id).where(CitizenLetter.ref == after).scalar_subquery()
        found = found.where(CitizenLetter.id < edge)
    return db.session.scalars(found.order_by(CitizenLetter.id.desc()).limit(PAGE + 1)).all()


def letter_for(actor: Actor, ref: str, right: str = VIEW) -> CitizenLetter:
    """One letter on which the actor holds `right`. Raises NotFound."""
    wanted = select(CitizenLetter).where(CitizenLetter.ref == ref)
    found: CitizenLetter | None = db.session.scalar(decide.visible(actor, wanted, CitizenLetter, right))
    if found is None:
        raise NotFound("citizen_letter", ref)
    return found


def words_of(letter: CitizenLetter) -> Words:
    """The sealed words of a letter."""
    columns = ("text_sealed", "answer_sealed", "remark_sealed", "first_answer_sealed", "first_remark_sealed")
    return Words(*(unsealed(letter, column) for column in columns))


def mergeable(actor: Actor, letter: CitizenLetter) -> Sequence[CitizenLetter]:
    """Letters about the same school that carry on, the newest first."""
    wanted = select(CitizenLetter).where(
        CitizenLetter.school_id == letter.school_id,
        CitizenLetter.id != letter.id,
        CitizenLetter.state.in_(UNDER_WAY),
    )
    found = decide.visible(actor, wanted, CitizenLetter, TRIAGE)
    return db.session.scalars(found.order_by(CitizenLetter.id.desc())).all()


def merged_into(actor: Actor, letter: CitizenLetter) -> Sequence[CitizenLetter]:
    """Letters that were merged into this one."""
    wanted = select(CitizenLetter).where(CitizenLetter.merged_into_id == letter.id)
    return db.session.scalars(decide.visible(actor, wanted, CitizenLetter, VIEW).order_by(CitizenLetter.id)).all()


def figures(actor: Actor, since: datetime) -> Figures:
    """Letters of the county that came since a moment; the county as a whole, never by school."""
    letter = CitizenLetter
    answered = letter.is_in_time.is_not(None)
    counts: dict[str, Any] = {
        "received": func.count(),
        "answered": func.count().filter(answered),
        "in_time": func.count().filter(letter.is_in_time.is_(True)),
        "refused": func.count().filter(letter.state == "refused"),
        "again": func.count().filter(letter.round == 2),
        "good": func.count().filter(letter.rating == "good"),
        "fair": func.count().filter(letter.rating == "fair"),
        "bad": func.count().filter((letter.rating == "bad") | (letter.round == 2)),
    }
    wanted = select(*(count.label(name) for name, count in counts.items())).select_from(letter)
    row = db.session.execute(decide.visible(actor, wanted.where(letter.created_at >= since), letter, FIGURES)).one()
    ratings = {"good": row.good, "fair": row.fair, "bad": row.bad}
    return Figures(row.received, row.answered, row.in_time, row.refused, ratings, row.again)


def boxes(actor: Actor) -> Sequence[LetterBox]:
    """Boxes of the county, by the name of the school."""
    wanted = decide.visible(actor, select(LetterBox), LetterBox, OPEN_BOX)
    return db.session.scalars(wanted.order_by(LetterBox.school_name)).all()


def box_for(actor: Actor, ref: str) -> LetterBox:
    """One box of the county. Raises NotFound."""
    wanted = decide.visible(actor, select(LetterBox).where(LetterBox.ref == ref), LetterBox, OPEN_BOX)
    found: LetterBox | None = db.session.scalar(wanted)
    if found is None:
        raise NotFound("letter_box", ref)
    return found


def year_begins() -> datetime:
    """The first moment of this year in the county's time."""
    return clock.local(clock.now()).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
