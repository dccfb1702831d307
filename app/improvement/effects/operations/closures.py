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
from app.core.database import db, uuid7
from app.core.policy.actor import Actor
from app.improvement.effects.models import ClosureRequest, EffectEvaluation, Recheck
from app.improvement.effects.operations.evaluations import EvaluationStep
from app.improvement.plans.models import Evidence, RemediationAction, RemediationPlan
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


@operation(CLOSURE_REQUEST, "draft")
def draft_closure(actor: Actor, item: ProblemItem, given: ClosureIn) -> ClosureRequest:
    """Begin a request: the data before and after come from the decided evaluation."""
    evaluation = db.session.scalar(
        select(EffectEvaluation)
        .where(EffectEvaluation.item_id == item.id, EffectEvaluation.state == "decided")
        .order_by(EffectEvaluation.decided_on.desc(), EffectEvaluation.created_at.desc())
        .limit(1)
    )
    request = ClosureRequest(
        id=uuid7(),
        number=next_number(item.county_id, "XH", "closure_requests"),
        item_id=item.id,
        item=item,
        evaluation_id=evaluation.id if evaluation else None,
        unit_id=item.unit_id,
        county_id=item.county_id,
        school_id=item.school_id,
        owner_id=actor.person_id,
        before_after=before_and_after(evaluation),
    )
    _fill(request, given)
    return request


def before_and_after(evaluation: EffectEvaluation | None) -> dict[str, Any]:
    """The numbers of the decided evaluation, frozen into the request."""
    if evaluation is None:
        return {}
    numbers = evaluation.computed.get("estimate")
    return {"estimate": numbers, "criteria": evaluation.criteria_checked, "outcome": evaluation.outcome}


def _fill(request: ClosureRequest, given: ClosureIn) -> None:
    request.self_summary = given.self_summary.strip()
    request.evidence_ids = list(given.evidence_ids) or [str(one) for one in accepted_evidence(request.item_id)]


def accepted_evidence(item_id: uuid.UUID) -> list[uuid.UUID]:
    """The accepted evidence of all measures of an item."""
    query = (
        select(Evidence.id)
        .join(RemediationAction, RemediationAction.id == Evidence.action_id)
        .join(RemediationPlan, RemediationPlan.id == RemediationAction.plan_id)
        .where(RemediationPlan.item_id == item_id, Evidence.state == "accepted")
        .order_by(Evidence.created_at)
    )
    return list(db.session.scalars(query))


@operation(right="effects.draft_closure", name="closure_request.edit")
def edit_closure(actor: Actor, request: ClosureRequest, given: ClosureIn) -> None:
    """Change a draft or returned request."""
    if request.state in ("draft", "returned"):
        _fill(request, given)


@operation(CLOSURE_REQUEST, "submit")
def submit_closure(actor: Actor, request: ClosureRequest, given: EvaluationStep) -> None:
    """Hand it to the verifier; the gate holds for page, bulk and command line alike."""
    request.opened_at = None


@operation(CLOSURE_REQUEST, "take_back")
def take_back_closure(actor: Actor, request: ClosureRequest, given: EvaluationStep) -> None:
    """Take it back while nobody has opened it."""


@operation(CLOSURE_REQUEST, "verify")
def verify_closure(actor: Actor, request: ClosureRequest, given: VerifyIn) -> None:
    """One who took no part verifies, on the spot for severe problems."""
    request.verifier_opinion, request.verified_on_site = given.opinion.strip(), given.on_site


@operation(CLOSURE_REQUEST, "return_request")
def return_closure(actor: Actor, request: ClosureRequest, given: EvaluationStep) -> None:
    """The verifier sends it back."""


@operation(CLOSURE_REQUEST, "approve")
def approve_closure(actor: Actor, request: ClosureRequest, given: EvaluationStep) -> Iterator[None]:
    """Another person approves: the item closes, its plan is completed, and a recheck is due in 180 days."""
    request.approved_on = clock.today()
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


@operation(right="effects.verify_closure", name="closure_request.open")
def mark_closure_opened(actor: Actor, request: ClosureRequest, given: None = None) -> None:
    """The verifier has opened it: from now on it cannot be taken back (G6)."""
    request.opened_at = request.opened_at or clock.now()


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
