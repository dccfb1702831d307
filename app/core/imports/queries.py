"""Reads of imports: the batches an actor may see, one batch with its report, its rows, who may do what next."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal_column, or_, select, text, tuple_

from app.core.database import db
from app.core.errors import NotFound
from app.core.imports.models import ImportBatch, ImportProgress, ImportReport, ImportRow, SavedMapping
from app.core.imports.registry import REGISTERED, ImportKind, import_kind, rights_of
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.policy.scopes import Scope

UPLOAD_RIGHTS = (
    "imports.upload_results",
    "imports.upload_roster",
    "imports.upload_staff",
    "imports.upload_answers",
    "imports.upload_consents",
)
ACCEPT_RIGHTS = (
    "imports.accept_results",
    "imports.accept_roster",
    "imports.accept_staff",
    "imports.accept_answers",
    "imports.accept_consents",
)
RIGHTS = (*UPLOAD_RIGHTS, *ACCEPT_RIGHTS)
PAGE = 50
OWNER_NAME: Any = literal_column("(select p.name from persons p where p.id = import_batches.owner_id)").label(
    "owner_name"
)


def kinds_for(actor: Actor) -> list[ImportKind[ImportBatch]]:
    """The kinds of files that the actor's role may upload."""
    return [kind for code, kind in REGISTERED.items() if decide.holds(actor, rights_of(code)[0])]


def _seen(actor: Actor) -> ColumnElement[bool]:
    """Batches of the kinds, and inside the scopes, that the role may upload or accept."""
    parts: list[ColumnElement[bool]] = []
    for code, kind in REGISTERED.items():
        scopes: set[Scope] = {s for right in rights_of(code) for s in decide.scopes_of(actor, right)}
        if not scopes:
            continue
        reached = and_(ImportBatch.kind == code, or_(*(scope.where(actor, ImportBatch) for scope in scopes)))
        if kind.school_private and actor.school_id is None:
            reached = and_(reached, ImportBatch.school_id.is_(None))
        parts.append(reached)
    return or_(*parts) if parts else false()


def is_ours(actor: Actor, batch: ImportBatch) -> bool:
    """Whether a batch is the actor's own people's: a school's private file waits for nobody of the county."""
    return actor.school_id is not None or batch.school_id is None or not import_kind(batch.kind).school_private


def visible_batches(actor: Actor) -> Select[Any]:
    """A select of the batches the actor may see."""
    wanted = select(ImportBatch)
    return wanted if actor.system else wanted.where(_seen(actor))


def batch_for(actor: Actor, ref: str) -> ImportBatch:
    """One batch. Raises NotFound when there is none or the actor may not see it."""
    found: ImportBatch | None = db.session.scalar(visible_batches(actor).where(ImportBatch.ref == ref))
    if found is None:
        raise NotFound("import_batch", ref)
    return found


@dataclass(frozen=True)
class Wanted:
    """What the list of batches is narrowed to; `before` is the reference of the last one on the page before."""

    kinds: Sequence[str] = ()
    states: Sequence[str] = ()
    before: str = ""


def batches(actor: Actor, wanted: Wanted, most: int = PAGE) -> list[Any]:
    """Batches with the name of who uploaded them, newest first; one more than `most` when there is a next page."""
    query = _narrowed(visible_batches(actor), wanted)
    if wanted.before:
        last = select(ImportBatch.created_at, ImportBatch.id).where(ImportBatch.ref == wanted.before)
        query = query.where(tuple_(ImportBatch.created_at, ImportBatch.id) < last.scalar_subquery())
    ordered = query.order_by(ImportBatch.created_at.desc(), ImportBatch.id.desc()).limit(most + 1)
    return list(db.session.execute(ordered.add_columns(OWNER_NAME)).all())


