"""Closing: asked for by the unit, verified by one who took no part, approved by another; then looked at again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.casework.door import begin, follow, operation
from app.core.casework.opening import note_opened
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.effects.as_approved import as_it_is
from app.improvement.effects.evidence_list import accepted_in_round
from app.improvement.effects.models import ClosureRequest, EffectEvaluation, Recheck
from app.improvement.effects.operations.evaluations import EvaluationStep
from app.improvement.plans.models import Evidence, RemediationPlan
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations.items import complete_if_settled
from app.improvement.problems.operations.lists import next_number
from app.improvement.problems.operations.reopenings import ReopeningIn, propose_by_system
from workflows.improvement.closure_request import CLOSURE_REQUEST
from workflows.improvement.recheck import RECHECK

RECHECK_AFTER = timedelta(days=180)


@dataclass(frozen=True)
class ClosureIn:
    """What the unit says of its own work."""

    self_summary: str
    evidence_ids: tuple[str, ...] = ()
    version: int | None = None


@dataclass(frozen=True)
class VerifyIn:
    """What the verifier found, and whether on the spot."""

    opinion: str
    on_site: bool = False
    version: int | None = None


@dataclass(frozen=True)
class RecheckIn:
    """What was seen half a year later."""

    note: str
    seen: str = "seen"
    reason: str | None = None
    version: int | None = None


OPEN = ("draft", "submitted", "verified", "approved", "returned")
TWICE = Sentence(
    "这个问题项已经有一份销号申请在办", "A closure request for this item is open already; continue with that one"
)
NOT_ASKED = Sentence("问题项还没有到待销号", "The item is not waiting for closure")
NOT_NOW = Sentence(
    "申请已经提交，现在不能改；先撤回再改", "The request is submitted; take it back before you change it"
)
NOT_APPROVED = Sentence("批准以后才有销号审批表", "The form is made once the closure is approved")
NOT_ACCEPTED = Sentence(
    "佐证清单里有不是这个问题项这一轮的、或没有采信的佐证，请重新选择",
    "The list names evidence that was not accepted for this round of the item; choose again",
)


@operation(CLOSURE_REQUEST, "draft")
def draft_closure(actor: Actor, item: ProblemItem, given: ClosureIn) -> ClosureRequest:
    """Begin a request: the data before and after come from the decided evaluation."""
    if db.session.scalar(
        select(ClosureRequest.id).where(ClosureRequest.item_id == item.id, ClosureRequest.state.in_(OPEN))
    ):
        raise Invalid("", TWICE)
    if item.state != "pending_closure":
        raise StepRefused((NOT_ASKED,))
    request = ClosureRequest(
        id=uuid7(),
        number=next_number(item.county_id, "XH", "closure_requests"),
        item_id=item.id,
        item=item,
        unit_id=item.unit_id,
        county_id=item.county_id,
        school_id=item.school_id,
        owner_id=actor.person_id,
    )
    _fill(request, given)
    return request


def before_and_after(evaluation: EffectEvaluation | None) -> dict[str, Any]:
    """The numbers of the decided evaluation, frozen into the request."""
    if evaluation is None:
        return {}
    return {
        "estimate": evaluation.computed.get("estimate"),
        "ends": evaluation.computed.get("ends", []),
        "criteria": evaluation.criteria_checked,
        "outcome": evaluation.outcome,
        "computed_outcome": evaluation.computed_outcome,
        "target": evaluation.computed.get("target"),
        "not_measurable": evaluation.effect_not_measurable,
        "decided_on": evaluation.decided_on.isoformat() if evaluation.decided_on else None,
    }


def _fill(request: ClosureRequest, given: ClosureIn) -> None:
    """What the unit says; numbers and evidence are those of this moment, so a returned request carries the newest."""
    evaluation = decided_evaluation(request.item_id)
    request.evaluation_id = evaluation.id if evaluation else None
    request.before_after = before_and_after(evaluation)
    request.self_summary = given.self_summary.strip()
    accepted = [str(one) for one in accepted_evidence(request.item_id)]
    if not set(given.evidence_ids) <= set(accepted):
        raise Invalid("evidence", NOT_ACCEPTED)
    request.evidence_ids = list(given.evidence_ids) or accepted


def decided_evaluation(item_id: uuid.UUID) -> EffectEvaluation | None:
    """The evaluation whose outcome is in force, the newest decided one."""
    return db.session.scalar(
        select(EffectEvaluation)
        .where(EffectEvaluation.item_id == item_id, EffectEvaluation.state == "decided")
        .order_by(EffectEvaluation.decided_on.desc(), EffectEvaluation.created_at.desc())
        .limit(1)
    )


def accepted_evidence(item_id: uuid.UUID) -> list[uuid.UUID]:
    """The accepted evidence of the measures of an item in its present round."""
    query = accepted_in_round(item_id).with_only_columns(Evidence.id)
    return list(db.session.scalars(query.order_by(Evidence.created_at)))


@operation(right="effects.draft_closure", name="closure_request.edit")
def edit_closure(actor: Actor, request: ClosureRequest, given: ClosureIn) -> None:
    """Change a draft or returned request."""
    if request.state not in ("draft", "returned"):
        raise StepRefused((NOT_NOW,))
    _fill(request, given)


@operation(CLOSURE_REQUEST, "submit")
def submit_closure(actor: Actor, request: ClosureRequest, given: EvaluationStep) -> None:
    """Hand it to the verifier; the gate holds for page, bulk and command line alike."""
    request.opened_at, request.submitted_on = None, clock.today()


@operation(CLOSURE_REQUEST, "take_back")
def take_back_closure(actor: Actor, request: ClosureRequest, given: EvaluationStep) -> None:
    """Take it back while nobody has opened it."""


@operation(CLOSURE_REQUEST, "verify")
def verify_closure(actor: Actor, request: ClosureRequest, given: VerifyIn) -> None:
    """One who took no part verifies, on the spot for severe problems; a visit that saw the item counts."""
    request.verifier_opinion = given.opinion.strip()
    request.verified_on_site = given.on_site or request.item.was_seen_on_a_visit


@operation(CLOSURE_REQUEST, "return_request")
def return_closure(actor: Actor, request: ClosureRequest, given: EvaluationStep) -> None:
    """The verifier sends it back."""


@operation(CLOSURE_REQUEST, "approve")
def approve_closure(actor: Actor, request: ClosureRequest, given: EvaluationStep) -> Iterator[None]:
    """Another person approves: the item closes, its plan is completed, and a recheck is due in 180 days."""
    request.approved_on, request.as_approved = clock.today(), as_it_is(request)
    yield
    item = request.item
    item.closed_on = clock.today()
    follow(item, "close")
    follow(request, "close")
    for plan in db.session.scalars(
        select(RemediationPlan).where(RemediationPlan.item_id == item.id, RemediationPlan.state == "active")
    ):
        follow(plan, "complete")
    begin(
        Recheck(
            id=uuid7(),
            item_id=item.id,
            item=item,
            request_id=request.id,
            unit_id=item.unit_id,
            county_id=item.county_id,
            school_id=item.school_id,
            due_on=clock.today() + RECHECK_AFTER,
        ),
        "plan",
    )
    complete_if_settled(item)
    post("closure_approved", request, queue="heavy")


@operation(CLOSURE_REQUEST, "return_verified")
def return_verified_closure(actor: Actor, request: ClosureRequest, given: EvaluationStep) -> None:
    """The approver wants something mended."""


@operation(CLOSURE_REQUEST, "reject")
def reject_closure(actor: Actor, request: ClosureRequest, given: EvaluationStep) -> Iterator[None]:
    """Not closed: the work goes on; a new request may follow."""
    yield
    follow(request.item, "resume_work")


@operation(CLOSURE_REQUEST, "withdraw")
def withdraw_closure(actor: Actor, request: ClosureRequest, given: EvaluationStep) -> Iterator[None]:
    """The unit gives the request up: the work goes on."""
    yield
    follow(request.item, "resume_work")


@operation(right="effects.view_closures", name="closure_request.open")
def mark_closure_opened(actor: Actor, request: ClosureRequest, given: None = None) -> None:
    """Somebody who may verify has opened it: from now on it cannot be taken back (G6)."""
    verifying = CLOSURE_REQUEST.step("verify").right_for(request)
    if request.state == "submitted" and verifying is not None and decide.may(actor, verifying, request):
        note_opened(request)


@operation(right="system", name="closure_request.end_with_item")
def end_with_item(actor: Actor, item: ProblemItem, given: None = None) -> None:
    """The item is void: its open requests are withdrawn."""
    if item.state != "void":
        return
    query = select(ClosureRequest).where(ClosureRequest.item_id == item.id, ClosureRequest.state.in_(OPEN))
    for request in db.session.scalars(query.order_by(ClosureRequest.id)).all():
        follow(request, "withdraw_with_item")


@operation(right="effects.print_document", name="closure_request.print")
def print_closure(actor: Actor, request: ClosureRequest, given: None = None) -> None:
    """Make the forms that are missing: printing was off, or its job was given up."""
    if request.state not in ("approved", "closed"):
        raise StepRefused((NOT_APPROVED,))
    post("closure_approved", request, queue="heavy")


@operation(right="system", name="recheck.end_with_reopening")
def cancel_rechecks(actor: Actor, item: ProblemItem, given: None = None) -> None:
    """The item was taken up again: nobody looks whether it stayed away."""
    if item.state == "closed":
        return
    query = select(Recheck).where(Recheck.item_id == item.id, Recheck.state == "due").order_by(Recheck.id)
    for recheck in db.session.scalars(query).all():
        follow(recheck, "cancel")


def _seen(actor: Actor, recheck: Recheck, given: RecheckIn) -> None:
    recheck.note, recheck.seen = given.note.strip(), given.seen
    recheck.checked_on, recheck.checked_by = clock.today(), actor.person_id


@operation(RECHECK, "pass_item")
def pass_recheck(actor: Actor, recheck: Recheck, given: RecheckIn) -> None:
    """The problem stayed away."""
    _seen(actor, recheck, given)


@operation(RECHECK, "fail_item")
def fail_recheck(actor: Actor, recheck: Recheck, given: RecheckIn) -> Iterator[None]:
    """It is back: the system proposes to take the item up again."""
    _seen(actor, recheck, given)
    yield
    propose_by_system(recheck.item, ReopeningIn("failed_recheck", given.reason or given.note))
