"""Staff and homeroom duties written many at a time, by import and by the demo county, inside the open act."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import text

from app.core.copying import copy_in
from app.core.database import db, uuid7
from app.core.imports.registry import Counts
from app.core.vault import KeyRing
from app.core.vault.sealer import Sealer
from app.people.directory.pinyin import pinyin_of
from app.people.directory.words import class_name

STAFF_COLUMNS = (
    "school_code",
    "staff_no",
    "name",
    "phone",
    "roles",
    "subjects",
    "qualification_type",
    "qualification_expiry",
)
CLASS_COLUMNS = ("school_code", "grade", "class_no", "class_name", "homeroom_staff_no", "from_date")
REQUESTED_ROLES = frozenset({"grade_leader", "subject_teacher", "homeroom_teacher", "school_coordinator", "principal"})
"""Roles of a staff list that become requests; the security administrator grants them."""
INCOMING_STAFF = {
    "id": "uuid",
    "known": "bool",
    "school_id": "uuid",
    "staff_no": "text",
    "name": "text",
    "pinyin": "text",
    "phone_sealed": "bytea",
    "phone_index": "bytea",
    "roles": "text",
    "subjects": "text",
    "qualification_type": "text",
    "qualification_expiry": "date",
}
INCOMING_CLASSES = {
    "school_id": "uuid",
    "grade": "text",
    "class_no": "int4",
    "name": "text",
    "staff_no": "text",
    "from_on": "date",
}


@dataclass(frozen=True)
class Staffing:
    """Whose staff is written: schools by code, the day, the import behind it and who asks for the roles in it."""

    county_id: uuid.UUID
    schools: Mapping[str, uuid.UUID]
    day: date
    school_year: int
    batch_id: uuid.UUID | None = None
    asked_by: uuid.UUID | None = None


def write_staff(staffing: Staffing, rows: Iterable[Sequence[Any]]) -> Counts:
    """Add and change members of staff by (school, staff number); nobody leaves by it.

    rows: values in the order of STAFF_COLUMNS; roles and subjects are lists of codes. Roles become requests.
    """
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    keys = _keys(staffing)
    db.session.execute(ONE_AT_A_TIME, {"what": f"staff:{staffing.county_id}"})
    known = _known(staffing)
    sealers = {school_id: ring.sealer(school_id) for school_id in staffing.schools.values()}
    sent = copy_in("incoming_staff", INCOMING_STAFF, _sealed(sealers, staffing, rows, known))
    if staffing.batch_id is not None:
        db.session.execute(KEEP_FORMER_STAFF, keys)
    changed = _count(CHANGE_STAFF, keys)
    added = _count(ADD_STAFF, keys)
    if staffing.asked_by is not None:
        db.session.execute(REQUEST_ROLES, {**keys, "roles": sorted(REQUESTED_ROLES)})
    return Counts(added=added, changed=changed, same=sent - added - changed)


def _keys(staffing: Staffing) -> dict[str, Any]:
    return {
        "county": staffing.county_id,
        "batch": staffing.batch_id,
        "day": staffing.day,
        "year": staffing.school_year,
        "by": staffing.asked_by,
    }


def _count(statement: Any, values: Mapping[str, Any]) -> int:
    done: Any = db.session.execute(statement, values)
    return int(done.rowcount)


Known = dict[tuple[uuid.UUID, str], tuple[uuid.UUID, bytes | None, bytes | None]]


def _known(staffing: Staffing) -> Known:
    found = db.session.execute(KNOWN_STAFF, {"county": staffing.county_id, "schools": list(staffing.schools.values())})
    return {(row[0], row[1]): (row[2], row[3], row[4]) for row in found}


def _sealed(
    sealers: Mapping[uuid.UUID, Sealer], staffing: Staffing, rows: Iterable[Sequence[Any]], known: Known
) -> Iterator[tuple[Any, ...]]:
    for code, staff_no, name, phone, roles, subjects, qualification, expiry in rows:
        school_id = staffing.schools[code]
        before = known.get((school_id, staff_no))
        identity = before[0] if before else uuid7()
        sealer = sealers[school_id]
        index = sealer.index("phone", phone) if phone else None
        sealed = before[1] if before and before[2] == index else None
        if phone and sealed is None:
            sealed = sealer.seal("persons", identity, "phone_sealed", phone)
        yield (
            identity,
            before is not None,
            school_id,
            staff_no,
            name,
            pinyin_of(name),
            sealed,
            index,
            ",".join(roles or ()),
            ",".join(subjects or ()),
            qualification,
            date.fromisoformat(expiry) if isinstance(expiry, str) else expiry,
        )


def write_homerooms(staffing: Staffing, rows: Iterable[Sequence[Any]]) -> Counts:
    """Name classes and their homeroom teachers; the teacher before ends the day before (domain §2.3 d).

    rows: values in the order of CLASS_COLUMNS.
    """
    keys = _keys(staffing)
    sent = copy_in("incoming_classes", INCOMING_CLASSES, _class_lines(staffing, rows))
    if staffing.batch_id is not None:
        db.session.execute(KEEP_FORMER_CLASSES, keys)
        db.session.execute(KEEP_FORMER_DUTIES, keys)
    added = set(db.session.scalars(ADD_CLASSES, keys))
    touched = set(db.session.scalars(NAME_CLASSES, keys))
    db.session.execute(END_DUTIES, keys)
    touched |= set(db.session.scalars(BEGIN_DUTIES, keys))
    changed = len(touched - added)
    return Counts(added=len(added), changed=changed, same=sent - len(added) - changed)


def _class_lines(staffing: Staffing, rows: Iterable[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    for code, grade, number, name, staff_no, from_on in rows:
        day = date.fromisoformat(from_on) if isinstance(from_on, str) else from_on
        yield staffing.schools[code], grade, number, (name or class_name(grade, number))[:30], staff_no, day


def take_back_staff(county_id: uuid.UUID, batch_id: uuid.UUID) -> Counts:
    """Undo a staff import: changed persons as they were, added ones gone with their open requests."""
    keys = {"county": county_id, "batch": batch_id}
    db.session.execute(DROP_REQUESTS, keys)
    changed = _count(PUT_BACK_STAFF, keys)
    return Counts(changed=changed, removed=_count(TAKE_OFF_STAFF, keys))


def take_back_homerooms(county_id: uuid.UUID, batch_id: uuid.UUID) -> Counts:
    """Undo a class import: duties it began go, those it ended run on, names are as before, empty new classes go."""
    keys = {"county": county_id, "batch": batch_id}
    db.session.execute(TAKE_OFF_DUTIES, keys)
    db.session.execute(PUT_BACK_DUTIES, keys)
    changed = _count(PUT_BACK_CLASSES, keys)
    return Counts(changed=changed, removed=_count(CLEAR_CLASSES, keys))


def staff_resting_on(batch_id: uuid.UUID) -> int:
    """How many of the persons a batch added already hold a role or a duty."""
    return db.session.scalar(STAFF_IN_USE, {"batch": batch_id}) or 0


ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(:what, 0))")
KNOWN_STAFF = text(
    """select school_id, staff_no, id, phone_sealed, phone_index from persons
       where county_id = :county and school_id = any(:schools)"""
)
_STAFF_DIFFERS = """(p.name, p.phone_index, p.qualification_type, p.qualification_expiry, p.left_on)
    is distinct from (i.name, i.phone_index, i.qualification_type, i.qualification_expiry, null)"""
KEEP_FORMER_STAFF = text(
    f"""insert into import_formers (county_id, school_id, batch_id, entity, record_id, former)
        select :county, i.school_id, :batch, 'persons', i.id, case when i.known then to_jsonb(p) end
        from incoming_staff i left join persons p on p.id = i.id
        where not i.known or {_STAFF_DIFFERS}"""
)
CHANGE_STAFF = text(
    f"""update persons p set name = i.name, pinyin = i.pinyin, phone_sealed = i.phone_sealed,
            phone_index = i.phone_index, qualification_type = i.qualification_type,
            qualification_expiry = i.qualification_expiry, left_on = null, version = p.version + 1
        from incoming_staff i where p.id = i.id and i.known and {_STAFF_DIFFERS}"""
)
ADD_STAFF = text(
    """insert into persons (id, county_id, school_id, unit_id, staff_no, name, pinyin, phone_sealed, phone_index,
           qualification_type, qualification_expiry)
       select id, :county, school_id, school_id, staff_no, name, pinyin, phone_sealed, phone_index,
           qualification_type, qualification_expiry
       from incoming_staff where not known"""
)
REQUEST_ROLES = text(
    """insert into role_requests (county_id, school_id, unit_id, person_id, role, subjects, from_on, requested_by)
       select :county, i.school_id, i.school_id, i.id, r.role,
           case when r.role = 'subject_teacher' and i.subjects <> ''
                then to_jsonb(string_to_array(i.subjects, ',')) else '[]'::jsonb end, :day, :by
       from incoming_staff i cross join lateral unnest(string_to_array(i.roles, ',')) as r(role)
       where r.role = any(:roles) and i.id <> :by
         and not exists (select from role_assignments a where a.person_id = i.id and a.unit_id = i.school_id
                         and a.role = r.role and (a.to_on is null or a.to_on >= :day))
         and not exists (select from role_requests q where q.person_id = i.id and q.unit_id = i.school_id
                         and q.role = r.role and q.decision is null)"""
)
DROP_REQUESTS = text(
    """delete from role_requests q using import_formers k
       where k.batch_id = :batch and k.entity = 'persons' and q.person_id = k.record_id and q.decision is null
         and k.former is null"""
)
PUT_BACK_STAFF = text(
    """update persons p set (name, pinyin, phone_sealed, phone_index, qualification_type, qualification_expiry, left_on,
           version)
         = (f.name, f.pinyin, f.phone_sealed, f.phone_index, f.qualification_type, f.qualification_expiry, f.left_on,
           p.version + 1)
       from import_formers k, lateral jsonb_populate_record(null::persons, k.former) f
       where k.batch_id = :batch and k.entity = 'persons' and k.former is not null and p.id = k.record_id
         and p.county_id = :county"""
)
TAKE_OFF_STAFF = text(
    """delete from persons p using import_formers k
       where k.batch_id = :batch and k.entity = 'persons' and k.former is null and p.id = k.record_id
         and p.county_id = :county"""
)
STAFF_IN_USE = text(
    """select count(*) from import_formers k where k.batch_id = :batch and k.entity = 'persons' and k.former is null
         and (exists (select from role_assignments a where a.person_id = k.record_id)
              or exists (select from accounts a where a.person_id = k.record_id)
              or exists (select from teaching_duties d where d.person_id = k.record_id))"""
)
_SAME_CLASS = (
    """c.school_id = i.school_id and c.school_year = :year and c.grade = i.grade and c.class_no = i.class_no"""
)
_PERSON = """p.school_id = i.school_id and p.staff_no = i.staff_no"""
KEEP_FORMER_CLASSES = text(
    f"""insert into import_formers (county_id, school_id, batch_id, entity, record_id, former)
        select c.county_id, c.school_id, :batch, 'school_classes', c.id, to_jsonb(c)
        from incoming_classes i join school_classes c on {_SAME_CLASS} where c.name <> i.name"""
)
KEEP_FORMER_DUTIES = text(
    f"""insert into import_formers (county_id, school_id, batch_id, entity, record_id, former)
        select d.county_id, d.school_id, :batch, 'teaching_duties', d.id, to_jsonb(d)
        from incoming_classes i join school_classes c on {_SAME_CLASS} join persons p on {_PERSON}
        join teaching_duties d on d.class_id = c.id and d.duty = 'homeroom' and d.person_id <> p.id
        where d.to_on is null or d.to_on >= i.from_on"""
)
ADD_CLASSES = text(
    """insert into school_classes (county_id, school_id, school_year, grade, class_no, name, batch_id)
       select :county, school_id, :year, grade, class_no, name, cast(:batch as uuid) from incoming_classes
       on conflict (school_id, school_year, grade, class_no) do nothing returning id"""
)
NAME_CLASSES = text(
    f"""update school_classes c set name = i.name from incoming_classes i where {_SAME_CLASS} and c.name <> i.name
        returning c.id"""
)
END_DUTIES = text(
    f"""update teaching_duties d set to_on = greatest(i.from_on - 1, d.from_on)
        from incoming_classes i join school_classes c on {_SAME_CLASS} join persons p on {_PERSON}
        where d.class_id = c.id and d.duty = 'homeroom' and d.person_id <> p.id
          and (d.to_on is null or d.to_on >= i.from_on)"""
)
BEGIN_DUTIES = text(
    f"""with begun as (
            insert into teaching_duties (county_id, school_id, person_id, class_id, duty, from_on)
            select c.county_id, c.school_id, p.id, c.id, 'homeroom', i.from_on
            from incoming_classes i join school_classes c on {_SAME_CLASS} join persons p on {_PERSON}
            where not exists (select from teaching_duties d where d.class_id = c.id and d.person_id = p.id
                              and d.duty = 'homeroom' and (d.to_on is null or d.to_on >= i.from_on))
            returning id, county_id, school_id, class_id),
        kept as (
            insert into import_formers (county_id, school_id, batch_id, entity, record_id)
            select county_id, school_id, :batch, 'teaching_duties', id from begun where cast(:batch as uuid) is not null)
        select class_id from begun"""
)
TAKE_OFF_DUTIES = text(
    """delete from teaching_duties d using import_formers k
       where k.batch_id = :batch and k.entity = 'teaching_duties' and k.former is null and d.id = k.record_id"""
)
PUT_BACK_DUTIES = text(
    """update teaching_duties d set to_on = f.to_on
       from import_formers k, lateral jsonb_populate_record(null::teaching_duties, k.former) f
       where k.batch_id = :batch and k.entity = 'teaching_duties' and k.former is not null and d.id = k.record_id"""
)
PUT_BACK_CLASSES = text(
    """update school_classes c set name = f.name
       from import_formers k, lateral jsonb_populate_record(null::school_classes, k.former) f
       where k.batch_id = :batch and k.entity = 'school_classes' and c.id = k.record_id"""
)
CLEAR_CLASSES = text(
    """delete from school_classes c where c.batch_id = :batch and c.county_id = :county
         and not exists (select from students s where s.class_id = c.id)
         and not exists (select from teaching_duties d where d.class_id = c.id)"""
)
