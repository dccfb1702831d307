"""Many rows at once: COPY into a temporary table of this transaction, from where one INSERT … SELECT takes them on.

PostgreSQL refuses COPY straight into tables with row-level security (decision 14, tried).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from psycopg import sql
from sqlalchemy import text

from app.core.database import db


def copy_in(table: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> int:
    """Create the temporary `table` (name → PostgreSQL type), fill it by binary COPY, and return how many rows it holds.

    Values must be of the Python type that belongs to the column (date, uuid.UUID, bytes, int …); JSON goes in as text
    and is cast afterwards. `rows` must not ask the database for anything while they are read. The table goes with the
    transaction; an earlier one of the same name is dropped.
    """
    name = sql.Identifier("pg_temp", table)
    fields = sql.SQL(", ").join(sql.SQL("{} " + _known(kind)).format(sql.Identifier(n)) for n, kind in columns.items())
    connection: Any = db.session.connection().connection.dbapi_connection
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("drop table if exists {}").format(name))
        made = sql.SQL("create temporary table {} ({}) on commit drop").format(sql.Identifier(table), fields)
        cursor.execute(made)
        with cursor.copy(sql.SQL("copy {} from stdin (format binary)").format(name)) as copy:
            copy.set_types(list(columns.values()))
            for row in rows:
                copy.write_row(row)
                count += 1
        cursor.execute(sql.SQL("analyze {}").format(name))
    return count


LONGEST_STATEMENT = "600s"


def allow_long_statements() -> None:
    """Let the statements of this transaction take the time that a bulk write of 200,000 rows needs; for jobs alone."""
    db.session.execute(text("select set_config('statement_timeout', :longest, true)"), {"longest": LONGEST_STATEMENT})


TYPES = frozenset({"uuid", "text", "date", "int4", "int8", "float8", "bool", "bytea"})


def _known(kind: str) -> str:
    if kind not in TYPES:
        raise ValueError(f"no such column type here: {kind}")
    return kind
