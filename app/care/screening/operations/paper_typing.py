"""A workbook of answers on paper is accepted or taken back: first and second typing, compared place by place."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, or_, select, text, update

from app.care.screening.models import PaperSheet, ScreeningCampaign, ScreeningTask
from app.care.screening.operations.paper_taking import give_back, sheet_place, take_in
from app.care.screening.scales.definition import Scale
from app.care.screening.sheets import critical_in, graver, ring, sealed_as, values_in
from app.core import clock
from app.core.copying import AT_A_TIME, Columns, carry_over
from app.core.database import db, uuid7s
from app.core.errors import ImportRefused
from app.core.imports.good_rows import GoodRows
from app.core.imports.models import ImportBatch
from app.core.imports.operations import CHANGED_MEANWHILE
from app.core.imports.paper_kinds import QUESTIONS
from app.core.imports.registry import Counts
from app.core.vault.sealer import Sealer
from app.people.directory.models import Student

FIRST = text(
    """insert into paper_sheets (id, county_id, school_id, task_id, student_id, campaign_id, scale_code, scale_version,
                                 attempt, first, first_on, first_by, first_operator, first_batch, override, typed_at)
       select i.id, t.county_id, t.school_id, t.id, t.student_id, t.campaign_id, i.scale_code, i.scale_version, t.tries,
              i.sealed, i.answered_on::date, :owner, i.operator, :batch, i.override, :now
       from typed_first i join screening_tasks t on t.id = i.task_id"""
)
AGAIN = text(
    """update paper_sheets p set first = i.sealed, first_on = i.answered_on::date, first_operator = i.operator,
              first_batch = :batch, override = i.override, typed_at = :now,
              alerted_at = case when i.graver then null else p.alerted_at end
       from typed_again i where p.id = i.id"""
)
SECOND = text(
    """update paper_sheets p set second = i.sealed, second_on = i.answered_on::date, second_by = :owner,
              second_operator = i.operator, second_batch = :batch, differs = i.differs, override = i.override,
              settled_at = case when i.differs = 0 then cast(:now as timestamptz) end,
              alerted_at = case when i.graver then null else p.alerted_at end
       from typed_second i where p.id = i.id"""
)
COLUMNS = {
    "id": "uuid", "task_id": "uuid", "scale_code": "text", "scale_version": "text", "sealed": "bytea",
    "answered_on": "text", "operator": "text", "differs": "int4", "override": "text", "graver": "bool",
}  # fmt: skip
Lines = Callable[[Sealer, Sequence[Any]], Iterator[tuple[Any, ...]]]
"""What seals some rows for the statement that takes them in."""


class Row(NamedTuple):
    """One row of the workbook as it is kept."""

    task_id: uuid.UUID
    scale: Scale
    answered_on: str
    operator: str
    values: Sequence[int | None]


@dataclass
class Typing:
    """A workbook being taken in: rows of which nothing was typed yet, rows typed again, rows of the second person."""

    batch: ImportBatch
    school_id: uuid.UUID
    campaign: ScreeningCampaign
    new: list[Row] = field(default_factory=list)
    again: list[tuple[Row, PaperSheet]] = field(default_factory=list)
    second: list[tuple[Row, PaperSheet]] = field(default_factory=list)


def campaign_of(batch: ImportBatch) -> ScreeningCampaign:
    """The campaign that a workbook was sent for."""
    assert batch.target_id is not None
    return db.session.get_one(ScreeningCampaign, batch.target_id)


def type_in(batch: ImportBatch, rows: GoodRows | None) -> Counts:
    """Take the rows of a workbook in; what two persons typed alike becomes an answer in the same act."""
    if rows is None or batch.school_id is None:
        raise RuntimeError("answers are accepted from the checked rows of one school")
    typing = _sorted(batch, batch.school_id, rows)
    _write(typing, "typed_first", FIRST, typing.new, _new_lines)
    _write(typing, "typed_again", AGAIN, typing.again, _again_lines)
    _write(typing, "typed_second", SECOND, typing.second, _second_lines)
    take_in(typing.campaign, batch.school_id, {row.task_id for row, _ in typing.second})
    return Counts(added=len(typing.new), changed=len(typing.again) + len(typing.second))


def _sorted(batch: ImportBatch, school_id: uuid.UUID, rows: GoodRows) -> Typing:
    typing = Typing(batch, school_id, campaign_of(batch))
    scales = {(one.code, one.version): one for one in typing.campaign.definitions}
    tasks, sheets = _tasks(typing), _sheets(typing)
    heads = rows.accepted("student_no", "scale_code", "scale_version", "answered_on", "operator")
    answers = zip(*(rows.column(code) for code in QUESTIONS), strict=True)
    for (number, code, version, day, operator), values in zip(heads, answers, strict=True):
        scale, task = scales.get((str(code), str(version))), tasks.get(str(number))
        if scale is None or task is None:
            raise ImportRefused(CHANGED_MEANWHILE)
        row = Row(task, scale, str(day), str(operator), values[: len(scale.items)])
        _put(typing, row, sheets.get((task, scale.code)))
    return typing


def _tasks(typing: Typing) -> Mapping[str, uuid.UUID]:
    wanted = (
        select(Student.student_no, ScreeningTask.id)
        .join(Student, Student.id == ScreeningTask.student_id)
        .where(
            ScreeningTask.school_id == typing.school_id,
            ScreeningTask.campaign_id == typing.campaign.id,
            ScreeningTask.state == "ready",
        )
    )
    return {row[0]: row[1] for row in db.session.execute(wanted).all()}


def _sheets(typing: Typing) -> Mapping[tuple[uuid.UUID, str], PaperSheet]:
    """What was typed before for this school's students, of the present try."""
    wanted = (
        select(PaperSheet)
        .join(ScreeningTask, ScreeningTask.id == PaperSheet.task_id)
        .where(
            PaperSheet.school_id == typing.school_id,
            PaperSheet.campaign_id == typing.campaign.id,
            PaperSheet.attempt == ScreeningTask.tries,
        )
        .execution_options(populate_existing=True)
    )
    return {(one.task_id, one.scale_code): one for one in db.session.scalars(wanted)}


