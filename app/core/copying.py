"""Many rows at once: COPY into a temporary table of this transaction, from where one INSERT … SELECT takes them on.

PostgreSQL refuses COPY straight into tables with row-level security (decision 14, tried). Rows are written column by
column as COPY's text format: a tenth of the work of binding every value by its type (measured with 40,000 × 20 values).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, text

from app.core.database import db
from app.core.round_trip import forget

AT_A_TIME = 2000
"""Rows written together: enough to be quick, little memory."""
A_TURN = 0.0005
"""Seconds that one thread may go on while another could."""
Columns = Sequence[Sequence[Any]]
"""The values of some rows, column by column."""


def copy_in(
    table: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]], looked_at: Sequence[str] = ()
) -> int:
    """Create the temporary `table` (name → PostgreSQL type), fill it by COPY, and return how many rows it holds.

    Values must be of the Python type that belongs to the column (date or ISO text, uuid.UUID, bytes, int …); JSON goes
    in as text and is cast afterwards. `rows` must not ask the database for anything while they are read. `looked_at`:
    the columns that later statements join or filter by, of which statistics are made; all without any. The table goes
    with the transaction; an earlier one of the same name is dropped.
    """
    count, source = 0, iter(rows)
    connection: Any = db.session.connection().connection.dbapi_connection
    with connection.cursor() as cursor:
        name = _made(cursor, table, columns)
        forget(db.session.connection())
        with cursor.copy(sql.SQL("copy {} from stdin").format(name)) as copy:
            while some := list(islice(source, AT_A_TIME)):
                copy.write(_lines(list(zip(*some, strict=True)), columns))
                count += len(some)
        _look_at(cursor, name, looked_at or list(columns))
    return count


def carry_over(
    table: str,
    columns: Mapping[str, str],
    portions: Iterable[Columns],
    take: Callable[[Connection], None],
    looked_at: Sequence[str] = (),
) -> int:
    """Fill the temporary `table` with one portion of rows after the other; after each, `take` writes it where it belongs.

    While the database works on a portion, the next one is made: `portions` must not ask the database for anything, and
    `take` may use nothing but the connection it is given. Columns and the rest as for `copy_in`; the statistics are
    those of the first portion. Returns how many rows there were.
    """
    line = db.session.connection()
    raw: Any = line.connection.dbapi_connection
    with raw.cursor() as cursor, _short_turns(), ThreadPoolExecutor(1) as beside:
        name, count = _made(cursor, table, columns), 0
        forget(line)

        def send(lines: str, first: bool) -> None:
            cursor.execute(sql.SQL("truncate {}").format(name))
            with cursor.copy(sql.SQL("copy {} from stdin").format(name)) as copy:
                copy.write(lines)
            if first:
                _look_at(cursor, name, looked_at or list(columns))
            take(line)

        under_way: Future[None] | None = None
        for portion in portions:
            lines = _lines(portion, columns)
            if under_way is not None:
                under_way.result()
            under_way, count = beside.submit(send, lines, count == 0), count + len(portion[0])
        if under_way is not None:
            under_way.result()
    return count


@contextmanager
def _short_turns() -> Iterator[None]:
    """Whoever waits for the database goes on soon after it has answered, instead of after another thread's turn of 5 ms."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(A_TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _made(cursor: Any, table: str, columns: Mapping[str, str]) -> sql.Identifier:
    name = sql.Identifier("pg_temp", table)
    fields = sql.SQL(", ").join(sql.SQL("{} " + _known(kind)).format(sql.Identifier(n)) for n, kind in columns.items())
    # Said inside a block: at a plain DROP the driver has the server forget every statement that it holds ready.
    gone = sql.SQL("begin drop table if exists {}; end").format(name).as_string(cursor)
    cursor.execute(sql.SQL("do {}").format(sql.Literal(gone)))
    cursor.execute(sql.SQL("create temporary table {} ({}) on commit drop").format(sql.Identifier(table), fields))
    return name


def _look_at(cursor: Any, name: sql.Identifier, looked_at: Sequence[str]) -> None:
    cursor.execute(sql.SQL("analyze {} ({})").format(name, sql.SQL(", ").join(map(sql.Identifier, looked_at))))


def _lines(values: Columns, columns: Mapping[str, str]) -> str:
    written = [_column(some, kind) for some, kind in zip(values, columns.values(), strict=True)]
    return "\n".join(map("\t".join, zip(*written, strict=True))) + "\n"


def _column(values: Sequence[Any], kind: str) -> list[str]:
    """The values of one column as COPY reads them."""
    written = TYPES[kind]
    if len(set(map(id, values))) == 1:
        return [r"\N" if values[0] is None else written(values[0])] * len(values)
    if None in values:
        return [r"\N" if value is None else written(value) for value in values]
    if kind == "text":
        together = "".join(values)
        if not any(sign in together for sign in SPECIAL):
            return list(values)
    return list(map(written, values))


SPECIAL = "\\\t\n\r"
ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
TYPES: dict[str, Callable[[Any], str]] = {
    "uuid": lambda value: str(value.hex),
    "text": lambda value: str(value.translate(ESCAPED)),
    "date": str,
    "int4": str,
    "int8": str,
    "float8": repr,
    "bool": lambda value: "t" if value else "f",
    "bytea": lambda value: r"\\x" + str(value.hex()),
}
LONGEST_STATEMENT = "600s"


def allow_long_statements() -> None:
    """Let the statements of this transaction take the time that a bulk write of 200,000 rows needs; for jobs alone."""
    db.session.execute(text("select set_config('statement_timeout', :longest, true)"), {"longest": LONGEST_STATEMENT})


def _known(kind: str) -> str:
    if kind not in TYPES:
        raise ValueError(f"no such column type here: {kind}")
    return kind
