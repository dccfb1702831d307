"""What imports are checked against: schools with all their names, the roll, staff and classes; read in a few selects.

Jobs call these as SYSTEM. A batch of one school is given that school alone, so no answer tells about another one.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import Select, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from app.core.database import db
from app.core.imports.directory import KnownStudent, Lookups, School
from app.core.imports.models import ImportBatch
from app.people.directory.models import Person, SchoolClass, Student, Unit, UnitAlias

BUREAU_WORDS = ("教育体育局", "教育局", "教体局")
LONGEST_ALIAS = 60


def _schools(county_id: uuid.UUID, school_id: uuid.UUID | None) -> Select[Unit]:
    found = select(Unit).where(Unit.county_id == county_id, Unit.kind == "school")
    return found.where(Unit.id == school_id) if school_id else found


def school_ids(county_id: uuid.UUID, school_id: uuid.UUID | None = None) -> dict[str, uuid.UUID]:
    """School code → unit id, of the county or of one school."""
    rows = db.session.execute(_schools(county_id, school_id).with_only_columns(Unit.code, Unit.id))
    return {row.code: row.id for row in rows}


def schools(county_id: uuid.UUID, school_id: uuid.UUID | None = None) -> list[School]:
    """Schools with their short names; names that people chose before are in `aliases`."""
    wanted = _schools(county_id, school_id).with_only_columns(Unit.code, Unit.name, Unit.short_name)
    return [School(row.code, row.name, (row.short_name,)) for row in db.session.execute(wanted.order_by(Unit.code))]


def unit_names(county_id: uuid.UUID, codes: Collection[str]) -> dict[str, str]:
    """Code → name, of the county and its units; codes that nobody knows are left out."""
    here = or_(Unit.id == county_id, Unit.county_id == county_id)
    wanted = select(Unit.code, Unit.name).where(here, Unit.code.in_(codes))
    return {row.code: row.name for row in db.session.execute(wanted)}


def aliases(county_id: uuid.UUID) -> dict[str, str]:
    """Other name → school code."""
    wanted = select(UnitAlias.alias, Unit.code).join(Unit, Unit.id == UnitAlias.unit_id)
    rows = db.session.execute(wanted.where(UnitAlias.county_id == county_id, Unit.kind == "school"))
    return {row.alias: row.code for row in rows}


def place_names(county_id: uuid.UUID) -> list[str]:
    """What stands before the names of the county's schools: 清澜县."""
    name = db.session.scalar(select(Unit.name).where(Unit.id == county_id)) or ""
    found = [name.removesuffix(word) for word in BUREAU_WORDS if name.endswith(word)]
    return [part for part in found if part]


def known_students(county_id: uuid.UUID, school_id: uuid.UUID | None = None) -> dict[str, KnownStudent]:
    """Student number → name, school and whether still enrolled; where a child changed schools the present one counts."""
    wanted = (
        select(Student.student_no, Student.name, Unit.code, Student.left_on)
        .join(Unit, Unit.id == Student.school_id)
        .where(Student.county_id == county_id)
        .order_by(Student.left_on.asc().nulls_last())
    )
    if school_id:
        wanted = wanted.where(Student.school_id == school_id)
    rows = db.session.execute(wanted).all()
    return {number: KnownStudent(name, code, "left" if left else "enrolled") for number, name, code, left in rows}


def known_staff(county_id: uuid.UUID, school_id: uuid.UUID | None = None) -> frozenset[tuple[str, str]]:
    """(school code, staff number) of everybody who has not left."""
    wanted = (
        select(Unit.code, Person.staff_no)
        .join(Unit, Unit.id == Person.school_id)
        .where(Person.county_id == county_id, Person.left_on.is_(None))
    )
    if school_id:
        wanted = wanted.where(Person.school_id == school_id)
    return frozenset((code, number) for code, number in db.session.execute(wanted))


def known_classes(
    county_id: uuid.UUID, year: int, school_id: uuid.UUID | None = None
) -> frozenset[tuple[str, str, int]]:
    """(school code, grade, class number) of a school year."""
    wanted = (
        select(Unit.code, SchoolClass.grade, SchoolClass.class_no)
        .join(Unit, Unit.id == SchoolClass.school_id)
        .where(SchoolClass.county_id == county_id, SchoolClass.school_year == year)
    )
    if school_id:
        wanted = wanted.where(SchoolClass.school_id == school_id)
    return frozenset((code, grade, number) for code, grade, number in db.session.execute(wanted))


def roster_counts(county_id: uuid.UUID, day: date) -> dict[tuple[str, str, int], int]:
    """Enrolled students on `day` by (school code, grade or "", class number or 0); system context only."""
    return {
        (row.code, row.grade, row.class_no): row.n
        for row in db.session.execute(COUNTS, {"county": county_id, "day": day})
    }


COUNTS = text(
    """select u.code, coalesce(s.grade, '') as grade, coalesce(c.class_no, 0) as class_no, count(*) as n
       from students s join units u on u.id = s.school_id left join school_classes c on c.id = s.class_id
       where s.county_id = :county and s.from_on <= :day and (s.left_on is null or s.left_on > :day)
       group by grouping sets ((u.code), (u.code, s.grade), (u.code, s.grade, c.class_no))
       having grouping(c.class_no) = 1 or c.class_no is not null"""
)


def base(batch: ImportBatch, as_of: date) -> Lookups:
    """Schools, their names and the day: what every kind with schools needs."""
    return Lookups(
        as_of=as_of,
        schools=schools(batch.county_id, batch.school_id),
        aliases=aliases(batch.county_id),
        place_names=place_names(batch.county_id),
    )


def learn_schools(batch: ImportBatch, column: str, chosen: Mapping[str, str]) -> None:
    """Keep the names that people matched with a school, inside the act of acceptance."""
    codes = school_ids(batch.county_id) if column in ("school_code", "scope_code") else {}
    rows = [
        {"county_id": batch.county_id, "unit_id": codes[code], "alias": typed.strip()[:LONGEST_ALIAS]}
        for typed, code in chosen.items()
        if code in codes and typed.strip() and not typed.strip().isdigit()
    ]
    if rows:
        made = insert(UnitAlias).values(rows)
        changed = {"unit_id": made.excluded.unit_id}
        db.session.execute(made.on_conflict_do_update(index_elements=["county_id", "alias"], set_=changed))
