"""Students and classes written many at a time: numbers sealed in process, then a handful of set-based statements.

Used by the import of rosters and by the demo county. The caller holds the open act and a context that reaches the
schools.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import Connection, text

from app.core.copying import carry_over
from app.core.database import db, new_refs, uuid7s
from app.core.errors import ImportRefused, Sentence
from app.core.imports.registry import Counts
from app.core.spreadsheets.cell_by_cell import no_cycle_hunt
from app.core.vault import KeyRing
from app.core.vault.sealer import Sealer
from app.people.directory.pinyin import pinyin_of
from app.people.directory.words import class_name

QUOTE = json.encoder.encode_basestring
"""A text as a JSON string; the objects around are too plain, and too many, for an encoder each."""
COLUMNS = (
    "school_code",
    "student_no",
    "name",
    "id_type",
    "id_no",
    "gender",
    "birth_date",
    "grade",
    "class_no",
    "enrol_year",
    "boarding",
    "guardian1_name",
    "guardian1_relation",
    "guardian1_phone",
    "guardian2_name",
    "guardian2_relation",
    "guardian2_phone",
    "left_behind",
    "village_code",
)
"""The order of the values in a row, by the column codes of the import; dates as YYYY-MM-DD."""
INCOMING = {
    "id": "uuid",
    "ref": "text",
    "known": "bool",
    "school_id": "uuid",
    "student_no": "text",
    "name": "text",
    "pinyin": "text",
    "gender": "text",
    "birth_date": "date",
    "grade": "text",
    "class_no": "int4",
    "id_type": "text",
    "id_index": "bytea",
    "private": "bytea",
    "private_index": "bytea",
    "enrol_year": "int4",
    "boarding": "bool",
    "left_behind": "text",
    "village_code": "text",
    "guardians": "text",
}
A_PORTION = 4000
"""While the database takes in so many students, the numbers of the next ones are sealed."""
MOST_TOLD = 50
LOOKED_AT = ("id", "known", "school_id", "student_no", "grade", "class_no", "id_index")
"""What the statements below join by; the rest needs no statistics."""


class Known(NamedTuple):
    """A student who is on the roll already."""

    id: uuid.UUID
    private: bytes | None
    private_index: bytes | None
    id_index: bytes | None


@dataclass(frozen=True)
class Roll:
    """Which roll is written: the county's schools by code, the school year, the first day, the import behind it."""

    county_id: uuid.UUID
    schools: Mapping[str, uuid.UUID]
    school_year: int
    from_on: date
    batch_id: uuid.UUID | None = None
    moves_between_schools: bool = False
    """A list of the whole county ends the place of a student at the school he or she left."""
    classes: set[tuple[uuid.UUID, str, int]] = field(default_factory=set)


def write_students(roll: Roll, rows: Iterable[Sequence[Any]]) -> Counts:
    """Add and change students by (school, student number), with the classes they sit in; nobody is taken off.

    A list of the county also says at which school a child is: places at others end, and who comes back is there again.

    rows: values in the order of COLUMNS, each student number once. Returns how many were added, changed and left as
    they were. Raises ImportRefused when an ID number is on the roll of the same school under another student number.
    """
    with no_cycle_hunt():
        return _write(roll, list(rows))


def _write(roll: Roll, rows: Sequence[Sequence[Any]]) -> Counts:
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    db.session.execute(ONE_AT_A_TIME, {"what": f"roll:{roll.county_id}"})
    known = _known(roll)
    sealers = {code: ring.sealer(school_id) for code, school_id in roll.schools.items()}
    roll.classes.update((roll.schools[code], grade, class_no) for code, grade, class_no in {_seat(row) for row in rows})
    write_classes(roll)
    keys = {"county": roll.county_id, "batch": roll.batch_id, "year": roll.school_year, "day": roll.from_on,
            "moves": roll.moves_between_schools}  # fmt: skip
    counted = Counter[str]()

    def take(line: Connection) -> None:
        if known and roll.batch_id is not None:
            line.execute(KEEP_FORMER, keys)
        counted["changed"] += line.execute(CHANGE, keys).rowcount if known else 0
        counted["moved"] += line.execute(MOVE_AWAY, keys).rowcount if roll.moves_between_schools else 0
        counted["added"] += line.execute(ADD, keys).rowcount

    portions = _portions(Sealing(roll, sealers, known), rows)
    sent = carry_over("incoming_students", INCOMING, portions, take, LOOKED_AT)
    if roll.batch_id is not None:
        db.session.execute(OVERWRITTEN, {**keys, "sign": 1})
    added, changed = counted["added"], counted["changed"]
    return Counts(added=added, changed=changed, same=sent - added - changed, removed=counted["moved"])


