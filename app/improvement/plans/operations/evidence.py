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
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.core.storage import Stored
from app.improvement.plans.models import (
    Evidence,
    EvidenceCriterion,
    EvidenceUse,
    EvidenceVersion,
    RemediationAction,
    pieces_under,
)
from app.improvement.plans.operations.editing import must_not_be_the_owner
from app.improvement.plans.operations.plans import PlanStep
from app.improvement.problems.operations.reopenings import ReopeningIn, is_proposed, propose_by_system
from workflows.improvement.evidence import EVIDENCE

AT_WORK = ("in_progress", "returned", "evidence_submitted")
"""States of a measure in which evidence is added."""
CLOSED_LONG_AGO = Sentence(
    "问题项销号已超过 24 个月，不能再重新打开；没有别的佐证，这份不能判定失实。请另列问题项",
    "The item was closed more than 24 months ago and cannot be reopened; without other evidence this piece cannot be"
    " judged false. List a new item",
)
FULL = Sentence("这条标准的佐证已到上限", "This criterion has its maximum of evidence")


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
    if action.state not in AT_WORK:
        raise Invalid("", Sentence("措施开始以后才能添加佐证", "Evidence is added once the measure has begun"))
    _must_be_sound(action, given)
    evidence = Evidence(
        id=uuid7(),
        action_id=action.id,
        action=action,
        unit_id=action.unit_id,
        county_id=action.county_id,
        school_id=action.school_id,
        owner_id=actor.person_id,
    )
    _fill(action, evidence, given)
    _add_version(actor, evidence, given)
    return evidence


def _must_be_sound(action: RemediationAction, given: EvidenceIn) -> None:
    if not given.title.strip():
        raise Invalid("title", Sentence("请给佐证起个名字", "Give the evidence a name"))
    if given.happened_on is not None and given.happened_on > clock.today():
        raise Invalid("happened_on", Sentence("佐证日期不能晚于今天", "The evidence cannot lie in the future"))
    _must_be_of(action, given.criterion_id)


def _fill(action: RemediationAction, evidence: Evidence, given: EvidenceIn) -> None:
    for name in ("kind", "criterion_id", "happened_on", "privacy_checked"):
        setattr(evidence, name, getattr(given, name))
    for name in ("title", "description", "place", "person"):
        setattr(evidence, name, getattr(given, name).strip())
    # A new piece is not in the session yet, and the criteria of a measure may still have to be read.
    with db.session.no_autoflush:
        evidence.criterion = next((one for one in action.criteria if one.id == given.criterion_id), None)


def _must_be_of(action: RemediationAction, criterion_id: uuid.UUID | None) -> None:
    if criterion_id is not None and criterion_id not in {one.id for one in action.criteria}:
        raise Invalid("criterion", Sentence("请选择这项措施的佐证标准", "Choose a criterion of this measure"))


def _add_version(actor: Actor, evidence: Evidence, given: EvidenceIn) -> None:
    """A file or a link begins a new version; so do new words about returned evidence, with the content it had."""
    latest = evidence.latest
    said_anew = latest is not None and latest.description != evidence.description and evidence.state == "returned"
    if given.file is None and not given.link and not said_anew:
        return
    version = EvidenceVersion(
        id=uuid7(),
        evidence_id=evidence.id,
        number=len(evidence.versions) + 1,
        description=evidence.description,
        added_by=actor.person_id,
        county_id=evidence.county_id,
        school_id=evidence.school_id,
    )
    if given.file is not None:
        _hold_file(version, given.file)
    elif given.link:
        version.link = given.link
    elif latest is not None:
        for name in ("file_sha256", "original_sha256", "file_name", "media_type", "size", "link", "checked"):
            setattr(version, name, getattr(latest, name))
    evidence.versions.append(version)
    if version.checked is False:
        post("evidence_scan", evidence, version=str(version.id))


def _hold_file(version: EvidenceVersion, file: Stored) -> None:
    version.file_sha256, version.original_sha256 = file.sha256, file.original_sha256
    version.file_name, version.media_type, version.size = file.name, file.media_type, file.size
    version.checked = file.state == "ready"


@operation(right="plans.submit_evidence", name="evidence.edit")
def edit_evidence(actor: Actor, evidence: Evidence, given: EvidenceIn) -> None:
    """Change words, or add a new version of the content; older versions stay."""
    if not evidence.can_be_edited:
        raise Invalid("", Sentence("佐证已提交，不能再改", "The evidence is submitted and cannot be changed"))
    _must_be_sound(evidence.action, given)
    _fill(evidence.action, evidence, given)
    _add_version(actor, evidence, given)


def _one_at_a_time(criterion_id: uuid.UUID | None) -> None:
    """Whoever counts the pieces of a criterion waits for those who are adding one just now."""
    if criterion_id is not None:
        held = select(EvidenceCriterion.id).where(EvidenceCriterion.id == criterion_id)
        db.session.execute(held.with_for_update())


@operation(EVIDENCE, "submit")
def submit_evidence(actor: Actor, evidence: Evidence, given: PlanStep) -> None:
    """Hand it to the verifier."""
    _one_at_a_time(evidence.criterion_id)
    evidence.opened_at = None


