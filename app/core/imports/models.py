"""An upload on its way in: the batch, its rows in waiting, what columns were called last time, how far a job is."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, UniqueConstraint, text

from app.core import clock
from app.core.casework.records import Movable
from app.core.database import JSONB, Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column
from app.core.imports.kinds import KINDS
from app.core.imports.registry import ImportKind, import_kind
from app.core.vault.rotation import Sealed
from workflows.imports.import_batch import IMPORT_BATCH

ROLLBACK_DAYS = 7
"""An accepted batch may be taken back within seven days (domain §6)."""


class ImportBatch(Base, Movable):
    """One file of one kind for one target (a monitoring cycle, a school's roster), through report to acceptance."""

    __tablename__ = "import_batches"
    __changes_unversioned__ = True
    __protection__ = "unit"
    __table_args__ = (
        Index("ix_import_batches_target", "target_entity", "target_id"),
        Index(
            "uq_import_batches_file",
            "county_id",
            "kind",
            "target_id",
            "file_sha256",
            unique=True,
            postgresql_where=text("state not in ('discarded', 'rolled_back')"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    workflow = IMPORT_BATCH

    kind: Mapped[str] = mapped_column(String(20))
    target_entity: Mapped[str | None] = mapped_column(String(40))
    target_id: Mapped[uuid.UUID | None]
    target_label: Mapped[str] = mapped_column(String(120), default="", server_default=text("''"))
    target_address: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    file_sha256: Mapped[str] = mapped_column(String(64))
    file_size: Mapped[int]
    sender: Mapped[str] = mapped_column(String(60), default="")
    supplier_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("suppliers.id"))
    """Who outside the bureau it comes from; None for the bureau's own systems."""
    supplier_name: Mapped[str] = mapped_column(String(80), default="", server_default=text("''"))
    """The supplier's name on the day of the upload."""
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    trouble: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    """Why the last job could not do its work: sentences as {"zh", "en"}."""
    rows_read: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    rows_good: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    rows_warned: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    rows_blocked: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    rows_dropped: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    rows_digest: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 over the good rows in order, as they were checked; acceptance refuses any other rows."""
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """What acceptance did: rows added, changed, left as they were."""
    rows_overwritten: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Records of this batch that a later one has changed."""
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    supersedes_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("import_batches.id"))

    @property
    def behind(self) -> ImportKind[ImportBatch]:
        """What this kind of import looks up, writes and takes back."""
        return import_kind(self.kind)

    @property
    def is_results(self) -> bool:
        """Monitoring results, what is measured, scores for value-added models, findings of equipment and lesson checks."""
        return self.kind in ("results", "scores", "findings", "indicators")

    @property
    def is_staff(self) -> bool:
        """Members of staff."""
        return self.kind == "staff"

    @property
    def is_answers(self) -> bool:
        """Answers of students on paper."""
        return self.kind == "answers"

    @property
    def is_consents(self) -> bool:
        """Consents on paper."""
        return self.kind == "consents"

    @property
    def needs_second_person(self) -> bool:
        """Accepted by somebody else than the person who imports."""
        return self.behind.second_person

    @property
    def all_or_nothing(self) -> bool:
        """One blocked row holds up the whole batch (decisions §6, partial acceptance)."""
        return not KINDS[self.kind].partial

    @property
    def mapping_complete(self) -> bool:
        """Every required column is mapped."""
        return bool(self.mapping) and not self.mapping.get("missing")

    @property
    def rows_balance(self) -> bool:
        """Rows read = rows to accept + blocked rows + listed drops."""
        return self.rows_read == self.rows_good + self.rows_blocked + self.rows_dropped

    @property
    def good_row_count(self) -> int:
        """Rows that can be accepted, with a warning or without."""
        return self.rows_good

    @property
    def blocked_row_count(self) -> int:
        """Rows with a blocking fault that are neither mended nor dropped with a reason."""
        return self.rows_blocked

    @property
    def blocked_rows_have_owner(self) -> bool:
        """The person who imported answers for the rows that stay behind."""
        return self.owner_id is not None

    @property
    def rollback_open(self) -> bool:
        """Accepted not more than seven days ago."""
        return self.accepted_at is not None and clock.now() - self.accepted_at <= timedelta(days=ROLLBACK_DAYS)

    @property
    def dependant_count(self) -> int:
        """Records that rest on the rows of this batch, or were changed by a later one."""
        return self.rows_overwritten + self.behind.depends(self)

    @property
    def newer_batch_accepted(self) -> bool:
        """A later version of the same table was accepted in its place; its acceptance is what takes this step."""
        return True

    @property
    def label(self) -> str:
        """What it is for, and the file."""
        return f"{self.target_label} {self.file_name}".strip()

    @property
    def address(self) -> str:
        """Its page: mapping, progress or report, whichever comes next."""
        return f"/imports/{self.ref}"


class ImportFile(Base, Record, Scoped):
    """Where a file of a batch lies and the key that opens it: the file is sealed, the key with the school's keys.

    `part` is "sent", "annotated" for the same with what was found written into it, until the acceptance "opened" for the
    cells of a workbook as they were read when it came, and "checked" for the good rows of a personal kind.

    Files of personal kinds go when the batch can no longer be rolled back; without its key a backup of it is noise.
    """

    __tablename__ = "import_files"
    __protection__ = "own"
    __table_args__ = (UniqueConstraint("batch_id", "part"),)

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import_batches.id", ondelete="CASCADE"))
    part: Mapped[str] = mapped_column(String(10), default="sent")
    stored_sha256: Mapped[str] = mapped_column(String(64))
    key: Mapped[bytes] = mapped_column(Sealed())


class ImportReport(Base):
    """What was found in the file and what checking says of it, as its pages show it; long numbers are masked.

    A table of its own: lists need none of it, and the trail tells counts and digests, not contents.
    """

    __tablename__ = "import_reports"
    __protection__ = "own"

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import_batches.id", ondelete="CASCADE"), primary_key=True)
    county_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    proposal: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    report: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))


