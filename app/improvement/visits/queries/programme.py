"""Reads of the yearly list: entries of a year with what is planned and done, and how often each school was visited."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select

from app.core import clock
from app.core.calendar.terms import term_of
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.visits.models import SupervisionEntry, SupervisionVisit
from app.improvement.visits.queries.visits import LEAN, SCHOOL_ROLES, readable, seen
from app.people.directory.models import Unit

VIEW = "visits.view_list"
DONE = ("on_site", "feedback_issued", "responded", "follow_up", "closed")


@dataclass(frozen=True)
class Told:
    """How many visits to one school stand under an entry, and how many of them took place."""

    planned: int = 0
    done: int = 0


@dataclass(frozen=True)
class EntryRow:
    """One entry with how many visits are wanted, planned and done under it."""

    entry: SupervisionEntry
    wanted: int
    planned: int
    done: int


def years(actor: Actor) -> list[int]:
    """Years that have entries, and this one, the latest first."""
    known = decide.visible(actor, select(SupervisionEntry.year).distinct(), SupervisionEntry, VIEW)
    return sorted({clock.today().year, *db.session.scalars(known)}, reverse=True)


def entries(actor: Actor, year: int) -> list[EntryRow]:
    """The entries of a year in the order of their days; a school sees those that concern it."""
    known = decide.visible(actor, select(SupervisionEntry), SupervisionEntry, VIEW)
    found = list(
        db.session.scalars(
            known.where(SupervisionEntry.year == year).order_by(SupervisionEntry.from_on, SupervisionEntry.number)
        )
    )
    if actor.role in SCHOOL_ROLES:
        found = [one for one in found if not one.schools or str(actor.school_id) in one.schools]
    reach, counts = counted_schools(actor), dict[object, list[int]]()
    for (entry_id, _unit_id), told in _counts(actor, reach, [one.id for one in found]).items():
        sums = counts.setdefault(entry_id, [0, 0])
        sums[0], sums[1] = sums[0] + told.planned, sums[1] + told.done
    schools = _schools(actor, reach)
    return [EntryRow(one, one.planned_count * _wanted(one, schools), *counts.get(one.id, [0, 0])) for one in found]


def counted_schools(actor: Actor) -> frozenset[uuid.UUID] | None:
    """Whose visits the actor's figures count: None for the county's own staff, else the own school or those in charge of.

    Figures need no right to open a visit: they are counts. What they leave out they also leave out of what is wanted.
    """
    if actor.role in SCHOOL_ROLES:
        return frozenset((actor.school_id,) if actor.school_id else ())
    return None if actor.county_wide else frozenset(actor.schools)


def _counts(
    actor: Actor, reach: frozenset[uuid.UUID] | None, entries: Sequence[uuid.UUID]
) -> dict[tuple[uuid.UUID, uuid.UUID], Told]:
    """Visits under the entries, planned and done, by entry and school; a school counts those it knows of."""
    v = SupervisionVisit
    held = select(v.entry_id, v.unit_id, func.count(), func.count().filter(v.state.in_(DONE)))
    held = seen(actor, held) if actor.role in SCHOOL_ROLES else held.where(v.county_id == actor.county_id)
    if reach is not None:
        held = held.where(v.unit_id.in_(reach))
    held = held.where(v.entry_id.in_(entries), v.state != "cancelled").group_by(v.entry_id, v.unit_id)
    return {(row[0], row[1]): Told(row[2], row[3]) for row in db.session.execute(held)}


def _schools(actor: Actor, reach: frozenset[uuid.UUID] | None) -> frozenset[str]:
    wanted = select(Unit.id).where(Unit.county_id == actor.county_id, Unit.kind == "school", Unit.to_on.is_(None))
    if reach is not None:
        wanted = wanted.where(Unit.id.in_(reach))
    return frozenset(map(str, db.session.scalars(wanted)))


def _wanted(entry: SupervisionEntry, schools: frozenset[str]) -> int:
    return len(schools.intersection(entry.schools)) if entry.schools else len(schools)


def entry_for(actor: Actor, ref: str) -> SupervisionEntry:
    """One entry; raises NotFound."""
    known = decide.visible(actor, select(SupervisionEntry), SupervisionEntry, VIEW)
    found = db.session.scalar(known.where(SupervisionEntry.ref == ref))
    mine = found is not None and (not found.schools or str(actor.school_id) in found.schools)
    if found is None or (actor.role in SCHOOL_ROLES and not mine):
        raise NotFound("supervision_entry", ref)
    return found


def programme(actor: Actor, entry: SupervisionEntry) -> list[tuple[Unit, list[SupervisionVisit], Told]]:
    """Each school of an entry whose visits are counted for the actor, by code, with the count and the visits to open."""
    wanted = select(Unit).where(Unit.county_id == entry.county_id, Unit.kind == "school")
    if entry.schools:
        wanted = wanted.where(Unit.id.in_(entry.schools))
    reach = counted_schools(actor)
    if reach is not None:
        wanted = wanted.where(Unit.id.in_(reach))
    held = readable(actor, select(SupervisionVisit)).where(
        SupervisionVisit.entry_id == entry.id, SupervisionVisit.state != "cancelled"
    )
    visits: dict[object, list[SupervisionVisit]] = {}
    for visit in db.session.scalars(held.options(*LEAN).order_by(SupervisionVisit.visit_on)):
        visits.setdefault(visit.unit_id, []).append(visit)
    told, none = _counts(actor, reach, [entry.id]), Told()
    units = db.session.scalars(wanted.order_by(Unit.code))
    return [(unit, visits.get(unit.id, []), told.get((entry.id, unit.id), none)) for unit in units]


def coverage(actor: Actor) -> list[tuple[Unit, int, int]]:
    """Each school whose visits are counted for the actor, with this term's routine visits done and planned, by code."""
    first, last = term_of(clock.today())
    on = and_(
        SupervisionVisit.unit_id == Unit.id,
        SupervisionVisit.kind == "routine",
        SupervisionVisit.visit_on.between(first, last),
        SupervisionVisit.state != "cancelled",
    )
    reach = counted_schools(actor)
    among = (Unit.id.in_(reach),) if reach is not None else ()
    rows = db.session.execute(
        select(
            Unit,
            func.count(SupervisionVisit.id).filter(SupervisionVisit.arrived_at.is_not(None)),
            func.count(SupervisionVisit.id).filter(SupervisionVisit.arrived_at.is_(None)),
        )
        .outerjoin(SupervisionVisit, on)
        .where(Unit.county_id == actor.county_id, Unit.kind == "school", Unit.to_on.is_(None), *among)
        .group_by(Unit.id)
        .order_by(Unit.code)
    )
    return [(row[0], row[1], row[2]) for row in rows]
