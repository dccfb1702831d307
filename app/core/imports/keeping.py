"""Rows in waiting, written set-based: what the report needs of each, never an ID or phone number in clear."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import delete, text

from app.core.copying import copy_in
from app.core.database import db
from app.core.imports.flow import GOOD, masked
from app.core.imports.models import ImportBatch, ImportRow
from app.core.imports.staged import StagedRow, StagedSheet

COLUMNS = {"sheet": "text", "row_no": "int4", "status": "text", "key": "text", "row": "text", "messages": "text"}
KEEP = text(
    """insert into import_rows (batch_id, county_id, school_id, sheet, row_no, status, key, values, messages)
       select :batch, :county, :school, sheet, row_no, status, key, row::jsonb, messages::jsonb from incoming_rows"""
)
MENDED = text(
    """with mended as (
           update import_rows r set status = 'mended'
           from import_batches b, incoming_keys k
           where r.batch_id = b.id and r.status = 'blocked' and r.key = k.key and b.id <> :batch and b.kind = :kind
             and b.county_id = :county and b.school_id is not distinct from :school
             and b.target_id is not distinct from :target and b.state = 'accepted'
           returning r.batch_id)
       update import_batches b
       set rows_blocked = rows_blocked - m.n, rows_dropped = rows_dropped + m.n, version = version + 1
       from (select batch_id, count(*) as n from mended group by batch_id) m where b.id = m.batch_id"""
)
GOOD_KEYS = text(
    "select key from import_rows where batch_id = :batch and status in ('ok', 'warned') and key is not null"
)
STORED_DIGEST = text(
    """select encode(sha256(string_agg(convert_to(values::text || E'\\n', 'UTF8'), ''::bytea order by id)), 'hex')
       from import_rows where batch_id = :batch and status in ('ok', 'warned')"""
)


def keep_rows(batch: ImportBatch, staged: StagedSheet) -> int:
    """Replace the rows of a batch by those that were just checked; inside the open act. Returns how many are kept.

    Of personal kinds only the rows that something was said about, and of those no values: place, key and messages.
    """
    db.session.execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))
    behind = batch.behind
    rows = staged.rows(("warned", "blocked", "dropped")) if behind.personal else staged.rows()
    kept = copy_in("incoming_rows", COLUMNS, _lines(rows, behind.personal, behind.private_columns))
    keys = {"batch": batch.id, "county": batch.county_id, "school": batch.school_id}
    db.session.execute(KEEP, keys)
    return kept


def _lines(rows: Iterable[StagedRow], personal: bool, private: frozenset[str]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        values = "{}" if personal else json.dumps(row.values, ensure_ascii=False)
        messages = [without_numbers(message, private) for message in row.messages] if personal else row.messages
        yield row.sheet, row.row_no, row.status, row.key, values, json.dumps(messages, ensure_ascii=False)


def without_numbers(message: Mapping[str, Any], private: frozenset[str]) -> dict[str, Any]:
    """A message about a private column with its numbers covered, wherever they are repeated; others as they are."""
    if message.get("column") not in private:
        return dict(message)
    said = ("typed", "zh", "en", "fix_zh", "fix_en")
    return {name: masked(part, True) if name in said else part for name, part in message.items()}


def settle_mended(batch: ImportBatch, keys: Iterable[str]) -> None:
    """Blocked rows of earlier files of the same kind and target whose keys came in with this one are mended."""
    copy_in("incoming_keys", {"key": "text"}, [(key,) for key in keys])
    values = {"batch": batch.id, "kind": batch.kind, "county": batch.county_id, "school": batch.school_id}
    db.session.execute(MENDED, {**values, "target": batch.target_id})


def good_keys(batch: ImportBatch, staged: StagedSheet | None) -> Iterator[str]:
    """Natural keys of the rows that are taken in."""
    if staged is not None:
        yield from (row.key for row in staged.rows(GOOD) if row.key is not None)
        return
    yield from db.session.scalars(GOOD_KEYS, {"batch": batch.id}).all()


def stored_digest(batch: ImportBatch) -> str:
    """SHA-256 over the values of the good rows as they stand in import_rows, in file order."""
    return db.session.scalar(STORED_DIGEST, {"batch": batch.id}) or ""
