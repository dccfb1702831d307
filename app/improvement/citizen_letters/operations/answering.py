"""What the one who answers does: answer, hand back, carry on into the loop; and what follows for merged letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from app.core import clock
from app.core.casework.door import begin, follow, operation
from app.core.database import db, use_context, uuid7, widen
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.policy.actor import Actor
from app.improvement.citizen_letters.models import CitizenLetter
from app.improvement.citizen_letters.numbers import letter_numbers
from app.improvement.citizen_letters.sealing import sealed, unsealed
from app.improvement.monitoring.models import DataFinding
from app.improvement.monitoring.operations.detection import next_numbers
from app.improvement.monitoring.words import CATEGORIES, SEVERITIES
from workflows.improvement.citizen_letter import CITIZEN_LETTER

LONGEST_ANSWER = 3000
CARRIED_ALREADY = Sentence("这封来信已经登记过发现", "A finding was registered from this letter already")
NO_TITLE = Sentence("用一句话写清问题，不写来信人和学生的情况", "Say the problem in one line, nothing of persons")


@dataclass(frozen=True)
class AnswerIn:
    """What the writer is told."""

    answer: str
    version: int | None = None


@dataclass(frozen=True)
class HandBackIn:
    """Why it is not one's own to answer."""

    reason: str
    version: int | None = None


@dataclass(frozen=True)
class CarryIn:
    """What the letter points out, in the office's own words."""

    title: str
    category: str
    severity: str
    version: int | None = None


@operation(CITIZEN_LETTER, "answer")
def answer_letter(actor: Actor, letter: CitizenLetter, given: AnswerIn) -> Iterator[None]:
    """Answer the writer, and with the same words the writers of the letters merged into this one."""
    today = clock.today()
    letter.answer_sealed = sealed(letter, "answer_sealed", given.answer[:LONGEST_ANSWER])
    letter.answered_by, letter.answered_at = actor.person_id, clock.now()
    letter.rate_by = today + timedelta(days=letter_numbers().rating_days)
    if letter.round == 1:
        letter.is_in_time = letter.answer_by is not None and today <= letter.answer_by
    yield
    before = widen(counties=(letter.county_id,))
    waiting = select(CitizenLetter).where(CitizenLetter.merged_into_id == letter.id, CitizenLetter.state == "merged")
    merged = db.session.scalars(waiting).all()
    answer_merged(letter, merged)
    for one in merged:
        follow(one, "answer_with_first")
    use_context(before)


def answer_merged(first: CitizenLetter, merged: Sequence[CitizenLetter]) -> None:
    """Give the answer of the first letter to those merged into it; inside an act."""
    words = unsealed(first, "answer_sealed")
    for one in merged:
        one.answer_sealed = sealed(one, "answer_sealed", words)
        one.answered_by, one.answered_at = first.answered_by, first.answered_at
        one.is_in_time = first.is_in_time
        one.rate_by = clock.today() + timedelta(days=letter_numbers().rating_days)
    db.session.flush()


@operation(CITIZEN_LETTER, "hand_back")
def hand_letter_back(actor: Actor, letter: CitizenLetter, given: HandBackIn) -> Iterator[None]:
    """It is not one's own to answer: the office sorts it again."""
    yield
    before = widen(counties=(letter.county_id,))
    letter.owner_id, letter.unit_id, letter.answer_by = None, None, None
    db.session.flush()
    use_context(before)


@operation(right="letters.carry_letter", name="citizen_letter.carry")
def carry_letter(actor: Actor, letter: CitizenLetter, given: CarryIn) -> CitizenLetter:
    """Register a data finding from it, in one's own words, with the letter as its source (decision 48)."""
    if letter.finding_id is not None:
        raise StepRefused((CARRIED_ALREADY,))
    if not given.title.strip() or given.category not in CATEGORIES or given.severity not in SEVERITIES:
        raise Invalid("title", NO_TITLE)
    before = widen(counties=(letter.county_id,))
    made = DataFinding(
        id=uuid7(),
        number=next_numbers(letter.county_id, 1)[0],
        title=given.title.strip()[:120],
        source_type="petition",
        source_reference=f"群众来信 {letter.number}",
        category=given.category,
        unit_id=letter.school_id,
        severity=given.severity,
        known_on=clock.today(),
        registered_by=actor.person_id,
        provenance={"registered": f"群众来信 {letter.number}"},
        interpretation="",
        school_comment="",
        cause_hypotheses=[],
        supporting_evidence=[],
        county_id=letter.county_id,
        school_id=letter.school_id,
    )
    begin(made, "carry_from_letter")
    letter.finding_id = made.id
    db.session.flush()
    use_context(before)
    return letter
