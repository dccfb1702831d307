"""The file of a batch: kept on the shelf sealed with a key of its own, which lies in the database sealed in its turn."""

from __future__ import annotations

from uuid import UUID

from flask import current_app
from sqlalchemy import delete, select

from app.core.audit import trail
from app.core.database import db
from app.core.errors import Invalid, NotFound, Sentence
from app.core.imports.models import ImportBatch, ImportFile
from app.core.spreadsheets import Book, open_book
from app.core.storage import ScannerAway, Shelf
from app.core.vault import SUITES, KeyRing, Place

SEALED_TYPE = "application/octet-stream"
INFECTED = Sentence("安全扫描没有通过，文件没有收下", "The security scan found something; the file was not taken.")
SCANNER_AWAY = Sentence(
    "安全扫描暂时没有应答，请过几分钟再传", "The security scan does not answer; upload it in a few minutes."
)


def keep_file(batch: ImportBatch, data: bytes) -> None:
    """Seal the file and put it on the shelf; inside the open act."""
    tenant = _tenant(batch)
    suite = SUITES[_ring().current(tenant).suite]
    key = suite.new_key()
    stored = _shelf().keep(suite.encrypt(key, data, batch.id.bytes), batch.file_sha256, SEALED_TYPE)
    kept = ImportFile(batch_id=batch.id, county_id=batch.county_id, school_id=batch.school_id)
    kept.id, kept.stored_sha256 = batch.id, stored.sha256
    kept.key = _ring().seal(_place(batch), key)
    db.session.add(kept)


def file_of(batch: ImportBatch) -> bytes:
    """The file as it was sent. Raises NotFound when it was removed already."""
    wanted = select(ImportFile.stored_sha256, ImportFile.key).where(ImportFile.batch_id == batch.id)
    row = db.session.execute(wanted).first()
    if row is None:
        raise NotFound("import_file", batch.ref)
    key = _ring().open(_place(batch), row.key)
    with _shelf().open(row.stored_sha256) as file:
        suite = next(suite for suite in SUITES.values() if suite.key_bytes == len(key))
        return suite.decrypt(key, file.read(), batch.id.bytes)


def book_of(batch: ImportBatch) -> Book:
    """The workbook, opened with every structural check."""
    return open_book(file_of(batch), batch.file_name)


def forget_file(batch: ImportBatch) -> None:
    """Remove the key now and the file once the act is kept."""
    stored = db.session.scalar(
        delete(ImportFile).where(ImportFile.batch_id == batch.id).returning(ImportFile.stored_sha256)
    )
    deed = trail.current()
    if stored and deed is not None:
        shelf = _shelf()
        deed.after.append(lambda: shelf.discard(stored))


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


def _place(batch: ImportBatch) -> Place:
    return Place(_tenant(batch), "import_files", batch.id, "key")


def _ring() -> KeyRing:
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    return ring


def _shelf() -> Shelf:
    shelf: Shelf = current_app.extensions["bihuan.shelf"]
    return shelf