def _put(typing: Typing, row: Row, sheet: PaperSheet | None) -> None:
    owner = typing.batch.owner_id
    if sheet is None:
        typing.new.append(row)
    elif sheet.settled_at is not None:
        raise ImportRefused(CHANGED_MEANWHILE)
    elif sheet.first_by == owner and sheet.second_by is None:
        typing.again.append((row, sheet))
    elif sheet.second_by in (None, owner):
        typing.second.append((row, sheet))
    else:
        raise ImportRefused(CHANGED_MEANWHILE)


def _write(typing: Typing, table: str, statement: Any, rows: Sequence[Any], lines: Lines) -> None:
    """While the database takes some rows in, those after them are sealed."""
    if not rows:
        return
    values = {"owner": typing.batch.owner_id, "batch": typing.batch.id, "now": clock.now()}
    sealer = ring().sealer(typing.school_id)

    def portions() -> Iterator[Columns]:
        for first in range(0, len(rows), AT_A_TIME):
            yield list(zip(*lines(sealer, rows[first : first + AT_A_TIME]), strict=True))

    def take(line: Connection) -> None:
        line.execute(statement, values)

    carry_over(table, COLUMNS, portions(), take, ("id", "task_id"))


def _new_lines(sealer: Sealer, rows: Sequence[Row]) -> Iterator[tuple[Any, ...]]:
    for identity, row in zip(uuid7s(len(rows)), rows, strict=True):
        sealed = sealer.seal("paper_sheets", identity, "first", sealed_as(row.values))
        override = critical_in(row.scale, row.values)[0]
        yield (
            identity, row.task_id, row.scale.code, row.scale.version, sealed, row.answered_on, row.operator, None,
            override, override is not None,
        )  # fmt: skip


