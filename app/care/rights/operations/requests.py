"""What the family asks and the data protection officer answers."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from app.care.consent.models import AccessCode
from app.care.rights.models import KINDS, RightsRequest
from app.care.rights.sealing import sealed
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.people.directory.models import Student
from workflows.care.rights_request import RIGHTS_REQUEST

CHOOSE = Sentence("请选要办什么", "Choose what you ask for")
SAY_WHAT = Sentence(
    "请写明是哪一项、应当怎样，至少 5 个字", "Say which entry it is and how it should be, in at least 5 characters"
)
ALREADY = Sentence("同样的请求正在办理", "The same request is being worked on already")
SHORTEST = 5


@dataclass(frozen=True)
class Child:
    """About whom somebody asks: the one child of the code."""

    ref: str
    county_id: uuid.UUID
    school_id: uuid.UUID
    student_id: uuid.UUID

    @classmethod
    def of(cls, student: Student) -> Child:
        """This student."""
        return cls(student.ref, student.county_id, student.school_id, student.id)


@dataclass(frozen=True)
class RequestIn:
    """What somebody asks; `code`: by which personal code he or she is inside."""

    kind: str
    words: str
    code: AccessCode


@dataclass(frozen=True)
class AnswerIn:
    """The answer, or why it is refused; at least ten characters by the machine's own rule."""

    reason: str
    version: int | None = None


@dataclass(frozen=True)
class RequestStep:
    """A step with the version that the page showed."""

    version: int | None = None


@operation(RIGHTS_REQUEST, "ask")
def ask_request(actor: Actor, child: Child, given: RequestIn) -> RightsRequest:
    """Ask; the code, its kind and the moment are the proof of identity. Raises Invalid."""
    words, code = given.words.strip(), given.code
    if given.kind not in KINDS:
        raise Invalid("kind", CHOOSE)
    if given.kind in ("correct", "delete") and len(words) < SHORTEST:
        raise Invalid("words", SAY_WHAT)
    same = select(RightsRequest.id).where(
        RightsRequest.student_id == child.student_id, RightsRequest.kind == given.kind,
        RightsRequest.asked_as == code.kind, RightsRequest.state.in_(("received", "preparing")),
    )  # fmt: skip
    if db.session.scalar(same) is not None:
        raise Invalid("kind", ALREADY)
    made = RightsRequest(
        id=uuid7(), county_id=child.county_id, school_id=child.school_id, unit_id=child.school_id,
        student_id=child.student_id, kind=given.kind, asked_as=code.kind, code_id=code.id,
    )  # fmt: skip
    made.words_sealed = sealed(made, "words_sealed", words) if words else None
    return made


@operation(RIGHTS_REQUEST, "take_back")
def take_back_request(actor: Actor, request: RightsRequest, given: RequestStep) -> None:
    """It is not needed any more."""


@operation(RIGHTS_REQUEST, "answer", sealed=True)
def answer_request(actor: Actor, request: RightsRequest, given: AnswerIn) -> None:
    """Say what was done; the result is put together by the system within a minute."""
    request.answer_sealed = sealed(request, "answer_sealed", given.reason.strip())


@operation(RIGHTS_REQUEST, "refuse", sealed=True)
def refuse_request(actor: Actor, request: RightsRequest, given: AnswerIn) -> None:
    """Say why not; whoever asked reads the reason."""
    request.answer_sealed = sealed(request, "answer_sealed", given.reason.strip())
