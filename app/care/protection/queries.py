"""Reads of the register: what is processed and why, and which assessment holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.care.protection.models import PURPOSE, ImpactAssessment
from app.care.protection.purposes import Purpose, purposes
from app.care.retention.due import years_of
from app.core.database import db
from app.core.errors import NotFound, Sentence
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.people.directory.models import Person

VIEW, DRAFT, APPROVE = (
    "protection.view_assessments",
    "protection.draft_assessment",
    "protection.approve_assessment",
)
STEPS = (DRAFT, APPROVE)


def assessments(actor: Actor) -> Sequence[ImpactAssessment]:
    """Every version, what holds first, then by what it is about, the newest version first."""
    wanted = decide.visible(actor, select(ImpactAssessment), ImpactAssessment, VIEW)
    order = wanted.order_by(
        ImpactAssessment.state != "active", ImpactAssessment.kind, ImpactAssessment.subject,
        ImpactAssessment.version_no.desc(),
    )  # fmt: skip
    return db.session.scalars(order).all()


def assessment_for(actor: Actor, ref: str) -> ImpactAssessment:
    """One version. Raises NotFound."""
    wanted = select(ImpactAssessment).where(ImpactAssessment.ref == ref)
    found = db.session.scalar(decide.visible(actor, wanted, ImpactAssessment, VIEW))
    if found is None:
        raise NotFound("impact_assessment", ref)
    return found


def openable(actor: Actor, one: ImpactAssessment | None) -> ImpactAssessment | None:
    """An assessment that another page names, for whom may open it."""
    return one if one is not None and decide.may(actor, VIEW, one) else None


def versions_of(actor: Actor, one: ImpactAssessment) -> Sequence[ImpactAssessment]:
    """All versions of what this one is about, the newest first."""
    wanted = select(ImpactAssessment).where(
        ImpactAssessment.county_id == one.county_id, ImpactAssessment.kind == one.kind,
        ImpactAssessment.subject == one.subject,
    )  # fmt: skip
    shown = decide.visible(actor, wanted, ImpactAssessment, VIEW)
    return db.session.scalars(shown.order_by(ImpactAssessment.version_no.desc())).all()


def names_of(actor: Actor, one: ImpactAssessment) -> tuple[str, str]:
    """Who wrote it, and who approved it."""
    ids = [one.owner_id, *([one.approved_by] if one.approved_by else [])]
    found: dict[Any, str] = {
        row.id: row.name for row in db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    }
    return found.get(one.owner_id, ""), found.get(one.approved_by, "")


@dataclass(frozen=True)
class Entry:
    """A purpose of the register, and its assessment in force."""

    purpose: Purpose
    assessment: ImpactAssessment | None
    kept: Sentence


def register(actor: Actor) -> list[Entry]:
    """Every purpose in the order of the file."""
    wanted = select(ImpactAssessment).where(ImpactAssessment.kind == PURPOSE, ImpactAssessment.state == "active")
    held = {one.subject: one for one in db.session.scalars(decide.visible(actor, wanted, ImpactAssessment, VIEW))}
    years = years_of(actor.county_id)
    return [Entry(purpose, held.get(code), purpose.kept(years)) for code, purpose in purposes().items()]