def _seat(row: Sequence[Any]) -> tuple[str, str, int]:
    return row[0], row[7], row[8]


def write_classes(roll: Roll) -> None:
    """The classes of the roll that are not there yet."""
    if not roll.classes:
        return
    schools, grades, numbers = zip(*sorted(roll.classes), strict=True)
    names = [class_name(grade, number) for _, grade, number in sorted(roll.classes)]
    values = {"schools": list(schools), "grades": list(grades), "numbers": list(numbers), "names": names}
    shared = {"county": roll.county_id, "year": roll.school_year, "batch": roll.batch_id}
    if _count(ADD_CLASSES, {**values, **shared}):
        db.session.execute(COUNT_CLASSES)


class Sealing(NamedTuple):
    """What the values of a row are made with: the roll, the keys of each school by its code, who is known."""

    roll: Roll
    sealers: Mapping[str, Sealer]
    known: Mapping[tuple[uuid.UUID, str], Known]


def _portions(sealing: Sealing, rows: Sequence[Sequence[Any]]) -> Iterator[Sequence[Sequence[Any]]]:
    """Raises ImportRefused, before the row is sent, where one ID number stands under two student numbers."""
    holders = {there.id_index: number for (_, number), there in sealing.known.items() if there.id_index is not None}
    for first in range(0, len(rows), A_PORTION):
        some = rows[first : first + A_PORTION]
        indexes = _indexes(sealing, some)
        if _shared(some, indexes, holders):
            rest = rows[first + A_PORTION :]
            raise _numbers_shared(_shared(rows[first:], [*indexes, *_indexes(sealing, rest)], holders))
        yield _columns(sealing, some, indexes)


def _indexes(sealing: Sealing, rows: Sequence[Sequence[Any]]) -> list[bytes | None]:
    return [sealing.sealers[row[0]].index("id_number", row[4]) if row[4] else None for row in rows]


def _columns(
    sealing: Sealing, rows: Sequence[Sequence[Any]], indexes: Sequence[bytes | None]
) -> Sequence[Sequence[Any]]:
    """Some rows in the order of INCOMING, column by column."""
    (codes, numbers, names, id_types, id_nos, genders, born, grades, class_nos, enrolled, boarding, *guardians,
     left_behind, villages) = zip(*rows, strict=True)  # fmt: skip
    schools = [sealing.roll.schools[code] for code in codes]
    before = [sealing.known.get(key) for key in zip(schools, numbers, strict=True)]
    ids = [known.id if known else made for known, made in zip(before, uuid7s(len(rows)), strict=True)]
    private = map(private_text, id_nos, zip(guardians[2], guardians[5], strict=True))
    keys = map(sealing.sealers.__getitem__, codes)
    sealed = [_numbers(*each) for each in zip(keys, ids, before, private, strict=True)]
    return (
        ids, new_refs(len(rows)), [known is not None for known in before], schools, numbers, names,
        list(map(pinyin_of, names)), genders, born, grades, class_nos,
        [kind or ("id" if number else "none") for kind, number in zip(id_types, id_nos, strict=True)], indexes,
        [value for _, value in sealed], [index for index, _ in sealed], enrolled, list(map(bool, boarding)),
        [kind or "none" for kind in left_behind], villages, list(map(guardians_text, zip(*guardians, strict=True))),
    )  # fmt: skip


def _numbers(
    sealer: Sealer, identity: uuid.UUID, before: Known | None, private: str | None
) -> tuple[bytes | None, bytes | None]:
    """Keyed hash and sealed value of the numbers; what is the same as before is not sealed anew."""
    if private is None:
        return None, None
    index = sealer.fingerprint("student_private", private)
    if before and before.private_index == index:
        return index, before.private
    return index, sealer.seal("students", identity, "private", private)


def _known(roll: Roll) -> dict[tuple[uuid.UUID, str], Known]:
    found = db.session.execute(KNOWN, {"county": roll.county_id, "schools": list(roll.schools.values())})
    return {(row[0], row[1]): Known(*row[2:]) for row in found}


