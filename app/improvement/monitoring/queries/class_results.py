"""Reads of what teachers see of a round: cells of the classes they teach, or of the grade they lead, once it is released."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import MonitoringCycle, MonitoringResult
from app.improvement.monitoring.queries.results import OUT, cells_once

VIEW = "monitoring.view_class_results"


def _rounds(actor: Actor) -> Any:
    r, c = MonitoringResult, MonitoringCycle
    found: Any = (
        select(c.ref, c.name, c.released_on, func.count(r.indicator_id.distinct()).label("indicators"))
        .join(r, r.cycle_id == c.id)
        .where(c.state.in_(OUT), r.superseded_at.is_(None))
        .group_by(c.id)
        .order_by(c.released_on.desc(), c.id.desc())
    )
    return decide.visible(actor, found, r, VIEW)


def class_rounds(actor: Actor) -> Sequence[Any]:
    """Released rounds that measured the actor's classes, newest first: ref, name, released_on, indicators (how many)."""
    return db.session.execute(_rounds(actor)).all()


def newest_class_round(actor: Actor) -> Any | None:
    """The first of them; None for a role that teaches nobody, without asking."""
    return db.session.execute(_rounds(actor).limit(1)).first() if decide.holds(actor, VIEW) and actor.taught else None


def class_round_for(actor: Actor, ref: str) -> MonitoringCycle:
    """A released round that measured the actor's classes. Raises NotFound."""
    r, c = MonitoringResult, MonitoringCycle
    mine = decide.visible(actor, select(r.id).where(r.cycle_id == c.id, r.superseded_at.is_(None)), r, VIEW)
    cycle: MonitoringCycle | None = db.session.scalar(select(c).where(c.ref == ref, c.state.in_(OUT), mine.exists()))
    if cycle is None:
        raise NotFound("monitoring_cycle", ref)
    return cycle


def class_cells(actor: Actor, cycle: MonitoringCycle) -> Sequence[Any]:
    """The cells of the actor's classes in code order, as `result_cells` has them; small ones are still among them."""
    return db.session.execute(decide.visible(actor, cells_once(cycle), MonitoringResult, VIEW)).all()
