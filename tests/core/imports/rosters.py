"""Rosters on their way in tests: uploaded, checked and accepted as people do it, and what the database then holds."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, text

from app.core.database import db, use_context
from app.core.imports import arrival, operations
from app.core.imports.models import ImportBatch
from app.core.imports.operations import CheckIn, StepIn
from app.core.outbox import deliver
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Student
from tests.cast import Cast
from tests.people.directory.rolls import children


def uploaded(
    cast: Cast, data: bytes, who: str = "school_coordinator", name: str = "名册.xlsx", kind: str = "students"
) -> ImportBatch:
    actor = cast.actor(who)
    use_context(actor.context())
    batch = arrival.place_of(actor, kind, None)
    return operations.upload(actor, batch, arrival.receive(actor, batch, data, name))


def checked(
    cast: Cast, batch: ImportBatch, who: str = "school_coordinator", given: CheckIn | None = None
) -> ImportBatch:
    operations.check(cast.actor(who), batch, given or CheckIn())
    return carried_out(batch)


def accepted(cast: Cast, batch: ImportBatch, who: str = "principal") -> ImportBatch:
    operations.accept(cast.actor(who), batch, StepIn())
    return carried_out(batch)


def carried_out(batch: ImportBatch) -> ImportBatch:
    deliver.drain()
    use_context(SYSTEM.context())
    db.session.refresh(batch)
    return batch


def roll(cast: Cast, count: int = 40, start: int = 0) -> list[tuple[Any, ...]]:
    return list(children([(cast.units["shuangqiao"].code, "G7")], count, start=start))


def students(cast: Cast) -> int:
    use_context(SYSTEM.context())
    counted = select(func.count()).select_from(Student).where(Student.county_id == cast.county.id)
    return db.session.scalar(counted) or 0


def entries(batch: ImportBatch) -> list[Any]:
    use_context(SYSTEM.context())
    rows = text("select step, person_id, body from audit.access_log where record_id = :id order by seq")
    return list(db.session.execute(rows, {"id": batch.id}).all())


def broken(row: Sequence[Any], position: int, value: Any) -> tuple[Any, ...]:
    return (*row[:position], value, *row[position + 1 :])
