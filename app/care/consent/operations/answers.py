"""What guardians and students say, and what follows: agreement, refusal, taking back, asking again."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from app.care.consent.models import AccessCode, Consent, ConsentAnswer
from app.core import clock
from app.core.casework.door import follow, operation
from app.core.database import uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.core.storage import Stored
from workflows.care.consent import CONSENT

NOT_YOURS = Sentence("这个码答复不了这份征询", "This code cannot answer this")
CHOOSE = Sentence("请选同意或不同意", "Choose whether you agree")
OLD_NOTICE = Sentence(
    "告知内容已更新，请重新打开页面再答复", "The notice has changed; open the page again before answering"
)
WHO = ("guardian1", "guardian2", "student")


@dataclass(frozen=True)
class AnswerIn:
    """An answer by a personal code; `notice_version` as the page showed it, `version` of the consent."""

    answer: str
    code: AccessCode
    notice_version: str
    version: int | None = None


@dataclass(frozen=True)
class PaperIn:
    """An answer on paper: who signed, what it says, and the scan where there is one."""

    who: str
    answer: str
    stored: Stored | None = None
    version: int | None = None
    reason: str | None = None


@dataclass(frozen=True)
class AskAgain:
    """A step with the version that the page showed."""

    version: int | None = None


@operation(CONSENT, "answer")
def answer_consent(actor: Actor, consent: Consent, given: AnswerIn) -> Generator[None]:
    """Say yes or no by one's code; the second guardian's no outweighs the first one's yes. Raises Invalid, StepRefused."""
    if given.answer not in ("agree", "refuse"):
        raise Invalid("answer", CHOOSE)
    _by_code(consent, given, given.answer)
    yield
    settle(consent)


@operation(CONSENT, "take_back")
def take_back_consent(actor: Actor, consent: Consent, given: AnswerIn) -> Generator[None]:
    """Take it back: it acts with the next request, and queued work asks again before it begins (security 41)."""
    _by_code(consent, given, "withdraw")
    yield
    tell_withdrawn(consent)


@operation(CONSENT, "record_paper")
def record_paper(actor: Actor, consent: Consent, given: PaperIn) -> Generator[None]:
    """Enter a signed paper. Raises Invalid for a guardian whom the roll does not know."""
    _on_paper(actor, consent, given, given.answer)
    yield
    settle(consent)


@operation(CONSENT, "record_withdrawal")
def record_withdrawal(actor: Actor, consent: Consent, given: PaperIn) -> Generator[None]:
    """Enter that a guardian or the student takes the agreement back on paper or by telephone, with the reason."""
    _on_paper(actor, consent, given, "withdraw")
    yield
    tell_withdrawn(consent)


@operation(CONSENT, "ask_again")
def ask_again(actor: Actor, consent: Consent, given: AskAgain) -> None:
    """Ask once more, thirty days after a refusal; what was said before does not count any more."""
    consent.asked_on = clock.today()


def settle(consent: Consent) -> None:
    """What the answers so far amount to, inside the open act."""
    if consent.somebody_refused:
        follow(consent, "refuse")
        tell_withdrawn(consent)
    elif consent.everybody_agreed:
        follow(consent, "grant")
        post("consent_changed", consent, purpose=consent.purpose)


def tell_withdrawn(consent: Consent) -> None:
    """Whoever works with what was agreed hears that it is over; found by purpose, never by name."""
    post("consent_changed", consent, queue="urgent", purpose=consent.purpose)


def _by_code(consent: Consent, given: AnswerIn, answer: str) -> None:
    code = given.code
    if code.student_id != consent.student_id:
        raise StepRefused((NOT_YOURS,))
    if given.notice_version != consent.round.notice_version:
        raise Invalid("answer", OLD_NOTICE)
    _add(consent, code.kind, answer, channel="phone", code_id=code.id)


def _on_paper(actor: Actor, consent: Consent, given: PaperIn, answer: str) -> None:
    if answer not in ("agree", "refuse", "withdraw"):
        raise Invalid("answer", CHOOSE)
    kept = given.stored
    file = {} if kept is None else {
        "file_sha256": kept.sha256, "file_name": kept.name, "media_type": kept.media_type, "file_size": kept.size,
    }  # fmt: skip
    _add(consent, given.who, answer, channel="paper", recorded_by=actor.person_id, **file)


def _add(consent: Consent, who: str, answer: str, **proof: object) -> None:
    round_ = consent.round
    row = ConsentAnswer(
        id=uuid7(), county_id=consent.county_id, school_id=consent.school_id, consent_id=consent.id,
        student_id=consent.student_id, who=who, relation=relation_of(consent, who), answer=answer,
        notice_version=round_.notice_version, notice_sha256=round_.notice_sha256, answered_at=clock.now(), **proof,
    )  # fmt: skip
    consent.answers.append(row)


def relation_of(consent: Consent, who: str) -> str:
    """How this person is related to the child, as the roll says; "other" where it says nothing. Raises Invalid."""
    if who == "student":
        return "self"
    if who not in WHO:
        raise Invalid("who", NOT_YOURS)
    place = 0 if who == "guardian1" else 1
    listed = consent.student.guardians or []
    found = listed[place].get("relation") if place < len(listed) else None
    return found if found in ("father", "mother", "grandparent") else "other"
