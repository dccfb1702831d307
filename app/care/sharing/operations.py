"""A handover: prepared field by field, approved by another person, handed over as it was approved."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from app.care.emergencies.models import EmergencyNotice
from app.care.protection.models import RECIPIENT, ImpactAssessment
from app.care.rights.operations.requests import Child
from app.care.sharing.models import BASES, FIELDS, WRITTEN, Handover
from app.care.sharing.sealing import digest_of, sealed
from app.care.versions.operations import VersionStep
from app.core import clock
from app.core.casework.door import FOUR_EYES, operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.policy.actor import Actor
from app.core.storage import Stored
from app.people.directory.models import SchoolClass, Unit
from app.people.directory.words import GENDERS
from workflows.care.handover import HANDOVER

OPEN = ("draft", "returned")
NO_RECIPIENT = Sentence(
    "请从列表里选接收方；没有的先办影响评估", "Choose a recipient of the list; others need an impact assessment first"
)
NO_FIELD = Sentence("请至少勾选一项要提供的内容", "Tick at least one field")
NO_BASIS = Sentence("请选依据", "Choose the basis")
NO_REASON = Sentence("请写例外的理由，至少 20 个字", "Give the reason of the exception, in at least 20 characters")
NO_DAY = Sentence("请写签字日期，不晚于今天", "Give the day of signature, today or before")
IN_FORCE = Sentence("已经提交，不能再改；要改请先退回", "It is submitted; it has to be returned before it is changed")
SHORTEST_REASON = 20


@dataclass(frozen=True)
class HandoverIn:
    """To whom, which fields, on which basis; `words`: what was written; `why`: the exception's reason; `file`: the scan."""

    recipient: str
    fields: tuple[str, ...]
    basis: str
    words: Mapping[str, str] = field(default_factory=dict, repr=False)
    why: str = field(default="", repr=False)
    signed_on: date | None = None
    student_agreed: bool = False
    file: Stored | None = None
    version: int | None = None


@operation(HANDOVER, "prepare")
def prepare_handover(actor: Actor, child: Child, given: HandoverIn) -> Handover:
    """Begin one. Raises Invalid naming the field."""
    assert actor.person_id is not None
    made = Handover(
        id=uuid7(), county_id=child.county_id, school_id=child.school_id, unit_id=child.school_id,
        owner_id=actor.person_id, student_id=child.student_id,
    )  # fmt: skip
    with db.session.no_autoflush:
        _write(made, given)
    return made


@operation(right="sharing.prepare_handover", name="handover.write")
def write_handover(actor: Actor, handover: Handover, given: HandoverIn) -> None:
    """Change it, as long as it is not submitted. Raises StepRefused, Invalid."""
    if handover.state not in OPEN:
        raise StepRefused((IN_FORCE,))
    _write(handover, given)


def _write(one: Handover, given: HandoverIn) -> None:
    if not given.fields or not set(given.fields) <= set(FIELDS):
        raise Invalid("fields", NO_FIELD)
    if given.basis not in BASES:
        raise Invalid("basis", NO_BASIS)
    if given.basis != "consent" and len(given.why.strip()) < SHORTEST_REASON:
        raise Invalid("why", NO_REASON)
    if given.basis == "consent" and given.signed_on is not None and given.signed_on > clock.today():
        raise Invalid("signed_on", NO_DAY)
    one.assessment_id = _recipient(one, given).id
    named = tuple(one_field for one_field in FIELDS if one_field in given.fields)
    if one.fields is not None and (list(named) != one.fields or given.file is not None):
        one.consent_sha256 = one.consent_name = one.consent_type = None
    one.fields, one.basis = list(named), given.basis
    words = {name: given.words.get(name, "").strip() for name in WRITTEN if name in named}
    one.words_sealed = sealed(one, "words_sealed", words)
    one.reason_sealed = sealed(one, "reason_sealed", {"why": given.why.strip()}) if given.basis != "consent" else None
    one.notice_id = _notice(one) if given.basis == "emergency" else None
    one.signed_on, one.student_agreed = given.signed_on, given.student_agreed
    if given.file is not None:
        one.consent_sha256, one.consent_name = given.file.sha256, given.file.name[:200]
        one.consent_type = given.file.media_type


def _notice(one: Handover) -> uuid.UUID | None:
    """The child's newest emergency without an agreement."""
    wanted = select(EmergencyNotice.id).where(EmergencyNotice.student_id == one.student_id)
    newest = wanted.order_by(EmergencyNotice.happened_on.desc(), EmergencyNotice.id.desc()).limit(1)
    found: uuid.UUID | None = db.session.scalar(newest)
    return found


def _recipient(one: Handover, given: HandoverIn) -> ImpactAssessment:
    """The recipient's assessment in force. An agreement for another recipient does not count for this one."""
    wanted = select(ImpactAssessment).where(
        ImpactAssessment.ref == given.recipient, ImpactAssessment.county_id == one.county_id,
        ImpactAssessment.kind == RECIPIENT, ImpactAssessment.state == "active",
    )  # fmt: skip
    found = db.session.scalar(wanted)
    if found is None:
        raise Invalid("recipient", NO_RECIPIENT)
    if one.assessment_id is not None and one.assessment_id != found.id:
        one.consent_sha256 = one.consent_name = one.consent_type = None
    return found


@operation(HANDOVER, "submit")
def submit_handover(actor: Actor, handover: Handover, given: VersionStep) -> None:
    """Ask the head of the school's psychological work."""
    handover.submitted_by = actor.person_id


@operation(HANDOVER, "approve")
def approve_handover(actor: Actor, handover: Handover, given: VersionStep) -> None:
    """Approve it: the named fields are frozen under their digest. Raises StepRefused to who prepared or submitted it."""
    _by_somebody_else(actor, handover)
    packet = carried(handover)
    handover.packet_sealed, handover.packet_sha256 = sealed(handover, "packet_sealed", packet), digest_of(packet)
    handover.approved_by = actor.person_id


def carried(handover: Handover) -> dict[str, str]:
    """The one function that says what leaves: the named fields, and no other."""
    student = handover.student
    assert student is not None
    group = db.session.get(SchoolClass, student.class_id) if student.class_id else None
    school = db.session.get_one(Unit, student.school_id).name
    guardians = "、".join(str(one.get("name", "")) for one in student.guardians or [])
    known: dict[str, Any] = {
        "name": student.name, "gender": GENDERS[student.gender].zh, "birth_date": student.birth_date.isoformat(),
        "school": f"{school} {group.name if group else ''}".strip(), "guardian": guardians, **handover.words,
    }  # fmt: skip
    return {name: str(known[name]) for name in handover.fields}


@operation(HANDOVER, "return_handover")
def return_handover(actor: Actor, handover: Handover, given: VersionStep) -> None:
    """Back to who prepared it."""
    _by_somebody_else(actor, handover)


def _by_somebody_else(actor: Actor, one: Handover) -> None:
    if actor.person_id in (one.owner_id, one.submitted_by):
        raise StepRefused((FOUR_EYES,))


@operation(HANDOVER, "hand_over")
def hand_over(actor: Actor, handover: Handover, given: VersionStep) -> None:
    """The letter was handed over, as it was approved; the moment is that of the state."""


@operation(HANDOVER, "withdraw")
def withdraw_handover(actor: Actor, handover: Handover, given: VersionStep) -> None:
    """Nothing is handed over: the guardian took the agreement back, or it is not needed any more."""