def private_text(id_no: str | None, phones: Sequence[str | None]) -> str | None:
    """What is sealed of a student, as JSON; None when there is nothing to seal."""
    if not id_no and not any(phones):
        return None
    kept = ",".join(QUOTE(phone) if phone else "null" for phone in phones)
    return f'{{"id":{QUOTE(id_no) if id_no else "null"},"phones":[{kept}]}}'


def guardians_text(cells: Sequence[Any]) -> str:
    """Names and relations of the guardians as JSON; `cells` are name, relation, phone, name, relation, phone."""
    found = [
        f'{{"name":{QUOTE(cells[i])},"relation":{QUOTE(cells[i + 1]) if cells[i + 1] else "null"}}}'
        for i in (0, 3)
        if cells[i]
    ]
    return f"[{','.join(found)}]" if found else "[]"


def _shared(
    rows: Sequence[Sequence[Any]], indexes: Sequence[bytes | None], holders: dict[bytes, str]
) -> set[tuple[str, str]]:
    """Pairs of student numbers with one ID number; `holders`: index → student number, those of `rows` are added.

    The index of an ID number is another one in each school: equal ones are one number in one school.
    """
    shared = set()
    for row, index in zip(rows, indexes, strict=True):
        holder = row[1] if index is None else holders.setdefault(index, row[1])
        if holder != row[1]:
            shared.add((min(holder, row[1]), max(holder, row[1])))
    return shared


def _numbers_shared(shared: Iterable[tuple[str, str]]) -> ImportRefused:
    return ImportRefused(
        [
            Sentence(
                f"学籍号 {first} 和 {second} 写着同一个证件号，请核对是不是同一个人",
                f"Student numbers {first} and {second} carry the same ID number; check if they are one person.",
            )
            for first, second in sorted(shared)[:MOST_TOLD]
        ]
    )


def _count(statement: Any, values: Mapping[str, Any]) -> int:
    done: Any = db.session.execute(statement, values)
    return int(done.rowcount)


def take_back_students(county_id: uuid.UUID, batch_id: uuid.UUID) -> Counts:
    """Undo what an import wrote: changed students as they were, added ones gone, and the classes it made if empty."""
    keys = {"county": county_id, "batch": batch_id}
    db.session.execute(OVERWRITTEN, {**keys, "sign": -1})
    changed = _count(PUT_BACK, keys)
    removed = _count(TAKE_OFF, keys)
    db.session.execute(CLEAR_CLASSES, keys)
    return Counts(changed=changed, removed=removed)


ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(:what, 0))")
KNOWN = text(
    """select school_id, student_no, id, private, private_index, id_index from students
       where county_id = :county and school_id = any(:schools)"""
)
ADD_CLASSES = text(
    """insert into school_classes (county_id, school_id, school_year, grade, class_no, name, batch_id)
       select :county, c.school_id, :year, c.grade, c.class_no, c.name, cast(:batch as uuid)
       from unnest(cast(:schools as uuid[]), cast(:grades as text[]), cast(:numbers as int[]), cast(:names as text[]))
            as c(school_id, grade, class_no, name)
       on conflict (school_id, school_year, grade, class_no) do nothing"""
)
COUNT_CLASSES = text("select count_classes()")
"""Each student's class is looked up by its key only when the database knows that there are many."""
_DIFFERS = """(s.name, s.gender, s.birth_date, s.grade, s.class_id, s.id_type, s.id_index, s.private_index,
        s.enrol_year, s.boarding, s.left_behind, s.village_code, s.guardians)
     is distinct from (i.name, i.gender, i.birth_date, i.grade, c.id, i.id_type, i.id_index, i.private_index,
        i.enrol_year, i.boarding, i.left_behind, i.village_code, i.guardians::jsonb)"""
_CLASS = """c.school_id = i.school_id and c.school_year = :year and c.grade = i.grade and c.class_no = i.class_no"""
_RETURNS = """cast(:moves as bool) and s.left_on is not null and s.student_no in (
        select o.student_no from students o where o.county_id = :county and o.left_on is null)"""
