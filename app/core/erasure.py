"""The one way in which what is kept of somebody is erased: rows, what hangs on them by name, and the files they name.

Set-based: every part is one statement whatever it takes with it. Whoever asks decides what goes (a request, a period that
is over); what goes along is found here from the tables themselves, so that a new table with `entity` and `record_id` or with
a file's digest is never forgotten.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    Table,
    delete,
    func,
    null,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.sql.ddl import sort_tables

from app.core.copying import copy_in
from app.core.database import Base, db

_ENTITY: Any = Column("entity", Base.type_annotation_map[str])
_RECORD: Any = Column("record_id", Base.type_annotation_map[uuid.UUID])
DIGEST = re.compile("[0-9a-f]{64}")
PUBLISHED = "public_pages"
"""Frozen copies of what was published of the improvement loop: of no person, and nobody deletes them."""
DRAFTS = text("delete from drafts d using erased_rows e where e.ref is not null and strpos(d.form, e.ref) > 0")
"""What somebody was typing about a record that is no more: its form is named after the record."""


@dataclass(frozen=True)
class Part:
    """Rows of one table, those of `which`: they go, or with `emptied` stay as a trace with these values instead."""

    table: Table
    which: ColumnElement[bool]
    emptied: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Erased:
    """How many rows of which table went or were emptied, the SHA-256 of their identities, and the files they named."""

    counts: Counter[str] = field(default_factory=Counter)
    digest: str = ""
    files: set[str] = field(default_factory=set)

    def name(self, digests: Iterable[str | None]) -> None:
        """Remember files by their digests; what is no digest names none."""
        self.files |= {digest for digest in digests if digest and DIGEST.fullmatch(digest)}


def table_of(name: str) -> Table:
    """The table of that name. Raises KeyError."""
    return Base.metadata.tables[name]


def erase(parts: Iterable[Part]) -> Erased:
    """Erase what the parts say, children before parents, and all that hangs on the rows; inside an act.

    The files stay on the shelf until `discard`: they are removed once the rows are gone for good.
    """
    asked = {part.table.name: part for part in parts}
    done, gone = Erased(), []
    for table in reversed(sort_tables([part.table for part in asked.values()])):
        found = _taken(asked[table.name], done)
        done.counts[table.name] += len(found)
        gone += [(table.name, row.identity, row.ref) for row in found]
    if gone:
        _along(gone, done)
    done.digest = digest_of(f"{table} {identity}" for table, identity, _ref in gone)
    done.counts = +done.counts
    return done


def digest_of(lines: Iterable[str]) -> str:
    """SHA-256 (hexadecimal) over the lines in order of the alphabet."""
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _taken(part: Part, done: Erased) -> Sequence[Any]:
    """Take a part away; the identity and reference of its rows, then the digests that they held."""
    table, files = part.table, () if part.emptied else files_of(part.table)
    identity = table.c.get("id", next(iter(table.primary_key))).label("identity")
    named = [identity, table.c.ref if "ref" in table.c else text("null::text as ref")]
    statement: Any = delete(table).where(part.which)
    if part.emptied:
        values = {name: null() if value is None else value for name, value in part.emptied.items()}
        statement = update(table).where(filled(part)).values(values)
    rows = db.session.execute(statement.returning(*named, *files)).all()
    done.name(digest for row in rows for digest in row[2:])
    return rows


def _is_filled(column: Column[Any], empty: Any) -> ColumnElement[bool]:
    return column.is_distinct_from(empty) if empty is not None else column.is_not(None)


def filled(part: Part) -> ColumnElement[bool]:
    """Where a row of the part has something that erasing would take; of emptied parts, whether anything stands there."""
    if not part.emptied:
        return part.which
    return part.which & or_(*(_is_filled(part.table.c[name], value) for name, value in part.emptied.items()))


def _along(gone: list[tuple[str, Any, str | None]], done: Erased) -> None:
    """Clocks, letters, posted work, papers, values of earlier imports, drafts: whatever names one of the rows."""
    named = [row for row in gone if isinstance(row[1], uuid.UUID)]
    copy_in("erased_rows", {"entity": "text", "record_id": "uuid", "ref": "text"}, named)
    rows: Any = text("select entity, record_id from erased_rows").columns(_ENTITY, _RECORD).subquery("erased")
    for table in hanging():
        fits = (table.c.entity == rows.c.entity) & (table.c.record_id == rows.c.record_id)
        found = db.session.execute(delete(table).where(fits).returning(text("1"), *files_of(table))).all()
        done.counts[table.name] += len(found)
        done.name(digest for row in found for digest in row[1:])
    done.counts["drafts"] += max(0, _count(db.session.execute(DRAFTS)))
    if done.files:
        arrived = table_of("arrived_files")
        theirs = arrived.c.sha256.in_(done.files)
        found = db.session.execute(delete(arrived).where(theirs).returning(arrived.c.original_sha256)).all()
        done.counts["arrived_files"] += len(found)
        done.name(row.original_sha256 for row in found)


def _count(result: Any) -> int:
    return int(result.rowcount)


@cache
def hanging() -> tuple[Table, ...]:
    """Tables whose rows belong to a record of another table by its name and id."""
    named = [table for table in Base.metadata.tables.values() if {"entity", "record_id"} <= set(table.c.keys())]
    return tuple(sorted((one for one in named if one.name != PUBLISHED), key=lambda table: table.name))


def files_of(table: Table) -> tuple[Column[Any], ...]:
    """Columns that hold the digest of a file, or of something else: a digest that no file has names none."""
    return tuple(column for column in table.c if column.name.endswith("sha256") and not _is_bytes(column))


def _is_bytes(column: Column[Any]) -> bool:
    return isinstance(column.type, LargeBinary)


def unnamed(files: Iterable[str]) -> set[str]:
    """Those of the digests that no row names any more."""
    wanted = sorted(set(files))
    if not wanted:
        return set()
    columns = [column for table in Base.metadata.tables.values() for column in files_of(table)]
    known = union_all(*(select(column.label("digest")).where(column.in_(wanted)) for column in columns)).subquery()
    return set(wanted) - set(db.session.scalars(select(func.distinct(known.c.digest))))
