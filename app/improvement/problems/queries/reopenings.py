"""Reads of proposals to reopen: one, those that wait, and which closed items a new finding is about."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import joinedload

from app.core.database import db
from app.core.errors import NotFound
from app.core.policy.actor import Actor
from app.core.registers import Order, page_of
from app.improvement.monitoring.models import DataFinding
from app.improvement.problems.models import ProblemItem, Reopening
from app.improvement.problems.queries.reach import visible_reopenings
from app.people.directory.models import Person

WAITING_FIRST = ((Reopening.state != "proposed", False), (Reopening.created_at, True), (Reopening.id, True))
ORDERS: dict[str, Order] = {
    "waiting": WAITING_FIRST,
    "new": ((Reopening.created_at, True), (Reopening.id, True)),
}
RECURRED = text(
    """select i.id from problem_items i join data_findings f on f.id = :finding
       left join monitoring_cycles c on c.id = f.cycle_id
       where i.state = 'closed' and i.county_id = f.county_id and i.unit_id = f.unit_id
         and i.closed_on is not null and i.closed_on >= cast(:since as date)
         and (i.indicator_id = f.indicator_id or exists (
               select 1 from item_findings l join data_findings d on d.id = l.finding_id
               where l.item_id = i.id and d.indicator_id = f.indicator_id))
         and not exists (
               select 1 from item_findings l join data_findings d on d.id = l.finding_id
               left join monitoring_cycles held on held.id = d.cycle_id
               where l.item_id = i.id and (d.id = f.id or d.cycle_id = f.cycle_id
                                           or (c.ends_on is not null and held.ends_on >= c.ends_on)))
       order by i.id"""
)
"""Closed items of the same unit and indicator, closed within the window, resting on an earlier round than the finding."""


@dataclass(frozen=True)
class ReopeningFilter:
    """What the proposals are narrowed to, and in which order they stand."""

    states: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    sort: str = "waiting"
    after: str = ""


def reopening_for(actor: Actor, ref: str) -> Reopening:
    """One proposal with its item; raises NotFound."""
    whole = select(Reopening).options(joinedload(Reopening.item).joinedload(ProblemItem.unit))
    found: Reopening | None = db.session.scalar(
        visible_reopenings(actor, whole).where(Reopening.ref == ref).execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("reopening", ref)
    return found


def reopenings(actor: Actor, wanted: ReopeningFilter, *, whole: bool = False) -> list[Reopening]:
    """Proposals, those that wait first, then the newest, unless told otherwise; one more than a page, or all."""
    seen = visible_reopenings(actor, select(Reopening))
    shown = page_of(seen, Reopening, ORDERS[wanted.sort], "" if whole else wanted.after, wanted.sort)
    for column, values in ((Reopening.state, wanted.states), (Reopening.trigger, wanted.triggers)):
        if values:
            shown = shown.where(column.in_(values))
    if wanted.severities:
        shown = shown.where(Reopening.item.has(ProblemItem.severity.in_(wanted.severities)))
    around = joinedload(Reopening.item).joinedload(ProblemItem.unit)
    return list(db.session.scalars((shown.limit(None) if whole else shown).options(around)))


def proposed(actor: Actor) -> int:
    """How many proposals wait for a decision."""
    some = visible_reopenings(actor, select(Reopening.id)).where(Reopening.state == "proposed")
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def background(actor: Actor, reopening: Reopening) -> dict[str, Any]:
    """Who proposed it, and the finding it rests on."""
    name = db.session.scalar(select(Person.name).where(Person.id == reopening.proposed_by))
    finding = db.session.get(DataFinding, reopening.finding_id) if reopening.finding_id else None
    return {"proposer": name, "finding": finding}


def recurred(actor: Actor, finding_id: uuid.UUID, since: Any) -> tuple[uuid.UUID, ...]:
    """Ids of the closed items that a finding of a later round is about; read by SYSTEM."""
    return tuple(db.session.scalars(RECURRED, {"finding": finding_id, "since": since}))
