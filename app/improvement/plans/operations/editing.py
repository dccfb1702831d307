"""What must hold before a plan or a measure is changed: shared by the operations that change them."""

from __future__ import annotations

import uuid

from sqlalchemy import exists, or_, select

from app.core.casework.door import FOUR_EYES
from app.core.database import db
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.policy.actor import Actor
from app.improvement.plans.models import RemediationAction, RemediationPlan
from app.people.directory.models import Person

NOT_NOW = Sentence("方案已提交或生效；要改请先撤回或起草新版", "Take the plan back or draft a new edition to change it")
NOT_OURS = Sentence("请从本单位的人员中选择", "Choose somebody of the own unit")


def must_be_editable(plan: RemediationPlan) -> None:
    """Raises Invalid unless the plan is a draft or was returned."""
    if not plan.can_be_edited:
        raise Invalid("", NOT_NOW)


def must_be_of_the_unit(plan: RemediationPlan, person_id: uuid.UUID | None) -> None:
    """Raises Invalid("owner_id", …) unless the person works in the responsible unit; nobody is allowed."""
    if person_id is None:
        return
    works_there = or_(Person.unit_id == plan.unit_id, Person.school_id == plan.unit_id)
    there = select(exists().where(Person.id == person_id, works_there, Person.left_on.is_(None)))
    if not db.session.scalar(there):
        raise Invalid("owner_id", NOT_OURS)


def must_not_be_the_owner(actor: Actor, action: RemediationAction) -> None:
    """Who owns a measure judges neither it nor its evidence (decisions §2, A5)."""
    if actor.person_id is not None and actor.person_id == action.owner_id:
        raise StepRefused((FOUR_EYES,))
