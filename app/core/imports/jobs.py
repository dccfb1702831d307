"""The long halves of an import, carried out by the worker: rows are checked, taken in, taken out; old files go.

Each looks at the state of its batch first: delivered twice, or after a killed worker, it does nothing or begins anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.core import clock, logs
from app.core.audit import trail
from app.core.database import db, keep
from app.core.errors import ImportRefused, NotFound, Sentence
from app.core.imports import keeping, operations
from app.core.imports.annotate import annotated
from app.core.imports.checking import Progress
from app.core.imports.covering import cover
from app.core.imports.files import ANNOTATED, book_of, file_of, forget_files, keep_file
from app.core.imports.flow import GOOD, NO_FILE, REPEATS, SENTENCES, kind_of, masked, silent, staged_rows
from app.core.imports.good_rows import GoodRows, digest_of
from app.core.imports.models import ROLLBACK_DAYS, ImportBatch, ImportFormer, ImportProgress
from app.core.imports.operations import Checked, Failed
from app.core.imports.report import report
from app.core.imports.staged import StagedSheet
from app.core.imports.versions import diff
from app.core.outbox.models import OutboxRow
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM
from app.core.spreadsheets.cell_by_cell import no_cycle_hunt

log = logs.get(__name__)

BEFORE_GIVING_UP = 3
SECONDS_APART = 0.5
MOST_CHANGES = 300
SAID = (*REPEATS, *SENTENCES, "choices")
BROKEN = Sentence(
    "程序出了错，没有办成；内容都还在，可以再试一次",
    "Something broke on our side and nothing was done. Everything is still here; try once more.",
)


def check_rows(row: OutboxRow) -> None:
    """Check all rows of a batch and keep the report."""
    _carry_out(row, "checking", _check, operations.fail_checks)


def take_in(row: OutboxRow) -> None:
    """Take the good rows of a batch in."""
    _carry_out(row, "accepting", _accept, operations.fail_acceptance)


def take_out(row: OutboxRow) -> None:
    """Take out what a batch brought."""
    _carry_out(
        row, "rolling_back", lambda batch: operations.finish_rollback(SYSTEM, batch, None), operations.fail_rollback
    )


def _carry_out(row: OutboxRow, state: str, work: Callable[[ImportBatch], Any], fail: Callable[..., Any]) -> None:
    batch = _batch_of(row, state)
    if batch is None:
        return
    try:
        with no_cycle_hunt():
            work(batch)
    except ImportRefused as refused:
        fail(SYSTEM, batch, Failed(refused.sentences))
    except NotFound:
        fail(SYSTEM, batch, Failed((NO_FILE,)))
    except Exception as error:
        if row.tries < BEFORE_GIVING_UP:
            raise
        log.error("import_failed", batch=batch.ref, state=state, error=type(error).__name__)
        db.session.rollback()
        fail(SYSTEM, batch, Failed((BROKEN,)))


def _batch_of(row: OutboxRow, state: str) -> ImportBatch | None:
    """The batch as it stands now, if it waits for this job."""
    wanted = select(ImportBatch).where(ImportBatch.id == row.record_id).execution_options(populate_existing=True)
    batch = db.session.scalar(wanted)
    return batch if batch is not None and batch.state == state else None


def _check(batch: ImportBatch) -> None:
    _progress(batch)(0, 1)
    book = book_of(batch)
    known = batch.behind.lookups(batch)
    staged = staged_rows(batch, book, known, _progress(batch))
    operations.finish_checks(SYSTEM, batch, Checked(staged, report_of(batch, staged), known.fingerprint()))


def annotate(row: OutboxRow) -> None:
    """Write what was found into the sender's own file, for download; done again when the rows were checked again."""
    batch = _batch_of(row, "ready")
    if batch is None:
        return
    staged = staged_rows(batch, book_of(batch), batch.behind.lookups(batch), _let_go)
    marked = annotated(file_of(batch), staged)
    with trail.act(SYSTEM, "system", "import_batch.annotate", batch):
        keep_file(batch, marked, ANNOTATED)


def _let_go(done: int, total: int) -> None:
    """Hold no transaction open while a file is worked on for long."""
    db.session.rollback()


