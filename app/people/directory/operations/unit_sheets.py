"""Units from a table: known codes are corrected, unknown ones opened below the unit that the table names; all rows or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.core import clock
from app.core.audit import trail
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.core.spreadsheets import refuse_rows
from app.people.directory.models import Unit, UnitAlias
from app.people.directory.operations.units import MADE_HERE, RIGHT, addressee_of
from app.people.directory.pinyin import pinyin_of
from app.people.directory.unit_sheet import UnitRow
from app.people.directory.words import UNIT_KINDS

NO_ABOVE = Sentence(
    "上级编码在表里和系统里都没有", "No unit has the code of the unit above, neither here nor in the table"
)
NOT_OPENED = Sentence("这一类单位不由县里开办", "The county does not open units of this kind")
WITHIN_ITSELF = Sentence("上级不能是自己或自己下面的单位", "The unit above cannot be the unit itself or one below it")


@dataclass(frozen=True)
class UnitsIn:
    """The rows of a table."""

    rows: Sequence[UnitRow]
    version: int | None = None


@dataclass(frozen=True)
class Taken:
    """How many units were opened, changed, and stood as they were."""

    opened: int
    changed: int
    same: int


@operation(right=RIGHT, name="unit.import")
def take_units(actor: Actor, bureau: Unit, given: UnitsIn) -> Taken:
    """Bring the county's units in line with a table. Raises Invalid with a sentence for each row that cannot be taken."""
    known = {unit.code: unit for unit in db.session.scalars(select(Unit).where(Unit.county_id == bureau.county_id))}
    aliases = set(db.session.scalars(select(UnitAlias.alias).where(UnitAlias.county_id == bureau.county_id)))
    before = {code: _facts(unit) for code, unit in known.items()}
    faults: dict[int, Sentence] = {}
    for row in given.rows:
        if row.code not in known and row.kind in MADE_HERE:
            known[row.code] = Unit(
                id=uuid7(), county_id=bureau.county_id, kind=row.kind, code=row.code, from_on=clock.today()
            )
    for row in given.rows:
        fault = _fill(row, known, bureau)
        if fault is not None:
            faults[row.place] = fault
    _look_for_rounds(given.rows, known, faults)
    refuse_rows(faults)
    opened = [known[row.code] for row in given.rows if row.code not in before]
    db.session.add_all(opened)
    changed = [row.code for row in given.rows if row.code in before and _facts(known[row.code]) != before[row.code]]
    for code in changed:
        former = str(before[code][0])
        if former != known[code].name and former not in aliases:
            unit = known[code]
            db.session.add(UnitAlias(county_id=unit.county_id, school_id=unit.school_id, unit_id=unit.id, alias=former))
    taken = Taken(len(opened), len(changed), len(given.rows) - len(opened) - len(changed))
    deed = trail.current()
    if deed is not None:
        deed.main.extra.update(vars(taken))
    return taken


def _facts(unit: Unit) -> tuple[object, ...]:
    return (unit.name, unit.short_name, unit.addressee, unit.school_type, unit.parent_id)


def _fill(row: UnitRow, known: dict[str, Unit], bureau: Unit) -> Sentence | None:
    """Write the row on its unit; what is wrong with it, if anything."""
    unit = known.get(row.code)
    if unit is None:
        return NOT_OPENED
    if unit.kind != row.kind:
        zh, en = UNIT_KINDS[unit.kind].zh, UNIT_KINDS[unit.kind].en
        return Sentence(f"这个编码是{zh}，类型不能改", f"This code belongs to another kind, which stays: {en}")
    try:
        unit.addressee = addressee_of(unit.kind, row.addressee or unit.addressee)
    except Invalid as refused:
        return next(iter(refused.sentences.values()))
    unit.name, unit.short_name = row.name, row.short_name or row.name[:30]
    unit.pinyin = pinyin_of(row.name)
    if unit.kind == "school":
        unit.school_type = row.school_type or unit.school_type
    if unit.id != bureau.id:
        above = known.get(row.above) if row.above else bureau
        if above is None:
            return NO_ABOVE
        unit.parent_id = above.id
    return None


def _look_for_rounds(rows: Sequence[UnitRow], known: dict[str, Unit], faults: dict[int, Sentence]) -> None:
    above = {unit.id: unit.parent_id for unit in known.values()}
    for row in rows:
        unit = known.get(row.code)
        met, at = set(), unit.id if unit else None
        while at is not None and at not in met:
            met.add(at)
            at = above.get(at)
        if at is not None:
            faults.setdefault(row.place, WITHIN_ITSELF)
