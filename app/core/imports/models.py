"""An upload on its way in: the batch, its rows in waiting, and what a sender's columns were called last time."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, LargeBinary, UniqueConstraint, text

from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column
from workflows.imports.import_batch import IMPORT_BATCH


class ImportBatch(Base, Movable):
    """One file of one kind for one target (a monitoring cycle, a school's roster), through report to acceptance."""

    __tablename__ = "import_batches"
    __protection__ = "unit"
    __table_args__ = (
        Index("ix_import_batches_target", "target_entity", "target_id"),
        Index(
            "uq_import_batches_file", "county_id", "kind", "target_id", "file_sha256", unique=True,
            postgresql_where=text("state not in ('discarded', 'rolled_back')"), postgresql_nulls_not_distinct=True,
        ),
    )
    workflow = IMPORT_BATCH

    kind: Mapped[str] = mapped_column(String(20))
    target_entity: Mapped[str | None] = mapped_column(String(40))
    target_id: Mapped[uuid.UUID | None]
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    file_sha256: Mapped[str] = mapped_column(String(64))
    file_size: Mapped[int]
    sender: Mapped[str] = mapped_column(String(60), default="")
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    report: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    progress: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    rows_read: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    rows_accepted: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    rows_blocked: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    rows_dropped: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    supersedes_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("import_batches.id"))


class ImportRow(Base, Scoped):
    """One row in waiting, with where it stood and what is wrong with it; kept for the report and for provenance."""

    __tablename__ = "import_rows"
    __protection__ = "unit"
    __table_args__ = (UniqueConstraint("batch_id", "sheet", "row_no"), Index("ix_import_rows_status", "batch_id", "status"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import_batches.id", ondelete="CASCADE"))
    sheet: Mapped[str] = mapped_column(String(60))
    row_no: Mapped[int]
    status: Mapped[str] = mapped_column(String(10))
    key: Mapped[str | None] = mapped_column(String(200))
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    messages: Mapped[list[Any]] = mapped_column(default=list)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class SavedMapping(Base, Record):
    """What the columns of one sender's files of one kind meant last time."""

    __tablename__ = "saved_mappings"
    __table_args__ = (UniqueConstraint("county_id", "kind", "sender"),)

    county_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str] = mapped_column(String(20))
    sender: Mapped[str] = mapped_column(String(60))
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