class ImportRow(Base, Scoped):
    """One row in waiting, with where it stood and what is wrong with it; kept for the report and for provenance.

    Rows of kinds with personal numbers keep no values here: they wait in a sealed file.
    """

    __tablename__ = "import_rows"
    __protection__ = "own"
    __table_args__ = (
        UniqueConstraint("batch_id", "sheet", "row_no"),
        Index("ix_import_rows_status", "batch_id", "status"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import_batches.id", ondelete="CASCADE"))
    sheet: Mapped[str]
    row_no: Mapped[int]
    status: Mapped[str] = mapped_column(String(10))
    """ok, warned, blocked, dropped; later also given_up (with a reason) or mended (a newer file brought the row)."""
    key: Mapped[str | None]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    messages: Mapped[list[Any]] = mapped_column(default=list)


class ImportFormer(Base):
    """A record as it was before a batch changed it, which roll-back puts back; empty for a record that the batch added.

    Sealed columns stay sealed. Only jobs read these rows.
    """

    __tablename__ = "import_formers"
    __protection__ = "student"
    __table_args__ = (Index("ix_import_formers_batch", "batch_id", "entity"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    county_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import_batches.id", ondelete="CASCADE"))
    entity: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[uuid.UUID]
    former: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class ImportProgress(Base):
    """How far the job of a batch is: counts only, written outside the act so that the page sees them at once."""

    __tablename__ = "import_progress"
    __outside_act__ = True

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import_batches.id", ondelete="CASCADE"), primary_key=True)
    done: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    total: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    at: Mapped[datetime] = mapped_column(default=clock.machine_now, server_default=text("now()"))


class SavedMapping(Base, Record):
    """What the columns of one sender's files of one kind meant last time."""

    __tablename__ = "saved_mappings"
    __table_args__ = (UniqueConstraint("county_id", "kind", "sender"),)

    county_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str] = mapped_column(String(20))
    sender: Mapped[str] = mapped_column(String(60))
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