def report_of(batch: ImportBatch, staged: StagedSheet) -> dict[str, Any]:
    """The report of a batch as JSON: causes, what was tidied, comparison with the version before, head count."""
    found = report(staged).to_json()
    private = batch.behind.private_columns
    if quiet := kind_of(batch).quiet:
        found = silent(found, quiet)
    if private:
        for part in ("causes", "reminders", "coded"):
            found[part] = [_covered(each, private) for each in found[part]]
    found["diff"] = _compared(batch, staged)
    found["headcount"] = [vars(line) for line in batch.behind.headcount(batch, staged)]
    return found


def _covered(part: Any, private: frozenset[str]) -> Any:
    """A part of the report with the numbers of private columns covered."""
    if isinstance(part, dict):
        hidden = part.get("column") in private or ("examples" in part and not part.get("column"))
        return {
            name: _masked_all(value) if hidden and name in SAID or name in private else _covered(value, private)
            for name, value in part.items()
        }
    return [_covered(each, private) for each in part] if isinstance(part, list) else part


def _masked_all(part: Any) -> Any:
    if isinstance(part, str):
        return masked(part, True)
    if isinstance(part, list):
        return [_masked_all(each) for each in part]
    return {name: _masked_all(each) for name, each in part.items()} if isinstance(part, dict) else part


def _compared(batch: ImportBatch, staged: StagedSheet) -> dict[str, Any] | None:
    former = batch.behind.former(batch)
    if former is None:
        return None
    wanted = former.columns
    new = [
        (row.key, row.values if wanted is None else {c: v for c, v in row.values.items() if c in wanted})
        for row in staged.rows(GOOD)
        if row.key is not None
    ]
    found = diff(kind_of(batch), former.rows, new).to_json()
    shown = [change for change in found["changed"] if change["column"] not in batch.behind.private_columns]
    return {
        "label": former.label if isinstance(former.label, str) else {"zh": former.label.zh, "en": former.label.en},
        "added": len(found["added"]),
        "changed": len(found["changed"]),
        "vanished": len(found["vanished"]),
        "added_keys": found["added"][:MOST_CHANGES],
        "vanished_keys": found["vanished"][:MOST_CHANGES],
        "changes": shown[:MOST_CHANGES],
    }


def _accept(batch: ImportBatch) -> None:
    rows = None
    if batch.behind.personal:
        _progress(batch)(0, 1)
        rows = _as_checked(batch)
    operations.finish_acceptance(SYSTEM, batch, rows)


def _as_checked(batch: ImportBatch) -> GoodRows:
    """The rows as they were checked, and seen by the person who accepts them.

    Where what is known has changed since, all is checked once more and must come to the same rows. Raises ImportRefused.
    """
    known, (told, content) = batch.behind.lookups(batch), keeping.checked_rows(batch)
    if told != known.fingerprint():
        content = staged_rows(batch, book_of(batch), known, _progress(batch)).good().to_bytes()
    if digest_of(content) != batch.rows_digest:
        raise ImportRefused(operations.CHANGED_MEANWHILE)
    return GoodRows.from_bytes(content)


def _progress(batch: ImportBatch) -> Progress:
    """Write how far the job is where the page sees it at once; also shows that the worker is alive.

    Not oftener than a person can see: each time is a transaction of its own.
    """
    identity = batch.id

    said_at = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal said_at
        if done < total and time.monotonic() < said_at + SECONDS_APART:
            return
        said_at = time.monotonic()
        row = insert(ImportProgress).values(batch_id=identity, done=done, total=total, at=clock.machine_now())
        changed = {"done": done, "total": total, "at": row.excluded.at}
        keep(row.on_conflict_do_update(index_elements=["batch_id"], set_=changed))

    return tell


def clear_file(row: OutboxRow) -> None:
    """Seven days after acceptance, when nothing can be rolled back any more: files with personal numbers and formers go, and
    what the report repeats of them; each week again, until no row waits to be mended.
    """
    wanted = select(ImportBatch).where(ImportBatch.id == row.record_id).execution_options(populate_existing=True)
    batch = db.session.scalar(wanted)
    if batch is None or not batch.behind.personal or batch.state not in ("accepted", "superseded", "rolled_back"):
        return
    with trail.act(SYSTEM, "system", "import_batch.clear_file", batch):
        forget_files(batch)
        db.session.execute(delete(ImportFormer).where(ImportFormer.batch_id == batch.id))
        if cover(batch):
            post("import_clear_file", batch, queue="heavy", due_at=clock.now() + timedelta(days=ROLLBACK_DAYS))
