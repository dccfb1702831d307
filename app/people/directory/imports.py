"""The three kinds of files that fill the directory: students with their classes, classes with homeroom teachers, staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.core import clock
from app.core.database import db
from app.core.errors import ImportRefused, NotFound, Sentence
from app.core.imports.checking import KEY_SEPARATOR
from app.core.imports.directory import Lookups
from app.core.imports.good_rows import GoodRows
from app.core.imports.grades import school_year
from app.core.imports.kinds import CLASSES as CLASS_COLUMNS
from app.core.imports.models import ImportBatch
from app.core.imports.registry import Counts, Former, HeadCount, ImportKind, Target
from app.core.imports.staged import StagedSheet
from app.core.policy.actor import Actor
from app.people.directory import lookups, roster, staffing
from app.people.directory.models import SchoolClass, Student, Unit
from app.people.directory.words import grade_name

NO_STAGED_ROWS = "a personal kind is accepted from its checked rows"


def place(actor: Actor, ref: str | None) -> Target:
    """The actor's own school, else the whole county; `ref` is not used."""
    own = actor.school_id or actor.county_id
    name = db.session.execute(select(Unit.name, Unit.short_name).where(Unit.id == own)).first() if own else None
    if actor.county_id is None or name is None:
        raise NotFound("unit", ref or "")
    label = name.short_name if actor.school_id else name.name
    return Target(actor.county_id, actor.school_id, actor.unit_id, label, "/units")


def _as_of(batch: ImportBatch) -> date:
    return clock.local(batch.created_at).date() if batch.created_at else clock.today()


def _student_lookups(batch: ImportBatch) -> Lookups:
    found = lookups.base(batch, _as_of(batch))
    school = batch.school_id
    return replace(
        found,
        students=lookups.known_students(batch.county_id, school),
        classes=lookups.known_classes(batch.county_id, found.school_year, school),
    )


def _class_lookups(batch: ImportBatch) -> Lookups:
    found = lookups.base(batch, _as_of(batch))
    return replace(found, staff=lookups.known_staff(batch.county_id, batch.school_id))


def _staff_lookups(batch: ImportBatch) -> Lookups:
    return lookups.base(batch, _as_of(batch))


def _own_code(batch: ImportBatch) -> dict[str, str]:
    """A school's own list needs no column for the school."""
    code = db.session.scalar(select(Unit.code).where(Unit.id == batch.school_id)) if batch.school_id else None
    return {"school_code": code} if code else {}


def _roll(batch: ImportBatch) -> roster.Roll:
    day = _as_of(batch)
    return roster.Roll(
        county_id=batch.county_id,
        schools=lookups.school_ids(batch.county_id, batch.school_id),
        school_year=school_year(day.year, day.month),
        from_on=day,
        batch_id=batch.id,
        moves_between_schools=batch.school_id is None,
    )


def _accept_students(batch: ImportBatch, staged: GoodRows | None) -> Counts:
    return roster.write_students(_roll(batch), _given(staged).accepted(*roster.COLUMNS))


def _given(staged: GoodRows | None) -> GoodRows:
    if staged is None:
        raise RuntimeError(NO_STAGED_ROWS)
    return staged


def _student_headcount(batch: ImportBatch, staged: StagedSheet) -> Sequence[HeadCount]:
    wanted = select(func.count()).select_from(Student).where(Student.county_id == batch.county_id)
    wanted = wanted.where(Student.left_on.is_(None))
    if batch.school_id:
        wanted = wanted.where(Student.school_id == batch.school_id)
    enrolled = db.session.scalar(wanted) or 0
    listed = staged.counts.accepted
    share = f"{listed / enrolled:.1%}" if enrolled else ""
    return (
        HeadCount("名册在籍", "Enrolled now", enrolled),
        HeadCount("本次可接收", "In this file", listed, share),
    )


