"""Rows in waiting, written set-based: what the report needs of each, never an ID or phone number in clear."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import delete, text

from app.core.copying import copy_in
from app.core.database import db
from app.core.errors import NotFound
from app.core.imports.files import CHECKED, file_of, keep_file
from app.core.imports.flow import masked, silent
from app.core.imports.good_rows import GoodRows, digest_of
from app.core.imports.models import ImportBatch, ImportRow
from app.core.imports.staged import StagedSheet

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
WAITING = text(
    """select exists (select from import_batches b
       where b.id <> :batch and b.kind = :kind and b.county_id = :county and b.school_id is not distinct from :school
         and b.target_id is not distinct from :target and b.state = 'accepted' and b.rows_blocked > 0)"""
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
    kept = copy_in("incoming_rows", COLUMNS, _lines(staged, behind.personal, behind.private_columns))
    keys = {"batch": batch.id, "county": batch.county_id, "school": batch.school_id}
    db.session.execute(KEEP, keys)
    return kept


def keep_checked(batch: ImportBatch, rows: GoodRows, known: str) -> str:
    """Have the good rows of a personal kind wait in a sealed file; returns their digest. Inside the open act.

    `known` is the fingerprint of what they were checked against.
    """
    content = rows.to_bytes()
    if batch.behind.personal:
        keep_file(batch, known.encode() + b"\n" + content, CHECKED)
    return digest_of(content)


def checked_rows(batch: ImportBatch) -> tuple[str, bytes]:
    """What `keep_checked` kept: the fingerprint and the rows; nothing of a batch that was checked by an older release."""
    try:
        known, _, content = file_of(batch, CHECKED).partition(b"\n")
    except NotFound:
        return "", b""
    return known.decode(), content


def _lines(staged: StagedSheet, personal: bool, private: frozenset[str]) -> Iterator[tuple[Any, ...]]:
    if personal:
        yield from _told(staged, private)
        return
    table, told = staged.table, staged.work.remarks
    sheets = [part.sheet for part in table.parts]
    rows = zip(table.part, table.row_no, staged.keys, staged.values_json(), strict=True)
    for row, (part, number, key, values) in enumerate(rows):
        messages = json.dumps(staged.messages(row), ensure_ascii=False) if row in told else "[]"
        yield sheets[part], number, staged.status(row), key, values, messages


def _told(staged: StagedSheet, private: frozenset[str]) -> Iterator[tuple[Any, ...]]:
    """Rows of a personal kind that something was said about, their numbers covered."""
    for row in sorted(staged.work.remarks):
        if staged.status(row) == "ok":
            continue
        place, messages = staged.table.place(row), [without_numbers(each, private) for each in staged.messages(row)]
        quiet = staged.work.kind.quiet
        said = json.dumps(silent(messages, quiet) if quiet else messages, ensure_ascii=False)
        yield place.sheet, place.row_no, staged.status(row), staged.keys[row], "{}", said


def without_numbers(message: Mapping[str, Any], private: frozenset[str]) -> dict[str, Any]:
    """A message about a private column with its numbers covered, wherever they are repeated; others as they are."""
    if message.get("column") not in private:
        return dict(message)
    said = ("typed", "zh", "en", "fix_zh", "fix_en")
    return {name: masked(part, True) if name in said else part for name, part in message.items()}


def settle_mended(batch: ImportBatch, keys: Iterable[str]) -> None:
    """Blocked rows of earlier files of the same kind and target whose keys came in with this one are mended."""
    values = {"batch": batch.id, "kind": batch.kind, "county": batch.county_id, "school": batch.school_id}
    values["target"] = batch.target_id
    if db.session.scalar(WAITING, values):
        # Read before the copy begins: while it runs its connection answers no question, and waits for itself forever.
        told = [(key,) for key in keys]
        copy_in("incoming_keys", {"key": "text"}, told)
        db.session.execute(MENDED, values)


def good_keys(batch: ImportBatch, rows: GoodRows | None) -> Iterator[str]:
    """Natural keys of the rows that are taken in."""
    if rows is not None:
        yield from (key for key in rows.keys if key is not None)
        return
    yield from db.session.scalars(GOOD_KEYS, {"batch": batch.id}).all()


def stored_digest(batch: ImportBatch) -> str:
    """SHA-256 over the values of the good rows as they stand in import_rows, in file order."""
    return db.session.scalar(STORED_DIGEST, {"batch": batch.id}) or ""
