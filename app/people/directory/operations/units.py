"""Units: opened, renamed, closed, known by other names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.core import clock
from app.core.audit import trail
from app.core.casework.door import SHORTEST_REASON, operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.policy.actor import Actor
from app.people.directory.models import CHOSEN_ADDRESSEES, FIXED_ADDRESSEES, RoleAssignment, Student, Unit, UnitAlias
from app.people.directory.pinyin import pinyin_of
from app.people.directory.queries.terms import not_over
from app.people.directory.words import UNIT_KINDS

RIGHT = "people.manage_units"
CODE_TAKEN = Sentence("这个编码已经有单位在用", "Another unit has this code already.")
ALIAS_TAKEN = Sentence("这个叫法已经对应到别的单位", "This name already stands for another unit.")
KIND_UNKNOWN = Sentence("请选择单位类型", "Choose the kind of unit.")
REASON_WANTED = Sentence("请写明关闭的原因，至少 10 个字", "Say why it closes, in at least 10 characters.")
DATES = Sentence("关闭日期不能早于开办日期", "It cannot close before it opened.")
ADDRESSEE_UNFIT = Sentence(
    "学区和科室的收文类型是定好的；学校和其他单位请选乡镇学校或直属学校（单位）",
    "School districts and sections have a type of their own; choose township or directly-run for schools and other units.",
)
MADE_HERE = tuple(kind for kind in UNIT_KINDS if kind not in ("province", "city", "county_bureau"))
"""Kinds that a county opens itself; the bureaus above come with the installation."""


@dataclass(frozen=True)
class UnitIn:
    """What a unit is called, where it lies, from when to when it exists."""

    kind: str
    code: str
    name: str
    short_name: str
    school_type: str | None = None
    addressee: str | None = None
    address: str | None = None
    from_on: date | None = None
    version: int | None = None


@dataclass(frozen=True)
class CloseIn:
    """The last day, and why."""

    to_on: date
    reason: str
    version: int | None = None


@dataclass(frozen=True)
class AliasIn:
    """Another name."""

    alias: str


@operation(right=RIGHT, name="unit.open")
def open_unit(actor: Actor, parent: Unit, given: UnitIn) -> Unit:
    """Open a unit below `parent`. Raises Invalid when the code is taken or the kind is not opened by a county."""
    if given.kind not in MADE_HERE:
        raise Invalid("kind", KIND_UNKNOWN)
    unit = Unit(
        county_id=parent.county_id, parent_id=parent.id, kind=given.kind, from_on=given.from_on or clock.today()
    )
    unit.id = uuid7()
    _fill(unit, given)
    db.session.add(unit)
    _about(unit)
    return unit


def _about(record: object) -> None:
    """The entry of this act tells of `record`, not of the place its right was checked on."""
    deed = trail.current()
    if deed is not None:
        db.session.flush()
        deed.main.record = record


def _fill(unit: Unit, given: UnitIn) -> None:
    taken = select(func.count()).where(Unit.county_id == unit.county_id, Unit.code == given.code, Unit.id != unit.id)
    with db.session.no_autoflush:
        if db.session.scalar(taken):
            raise Invalid("code", CODE_TAKEN)
    unit.code, unit.name, unit.short_name = given.code, given.name, given.short_name or given.name[:30]
    unit.school_type = given.school_type if unit.kind == "school" else None
    unit.addressee = addressee_of(unit.kind, given.addressee)
    unit.address, unit.pinyin = given.address, pinyin_of(given.name)


def addressee_of(kind: str, chosen: str | None) -> str | None:
    """As what papers are sent to a unit of this kind, where there is a choice. Raises Invalid for a type of another kind."""
    fixed = FIXED_ADDRESSEES.get(kind)
    if chosen and chosen not in ((fixed,) if fixed else CHOSEN_ADDRESSEES):
        raise Invalid("addressee", ADDRESSEE_UNFIT)
    return None if fixed else chosen or None


@operation(right=RIGHT, name="unit.change")
def change_unit(actor: Actor, unit: Unit, given: UnitIn) -> Unit:
    """Rename it or correct its facts; a former name goes on being understood as another name."""
    before = unit.name
    _fill(unit, given)
    unit.from_on = given.from_on or unit.from_on
    if before != unit.name and unit.county_id is not None:
        known = select(UnitAlias.id).where(UnitAlias.county_id == unit.county_id, UnitAlias.alias == before)
        if db.session.scalar(known) is None:
            alias = UnitAlias(county_id=unit.county_id, school_id=unit.school_id, unit_id=unit.id, alias=before)
            db.session.add(alias)
    return unit


@operation(right=RIGHT, name="unit.close")
def close_unit(actor: Actor, unit: Unit, given: CloseIn) -> Unit:
    """Close a unit after a day. Raises StepRefused with everything that still stands in the way."""
    if len(given.reason.strip()) < SHORTEST_REASON:
        raise Invalid("reason", REASON_WANTED)
    if unit.from_on is not None and given.to_on < unit.from_on:
        raise Invalid("to_on", DATES)
    missing = _in_the_way(unit, given.to_on)
    if missing:
        raise StepRefused(tuple(missing))
    unit.to_on = given.to_on
    return unit


def _in_the_way(unit: Unit, last: date) -> list[Sentence]:
    below = select(func.count()).where(
        Unit.parent_id == unit.id, not_over(Unit, last), Unit.to_on.is_distinct_from(last)
    )
    held = select(func.count()).where(
        RoleAssignment.unit_id == unit.id, not_over(RoleAssignment, last), RoleAssignment.to_on.is_distinct_from(last)
    )
    enrolled = select(func.count()).where(Student.school_id == unit.id, Student.left_on.is_(None))
    found = []
    if count := db.session.scalar(below):
        found.append(Sentence(f"下面还有 {count} 个单位没有关闭", f"Units below it that are still open: {count}."))
    if count := db.session.scalar(held):
        found.append(Sentence(f"还有 {count} 个岗位没有结束", f"Roles at it that have not ended: {count}."))
    if count := db.session.scalar(enrolled):
        found.append(Sentence(f"还有 {count} 名学生在籍", f"Students still on its roll: {count}."))
    return found


@operation(right=RIGHT, name="unit.add_alias")
def add_alias(actor: Actor, unit: Unit, given: AliasIn) -> None:
    """Let senders use another name for it. Raises Invalid when the name stands for another unit."""
    name = given.alias.strip()
    known = db.session.scalar(select(UnitAlias).where(UnitAlias.county_id == unit.county_id, UnitAlias.alias == name))
    if known is not None:
        raise Invalid("alias", ALIAS_TAKEN)
    db.session.add(UnitAlias(county_id=unit.county_id, school_id=unit.school_id, unit_id=unit.id, alias=name))


@operation(right=RIGHT, name="unit.remove_alias")
def remove_alias(actor: Actor, unit: Unit, given: AliasIn) -> None:
    """Let a name go."""
    wanted = select(UnitAlias).where(UnitAlias.unit_id == unit.id, UnitAlias.alias == given.alias)
    for alias in db.session.scalars(wanted):
        db.session.delete(alias)
