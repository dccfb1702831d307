"""Every verb of an import: upload, check, accept, discard, roll back, and the halves of it that jobs take as SYSTEM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.core import clock
from app.core.audit import trail
from app.core.casework.door import follow, operation
from app.core.copying import allow_long_statements
from app.core.database import db, uuid7
from app.core.errors import ImportRefused, NotFound, Sentence
from app.core.imports import keeping
from app.core.imports.checking import Choices
from app.core.imports.files import ANNOTATED, CHECKED, OPENED, forget_files, keep_file
from app.core.imports.good_rows import GoodRows
from app.core.imports.models import ROLLBACK_DAYS, ImportBatch, ImportFormer, ImportReport, ImportRow, SavedMapping
from app.core.imports.staged import StagedSheet
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from workflows.imports.import_batch import IMPORT_BATCH

LOCK = text("select pg_advisory_xact_lock(hashtextextended(:what, 0))")
OVER = ("discarded", "rolled_back")


class SameFile(ImportRefused):
    """This very file was imported before; `first` is the batch of then."""

    def __init__(self, first: ImportBatch) -> None:
        day = clock.local(first.created_at)
        super().__init__(
            Sentence(
                f"这个文件 {day.month}月{day.day}日 已经上传过（{first.file_name}），没有再导入一次",
                f"This very file was uploaded on {day:%Y-%m-%d} ({first.file_name}); it was not imported again.",
            )
        )
        self.first = first


@dataclass(frozen=True)
class UploadIn:
    """A file that passed the structural checks, with what was found in it; `replaces` is a batch that it mends.

    `opened` are its cells as they were read, None where opening the file again costs as little.
    """

    data: bytes
    opened: bytes | None
    proposal: Mapping[str, Any]
    mapping: Mapping[str, Any]
    replaces: ImportBatch | None = None


@dataclass(frozen=True)
class MapIn:
    """What was found with other header rows."""

    version: int
    proposal: Mapping[str, Any]
    mapping: Mapping[str, Any]


@dataclass(frozen=True)
class Relation:
    """Whether a file replaces an accepted one of its kind and target; None: it only adds and corrects."""

    replaces: ImportBatch | None


@dataclass(frozen=True)
class CheckIn:
    """The mapping to check with, the file it replaces, what was chosen on the report page; None keeps what is there."""

    version: int | None = None
    mapping: Mapping[str, Any] | None = None
    choices: Choices | None = None
    relation: Relation | None = None


@dataclass(frozen=True)
class StepIn:
    """A step on the version that was seen, with its reason where one is asked for."""

    version: int | None = None
    reason: str | None = None


@dataclass(frozen=True)
class DropIn:
    """A blocked row that is given up."""

    row: int
    reason: str
    version: int | None = None


@dataclass(frozen=True)
class Checked:
    """What the job found: the rows, the report as JSON, the fingerprint of what they were checked against."""

    staged: StagedSheet
    report: Mapping[str, Any]
    known: str


@dataclass(frozen=True)
class Failed:
    """Why a job could not do its work."""

    sentences: Sequence[Sentence] = field(default_factory=tuple)


@operation(IMPORT_BATCH, "upload")
def upload(actor: Actor, batch: ImportBatch, given: UploadIn) -> ImportBatch:
    """Keep a new file; `batch` is the place, not yet kept: kind, target and scope filled in.

    Raises SameFile, and Invalid for a file of a supplier without an agreement.
    """
    db.session.execute(LOCK, {"what": f"import:{batch.county_id}:{batch.file_sha256}"})
    first = same_file(batch)
    if first is not None:
        raise SameFile(first)
    if given.replaces is not None and batch.supplier_id is None:
        batch.supplier_id, batch.supplier_name = given.replaces.supplier_id, given.replaces.supplier_name
    batch.behind.covered(batch)
    batch.id, batch.mapping = uuid7(), dict(given.mapping)
    if given.replaces is not None:
        kept = Choices.from_json(given.replaces.choices)
        batch.choices = Choices(values=kept.values).to_json()
        batch.supersedes_id = given.replaces.supersedes_id
        follow(given.replaces, "replace")
        _forget_file(given.replaces)
    db.session.add(batch)
    db.session.flush()
    keep_file(batch, given.data)
    if given.opened is not None:
        keep_file(batch, given.opened, OPENED)
    keys = {"batch_id": batch.id, "county_id": batch.county_id, "school_id": batch.school_id}
    db.session.execute(insert(ImportReport).values(**keys, proposal=given.proposal))
    batch.behind.uploaded(batch)
    return batch


def same_file(batch: ImportBatch) -> ImportBatch | None:
    """The batch that brought the same bytes for the same kind and target, unless it was discarded or rolled back."""
    same = select(ImportBatch).where(
        ImportBatch.county_id == batch.county_id,
        ImportBatch.kind == batch.kind,
        ImportBatch.target_id.is_not_distinct_from(batch.target_id),
        ImportBatch.file_sha256 == batch.file_sha256,
        ImportBatch.state.not_in(OVER),
    )
    found: ImportBatch | None = db.session.scalar(same.order_by(ImportBatch.created_at).limit(1))
    return found


@operation(IMPORT_BATCH, "map_again")
def map_again(actor: Actor, batch: ImportBatch, given: MapIn) -> None:
    """Match the columns anew, with other header rows."""
    batch.mapping = dict(given.mapping)
    kept = update(ImportReport).where(ImportReport.batch_id == batch.id)
    db.session.execute(kept.values(proposal=dict(given.proposal)))


@operation(IMPORT_BATCH, "check")
def check(actor: Actor, batch: ImportBatch, given: CheckIn) -> None:
    """Have the rows checked by the job; the mapping is remembered for this sender."""
    if given.mapping is not None:
        batch.mapping = dict(given.mapping)
        _remember(batch)
    if given.choices is not None:
        batch.choices = given.choices.to_json()
    if given.relation is not None:
        batch.supersedes_id = given.relation.replaces.id if given.relation.replaces else None
    batch.trouble = []
    post("import_check", batch, queue="heavy")


def _remember(batch: ImportBatch) -> None:
    values = {"county_id": batch.county_id, "kind": batch.kind, "sender": batch.sender}
    row = insert(SavedMapping).values(**values, headers=batch.mapping["headers"])
    merged = SavedMapping.headers.op("||")(row.excluded.headers)
    keys = ["county_id", "kind", "sender"]
    db.session.execute(row.on_conflict_do_update(index_elements=keys, set_={"headers": merged}))


@operation(IMPORT_BATCH, "finish_checks")
def finish_checks(actor: Actor, batch: ImportBatch, given: Checked) -> None:
    """Keep the checked rows and the report."""
    counts = given.staged.counts
    allow_long_statements()
    keeping.keep_rows(batch, given.staged)
    digest = keeping.keep_checked(batch, given.staged.good(), given.known)
    kept = update(ImportReport).where(ImportReport.batch_id == batch.id)
    db.session.execute(kept.values(report=dict(given.report)))
    batch.rows_read, batch.rows_good, batch.rows_warned = counts.read, counts.accepted, counts.warned
    batch.rows_blocked, batch.rows_dropped = counts.blocked, counts.dropped
    batch.rows_digest = digest
    forget_files(batch, ANNOTATED)
    if counts.blocked:
        post("import_annotate", batch, queue="heavy")
    _tell(rows=counts.read, good=counts.accepted, digest=digest, file=batch.file_sha256)
    _let_know(batch)


def _let_know(batch: ImportBatch) -> None:
    """The job is over: whoever uploaded hears of it."""
    post("import_over", batch)


def _tell(**facts: Any) -> None:
    deed = trail.current()
    if deed is not None:
        deed.main.extra.update(facts)


@operation(IMPORT_BATCH, "fail_checks")
def fail_checks(actor: Actor, batch: ImportBatch, given: Failed) -> None:
    """The file cannot be read with this mapping; say why."""
    batch.trouble = _as_json(given)
    _let_know(batch)


@operation(IMPORT_BATCH, "accept")
def accept(actor: Actor, batch: ImportBatch, given: StepIn) -> None:
    """Have the good rows taken in by the job."""
    batch.accepted_by, batch.trouble = actor.person_id, []
    post("import_accept", batch, queue="heavy")


@operation(IMPORT_BATCH, "finish_acceptance")
def finish_acceptance(actor: Actor, batch: ImportBatch, rows: GoodRows | None) -> None:
    """Take the rows in: one set-based write, one entry with their number and digest (decision 20).

    Raises ImportRefused when the rows are no longer those that were checked.
    """
    if rows is not None and len(rows) != batch.rows_good:
        raise ImportRefused(CHANGED_MEANWHILE)
    behind = batch.behind
    allow_long_statements()
    written = behind.accept(batch, rows)
    if written.added + written.changed + written.same != batch.rows_good:
        raise RuntimeError(f"{batch.rows_good} rows to take in, {written} written")
    for column, words in (batch.choices.get("values") or {}).items():
        behind.learn(batch, column, words)
    keeping.settle_mended(batch, keeping.good_keys(batch, rows))
    forget_files(batch, CHECKED, OPENED)
    batch.accepted_at, batch.outcome = clock.now(), written.as_dict()
    if batch.supersedes_id is not None:
        follow(db.session.get_one(ImportBatch, batch.supersedes_id), "supersede")
    digest = batch.rows_digest if rows is not None else keeping.stored_digest(batch)
    _tell(rows=batch.rows_good, digest=digest, file=batch.file_sha256, **written.as_dict())
    over = batch.accepted_at + timedelta(days=ROLLBACK_DAYS, minutes=1)
    post("import_clear_file", batch, queue="heavy", due_at=over)
    behind.accepted(batch)
    _let_know(batch)


CHANGED_MEANWHILE = Sentence(
    "核对之后名册有变动，这些行要重新核对一次再接收",
    "The directory changed after the check; check these rows once more before accepting them.",
)


@operation(IMPORT_BATCH, "fail_acceptance")
def fail_acceptance(actor: Actor, batch: ImportBatch, given: Failed) -> None:
    """Nothing was taken in; say why."""
    batch.trouble, batch.accepted_by = _as_json(given), None
    _let_know(batch)


def _as_json(given: Failed) -> list[dict[str, str]]:
    return [{"zh": sentence.zh, "en": sentence.en} for sentence in given.sentences]


@operation(IMPORT_BATCH, "discard")
def discard(actor: Actor, batch: ImportBatch, given: StepIn) -> None:
    """Give the file up before anything was taken in; its content goes, its fingerprint stays."""
    db.session.execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))
    _forget_file(batch)


def _forget_file(batch: ImportBatch) -> None:
    forget_files(batch)
    kept = update(ImportReport).where(ImportReport.batch_id == batch.id)
    db.session.execute(kept.values(report={}, proposal={}))


@operation(IMPORT_BATCH, "drop_row")
def drop_row(actor: Actor, batch: ImportBatch, given: DropIn) -> None:
    """Give up one blocked row that was left behind when the others were accepted."""
    row = db.session.scalar(
        select(ImportRow).where(
            ImportRow.batch_id == batch.id, ImportRow.id == given.row, ImportRow.status == "blocked"
        )
    )
    if row is None:
        raise NotFound("import_row", str(given.row))
    row.status = "given_up"
    batch.rows_blocked -= 1
    batch.rows_dropped += 1
    _tell(sheet=row.sheet, row=row.row_no)


@operation(IMPORT_BATCH, "roll_back")
def roll_back(actor: Actor, batch: ImportBatch, given: StepIn) -> None:
    """Have everything that this batch brought taken out again by the job."""
    batch.trouble = []
    post("import_roll_back", batch, queue="heavy")


@operation(IMPORT_BATCH, "finish_rollback")
def finish_rollback(actor: Actor, batch: ImportBatch, given: None) -> None:
    """Take the rows out again; an earlier version comes back into force."""
    allow_long_statements()
    removed = batch.behind.roll_back(batch)
    db.session.execute(delete(ImportFormer).where(ImportFormer.batch_id == batch.id))
    if batch.supersedes_id is not None:
        follow(db.session.get_one(ImportBatch, batch.supersedes_id), "reinstate")
    _tell(**removed.as_dict())
    batch.behind.rolled_back(batch)
    _let_know(batch)


@operation(IMPORT_BATCH, "fail_rollback")
def fail_rollback(actor: Actor, batch: ImportBatch, given: Failed) -> None:
    """Nothing was taken out; say why."""
    batch.trouble = _as_json(given)


__all__ = [
    "CheckIn",
    "Checked",
    "DropIn",
    "Failed",
    "MapIn",
    "SameFile",
    "StepIn",
    "UploadIn",
    "accept",
    "check",
    "discard",
    "drop_row",
    "fail_acceptance",
    "fail_checks",
    "fail_rollback",
    "finish_acceptance",
    "finish_checks",
    "finish_rollback",
    "map_again",
    "roll_back",
    "same_file",
    "upload",
]