def _narrowed(query: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.kinds:
        query = query.where(ImportBatch.kind.in_(wanted.kinds))
    return query.where(ImportBatch.state.in_(wanted.states)) if wanted.states else query


def batch_count(actor: Actor, wanted: Wanted) -> int:
    """How many batches the filters leave."""
    inner = _narrowed(visible_batches(actor), wanted).with_only_columns(ImportBatch.id).subquery()
    return db.session.scalar(select(func.count()).select_from(inner)) or 0


def batches_of(actor: Actor, entity: str, record_id: uuid.UUID) -> list[ImportBatch]:
    """The batches of one target, newest first."""
    wanted = visible_batches(actor).where(ImportBatch.target_entity == entity, ImportBatch.target_id == record_id)
    return list(db.session.scalars(wanted.order_by(ImportBatch.created_at.desc())))


def replaceable(actor: Actor, kind: str, target_id: uuid.UUID | None) -> list[ImportBatch]:
    """Accepted batches of the same kind and target, which a new file may replace."""
    wanted = visible_batches(actor).where(
        ImportBatch.kind == kind,
        ImportBatch.target_id.is_not_distinct_from(target_id),
        ImportBatch.state == "accepted",
    )
    return list(db.session.scalars(wanted.order_by(ImportBatch.accepted_at.desc())))


def earlier_version(batch: ImportBatch) -> ImportBatch | None:
    """The file to compare a new one with: the one it replaces, else the last accepted of its target, kind and sender.

    Read inside a job, as SYSTEM.
    """
    if batch.supersedes_id is not None:
        return db.session.get_one(ImportBatch, batch.supersedes_id)
    same = select(ImportBatch).where(
        ImportBatch.county_id == batch.county_id,
        ImportBatch.kind == batch.kind,
        ImportBatch.target_id.is_not_distinct_from(batch.target_id),
        ImportBatch.sender == batch.sender,
        ImportBatch.state == "accepted",
        ImportBatch.id != batch.id,
    )
    found: ImportBatch | None = db.session.scalar(same.order_by(ImportBatch.accepted_at.desc()).limit(1))
    return found


def report_for(actor: Actor, batch: ImportBatch) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was found in the file and the report of the checks; the batch was loaded with the actor's rights."""
    row = db.session.execute(
        select(ImportReport.proposal, ImportReport.report).where(ImportReport.batch_id == batch.id)
    ).first()
    return (row.proposal, row.report) if row else ({}, {})


def progress_for(actor: Actor, batch: ImportBatch) -> Any:
    """How far the job of a batch is."""
    wanted = select(ImportProgress.done, ImportProgress.total, ImportProgress.at)
    return db.session.execute(wanted.where(ImportProgress.batch_id == batch.id)).first()


def rows_for(
    actor: Actor, batch: ImportBatch, statuses: Sequence[str] = (), code: str = "", after: int = 0, most: int = PAGE
) -> list[ImportRow]:
    """Rows of a batch in file order, of these statuses, or about which a certain thing was said; keyset by id."""
    wanted = select(ImportRow).where(ImportRow.batch_id == batch.id, ImportRow.id > after)
    if statuses:
        wanted = wanted.where(ImportRow.status.in_(statuses))
    if code:
        wanted = wanted.where(ImportRow.messages.contains([{"code": code}]))
    return list(db.session.scalars(wanted.order_by(ImportRow.id).limit(most + 1)))


def saved_headers(actor: Actor, kind: str, sender: str) -> dict[str, str]:
    """What the columns of this sender's files meant last time."""
    wanted = select(SavedMapping.headers).where(SavedMapping.county_id == actor.county_id, SavedMapping.kind == kind)
    return db.session.scalar(wanted.where(SavedMapping.sender == sender)) or {}


def senders(actor: Actor, kind: str) -> list[str]:
    """Senders of earlier files of a kind, to choose from."""
    wanted = select(ImportBatch.sender).where(_seen(actor), ImportBatch.kind == kind, ImportBatch.sender != "")
    return list(db.session.scalars(wanted.distinct().order_by(ImportBatch.sender).limit(20)))


def people_of(actor: Actor, batch: ImportBatch) -> dict[uuid.UUID, str]:
    """Names of who uploaded and who accepted a batch."""
    ids = [each for each in (batch.owner_id, batch.accepted_by) if each]
    rows = db.session.execute(text("select id, name from persons where id = any(:ids)"), {"ids": ids})
    return {row.id: row.name for row in rows}