def _former_students(batch: ImportBatch) -> Former | None:
    """The roll as it stands, without numbers; None while it is empty."""
    wanted = (
        select(Student.student_no, Student.name, Student.gender, Student.birth_date, Student.grade)
        .add_columns(SchoolClass.class_no, Unit.code)
        .join(Unit, Unit.id == Student.school_id)
        .outerjoin(SchoolClass, SchoolClass.id == Student.class_id)
        .where(Student.county_id == batch.county_id, Student.left_on.is_(None))
    )
    if batch.school_id:
        wanted = wanted.where(Student.school_id == batch.school_id)
    rows = db.session.execute(wanted).all()
    return Former(ROLL, [(row.student_no, _known_values(row)) for row in rows], COMPARED) if rows else None


ROLL = Sentence("现有名册", "The present roll")
COMPARED = frozenset({"name", "gender", "birth_date", "grade", "class_no", "school_code"})


def _known_values(row: Any) -> dict[str, Any]:
    return {
        "name": row.name,
        "gender": row.gender,
        "birth_date": row.birth_date.isoformat(),
        "grade": row.grade,
        "class_no": row.class_no,
        "school_code": row.code,
    }


def _staffing(batch: ImportBatch) -> staffing.Staffing:
    day = _as_of(batch)
    return staffing.Staffing(
        county_id=batch.county_id,
        schools=lookups.school_ids(batch.county_id, batch.school_id),
        day=day,
        school_year=school_year(day.year, day.month),
        batch_id=batch.id,
        asked_by=batch.owner_id,
    )


def _accept_staff(batch: ImportBatch, staged: GoodRows | None) -> Counts:
    return staffing.write_staff(_staffing(batch), _given(staged).accepted(*staffing.STAFF_COLUMNS))


def _accept_classes(batch: ImportBatch, staged: GoodRows | None) -> Counts:
    rows = list(_given(staged).accepted(*staffing.CLASS_COLUMNS))
    known = lookups.known_staff(batch.county_id, batch.school_id)
    gone = sorted({str(row[4]) for row in rows if (str(row[0]), str(row[4])) not in known})
    if gone:
        numbers = "、".join(gone[:10])
        zh, en = (
            f"工号 {numbers} 已不在教职工名册里，请先核对",
            f"Staff numbers {numbers} are not on the staff list any more.",
        )
        raise ImportRefused(Sentence(zh, en))
    return staffing.write_homerooms(_staffing(batch), rows)


def _class_words(batch: ImportBatch, keys: Sequence[str]) -> dict[str, Sentence]:
    """A school's list speaks of its own classes: 七年级 3 班."""
    parts = {key: key.split(KEY_SEPARATOR) for key in keys}
    return {
        key: Sentence(f"{grade_name(part[1]).zh}（{part[2]}）班", f"{grade_name(part[1]).en}, class {part[2]}")
        for key, part in parts.items()
        if len(part) == len(CLASS_COLUMNS.key)
    }


STUDENTS = ImportKind(
    "students",
    "学生名册",
    "Student roster",
    target=place,
    lookups=_student_lookups,
    accept=_accept_students,
    roll_back=lambda batch: roster.take_back_students(batch.county_id, batch.id),
    former=_former_students,
    headcount=_student_headcount,
    fixed=_own_code,
    learn=lookups.learn_schools,
    school_private=True,
    personal=True,
    private_columns=frozenset({"id_no", "guardian1_phone", "guardian2_phone"}),
)
CLASSES = ImportKind(
    "classes",
    "班级与班主任",
    "Classes and homeroom teachers",
    target=place,
    lookups=_class_lookups,
    accept=_accept_classes,
    roll_back=lambda batch: staffing.take_back_homerooms(batch.county_id, batch.id),
    fixed=_own_code,
    spoken=_class_words,
    learn=lookups.learn_schools,
    school_private=True,
    personal=True,
)
STAFF = ImportKind(
    "staff",
    "教职工名册",
    "Staff list",
    target=place,
    lookups=_staff_lookups,
    accept=_accept_staff,
    roll_back=lambda batch: staffing.take_back_staff(batch.county_id, batch.id),
    depends=lambda batch: staffing.staff_resting_on(batch.id),
    fixed=_own_code,
    learn=lookups.learn_schools,
    school_private=True,
    personal=True,
    private_columns=frozenset({"phone"}),
)
KINDS = (STUDENTS, CLASSES, STAFF)
