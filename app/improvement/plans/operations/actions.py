"""Working on a measure: start, progress, report as done, verification, cancellation."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from app.core import clock
from app.core.casework.door import operation
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.improvement.plans.models import RemediationAction
from app.improvement.plans.operations.editing import must_not_be_the_owner
from app.improvement.plans.operations.plans import PlanStep, action_of
from workflows.improvement.remediation_action import REMEDIATION_ACTION


@dataclass(frozen=True)
class StartIn:
    """Starting, with the reason when it is early."""

    early_start_reason: str = ""
    version: int | None = None


@dataclass(frozen=True)
class ProgressIn:
    """How far a measure is."""

    progress: int
    result: str = ""
    version: int | None = None


@dataclass(frozen=True)
class DoneIn:
    """What came of a measure, reported with its evidence."""

    result: str
    progress: int = 100
    version: int | None = None


@dataclass(frozen=True)
class VerifyIn:
    """What the verifier ticked: authentic, in_period, shows_effect."""

    checklist: tuple[str, ...]
    version: int | None = None


@dataclass(frozen=True)
class CancelIn:
    """Cancelling: why, on what ground, and what takes its place."""

    ground: str | None
    reason: str
    replaced_by_id: uuid.UUID | None = None
    version: int | None = None


@operation(REMEDIATION_ACTION, "start")
def start_action(actor: Actor, action: RemediationAction, given: StartIn) -> None:
    """The owner begins."""
    action.early_start_reason = given.early_start_reason.strip()
    action.started_on = clock.today()


@operation(right="plans.work_on_action", name="remediation_action.progress")
def set_progress(actor: Actor, action: RemediationAction, given: ProgressIn) -> None:
    """Say how far it is while it is being worked on."""
    if action.state not in ("in_progress", "returned"):
        raise Invalid("", Sentence("只有进行中的措施能填进度", "Only a measure in progress has its progress changed"))
    if not 0 <= given.progress <= 100:
        raise Invalid("progress", Sentence("进度写 0 到 100", "Progress is between 0 and 100"))
    action.progress = given.progress
    action.result = given.result.strip() or action.result


@operation(REMEDIATION_ACTION, "submit_evidence")
def report_done(actor: Actor, action: RemediationAction, given: DoneIn) -> None:
    """The measure is done: result and evidence go to the verifier."""
    action.result, action.progress = given.result.strip(), given.progress


@operation(REMEDIATION_ACTION, "verify")
def verify_action(actor: Actor, action: RemediationAction, given: VerifyIn) -> None:
    """Somebody who did not do it accepts it, point by point."""
    must_not_be_the_owner(actor, action)
    action.checklist = list(given.checklist)


@operation(REMEDIATION_ACTION, "return_action")
def return_action(actor: Actor, action: RemediationAction, given: PlanStep) -> None:
    """Send it back with the reason."""
    must_not_be_the_owner(actor, action)


@operation(REMEDIATION_ACTION, "cancel")
def cancel_action(actor: Actor, action: RemediationAction, given: CancelIn) -> None:
    """The approver of the plan ends a measure: another takes its place, or it is not needed."""
    other = action_of(action.plan, given.replaced_by_id) if given.replaced_by_id is not None else None
    if given.replaced_by_id is not None and (other is None or other.id == action.id):
        raise Invalid(
            "replaced_by_id", Sentence("请选择同一方案里的另一项措施", "Choose another measure of the same plan")
        )
    action.cancellation_ground, action.replaced_by_id = given.ground, given.replaced_by_id
