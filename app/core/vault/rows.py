"""The key table: wrapped school keys as rows, written in transactions of their own.

A key that was used and then rolled back with somebody's request would take every text sealed by it along.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, LargeBinary, String, UniqueConstraint, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core import clock
from app.core.database import Base, Mapped, mapped_column
from app.core.vault.ring import SchoolKey


class KeyRow(Base):
    """One generation of one tenant's wrapped key; no private data, useless without the master key file."""

    __tablename__ = "vault_keys"
    __table_args__ = (UniqueConstraint("tenant_id", "purpose", "generation"),)
    __outside_act__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    purpose: Mapped[str] = mapped_column(String(8))
    generation: Mapped[int]
    suite: Mapped[str] = mapped_column(String(8))
    master: Mapped[str] = mapped_column(String(16))
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    retired: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class KeyRows:
    """The key store over the key table; each call is one short transaction on a connection of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def load(self, school_id: UUID) -> Sequence[SchoolKey]:
        """All keys of the tenant."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(_TABLE).where(_TABLE.c.tenant_id == school_id)).mappings()
            return [_key(dict(row)) for row in rows]

    def add(self, key: SchoolKey) -> bool:
        """Insert; False when another process made this generation first."""
        values = _values(key) | {"created_at": clock.now()}
        with self.engine.begin() as connection:
            made = connection.execute(insert(_TABLE).values(values).on_conflict_do_nothing().returning(_TABLE.c.id))
            return made.first() is not None

    def replace(self, key: SchoolKey) -> None:
        """Change wrapping or retirement."""
        with self.engine.begin() as connection:
            connection.execute(update(_TABLE).where(_TABLE.c.id == key.id).values(_values(key)))

    def schools(self) -> Iterable[UUID]:
        """Every tenant that has keys."""
        with self.engine.connect() as connection:
            return list(connection.scalars(select(_TABLE.c.tenant_id).distinct().order_by(_TABLE.c.tenant_id)))

    def outworn(self, before: datetime) -> Sequence[SchoolKey]:
        """Retired keys whose successor was made before that moment: nobody seals by them any more."""
        later = _TABLE.alias()
        successor = select(later.c.id).where(
            later.c.tenant_id == _TABLE.c.tenant_id,
            later.c.purpose == _TABLE.c.purpose,
            later.c.generation > _TABLE.c.generation,
            later.c.created_at <= before,
        )
        with self.engine.connect() as connection:
            rows = connection.execute(select(_TABLE).where(_TABLE.c.retired, successor.exists())).mappings()
            return [_key(dict(row)) for row in rows]

    def remove(self, key: SchoolKey) -> None:
        """Delete its row."""
        with self.engine.begin() as connection:
            connection.execute(delete(_TABLE).where(_TABLE.c.id == key.id, _TABLE.c.retired))


_TABLE = Base.metadata.tables[KeyRow.__tablename__]


def _values(key: SchoolKey) -> dict[str, object]:
    columns = ("id", "purpose", "generation", "suite", "master", "wrapped", "retired")
    return {name: getattr(key, name) for name in columns} | {"tenant_id": key.school_id}


def _key(row: dict[str, object]) -> SchoolKey:
    row.pop("created_at")
    return SchoolKey(school_id=row.pop("tenant_id"), **row)  # type: ignore[arg-type]
