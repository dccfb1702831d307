"""Many records of one kind through the door at once: same landing, guards, clocks and entries, a handful of statements.

For what the system does to hundreds of records in one deed: findings of a round, packages for every school.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, inspect, select, text, update

from app.core import calendar, clock
from app.core.audit import trail
from app.core.casework.deadlines import Deadline, as_row, laid, work_calendar
from app.core.casework.records import Movable
from app.core.database import db, uuid7s
from app.core.outbox.post import post, post_all
from app.core.policy.actor import SYSTEM
from workflows import engine
from workflows.vocabulary import Deadline as DeclaredDeadline
from workflows.vocabulary import Step


def begin_all(records: Sequence[Movable], step: str, *, tell: bool = True) -> None:
    """Create records by one system step inside the open act, each with its entry and its clocks.

    `tell` false leaves out the letter about each one; the caller tells of all together. The records in hand stay
    outside the session; each has its id already. Raises StepRefused when a guard fails for any: then none is kept.
    """
    deed = _deed()
    if not records:
        return
    declared = records[0].workflow.step(step)
    now = clock.now()
    for record in records:
        record.state = engine.landing(record.workflow, None, declared, record)
        record.workflow_version, record.state_since, record.version = record.workflow.version, now, 1
    db.session.flush()
    db.session.execute(insert(type(records[0])), _rows(records))
    for record in records:
        deed.note(_entry(declared, record, None))
    _start_clocks(records, declared, now)
    _tell(records, declared, tell)


def follow_all(records: Sequence[Movable], step: str, *, reason: str | None = None, tell: bool = True) -> None:
    """Take one system step on records that stand in the same state and are led to a final one; inside the open act.

    Their clocks stop. Raises StepRefused when a guard fails for any of them, ValueError for a step to a state that is
    not final: that is for `follow`, one by one.
    """
    deed = _deed()
    if not records:
        return
    model, declared = type(records[0]), records[0].workflow.step(step)
    ids = [record.id for record in records]
    db.session.flush()
    newest = select(model).where(model.id.in_(ids)).order_by(model.id).with_for_update()
    db.session.scalars(newest.execution_options(populate_existing=True)).all()
    now = clock.now()
    for record in records:
        left = record.state
        landed = engine.landing(record.workflow, left, declared, record, record.previous_state)
        if not record.workflow.state(landed).final:
            raise ValueError(f"{declared.key} leads to {landed}, which is not final")
        record.previous_state, record.state, record.state_since = left, landed, now
        deed.note(_entry(declared, record, left, reason))
    db.session.flush()
    open_clocks = (Deadline.record_id.in_(ids), Deadline.closed_at.is_(None))
    db.session.execute(update(Deadline).where(*open_clocks).values(closed_at=now))
    _tell(records, declared, tell)


def _rows(records: Sequence[Movable]) -> list[dict[str, Any]]:
    """The records as rows of one short statement; what is empty in all of them is left to the defaults."""
    names = [column.key for column in inspect(type(records[0])).column_attrs]
    used = [name for name in names if any(getattr(record, name) is not None for record in records)]
    return [{name: getattr(record, name) for name in used} for record in records]


def _deed() -> trail.Act:
    deed = trail.current()
    if deed is None:
        raise RuntimeError("Records are made and moved inside an operation.")
    return deed


def _entry(step: Step, record: Movable, left: str | None, reason: str | None = None) -> trail.Entry:
    return trail.Entry(
        "system", step.key, record=record, from_state=left, to_state=record.state, reason=reason, actor=SYSTEM
    )


def _tell(records: Sequence[Movable], step: Step, tell: bool) -> None:
    if not tell or trail.told_in_bulk():
        return
    for record in records:
        post("step_taken", record, step=step.key, version=record.version)


def begun_alike(example: Movable, ids: Sequence[uuid.UUID], step: Step, now: datetime) -> None:
    """Clocks and letters of records that a statement of the caller's made by `step`, each standing as `example` does.

    None of them is read into this process: one statement for all clocks, one for all letters.
    """
    clocks, days, model = list[dict[str, Any]](), work_calendar(), type(example)
    for name, declared in _declared(example, step):
        due_at = calendar.due_at(declared, now, example, days)
        if due_at is not None:
            ladder = laid(calendar.rungs(declared, now, due_at, days), now)
            clocks.append({"name": name, "met_by": declared.met_by, "due_at": due_at, **ladder})
    if clocks:
        given = {"entity": model.__tablename__, "now": now, "clocks": json.dumps(clocks, default=str)}
        given |= {"records": list(ids) * len(clocks), "names": [one["name"] for one in clocks for _ in ids]}
        given |= {"keys": uuid7s(len(ids) * len(clocks))}
        db.session.execute(text(START_ALIKE.replace("these_records", model.__tablename__)), given)
    if not trail.told_in_bulk():
        post_all("step_taken", model, ids, step=step.key, version=example.version)


START_ALIKE = """insert into deadlines (id, entity, record_id, unit_id, county_id, school_id, name, met_by, started_at, due_at,
        ladder, taken, next_at)
    select key, :entity, r.id, r.unit_id, r.county_id, r.school_id, c.name, c.met_by, :now, c.due_at, c.ladder, c.taken,
        c.next_at
    from unnest(cast(:keys as uuid[]), cast(:records as uuid[]), cast(:names as text[])) as k (key, record_id, name)
        join these_records r on r.id = k.record_id
        join jsonb_to_recordset(cast(:clocks as jsonb)) as c (name text, met_by text, due_at timestamptz, ladder jsonb,
            taken int, next_at timestamptz) on c.name = k.name
    order by key"""


def _start_clocks(records: Sequence[Movable], step: Step, now: datetime) -> None:
    """The clocks of the state in which records stand after `step`, with their ladders, by one statement."""
    clocks: list[dict[str, Any]] = []
    ladders: dict[tuple[str, datetime], list[calendar.Rung]] = {}
    days = work_calendar()
    for record in records:
        for name, declared in _declared(record, step):
            due_at = calendar.due_at(declared, now, record, days)
            if due_at is None:
                continue
            key = (name, due_at)
            if key not in ladders:
                ladders[key] = calendar.rungs(declared, now, due_at, days)
            clocks.append(as_row(record, name, declared.met_by, due_at, now))
    if clocks:
        kept = [{"name": name, "due_at": due_at, **laid(found, now)} for (name, due_at), found in ladders.items()]
        db.session.execute(START, {"clocks": json.dumps(clocks, default=str), "ladders": json.dumps(kept, default=str)})


START = text(
    """insert into deadlines (id, entity, record_id, unit_id, county_id, school_id, name, met_by, started_at, due_at,
           ladder, taken, next_at)
       select id, entity, record_id, unit_id, county_id, school_id, name, met_by, started_at, due_at, ladder, taken, next_at
       from jsonb_to_recordset(cast(:clocks as jsonb)) as clock (id uuid, entity text, record_id uuid, unit_id uuid,
           county_id uuid, school_id uuid, name text, met_by text, started_at timestamptz, due_at timestamptz)
       join jsonb_to_recordset(cast(:ladders as jsonb)) as kept (name text, due_at timestamptz, ladder jsonb, taken int,
           next_at timestamptz) using (name, due_at)"""
)
"""Clocks of one name that are due at one moment share their ladder. A statement for each would be checked for each."""


def _declared(record: Movable, step: Step) -> list[tuple[str, DeclaredDeadline]]:
    of_state = [(f"{record.state}.{one.code}", one) for one in record.standing.deadlines]
    return [*of_state, *((f"step:{step.name}.{one.code}", one) for one in step.deadlines)]
