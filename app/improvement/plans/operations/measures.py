"""Measures while their plan is a draft: put in, changed, taken out."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.improvement.plans.models import EvidenceCriterion, Milestone, RemediationAction, RemediationPlan, TrainingTopic
from app.improvement.plans.numbers import plan_numbers
from app.improvement.plans.operations.clocks import stop_clocks
from app.improvement.plans.operations.editing import must_be_editable, must_be_of_the_unit
from workflows.improvement.remediation_action import REMEDIATION_ACTION

NOT_A_TOPIC = Sentence(
    "专题从本县的专题表里选，只有培训类措施写专题",
    "Choose a topic from the county's list; only a training has one",
)


@dataclass(frozen=True)
class CriterionIn:
    """What a measure has to show, with the fewest and the most pieces."""

    text: str
    minimum: int = 1
    maximum: int = 5


@dataclass(frozen=True)
class ActionIn:
    """One measure."""

    title: str
    owner_id: uuid.UUID | None = None
    kind: str = "teaching"
    description: str = ""
    topic_id: uuid.UUID | None = None
    cause_id: uuid.UUID | None = None
    planned_start: date | None = None
    planned_end: date | None = None
    helpers: tuple[str, ...] = ()
    budget_planned: Decimal | None = None
    criteria: tuple[CriterionIn, ...] = ()
    milestones: tuple[tuple[str, date], ...] = ()
    version: int | None = None


@dataclass(frozen=True)
class DropIn:
    """Taking a measure out of a draft."""

    version: int | None = None


@operation(REMEDIATION_ACTION, "plan")
def add_action(actor: Actor, plan: RemediationPlan, given: ActionIn) -> Iterator[RemediationAction]:
    """Put a measure into a draft; its clocks start when the plan takes force."""
    must_be_editable(plan)
    _check(plan, given)
    action = blank_action(plan)
    _fill(action, given)
    yield action
    stop_clocks(action)


def blank_action(plan: RemediationPlan) -> RemediationAction:
    """A measure at the end of the plan, of the same unit."""
    return RemediationAction(
        id=uuid7(),
        plan_id=plan.id,
        plan=plan,
        position=max((one.position for one in plan.actions), default=0) + 1,
        unit_id=plan.unit_id,
        county_id=plan.county_id,
        school_id=plan.school_id,
    )


def _check(plan: RemediationPlan, given: ActionIn) -> None:
    if not given.title.strip():
        raise Invalid("title", Sentence("请写明这项措施做什么", "Say what the measure is"))
    if given.planned_start and given.planned_end and given.planned_end < given.planned_start:
        raise Invalid("planned_end", Sentence("结束日期早于开始日期", "The end lies before the start"))
    if given.topic_id is not None and (given.kind != "training" or not _is_listed(plan, given.topic_id)):
        raise Invalid("topic_id", NOT_A_TOPIC)
    must_be_of_the_unit(plan, given.owner_id)
    if given.cause_id is not None and given.cause_id not in {cause.id for cause in plan.item.causes}:
        raise Invalid("cause_id", Sentence("请选择这个问题项的原因", "Choose a cause of this item"))


def _is_listed(plan: RemediationPlan, topic_id: uuid.UUID) -> bool:
    """On the county's list, or named by a measure of this plan before it was taken off the list."""
    if topic_id in {action.topic_id for action in plan.actions}:
        return True
    wanted = select(TrainingTopic.id).where(
        TrainingTopic.id == topic_id, TrainingTopic.county_id == plan.county_id, TrainingTopic.is_listed
    )
    with db.session.no_autoflush:
        return db.session.scalar(wanted) is not None


def _fill(action: RemediationAction, given: ActionIn) -> None:
    for name in (
        "owner_id",
        "kind",
        "topic_id",
        "description",
        "cause_id",
        "planned_start",
        "planned_end",
        "budget_planned",
    ):
        setattr(action, name, getattr(given, name))
    action.title, action.helpers = given.title.strip(), list(given.helpers)
    action.criteria = [
        criterion_of(action, number, one) for number, one in enumerate(given.criteria, 1) if one.text.strip()
    ]
    action.milestones = [milestone_of(action, title, due_on) for title, due_on in given.milestones]


def criterion_of(action: RemediationAction, number: int, given: CriterionIn) -> EvidenceCriterion:
    """A criterion of the measure; more than the county's most, or a most under the fewest, is refused."""
    most = plan_numbers().criterion_most
    if not 0 <= given.minimum <= given.maximum <= most or given.maximum < 1:
        raise Invalid(
            "criteria",
            Sentence(
                f"每条标准的份数：最少不超过最多，最多 1 到 {most}",
                f"Pieces of a criterion: the fewest not above the most, the most between 1 and {most}",
            ),
        )
    return EvidenceCriterion(
        id=uuid7(),
        action_id=action.id,
        position=number,
        text=given.text.strip(),
        minimum=given.minimum,
        maximum=given.maximum,
        county_id=action.county_id,
        school_id=action.school_id,
    )


def milestone_of(action: RemediationAction, title: str, due_on: date) -> Milestone:
    """A point on the way of the measure."""
    return Milestone(
        id=uuid7(),
        action_id=action.id,
        title=title.strip()[:80],
        due_on=due_on,
        county_id=action.county_id,
        school_id=action.school_id,
    )


@operation(right="plans.draft_plan", name="remediation_action.edit")
def edit_action(actor: Actor, action: RemediationAction, given: ActionIn) -> None:
    """Change a measure of a draft or returned plan."""
    must_be_editable(action.plan)
    _check(action.plan, given)
    _fill(action, given)


@operation(right="plans.draft_plan", name="remediation_action.drop")
def drop_action(actor: Actor, action: RemediationAction, given: DropIn | None = None) -> None:
    """Take a measure out of a draft."""
    must_be_editable(action.plan)
    stop_clocks(action)
    db.session.delete(action)