def _again_lines(sealer: Sealer, pairs: Sequence[tuple[Row, PaperSheet]]) -> Iterator[tuple[Any, ...]]:
    """The same person once more."""
    for row, sheet in pairs:
        yield _known_line(sealer, row, sheet, "first", None)


def _second_lines(sealer: Sealer, pairs: Sequence[tuple[Row, PaperSheet]]) -> Iterator[tuple[Any, ...]]:
    """The second person, compared with the first place by place."""
    keys = ring()
    for row, sheet in pairs:
        assert sheet.first is not None
        other = values_in(keys.open_text(sheet_place(sealer.school_id, sheet.id, "first"), sheet.first))
        differs = sum(a != b for a, b in zip(other, row.values, strict=True))
        yield _known_line(sealer, row, sheet, "second", differs + (str(sheet.first_on) != row.answered_on))


def _known_line(sealer: Sealer, row: Row, sheet: PaperSheet, column: str, differs: int | None) -> tuple[Any, ...]:
    """What either form asks for by itself acts (decision 59)."""
    override, more = graver(sheet.override, critical_in(row.scale, row.values)[0])
    sealed = sealer.seal("paper_sheets", sheet.id, column, sealed_as(row.values))
    return (
        sheet.id, row.task_id, row.scale.code, row.scale.version, sealed, row.answered_on, row.operator, differs,
        override, more,
    )  # fmt: skip


def resting_on(batch: ImportBatch) -> int:
    """Students whose level was proposed or confirmed since their answers of this workbook were taken in."""
    return int(db.session.scalar(RESTING, {"batch": batch.id}) or 0)


RESTING = text(
    """select count(distinct p.student_id) from paper_sheets p join rainbow_assessments r on r.student_id = p.student_id
       where (p.first_batch = :batch or p.second_batch = :batch) and p.taken_at is not null
         and r.school_id = p.school_id and r.created_at >= p.taken_at"""
)


def take_back(batch: ImportBatch) -> Counts:
    """Undo a workbook: answers made of it go, the other person's typing stays as the first; alerts stay."""
    assert batch.school_id is not None
    mine = or_(PaperSheet.first_batch == batch.id, PaperSheet.second_batch == batch.id)
    found = db.session.scalars(select(PaperSheet).where(mine).execution_options(populate_existing=True)).all()
    give_back({one.task_id for one in found if one.taken_at is not None})
    unsettled: dict[str, Any] = dict.fromkeys(
        ("second", "second_on", "second_by", "second_batch", "differs", "final", "final_on", "settled_at", "settled_by")
    )
    moved = [_promoted(batch.school_id, one) for one in found if one.first_batch == batch.id and one.second is not None]
    cleared = update(PaperSheet).where(PaperSheet.second_batch == batch.id)
    db.session.execute(cleared.values(**unsettled, second_operator="").execution_options(synchronize_session=False))
    if moved:
        db.session.execute(update(PaperSheet), [{**unsettled, "second_operator": "", **row} for row in moved])
    gone = delete(PaperSheet).where(PaperSheet.first_batch == batch.id)
    db.session.execute(gone.execution_options(synchronize_session=False))
    db.session.expire_all()
    return Counts(removed=len(found))


def _promoted(school_id: uuid.UUID, sheet: PaperSheet) -> dict[str, Any]:
    """The second typing takes the place of the first, sealed anew for it."""
    assert sheet.second is not None
    kept = ring().open_text(sheet_place(school_id, sheet.id, "second"), sheet.second)
    return {
        "id": sheet.id, "first": ring().seal(sheet_place(school_id, sheet.id, "first"), kept), "first_on": sheet.second_on,
        "first_by": sheet.second_by, "first_operator": sheet.second_operator, "first_batch": sheet.second_batch,
    }  # fmt: skip
