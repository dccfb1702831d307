"""Reads of printouts: the actor's own, the plans that a bundle binds, and what a verify page may tell."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.plans.models import PlanDocument, PrintedFact, RemediationPlan
from app.improvement.problems.models import ProblemItem, ProblemList
from app.people.directory.models import Unit

BOUND = ("submitted", "under_review", "approved", "active", "completed", "archived")
"""States of plans that a bundle binds: what was handed in, not drafts nor what was replaced."""


def document_for(actor: Actor, ref: str) -> PlanDocument:
    """A printout that the actor asked for. Raises NotFound."""
    query = select(PlanDocument).where(PlanDocument.ref == ref, PlanDocument.asked_by == actor.person_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("plan_document", ref)
    return found


def made_document_for(actor: Actor, ref: str) -> PlanDocument:
    """The same, once it is made and as long as the actor still sees what it prints. Raises NotFound."""
    found = document_for(actor, ref)
    if found.made_at is None:
        raise NotFound("plan_document", ref)
    if found.plan_id is not None:
        seen = select(RemediationPlan.id).where(RemediationPlan.id == found.plan_id)
        if db.session.scalar(decide.visible(actor, seen, RemediationPlan, "plans.view_plans")) is None:
            raise NotFound("plan_document", ref)
    elif not decide.holds(actor, "plans.print_bundle"):
        raise NotFound("plan_document", ref)
    return found


def list_for(actor: Actor, ref: str) -> ProblemList:
    """A list whose plans are bound. Raises NotFound."""
    query = select(ProblemList).where(ProblemList.ref == ref)
    found = db.session.scalar(decide.visible(actor, query, ProblemList, "plans.print_bundle"))
    if found is None:
        raise NotFound("list", ref)
    return found


def plans_to_bind(actor: Actor, problem_list: ProblemList) -> Sequence[RemediationPlan]:
    """The newest handed-in edition of each item's plan, by code of the unit and number of the item."""
    query = (
        select(RemediationPlan)
        .join(ProblemItem, ProblemItem.id == RemediationPlan.item_id)
        .join(Unit, Unit.id == RemediationPlan.unit_id)
        .where(ProblemItem.list_id == problem_list.id, RemediationPlan.state.in_(BOUND))
        .options(joinedload(RemediationPlan.unit), joinedload(RemediationPlan.owner))
        .order_by(Unit.code, ProblemItem.number, RemediationPlan.edition.desc())
    )
    found = db.session.scalars(decide.visible(actor, query, RemediationPlan, "plans.view_plans")).unique()
    newest: dict[object, RemediationPlan] = {}
    for plan in found:
        newest.setdefault(plan.item_id, plan)
    return list(newest.values())


def printed_fact(actor: Actor, ref: str) -> PrintedFact | None:
    """What may be told of a paper to anybody; None when no such paper was made."""
    return db.session.scalar(select(PrintedFact).where(PrintedFact.document_ref == ref))
