"""Re-wrapping sealed columns under the current school keys, some rows at a time, while everybody goes on working."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Column, Connection, LargeBinary, MetaData, Table, Uuid, bindparam, func, literal, select, update
from sqlalchemy.sql.elements import ColumnElement

from app.core.vault.ring import KeyRing
from app.core.vault.suites import Suite
from app.core.vault.token import Place, parsed


class Sealed(LargeBinary):
    """Column type of sealed values; `version_of` names the column that holds the version of the text, if it has one."""

    cache_ok = True

    def __init__(self, version_of: str | None = None) -> None:
        super().__init__()
        self.version_of = version_of


@dataclass(frozen=True)
class SealedColumn:
    """One sealed column; its table has `id` and `school_id` or `county_id`, whose keys seal the row."""

    table: Table
    column: Column[bytes]

    @property
    def tenant(self) -> ColumnElement[UUID]:
        """Whose keys seal a row: the school's, on county-level rows the county's."""
        named = [self.table.c[name] for name in ("school_id", "county_id") if name in self.table.c]
        return func.coalesce(*named, type_=Uuid()) if len(named) > 1 else named[0]

    def outdated(self, key_id: UUID, tenant: UUID) -> ColumnElement[bool]:
        """Rows of the tenant that are sealed under any other key than `key_id`."""
        used = func.substr(self.column, 2, 16)
        return (self.tenant == tenant) & self.column.is_not(None) & (used != literal(key_id.bytes, LargeBinary))

    def version(self) -> ColumnElement[int]:
        """The version that the texts are bound to."""
        kind = self.column.type
        named = kind.version_of if isinstance(kind, Sealed) else None
        return self.table.c[named] if named else literal(1)


def sealed_columns(metadata: MetaData) -> list[SealedColumn]:
    """Every sealed column of every table, in order of dependence."""
    return [
        SealedColumn(table, column)
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed)
    ]


def waiting(connection: Connection, ring: KeyRing, column: SealedColumn, tenant: UUID) -> int:
    """How many values of the tenant are not yet under its current key; 0 means the older ones may be retired."""
    outdated = column.outdated(ring.current(tenant).id, tenant)
    return connection.scalar(select(func.count()).select_from(column.table).where(outdated)) or 0


def rewrap_some(connection: Connection, ring: KeyRing, column: SealedColumn, tenant: UUID, limit: int = 500) -> int:
    """Bring up to `limit` values under the current key; returns how many, 0 when nothing is left. Does not commit.

    Safe to kill at any moment: what is left is found by looking at the values. Rows that somebody is writing are left
    for the next call.
    """
    table = column.table
    rows = connection.execute(
        select(table.c.id, column.column, column.version())
        .where(column.outdated(ring.current(tenant).id, tenant))
        .order_by(table.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    suite = ring.suite_of(tenant)
    changes = [
        {
            "row_id": row_id,
            "fresh": _renewed(ring, suite, Place(tenant, table.name, row_id, column.column.name, n), old),
        }
        for row_id, old, n in rows
    ]
    if changes:
        statement = update(table).where(table.c.id == bindparam("row_id"))
        connection.execute(statement.values({column.column.name: bindparam("fresh")}), changes)
    return len(changes)


def rewrap_all(connection: Connection, ring: KeyRing, columns: Iterable[SealedColumn], tenant: UUID) -> Iterator[int]:
    """Yield after each batch of a tenant's values, so that the caller may commit and report."""
    for column in columns:
        while done := rewrap_some(connection, ring, column, tenant):
            yield done


def _renewed(ring: KeyRing, suite: Suite, place: Place, sealed: bytes) -> bytes:
    """Header re-wrapped; under another suite the text itself is sealed anew."""
    if parsed(sealed).suite is suite:
        return ring.rewrap(place.school_id, sealed)
    return ring.seal(place, ring.open(place, sealed))
