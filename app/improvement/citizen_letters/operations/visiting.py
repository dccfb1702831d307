"""What a letter points out is looked at on the spot: one line on the checklist of a visit, in words that are not the writer's."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from sqlalchemy import select

from app.core.casework.door import operation
from app.core.database import db
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.policy.actor import Actor
from app.improvement.citizen_letters.models import CitizenLetter
from app.improvement.citizen_letters.queries.visiting import visits_to_ask
from app.improvement.citizen_letters.sealing import unsealed
from app.improvement.visits.models import SupervisionVisit
from app.improvement.visits.operations.checklists import LONGEST, add_line_to

ASKED_ALREADY = Sentence("这封来信已经带到一次视导里", "This letter is on the checklist of a visit already")
NO_VISIT = Sentence("请选择还能加检查项的视导", "Choose a visit whose checklist is still open")
NO_QUESTION = Sentence("请写到校看什么", "Say what is to be looked at")
SAME_WORDS = Sentence(
    "有一句和来信的原话一样，学校会认出来；请换成自己的话",
    "Part of it is word for word what the letter says, and the school could tell; use words of your own",
)
LONGEST_RUN = 8
"""So many characters in a row that stand in the letter too are the writer's words."""
NOT_WORDS = re.compile(r"\W+")


@dataclass(frozen=True)
class QuestionIn:
    """At which visit, and what is looked at."""

    visit_id: uuid.UUID | None
    question: str
    version: int | None = None


@operation(right="letters.carry_letter", name="citizen_letter.ask_at_visit")
def ask_at_visit(actor: Actor, letter: CitizenLetter, given: QuestionIn) -> None:
    """Put a line on the checklist of a visit to the school; nothing on it leads back to the letter. Raises Invalid, StepRefused."""
    if letter.visit_line_id is not None:
        raise StepRefused((ASKED_ALREADY,))
    question = given.question.strip()
    if not question or len(question) > LONGEST:
        raise Invalid("question", NO_QUESTION)
    if repeats(question, unsealed(letter, "text_sealed")) or repeats(question, unsealed(letter, "contact_sealed")):
        raise Invalid("question", SAME_WORDS)
    if given.visit_id not in {one.id for one in visits_to_ask(actor, letter)}:
        raise Invalid("visit", NO_VISIT)
    wanted = select(SupervisionVisit).where(SupervisionVisit.id == given.visit_id)
    visit = db.session.scalars(wanted.with_for_update(of=SupervisionVisit)).one()
    line = add_line_to(visit, question, None)
    db.session.flush()
    letter.visit_line_id = line.id


def repeats(question: str, words: str) -> bool:
    """Whether a run of the question stands in the words too, punctuation and spaces aside."""
    said, asked = NOT_WORDS.sub("", words), NOT_WORDS.sub("", question)
    return any(asked[at : at + LONGEST_RUN] in said for at in range(len(asked) - LONGEST_RUN + 1))
