"""On which records a right holds: each scope once for a record in hand (Python) and once for a select (SQL).

Both read the same column names: `county_id`, `school_id`, `unit_id` (responsible unit), `subject`, `owner_id`, and of
results `cohort` and `class_no`. A property test proves that the two agree.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true, tuple_

from app.core.clock import today
from app.core.database import db
from app.core.policy.actor import Actor
from app.core.policy.assignments import PART_OF, CaseAssignment


@dataclass(frozen=True)
class Scope:
    """One reach of a right: `holds` for a record, `where` for a select on a model.

    `together` answers for many records of one model in one question, where `holds` would ask the database about each.
    """

    name: str
    zh: str
    en: str
    holds: Callable[[Actor, Any], bool]
    where: Callable[[Actor, Any], ColumnElement[bool]]
    together: Callable[[Actor, Sequence[Any]], Set[uuid.UUID]] | None = None
    instead_of: tuple[str, ...] = ()
    """The roles whose step it is, where the right goes up a level only while none of them may (`ladder`)."""

    def among(self, actor: Actor, records: Sequence[Any]) -> Set[uuid.UUID]:
        """Ids of those of `records`, all of one model, that lie within this reach."""
        if self.together is not None and records:
            return self.together(actor, records)
        return {record.id for record in records if self.holds(actor, record)}


def _same(record: Any, column: str, value: Any) -> bool:
    return value is not None and getattr(record, column, None) == value


def _column(model: Any, column: str, value: Any) -> ColumnElement[bool]:
    if value is None or not hasattr(model, column):
        return false()
    condition: ColumnElement[bool] = getattr(model, column) == value
    return condition


def _assigned(actor: Actor, record: Any) -> bool:
    found = db.session.scalar(select(exists().where(_assignment(actor, type(record), record.id))))
    return bool(found)


def _assigned_together(actor: Actor, records: Sequence[Any]) -> Set[uuid.UUID]:
    model, ids = type(records[0]), [record.id for record in records]
    mine = exists().where(_assignment(actor, model, model.id))
    return set(db.session.scalars(select(model.id).where(model.id.in_(ids), mine)))


def _assignment(actor: Actor, model: Any, identity: Any) -> ColumnElement[bool]:
    day = today()
    return and_(
        or_(
            *(
                and_(CaseAssignment.entity == name, CaseAssignment.record_id == key)
                for name, key in _above(model, identity)
            )
        ),
        CaseAssignment.person_id == actor.person_id,
        CaseAssignment.from_on <= day,
        or_(CaseAssignment.to_on.is_(None), CaseAssignment.to_on >= day),
    )


def _above(model: Any, identity: Any) -> Iterator[tuple[str, Any]]:
    """The record itself and all that it is a part of, as table and key: who is given a case is given what belongs to it.

    A column says by its `info` that it leads to the whole: evidence to its measure, a measure to its plan, a plan to its
    item; it names the table where its key leads there by way of another.
    """
    table = model.__table__
    yield table.name, identity
    while upwards := [column for column in table.columns if column.info.get(PART_OF)]:
        here = table.alias()
        inside = select(here.c[upwards[0].key]).where(here.c.id == identity)
        identity = inside.correlate_except(here).scalar_subquery()
        told = upwards[0].info[PART_OF]
        table = (
            table.metadata.tables[told] if isinstance(told, str) else next(iter(upwards[0].foreign_keys)).column.table
        )
        yield table.name, identity


def _taught(actor: Actor, record: Any, *columns: str) -> bool:
    """Whether the record is of the actor's school and equals one of the classes taught there in all of `columns`."""
    here = tuple(getattr(record, column, None) for column in columns)
    return (
        _same(record, "school_id", actor.school_id)
        and None not in here
        and any(here == tuple(getattr(one, column) for column in columns) for one in actor.taught)
    )


