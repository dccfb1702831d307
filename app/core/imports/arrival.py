"""A file has come: its structure checked, its columns proposed, ready for the operation that keeps it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from app.core.database import db
from app.core.errors import NotFound
from app.core.imports import operations, queries
from app.core.imports.files import book_of, scan
from app.core.imports.flow import kind_of, proposal_of, ready_mapping
from app.core.imports.forbidden import refuse_forbidden
from app.core.imports.kinds import KINDS
from app.core.imports.models import ImportBatch
from app.core.imports.operations import CheckIn, MapIn, StepIn, UploadIn
from app.core.imports.registry import import_kind, rights_of
from app.core.outbox import deliver
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.spreadsheets import open_book, written_down
from app.core.uploads import count_upload

LONGEST_NAME = 120


def place_of(actor: Actor, code: str, target_ref: str | None) -> ImportBatch:
    """The batch that a file of this kind for this target would make, not kept yet: where rights are checked.

    Raises NotFound for a kind or target that the actor may not bring files for.
    """
    if code not in KINDS or not decide.holds(actor, rights_of(code)[0]):
        raise NotFound("import_kind", code)
    kind = import_kind(code)
    target = kind.target(actor, target_ref or None)
    batch = ImportBatch(
        kind=code,
        county_id=target.county_id,
        school_id=target.school_id,
        unit_id=target.unit_id,
        target_entity=type(target.record).__tablename__ if target.record is not None else None,
        target_id=target.record.id if target.record is not None else None,
        target_label=target.label[:120],
        target_address=target.address,
        owner_id=actor.person_id,
        state="staged",
        choices={},
        mapping={},
    )
    if not decide.may(actor, rights_of(code)[0], batch):
        raise NotFound("import_target", target_ref or "")
    return batch


def come_from(actor: Actor, batch: ImportBatch, ref: str) -> None:
    """Note which supplier a file comes from; an empty `ref` is the bureau's own system. Raises NotFound."""
    if not ref:
        return
    known = {one: (identity, name) for one, identity, name in batch.behind.sources(actor)}
    if ref not in known:
        raise NotFound("supplier", ref)
    batch.supplier_id, batch.supplier_name = known[ref]


def receive(
    actor: Actor, batch: ImportBatch, data: bytes, name: str, sender: str = "", replaces: ImportBatch | None = None
) -> UploadIn:
    """Open the file with every structural check and find its columns; fills in what the batch keeps of it.

    Raises ImportRefused when the file cannot be read, Invalid when it is empty.
    """
    count_upload(actor, len(data))
    book = open_book(data, name)
    refuse_forbidden(book, batch.kind)
    scan(data)
    batch.file_name, batch.file_size = name[-LONGEST_NAME:], len(data)
    batch.file_sha256 = hashlib.sha256(data).hexdigest()
    batch.sender = (sender.strip() or actor.unit_name)[:60]
    kind = kind_of(batch)
    fixed = dict(batch.behind.fixed(batch))
    saved = queries.saved_headers(actor, batch.kind, batch.sender)
    if replaces is not None:
        saved = {**saved, **(replaces.mapping.get("headers") or {})}
    proposal = proposal_of(book, kind, saved, None, fixed, batch.behind.private_columns)
    opened = None if book.form == "csv" else written_down(book)
    return UploadIn(data, opened, proposal, ready_mapping(kind, proposal, fixed), replaces)


def look_again(actor: Actor, batch: ImportBatch, header_rows: dict[str, list[int]], version: int) -> MapIn:
    """Find the columns with other header rows; an empty list leaves a sheet out."""
    kind, fixed = kind_of(batch), dict(batch.behind.fixed(batch))
    saved = {**queries.saved_headers(actor, batch.kind, batch.sender), **(batch.mapping.get("headers") or {})}
    proposal = proposal_of(book_of(batch), kind, saved, header_rows, fixed, batch.behind.private_columns)
    return MapIn(version, proposal, ready_mapping(kind, proposal, {**fixed, **(batch.mapping.get("fixed") or {})}))


def take_in(
    actor: Actor,
    code: str,
    target_ref: str | None,
    data: bytes,
    name: str,
    accept_as: Actor,
    sender: str = "",
    leaving: Collection[str] = (),
    supplier: str = "",
) -> ImportBatch:
    """The whole way in this process, for the demo county and for tests: uploaded, checked, accepted, jobs carried out.

    `leaving`: kinds of messages that go on waiting for a worker; `supplier`: ref of who brought the file. Raises
    whatever stands in the way; a batch that needs a person's help stays where it is.
    """
    batch = place_of(actor, code, target_ref)
    come_from(actor, batch, supplier)
    batch = operations.upload(actor, batch, receive(actor, batch, data, name, sender))
    operations.check(actor, batch, CheckIn())
    deliver.drain(leaving=leaving)
    db.session.refresh(batch)
    if batch.state == "ready" and not (batch.all_or_nothing and batch.rows_blocked):
        operations.accept(accept_as, batch, StepIn())
        deliver.drain(leaving=leaving)
        db.session.refresh(batch)
    return batch
