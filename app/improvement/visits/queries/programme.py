"""Reads of the yearly list: entries of a year with what is planned and done, and how often each school was visited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select

from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.visits.models import SupervisionEntry, SupervisionVisit
from app.improvement.visits.queries.visits import LEAN, SCHOOL_ROLES, seen
from app.people.directory.models import Unit

VIEW = "visits.view_list"
DONE = ("on_site", "feedback_issued", "responded", "follow_up", "closed")


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
    held = seen(
        actor,
        select(SupervisionVisit.entry_id, SupervisionVisit.state, func.count())
        .where(SupervisionVisit.entry_id.in_([one.id for one in found]), SupervisionVisit.state != "cancelled")
        .group_by(SupervisionVisit.entry_id, SupervisionVisit.state),
    )
    counts: dict[object, list[int]] = {}
    for entry_id, state, number in db.session.execute(held):
        told = counts.setdefault(entry_id, [0, 0])
        told[0] += number
        told[1] += number if state in DONE else 0
    schools = _school_count(actor)
    return [
        EntryRow(one, one.planned_count * (len(one.schools) or schools), *counts.get(one.id, [0, 0])) for one in found
    ]


def _school_count(actor: Actor) -> int:
    if actor.role in SCHOOL_ROLES:
        return 1
    count = select(func.count()).where(Unit.county_id == actor.county_id, Unit.kind == "school", Unit.to_on.is_(None))
    return int(db.session.scalar(count) or 0)


def entry_for(actor: Actor, ref: str) -> SupervisionEntry:
    """One entry; raises NotFound."""
    known = decide.visible(actor, select(SupervisionEntry), SupervisionEntry, VIEW)
    found = db.session.scalar(known.where(SupervisionEntry.ref == ref))
    mine = found is not None and (not found.schools or str(actor.school_id) in found.schools)
    if found is None or (actor.role in SCHOOL_ROLES and not mine):
        raise NotFound("supervision_entry", ref)
    return found


def programme(actor: Actor, entry: SupervisionEntry) -> list[tuple[Unit, list[SupervisionVisit]]]:
    """Each school of an entry, by code, with its visits under it that the actor sees."""
    wanted = select(Unit).where(Unit.county_id == entry.county_id, Unit.kind == "school")
    if entry.schools:
        wanted = wanted.where(Unit.id.in_(entry.schools))
    if actor.role in SCHOOL_ROLES:
        wanted = wanted.where(Unit.id == actor.school_id)
    held = seen(actor, select(SupervisionVisit)).where(
        SupervisionVisit.entry_id == entry.id, SupervisionVisit.state != "cancelled"
    )
    visits: dict[object, list[SupervisionVisit]] = {}
    for visit in db.session.scalars(held.options(*LEAN).order_by(SupervisionVisit.visit_on)):
        visits.setdefault(visit.unit_id, []).append(visit)
    return [(unit, visits.get(unit.id, [])) for unit in db.session.scalars(wanted.order_by(Unit.code))]


def term_of(day: date) -> tuple[date, date]:
    """First and last day of the term (学期): September to January, February to August."""
    if 2 <= day.month <= 8:
        return date(day.year, 2, 1), date(day.year, 8, 31)
    year = day.year if day.month >= 9 else day.year - 1
    return date(year, 9, 1), date(year + 1, 1, 31)


def coverage(actor: Actor) -> list[tuple[Unit, int, int]]:
    """Each school with the routine visits of this term that took place and that are planned, by code."""
    first, last = term_of(clock.today())
    on = and_(
        SupervisionVisit.unit_id == Unit.id,
        SupervisionVisit.kind == "routine",
        SupervisionVisit.visit_on.between(first, last),
        SupervisionVisit.state != "cancelled",
    )
    rows = db.session.execute(
        select(
            Unit,
            func.count(SupervisionVisit.id).filter(SupervisionVisit.arrived_at.is_not(None)),
            func.count(SupervisionVisit.id).filter(SupervisionVisit.arrived_at.is_(None)),
        )
        .outerjoin(SupervisionVisit, on)
        .where(Unit.county_id == actor.county_id, Unit.kind == "school", Unit.to_on.is_(None))
        .group_by(Unit.id)
        .order_by(Unit.code)
    )
    return [(row[0], row[1], row[2]) for row in rows]
