"""Reads of the document library: what an actor may read of it, searched and narrowed, and one paper with its files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.disclosure.models import LibraryDocument, LibraryVersion
from app.improvement.disclosure.queries.sendings import unsigned

VIEW, MANAGE = "disclosure.view_library", "disclosure.manage_library"
PAGE = 50


def _seen(actor: Actor, found: Any) -> Any:
    """Papers for everybody or for this role; who keeps the library sees all."""
    visible = decide.visible(actor, found, LibraryDocument, VIEW)
    if decide.holds(actor, MANAGE):
        return visible
    everybody = func.jsonb_array_length(LibraryDocument.roles) == 0
    return visible.where(or_(everybody, LibraryDocument.roles.contains([actor.role])))


def documents(
    actor: Actor, words: str = "", category: str = "", standing: str = "", after: str = "", to_sign: bool = False
) -> Sequence[LibraryDocument]:
    """Papers whose title, number or summary holds the words, the newest signed first; one more than a page."""
    found = _seen(actor, select(LibraryDocument))
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        columns = (LibraryDocument.title, LibraryDocument.number, LibraryDocument.summary, LibraryDocument.issuer)
        found = found.where(or_(*(column.ilike(like) for column in columns)))
    if category:
        found = found.where(LibraryDocument.category == category)
    if standing:
        found = found.where(_standing(standing))
    if to_sign:
        found = found.where(LibraryDocument.id.in_(unsigned(actor)))
    if after:
        edge = select(LibraryDocument.id).where(LibraryDocument.ref == after).scalar_subquery()
        found = found.where(LibraryDocument.id < edge)
    rows: Sequence[LibraryDocument] = db.session.scalars(
        found.order_by(LibraryDocument.id.desc()).limit(PAGE + 1)
    ).all()
    return rows


def _standing(code: str) -> Any:
    today, table = clock.today(), LibraryDocument
    over = and_(table.until_on.is_not(None), table.until_on < today)
    coming = and_(table.in_force_on.is_not(None), table.in_force_on > today)
    replaced = table.replaced_by_id.is_not(None)
    return {
        "replaced": replaced,
        "over": and_(~replaced, over),
        "coming": and_(~replaced, ~over, coming),
        "in_force": and_(~replaced, ~func.coalesce(over, False), ~func.coalesce(coming, False)),
    }[code]


def document_for(actor: Actor, ref: str) -> LibraryDocument:
    """One paper with its files and the one that replaced it. Raises NotFound."""
    wanted = (
        select(LibraryDocument)
        .where(LibraryDocument.ref == ref)
        .options(selectinload(LibraryDocument.versions), joinedload(LibraryDocument.replaced_by))
        .execution_options(populate_existing=True)
    )
    found: LibraryDocument | None = db.session.scalar(_seen(actor, wanted))
    if found is None:
        raise NotFound("library_document", ref)
    return found


def version_of(actor: Actor, document: LibraryDocument, edition: int) -> LibraryVersion:
    """One file of a paper that the actor has loaded. Raises NotFound."""
    for one in document.versions:
        if one.edition == edition:
            return one
    raise NotFound("library_version", document.ref)


def others(actor: Actor, document: LibraryDocument) -> Sequence[LibraryDocument]:
    """Papers that could take its place."""
    found = _seen(actor, select(LibraryDocument).where(LibraryDocument.id != document.id))
    rows: Sequence[LibraryDocument] = db.session.scalars(found.order_by(LibraryDocument.id.desc())).all()
    return rows