"""The county's list names the school that the child had left for another one; who left for good and is still listed stays
away (domain §6.4).
"""
KEEP_FORMER = text(
    f"""insert into import_formers (county_id, school_id, batch_id, entity, record_id, former)
        select s.county_id, s.school_id, :batch, 'students', s.id, to_jsonb(s)
        from incoming_students i join students s on s.id = i.id join school_classes c on {_CLASS}
        where i.known and ({_DIFFERS} or {_RETURNS})"""
)
MOVE_AWAY = text(
    """with gone as (
           select s.id from incoming_students i join students s
             on s.county_id = :county and s.student_no = i.student_no and s.school_id <> i.school_id
           where s.left_on is null),
       kept as (
           insert into import_formers (county_id, school_id, batch_id, entity, record_id, former)
           select s.county_id, s.school_id, :batch, 'students', s.id, to_jsonb(s)
           from students s join gone on gone.id = s.id where cast(:batch as uuid) is not null)
       update students s set left_on = :day, batch_id = :batch, version = s.version + 1
       from gone where gone.id = s.id"""
)
CHANGE = text(
    f"""update students s set name = i.name, pinyin = i.pinyin, gender = i.gender, birth_date = i.birth_date,
            grade = i.grade, class_id = c.id, id_type = i.id_type, id_index = i.id_index, private = i.private,
            private_index = i.private_index, enrol_year = i.enrol_year, boarding = i.boarding,
            left_behind = i.left_behind, village_code = i.village_code, guardians = i.guardians::jsonb,
            from_on = case when {_RETURNS} and :day > s.left_on then :day else s.from_on end,
            left_on = case when {_RETURNS} then null else s.left_on end,
            batch_id = :batch, version = s.version + 1
        from incoming_students i join school_classes c on {_CLASS}
        where s.id = i.id and i.known and ({_DIFFERS} or {_RETURNS})"""
)
ADD = text(
    f"""insert into students (id, ref, county_id, school_id, class_id, student_no, name, pinyin, gender, birth_date, grade,
            id_type, id_index, private, private_index, enrol_year, boarding, left_behind, village_code, guardians,
            from_on, batch_id)
        select i.id, i.ref, :county, i.school_id, c.id, i.student_no, i.name, i.pinyin, i.gender, i.birth_date, i.grade,
            i.id_type, i.id_index, i.private, i.private_index, i.enrol_year, i.boarding, i.left_behind, i.village_code,
            i.guardians::jsonb, :day, :batch
        from incoming_students i join school_classes c on {_CLASS} where not i.known"""
)
OVERWRITTEN = text(
    """update import_batches b set rows_overwritten = b.rows_overwritten + :sign * o.n
       from (select (former ->> 'batch_id')::uuid as id, count(*) as n from import_formers
             where batch_id = :batch and entity = 'students' and former ->> 'batch_id' is not null group by 1) o
       where b.id = o.id and b.county_id = :county"""
)
_SINCE_BY_HAND = """(s.left_on, s.from_on) is distinct from (f.left_on, f.from_on) and exists (
        select from audit.transition_log l where l.record_id = s.id and l.step in ('student.leave', 'student.return')
            and l.seq > a.seq)"""
"""A person took the child off the roll, or put it back, after the list: that stands when the list is taken back."""
PUT_BACK = text(
    f"""update students s set (name, pinyin, gender, birth_date, id_type, id_index, private, private_index, enrol_year,
            boarding, left_behind, village_code, guardians, grade, class_id, from_on, left_on, batch_id, version)
         = (f.name, f.pinyin, f.gender, f.birth_date, f.id_type, f.id_index, f.private, f.private_index, f.enrol_year,
            f.boarding, f.left_behind, f.village_code, f.guardians,
            case when {_SINCE_BY_HAND} then s.grade else f.grade end,
            case when {_SINCE_BY_HAND} then s.class_id else f.class_id end,
            case when {_SINCE_BY_HAND} then s.from_on else f.from_on end,
            case when {_SINCE_BY_HAND} then s.left_on else f.left_on end, f.batch_id, s.version + 1)
       from import_formers k, lateral jsonb_populate_record(null::students, k.former) f,
            (select coalesce(max(seq), 0) as seq from audit.transition_log
             where record_id = :batch and step = 'import_batch.finish_acceptance') a
       where k.batch_id = :batch and k.entity = 'students' and s.id = k.record_id and s.county_id = :county"""
)
TAKE_OFF = text("delete from students where batch_id = :batch and county_id = :county")
CLEAR_CLASSES = text(
    """delete from school_classes c where c.batch_id = :batch and c.county_id = :county
         and not exists (select from students s where s.class_id = c.id)
         and not exists (select from teaching_duties d where d.class_id = c.id)"""
)
