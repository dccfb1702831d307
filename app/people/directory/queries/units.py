"""The tree of units, one unit with its people, other names of a unit."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager

from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.people.directory.models import Person, RoleAssignment, Unit, UnitAlias
from app.people.directory.pinyin import sounds_like
from app.people.directory.queries.terms import not_over, running

VIEW = "people.view_units"
ORDER = {
    "county_bureau": 0,
    "leading_group": 1,
    "leading_group_office": 2,
    "guidance_group": 3,
    "assessment_group": 4,
    "department": 5,
    "school_district": 6,
    "school": 7,
}


@dataclass(frozen=True)
class UnitFilter:
    """What the tree is narrowed to; closed units show only when asked for."""

    words: str = ""
    kinds: Sequence[str] = ()
    addressees: Sequence[str] = ()
    closed: bool = False


@dataclass(frozen=True)
class Node:
    """A unit in the tree: how deep it lies, how many people hold a role there today, how many units lie below."""

    unit: Unit
    depth: int
    people: int
    below: int


def tree(actor: Actor, wanted: UnitFilter) -> list[Node]:
    """The units the actor may see, parents before children, kinds in the order of the house; three selects at most."""
    query = decide.visible(actor, select(Unit), Unit, VIEW)
    if not wanted.closed:
        query = query.where(not_over(Unit, clock.today()))
    units = list(db.session.scalars(query))
    people = _heads(actor, units)
    if wanted.words or wanted.kinds or wanted.addressees:
        return [Node(unit, 0, people[unit.id], 0) for unit in _sorted(_matching(actor, units, wanted))]
    children: dict[uuid.UUID | None, list[Unit]] = defaultdict(list)
    known = {unit.id for unit in units}
    for unit in units:
        children[unit.parent_id if unit.parent_id in known else None].append(unit)
    found: list[Node] = []
    _walk(children, None, 0, people, found)
    return found


def _heads(actor: Actor, units: Sequence[Unit]) -> Counter[uuid.UUID]:
    """How many people hold a role today, by unit."""
    if not units:
        return Counter()
    rows = db.session.execute(
        select(RoleAssignment.unit_id, func.count(RoleAssignment.person_id.distinct()))
        .where(RoleAssignment.unit_id.in_([unit.id for unit in units]), running(RoleAssignment, clock.today()))
        .group_by(RoleAssignment.unit_id)
    )
    return Counter({row[0]: row[1] for row in rows})


def _matching(actor: Actor, units: Sequence[Unit], wanted: UnitFilter) -> list[Unit]:
    kept = [
        unit
        for unit in units
        if (not wanted.kinds or unit.kind in wanted.kinds)
        and (not wanted.addressees or unit.sent_as in wanted.addressees)
    ]
    if not wanted.words:
        return kept
    close = or_(
        sounds_like(Unit.pinyin, Unit.name, wanted.words),
        Unit.short_name.contains(wanted.words, autoescape=True),
        Unit.code.startswith(wanted.words, autoescape=True),
        Unit.id.in_(select(UnitAlias.unit_id).where(UnitAlias.alias.contains(wanted.words, autoescape=True))),
    )
    ids = set(db.session.scalars(select(Unit.id).where(Unit.id.in_([unit.id for unit in kept]), close)))
    return [unit for unit in kept if unit.id in ids]


def _sorted(units: Sequence[Unit]) -> list[Unit]:
    return sorted(units, key=lambda unit: (ORDER.get(unit.kind, 9), unit.code))


def _walk(
    children: dict[uuid.UUID | None, list[Unit]],
    parent: uuid.UUID | None,
    depth: int,
    people: Counter[uuid.UUID],
    found: list[Node],
) -> None:
    for unit in _sorted(children[parent]):
        found.append(Node(unit, depth, people[unit.id], len(children[unit.id])))
        _walk(children, unit.id, depth + 1, people, found)


def unit_for(actor: Actor, ref: str) -> Unit:
    """One unit. Raises NotFound."""
    found: Unit | None = db.session.scalar(decide.visible(actor, select(Unit).where(Unit.ref == ref), Unit, VIEW))
    if found is None:
        raise NotFound("unit", ref)
    return found


def people_of(actor: Actor, unit: Unit, past: bool = False) -> list[RoleAssignment]:
    """Who holds a role at the unit, the coming ones included; with `past` those who no longer do."""
    wanted = (
        select(RoleAssignment)
        .join(Person, Person.id == RoleAssignment.person_id)
        .options(contains_eager(RoleAssignment.person))
        .where(RoleAssignment.unit_id == unit.id)
    )
    today = clock.today()
    if past:
        wanted = wanted.where(RoleAssignment.to_on < today).order_by(RoleAssignment.to_on.desc())
    else:
        wanted = wanted.where(not_over(RoleAssignment, today))
        wanted = wanted.order_by(RoleAssignment.role, RoleAssignment.is_deputy, RoleAssignment.from_on)
    return list(db.session.scalars(wanted))


def aliases_of(actor: Actor, unit: Unit) -> list[UnitAlias]:
    """Other names under which senders know the unit."""
    wanted = select(UnitAlias).where(UnitAlias.unit_id == unit.id, UnitAlias.county_id == unit.county_id)
    return list(db.session.scalars(wanted.order_by(UnitAlias.alias)))


def units_within(actor: Actor, right: str, kinds: Sequence[str] = ()) -> list[Unit]:
    """Open units on which the actor holds `right`, for choices in forms."""
    query = decide.visible(actor, select(Unit).where(not_over(Unit, clock.today())), Unit, right)
    if kinds:
        query = query.where(Unit.kind.in_(kinds))
    return _sorted(list(db.session.scalars(query)))


def parents_for(actor: Actor) -> list[Unit]:
    """Units under which a new one may be opened."""
    parents = ("county_bureau", "leading_group", "school_district", "school")
    return units_within(actor, "people.manage_units", parents)


def addressed(actor: Actor, types: Sequence[str]) -> list[Unit]:
    """The open units of the county to which papers of these types go today, by type and code."""
    wanted = select(Unit).where(
        Unit.county_id == actor.county_id, Unit.sent_as.in_(types), running(Unit, clock.today())
    )
    return list(db.session.scalars(wanted.order_by(Unit.sent_as, Unit.code)))
