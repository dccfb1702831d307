"""The file of a batch: kept on the shelf sealed with a key of its own, which lies in the database sealed in its turn."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, select

from app.core.audit import trail
from app.core.database import db, uuid7
from app.core.errors import Invalid, NotFound, Sentence
from app.core.imports.models import ImportBatch, ImportFile
from app.core.spreadsheets import Book, open_book, read_again
from app.core.storage import ScannerAway, Shelf
from app.core.vault import SUITES, KeyRing, Place

SEALED_TYPE = "application/octet-stream"
SENT, OPENED, ANNOTATED, CHECKED = "sent", "opened", "annotated", "checked"
INFECTED = Sentence("安全扫描没有通过，文件没有收下", "The security scan found something; the file was not taken.")
SCANNER_AWAY = Sentence(
    "安全扫描暂时没有应答，请过几分钟再传", "The security scan does not answer; upload it in a few minutes."
)


def keep_file(batch: ImportBatch, data: bytes, part: str = SENT) -> None:
    """Seal a file and put it on the shelf in place of an earlier one; inside the open act."""
    forget_files(batch, part)
    tenant = _tenant(batch)
    suite = SUITES[_ring().current(tenant).suite]
    kept = ImportFile(batch_id=batch.id, county_id=batch.county_id, school_id=batch.school_id, part=part)
    kept.id, key = uuid7(), suite.new_key()
    kept.stored_sha256 = _shelf().keep(suite.encrypt(key, data, kept.id.bytes), part, SEALED_TYPE).sha256
    kept.key = _ring().seal(_place(batch, kept.id), key)
    db.session.add(kept)


def file_of(batch: ImportBatch, part: str = SENT) -> bytes:
    """A file of the batch as it was kept. Raises NotFound when it was removed already."""
    kept = db.session.scalar(select(ImportFile).where(ImportFile.batch_id == batch.id, ImportFile.part == part))
    if kept is None:
        raise NotFound("import_file", batch.ref)
    key = _ring().open(_place(batch, kept.id), kept.key)
    with _shelf().open(kept.stored_sha256) as file:
        suite = next(suite for suite in SUITES.values() if suite.key_bytes == len(key))
        return suite.decrypt(key, file.read(), kept.id.bytes)


def book_of(batch: ImportBatch) -> Book:
    """The workbook as it was opened when it came; opened anew, with every structural check, where nothing of it is kept."""
    try:
        kept = file_of(batch, OPENED)
    except NotFound:
        return open_book(file_of(batch), batch.file_name)
    return read_again(kept)


def forget_files(batch: ImportBatch, *parts: str) -> None:
    """Remove the keys of these parts (of all without any) now, and the files once the act is kept."""
    gone = delete(ImportFile).where(ImportFile.batch_id == batch.id)
    if parts:
        gone = gone.where(ImportFile.part.in_(parts))
    stored = list(db.session.scalars(gone.returning(ImportFile.stored_sha256)))
    deed = trail.current()
    if stored and deed is not None:
        shelf = _shelf()
        deed.after.extend(partial(shelf.discard, digest) for digest in stored)


def scan(data: bytes) -> None:
    """Show a file to the scanner, where there is one. Raises Invalid("file", …)."""
    scanner = _shelf().scanner
    if scanner is None:
        return
    try:
        clean = scanner.passes(data)
    except ScannerAway:
        raise Invalid("file", SCANNER_AWAY) from None
    if not clean:
        raise Invalid("file", INFECTED)


def _tenant(batch: ImportBatch) -> UUID:
    return batch.school_id or batch.county_id


def _place(batch: ImportBatch, identity: UUID) -> Place:
    return Place(_tenant(batch), "import_files", identity, "key")


def _ring() -> KeyRing:
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    return ring


def _shelf() -> Shelf:
    shelf: Shelf = current_app.extensions["bihuan.shelf"]
    return shelf
