"""A letter and the visits to its school: those where its question may still be put, and what a visit saw of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.citizen_letters.models import CitizenLetter
from app.improvement.visits.models import SupervisionVisit, VisitLine

VIEW, PLAN, OBSERVE = "visits.view_visits", "visits.plan_visit", "visits.observe_visit"
OPEN_AT = {"draft": PLAN, "on_site": OBSERVE}
"""States in which a checklist takes one more line, and the right to put it there."""


@dataclass(frozen=True)
class Asked:
    """The question of a letter on the checklist of a visit, with what was seen."""

    visit: SupervisionVisit
    line: VisitLine


def visits_to_ask(actor: Actor, letter: CitizenLetter) -> list[SupervisionVisit]:
    """Visits to the school whose checklist the actor may still add to, the next one first."""
    wanted = (
        select(SupervisionVisit)
        .where(SupervisionVisit.unit_id == letter.school_id, SupervisionVisit.state.in_(tuple(OPEN_AT)))
        .order_by(SupervisionVisit.visit_on, SupervisionVisit.id)
    )
    found: Sequence[Any] = db.session.scalars(decide.visible(actor, wanted, SupervisionVisit, VIEW)).all()
    return [one for one in found if decide.may(actor, OPEN_AT[one.state], one)]


def asked_at(actor: Actor, letter: CitizenLetter) -> Asked | None:
    """Where the question stands and what the visit saw of it; None where nothing was asked, or a visit out of sight."""
    if letter.visit_line_id is None:
        return None
    line = db.session.scalar(
        select(VisitLine).where(VisitLine.id == letter.visit_line_id).options(selectinload(VisitLine.observations))
    )
    if line is None:
        return None
    wanted = select(SupervisionVisit).where(SupervisionVisit.id == line.visit_id)
    visit = db.session.scalar(decide.visible(actor, wanted, SupervisionVisit, VIEW))
    return Asked(visit, line) if visit is not None else None
