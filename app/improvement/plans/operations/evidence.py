"""Evidence: adding, a new version, submitting, judging, using again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core import clock
from app.core.casework.door import follow, operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.core.storage import Stored
from app.improvement.plans.models import Evidence, EvidenceUse, EvidenceVersion, RemediationAction
from app.improvement.plans.operations.plans import PlanStep
from app.improvement.problems.operations.reopenings import ReopeningIn, propose_by_system
from workflows.improvement.evidence import EVIDENCE


@dataclass(frozen=True)
class EvidenceIn:
    """One piece of evidence: what it shows, when and where it was, and the stored file or the link."""

    kind: str
    title: str
    description: str
    happened_on: date | None
    place: str
    person: str
    privacy_checked: bool
    criterion_id: uuid.UUID | None = None
    file: Stored | None = None
    link: str | None = None
    version: int | None = None


@dataclass(frozen=True)
class UseIn:
    """Showing accepted evidence for another measure as well."""

    evidence_id: uuid.UUID
    criterion_id: uuid.UUID | None = None


@operation(EVIDENCE, "add")
def add_evidence(actor: Actor, action: RemediationAction, given: EvidenceIn) -> Evidence:
    """Put a piece of evidence to a measure that is being worked on; it is submitted by a step of its own."""
    if action.state not in ("in_progress", "returned", "evidence_submitted"):
        raise Invalid("", Sentence("措施开始以后才能添加佐证", "Evidence is added once the measure has begun"))
    evidence = Evidence(
        id=uuid7(),
        action_id=action.id,
        action=action,
        unit_id=action.unit_id,
        county_id=action.county_id,
        school_id=action.school_id,
        owner_id=actor.person_id,
    )
    _fill(evidence, given)
    _add_version(actor, evidence, given)
    return evidence


def _fill(evidence: Evidence, given: EvidenceIn) -> None:
    if not given.title.strip():
        raise Invalid("title", Sentence("请给佐证起个名字", "Give the evidence a name"))
    if given.happened_on is not None and given.happened_on > clock.today():
        raise Invalid("happened_on", Sentence("佐证日期不能晚于今天", "The evidence cannot lie in the future"))
    for name in ("kind", "criterion_id", "happened_on", "privacy_checked"):
        setattr(evidence, name, getattr(given, name))
    for name in ("title", "description", "place", "person"):
        setattr(evidence, name, getattr(given, name).strip())


def _add_version(actor: Actor, evidence: Evidence, given: EvidenceIn) -> None:
    if given.file is None and not given.link:
        return
    file = given.file
    evidence.versions.append(
        EvidenceVersion(
            id=uuid7(),
            evidence_id=evidence.id,
            number=len(evidence.versions) + 1,
            file_sha256=file.sha256 if file else None,
            original_sha256=file.original_sha256 if file else None,
            file_name=file.name if file else None,
            media_type=file.media_type if file else None,
            size=file.size if file else None,
            link=None if file else given.link,
            checked=file is None or file.state == "ready",
            identity_number_count=len(file.id_numbers) if file else 0,
            added_by=actor.person_id,
            county_id=evidence.county_id,
            school_id=evidence.school_id,
        )
    )


@operation(right="plans.submit_evidence", name="evidence.edit")
def edit_evidence(actor: Actor, evidence: Evidence, given: EvidenceIn) -> None:
    """Change words, or add a new version of the content; older versions stay."""
    if evidence.state not in ("draft", "returned"):
        raise Invalid("", Sentence("佐证已提交，不能再改", "The evidence is submitted and cannot be changed"))
    _fill(evidence, given)
    _add_version(actor, evidence, given)


@operation(EVIDENCE, "submit")
def submit_evidence(actor: Actor, evidence: Evidence, given: PlanStep) -> None:
    """Hand it to the verifier."""
    evidence.opened_at = None


@operation(EVIDENCE, "resubmit")
def resubmit_evidence(actor: Actor, evidence: Evidence, given: PlanStep) -> None:
    """Hand the new version to the verifier."""
    evidence.opened_at = None


@operation(EVIDENCE, "accept")
def accept_evidence(actor: Actor, evidence: Evidence, given: PlanStep) -> None:
    """It is authentic and shows what it should."""


@operation(EVIDENCE, "return_evidence")
def return_evidence(actor: Actor, evidence: Evidence, given: PlanStep) -> None:
    """Something is missing; the reason says what."""
    evidence.returned_version = len(evidence.versions)


@operation(EVIDENCE, "reject")
def reject_evidence(actor: Actor, evidence: Evidence, given: PlanStep) -> Iterator[None]:
    """It is false: its measure is open again, and a closed item is proposed for reopening."""
    yield
    action = evidence.action
    if action.state == "completed":
        db.session.refresh(action, ["evidence"])
        if action.plan.item.state == "closed":
            propose_by_system(action.plan.item, ReopeningIn("evidence_false", given.reason or ""))
        else:
            follow(action, "reopen")


@operation(EVIDENCE, "withdraw")
def withdraw_evidence(actor: Actor, evidence: Evidence, given: PlanStep) -> None:
    """Take it back while nobody has opened it."""


@operation(EVIDENCE, "discard")
def discard_evidence(actor: Actor, evidence: Evidence, given: PlanStep) -> None:
    """Give a draft up; it stays on record."""


@operation(right="plans.judge_evidence", name="evidence.open")
def mark_evidence_opened(actor: Actor, evidence: Evidence, given: None = None) -> None:
    """The verifier has opened it: from now on it cannot be withdrawn (G6)."""
    evidence.opened_at = evidence.opened_at or clock.now()


@operation(right="plans.submit_evidence", name="evidence.use")
def use_evidence(actor: Actor, action: RemediationAction, given: UseIn) -> None:
    """Show accepted evidence of the same unit for another measure: a link, no second file."""
    evidence = db.session.scalar(
        select(Evidence).where(Evidence.id == given.evidence_id, Evidence.unit_id == action.unit_id)
    )
    if evidence is None or evidence.state != "accepted" or evidence.action_id == action.id:
        raise Invalid("evidence", Sentence("请选择本单位已采信的佐证", "Choose accepted evidence of your own unit"))
    criterion = next((c for c in action.criteria if c.id == given.criterion_id), None)
    if criterion is not None and _taken(action, criterion.id) >= criterion.maximum:
        raise Invalid("criterion", Sentence("这条标准的佐证已到上限", "This criterion has its maximum of evidence"))
    db.session.add(
        EvidenceUse(
            evidence_id=evidence.id,
            action_id=action.id,
            criterion_id=given.criterion_id,
            linked_by=actor.person_id,
            county_id=action.county_id,
            school_id=action.school_id,
        )
    )


def _taken(action: RemediationAction, criterion_id: uuid.UUID) -> int:
    own = sum(1 for e in action.evidence if e.criterion_id == criterion_id and e.state in ("submitted", "accepted"))
    return own + action._uses().get(criterion_id, 0)
