"""Reads of a school's page: its plans, closed items, what it and the county made public of it, its visits' feedback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, lazyload

from app.core.clock import today
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.disclosure.models import PublicPage, ShowcaseAdoption
from app.improvement.disclosure.models.disclosures import VISIT_IS_OUT
from app.improvement.plans.models import RemediationPlan
from app.improvement.problems.models import ProblemItem
from app.improvement.visits.models import SupervisionVisit
from app.people.directory.models import Unit

VIEW = "disclosure.view_school_page"
SHOWN = 20
"""Lines of each part, the newest first; the whole is a link away."""


@dataclass(frozen=True)
class SchoolPage:
    """What a school shows: each part as far as the reader may see its records, the public parts to every reader."""

    unit: Unit
    plans: Sequence[RemediationPlan]
    closed: Sequence[ProblemItem]
    results: Sequence[PublicPage]
    examples: Sequence[PublicPage]
    visits: Sequence[SupervisionVisit]
    adoptions: Sequence[ShowcaseAdoption]


def school_units(actor: Actor) -> Sequence[Any]:
    """Schools whose page the actor may read, by code: the unit and how many public pages of it are open."""
    out = (
        select(PublicPage.school_id, func.count().label("many"))
        .where(PublicPage.ended_on.is_(None))
        .group_by(PublicPage.school_id)
        .subquery()
    )
    wanted = (
        select(Unit, func.coalesce(out.c.many, 0).label("open"))
        .outerjoin(out, out.c.school_id == Unit.id)
        .where(Unit.kind == "school", or_(Unit.to_on.is_(None), Unit.to_on >= today()))
    )
    return db.session.execute(decide.visible(actor, wanted, Unit, VIEW).order_by(Unit.code)).all()


def school_page(actor: Actor, ref: str) -> SchoolPage:
    """The page of one school. Raises NotFound."""
    unit: Unit | None = db.session.scalar(decide.visible(actor, select(Unit).where(Unit.ref == ref), Unit, VIEW))
    if unit is None:
        raise NotFound("unit", ref)
    return SchoolPage(
        unit,
        plans=_plans(actor, unit),
        closed=_closed(actor, unit),
        results=_public(unit, "result"),
        examples=_public(unit, "showcase"),
        visits=_visits(actor, unit),
        adoptions=_adoptions(unit),
    )


def _plans(actor: Actor, unit: Unit) -> Sequence[RemediationPlan]:
    wanted = (
        select(RemediationPlan)
        .join(ProblemItem, ProblemItem.id == RemediationPlan.item_id)
        .where(RemediationPlan.unit_id == unit.id, RemediationPlan.state == "active")
        .options(contains_eager(RemediationPlan.item).options(lazyload("*")))
    )
    visible = decide.visible(actor, wanted, RemediationPlan, "plans.view_plans")
    found: Sequence[RemediationPlan] = db.session.scalars(
        visible.order_by(RemediationPlan.approved_on.desc(), RemediationPlan.id.desc()).limit(SHOWN)
    ).all()
    return found


def _closed(actor: Actor, unit: Unit) -> Sequence[ProblemItem]:
    wanted = select(ProblemItem).where(ProblemItem.unit_id == unit.id, ProblemItem.state == "closed")
    visible = decide.visible(actor, wanted.options(lazyload("*")), ProblemItem, "problems.view_items")
    found: Sequence[ProblemItem] = db.session.scalars(
        visible.order_by(ProblemItem.closed_on.desc(), ProblemItem.id.desc()).limit(SHOWN)
    ).all()
    return found


def _public(unit: Unit, kind: str) -> Sequence[PublicPage]:
    wanted = select(PublicPage).where(
        PublicPage.school_id == unit.id, PublicPage.kind == kind, PublicPage.ended_on.is_(None)
    )
    return db.session.scalars(wanted.order_by(PublicPage.id.desc()).limit(SHOWN)).all()


def _visits(actor: Actor, unit: Unit) -> Sequence[SupervisionVisit]:
    wanted = select(SupervisionVisit).where(
        SupervisionVisit.unit_id == unit.id, SupervisionVisit.state.in_(VISIT_IS_OUT)
    )
    visible = decide.visible(actor, wanted.options(lazyload("*")), SupervisionVisit, "visits.view_visits")
    found: Sequence[SupervisionVisit] = db.session.scalars(
        visible.order_by(SupervisionVisit.visit_on.desc()).limit(SHOWN)
    ).all()
    return found


def _adoptions(unit: Unit) -> Sequence[ShowcaseAdoption]:
    wanted = select(ShowcaseAdoption).where(ShowcaseAdoption.unit_id == unit.id, ShowcaseAdoption.ended_on.is_(None))
    return db.session.scalars(wanted.order_by(ShowcaseAdoption.id.desc()).limit(SHOWN)).all()