def _taught_column(actor: Actor, model: Any, *columns: str) -> ColumnElement[bool]:
    if not actor.taught or not all(hasattr(model, column) for column in columns):
        return false()
    mine = sorted({tuple(getattr(one, column) for column in columns) for one in actor.taught})
    here = tuple_(*(getattr(model, column) for column in columns))
    return and_(_column(model, "school_id", actor.school_id), here.in_(mine))


COUNTY = Scope(
    "county",
    "全县",
    "county",
    lambda actor, record: _same(record, "county_id", actor.county_id),
    lambda actor, model: _column(model, "county_id", actor.county_id),
)
SCHOOL = Scope(
    "school",
    "本校",
    "own school",
    lambda actor, record: _same(record, "school_id", actor.school_id),
    lambda actor, model: _column(model, "school_id", actor.school_id),
)
UNIT = Scope(
    "unit",
    "本单位",
    "own unit",
    lambda actor, record: _same(record, "unit_id", actor.unit_id),
    lambda actor, model: _column(model, "unit_id", actor.unit_id),
)
SCHOOLS = Scope(
    "schools",
    "责任学校",
    "assigned schools",
    lambda actor, record: getattr(record, "school_id", None) in actor.schools,
    lambda actor, model: model.school_id.in_(actor.schools) if actor.schools else false(),
)
SUBJECT = Scope(
    "subject",
    "全县本学科",
    "own subjects in the county",
    lambda actor, record: (
        _same(record, "county_id", actor.county_id) and getattr(record, "subject", None) in actor.subjects
    ),
    lambda actor, model: (
        and_(_column(model, "county_id", actor.county_id), model.subject.in_(actor.subjects))
        if actor.subjects and hasattr(model, "subject")
        else false()
    ),
)
CLASSES = Scope(
    "classes",
    "所教班级",
    "own classes",
    lambda actor, record: getattr(record, "class_id", None) in actor.classes,
    lambda actor, model: model.class_id.in_(actor.classes) if actor.classes and hasattr(model, "class_id") else false(),
)
LED_CLASSES = Scope(
    "led_classes",
    "本班",
    "the class one leads",
    lambda actor, record: _taught(actor, record, "cohort", "class_no"),
    lambda actor, model: _taught_column(actor, model, "cohort", "class_no"),
)
LESSONS = Scope(
    "lessons",
    "所教班级的所教学科",
    "own classes in the subject taught there",
    lambda actor, record: _taught(actor, record, "cohort", "class_no", "subject"),
    lambda actor, model: _taught_column(actor, model, "cohort", "class_no", "subject"),
)
LED_GRADE = Scope(
    "led_grade",
    "本校所带年级",
    "the grade one leads in the own school",
    lambda actor, record: _taught(actor, record, "cohort"),
    lambda actor, model: _taught_column(actor, model, "cohort"),
)
OWN = Scope(
    "own",
    "本人负责",
    "own",
    lambda actor, record: _same(record, "owner_id", actor.person_id),
    lambda actor, model: _column(model, "owner_id", actor.person_id),
)
ASSIGNED = Scope(
    "assigned",
    "指派给本人",
    "assigned to me",
    _assigned,
    lambda actor, model: exists().where(_assignment(actor, model, model.id)),
    _assigned_together,
)
SELF = Scope(
    "self",
    "本人",
    "self",
    lambda actor, record: _same(record, "person_id", actor.person_id),
    lambda actor, model: _column(model, "person_id", actor.person_id),
)
CHILD = Scope(
    "child",
    "本人或自己的孩子",
    "self or own child",
    lambda actor, record: _same(record, "student_id", actor.student_id),
    lambda actor, model: _column(model, "student_id", actor.student_id),
)
OWN_LETTER = Scope(
    "own_letter",
    "自己写的信",
    "own letter",
    lambda actor, record: _same(record, "id", actor.letter_id),
    lambda actor, model: _column(model, "id", actor.letter_id),
)
EVERYWHERE = Scope("everywhere", "全部", "everywhere", lambda actor, record: True, lambda actor, model: true())
