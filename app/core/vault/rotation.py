"""Re-wrapping sealed columns under the current school keys, some rows at a time, while everybody goes on working."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Column, Connection, LargeBinary, MetaData, Table, Uuid, bindparam, func, literal, select, update
from sqlalchemy.sql.elements import ColumnElement

from app.core.vault.ring import SEAL, KeyRing

BATCH = 500


class Sealed(LargeBinary):
    """Column type of sealed values; its table has `id`, and `school_id` or `county_id`, whose keys seal the row."""

    cache_ok = True


@dataclass(frozen=True)
class SealedColumn:
    """One sealed column of one table."""

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


def sealed_columns(metadata: MetaData) -> list[SealedColumn]:
    """Every sealed column of every table, in order of dependence."""
    return [
        SealedColumn(table, column)
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed)
    ]


def waiting(connection: Connection, ring: KeyRing, metadata: MetaData, tenant: UUID) -> int:
    """How many values of the tenant are not yet under its current key; 0 means the older keys may be retired."""
    current = ring.current(tenant).id
    counts = (
        connection.scalar(select(func.count()).select_from(each.table).where(each.outdated(current, tenant)))
        for each in sealed_columns(metadata)
    )
    return sum(count or 0 for count in counts)


def still_under(connection: Connection, metadata: MetaData, keys: Sequence[UUID]) -> int:
    """How many sealed values anywhere, whoever's they are, open with one of these keys alone."""
    named = [key.bytes for key in keys]
    counts = (
        connection.scalar(
            select(func.count())
            .select_from(each.table)
            .where(each.column.is_not(None), func.substr(each.column, 2, 16, type_=LargeBinary()).in_(named))
        )
        for each in sealed_columns(metadata)
    )
    return sum(count or 0 for count in counts)


def rewrap_some(connection: Connection, ring: KeyRing, metadata: MetaData, tenant: UUID) -> Iterator[tuple[str, int]]:
    """Bring values of the tenant under its current key, a batch at a time: yields table and number, does not commit.

    Safe to kill at any moment: what is left is found by looking at the values. Rows that somebody is writing are left
    for the next run; they open with either key.
    """
    for each in sealed_columns(metadata):
        while done := _batch(connection, ring, each, tenant):
            yield each.table.name, done


def retire_old(ring: KeyRing, tenant: UUID) -> int:
    """Retire every sealing generation but the current one; returns how many. The caller has seen `waiting` at 0."""
    current = ring.current(tenant)
    old = [key for key in ring.store.load(tenant) if key.purpose == SEAL and key.id != current.id and not key.retired]
    for key in old:
        ring.retire(tenant, key.generation)
    return len(old)


def _batch(connection: Connection, ring: KeyRing, sealed: SealedColumn, tenant: UUID) -> int:
    table, column = sealed.table, sealed.column
    rows = connection.execute(
        select(table.c.id, column)
        .where(sealed.outdated(ring.current(tenant).id, tenant))
        .order_by(table.c.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    if rows:
        changes = [{"row_id": row_id, "fresh": ring.rewrap(tenant, old)} for row_id, old in rows]
        statement = update(table).where(table.c.id == bindparam("row_id")).values({column.name: bindparam("fresh")})
        connection.execute(statement, changes)
    return len(rows)