@operation(EVIDENCE, "resubmit")
def resubmit_evidence(actor: Actor, evidence: Evidence, given: PlanStep) -> None:
    """Hand the new version to the verifier."""
    _one_at_a_time(evidence.criterion_id)
    evidence.opened_at = None


@operation(EVIDENCE, "accept")
def accept_evidence(actor: Actor, evidence: Evidence, given: PlanStep) -> None:
    """It is authentic and shows what it should."""
    _judged_by(actor, evidence)


@operation(EVIDENCE, "return_evidence")
def return_evidence(actor: Actor, evidence: Evidence, given: PlanStep) -> None:
    """Something is missing; the reason says what."""
    _judged_by(actor, evidence)
    evidence.returned_version = len(evidence.versions)


@operation(EVIDENCE, "reject")
def reject_evidence(actor: Actor, evidence: Evidence, given: PlanStep) -> Iterator[None]:
    """It is false: the measures that rest on it are open again, and a closed item is proposed for reopening."""
    _judged_by(actor, evidence)
    yield
    for action in _resting_on(evidence):
        if action.plan.item.state == "closed":
            propose_by_system(action.plan.item, ReopeningIn("evidence_false", given.reason or ""))
            if action.plan.item.chain_gaps and not is_proposed(action.plan.item.id):
                raise StepRefused((CLOSED_LONG_AGO,))
        elif action.plan.state == "active":
            follow(action, "reopen")


def _judged_by(actor: Actor, evidence: Evidence) -> None:
    must_not_be_the_owner(actor, evidence.action)
    evidence.opened_at = evidence.opened_at or clock.now()


def _resting_on(evidence: Evidence) -> list[RemediationAction]:
    """The completed measures that were accepted with this evidence, its own one first."""
    used_by = select(EvidenceUse.action_id).where(EvidenceUse.evidence_id == evidence.id)
    wanted = select(RemediationAction).where(
        (RemediationAction.id == evidence.action_id) | RemediationAction.id.in_(used_by),
        RemediationAction.state == "completed",
    )
    found = list(db.session.scalars(wanted.order_by(RemediationAction.id != evidence.action_id, RemediationAction.id)))
    for action in found:
        db.session.refresh(action, ["evidence"])
    return found


@operation(EVIDENCE, "withdraw")
def withdraw_evidence(actor: Actor, evidence: Evidence, given: PlanStep) -> None:
    """Take it back while nobody has opened it."""


@operation(EVIDENCE, "discard")
def discard_evidence(actor: Actor, evidence: Evidence, given: PlanStep) -> None:
    """Give a draft up; it stays on record."""


@operation(right="plans.judge_evidence", name="evidence.open")
def open_evidence(actor: Actor, action: RemediationAction, given: None = None) -> None:
    """The verifier begins with a measure: what is submitted of it cannot be withdrawn any more (G6)."""
    _open_all(actor, action)


@operation(right="plans.judge_school_evidence", name="evidence.open_at_school")
def open_school_evidence(actor: Actor, action: RemediationAction, given: None = None) -> None:
    """The same for a measure of a school's own list."""
    _open_all(actor, action)


def _open_all(actor: Actor, action: RemediationAction) -> None:
    must_not_be_the_owner(actor, action)
    for evidence in action.evidence:
        if evidence.state == "submitted":
            evidence.opened_at = evidence.opened_at or clock.now()


@operation(right="plans.submit_evidence", name="evidence.use")
def use_evidence(actor: Actor, action: RemediationAction, given: UseIn) -> None:
    """Show accepted evidence of the same unit for another measure: a link, no second file."""
    if action.state not in AT_WORK:
        raise Invalid("", Sentence("措施开始以后才能添加佐证", "Evidence is added once the measure has begun"))
    evidence = db.session.scalar(
        select(Evidence).where(Evidence.id == given.evidence_id, Evidence.unit_id == action.unit_id)
    )
    if evidence is None or evidence.state != "accepted" or evidence.action_id == action.id:
        raise Invalid("evidence", Sentence("请选择本单位已采信的佐证", "Choose accepted evidence of your own unit"))
    _must_be_of(action, given.criterion_id)
    _one_at_a_time(given.criterion_id)
    criterion = next((c for c in action.criteria if c.id == given.criterion_id), None)
    if criterion is not None and pieces_under(criterion.id) >= criterion.maximum:
        raise Invalid("criterion", FULL)
    if _is_used(evidence, action):
        raise Invalid("evidence", Sentence("这份佐证已经引用过了", "This evidence is shown here already"))
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


def _is_used(evidence: Evidence, action: RemediationAction) -> bool:
    used = select(EvidenceUse.id).where(EvidenceUse.evidence_id == evidence.id, EvidenceUse.action_id == action.id)
    return db.session.scalar(used) is not None


@operation(right="system", name="evidence.scanned")
def pass_scanned_file(actor: Actor, evidence: Evidence, given: str) -> None:
    """The scanner has passed the file with this digest: every version that holds it is given out from now on."""
    for version in evidence.versions:
        if version.file_sha256 == given:
            version.checked = True


@operation(right="system", name="evidence.infected")
def refuse_scanned_file(actor: Actor, evidence: Evidence, given: str) -> None:
    """The scanner found something: the file is gone from the shelf, and the piece says that it needs another."""
    for version in evidence.versions:
        if version.file_sha256 == given:
            version.infected = True
