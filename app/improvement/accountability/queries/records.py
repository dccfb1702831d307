"""Reads of records: the list, one of them with its facts and what was said, papers; a party sees nothing before its notice."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, false, or_, select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.accountability.models import (
    AccountabilityDocument,
    AccountabilityFact,
    AccountabilityPrint,
    AccountabilityRecord,
    AccountabilitySaying,
)
from app.improvement.visits.models import SupervisionVisit, VisitFinding

VIEW, OWN = "accountability.view_records", "accountability.view_own_records"
UNTOLD = ("draft", "cancelled")
"""States in which the party has not been told."""
PAGE = 50
SEEN_BY = {
    "item": "problems.view_items",
    "finding": "visits.view_visits",
    "evaluation": "effects.view_evaluations",
    "closure": "effects.view_closures",
}


def _seen(actor: Actor, found: Any) -> Any:
    if actor.system:
        return found
    table = AccountabilityRecord
    parts = [scope.where(actor, table) for scope in decide.scopes_of(actor, VIEW)]
    told = [scope.where(actor, table) for scope in decide.scopes_of(actor, OWN)]
    if told:
        parts.append(and_(table.state.not_in(UNTOLD), or_(*told)))
    return found.where(or_(*parts) if parts else false())


def records(
    actor: Actor, kind: str = "", states: Sequence[str] = (), after: str = ""
) -> Sequence[AccountabilityRecord]:
    """Records, the newest first; one more than a page."""
    found = _seen(actor, select(AccountabilityRecord))
    if kind:
        found = found.where(AccountabilityRecord.kind == kind)
    if states:
        found = found.where(AccountabilityRecord.state.in_(states))
    if after:
        edge = select(AccountabilityRecord.id).where(AccountabilityRecord.ref == after).scalar_subquery()
        found = found.where(AccountabilityRecord.id < edge)
    rows: Sequence[AccountabilityRecord] = db.session.scalars(
        found.order_by(AccountabilityRecord.id.desc()).limit(PAGE + 1)
    ).all()
    return rows


def record_for(actor: Actor, ref: str) -> AccountabilityRecord:
    """One record with who sat over it. Raises NotFound."""
    wanted = (
        select(AccountabilityRecord)
        .where(AccountabilityRecord.ref == ref)
        .options(
            joinedload(AccountabilityRecord.person),
            joinedload(AccountabilityRecord.owner),
            selectinload(AccountabilityRecord.facts),
            selectinload(AccountabilityRecord.seats),
        )
    )
    found: AccountabilityRecord | None = db.session.scalar(_seen(actor, wanted))
    if found is None:
        raise NotFound("accountability_record", ref)
    return found


def sees_all(actor: Actor, record: AccountabilityRecord) -> bool:
    """The county's desks, who also read objections of others; the party reads its own words."""
    return decide.may(actor, VIEW, record)


@dataclass(frozen=True)
class FactRow:
    """A fact, its kind, what the record said, and where it opens; empty where this reader may not see it."""

    kind: str
    said: str
    url: str


def facts_of(actor: Actor, record: AccountabilityRecord) -> list[FactRow]:
    """What the record cites, each leading to the record of the system behind it, in a fixed number of questions."""
    bare = (joinedload(AccountabilityFact.item).options(lazyload("*")),
            joinedload(AccountabilityFact.evaluation).options(lazyload("*")),
            joinedload(AccountabilityFact.closure).options(lazyload("*")))  # fmt: skip
    cited = db.session.scalars(
        select(AccountabilityFact)
        .where(AccountabilityFact.record_id == record.id)
        .options(*bare)
        .order_by(AccountabilityFact.position)
        .execution_options(populate_existing=True)
    ).all()
    visits = _visits_of(cited)
    behind = {fact.id: visits.get(fact.finding_id) if fact.finding_id else _behind(fact) for fact in cited}
    seen: set[uuid.UUID] = set()
    for kind, right in SEEN_BY.items():
        some = [behind[fact.id] for fact in cited if fact.source_kind == kind and behind[fact.id] is not None]
        seen |= decide.among(actor, right, some) if some else set()
    return [FactRow(fact.source_kind, fact.said, _url(behind[fact.id], seen)) for fact in cited]


def _behind(fact: AccountabilityFact) -> Any:
    return getattr(fact, fact.source_kind)


def _url(behind: Any, seen: set[uuid.UUID]) -> str:
    return str(behind.address) if behind is not None and behind.id in seen else ""


def _visits_of(cited: Sequence[AccountabilityFact]) -> dict[uuid.UUID | None, Any]:
    ids = [fact.finding_id for fact in cited if fact.finding_id]
    if not ids:
        return {}
    rows = db.session.execute(
        select(VisitFinding.id, SupervisionVisit)
        .join(SupervisionVisit, SupervisionVisit.id == VisitFinding.visit_id)
        .where(VisitFinding.id.in_(ids))
        .options(lazyload("*"))
    )
    return {row.id: row.SupervisionVisit for row in rows}


def sayings_of(actor: Actor, record: AccountabilityRecord) -> Sequence[AccountabilitySaying]:
    """What was said, the oldest first; objections of others for the county's desks alone."""
    wanted = select(AccountabilitySaying).where(AccountabilitySaying.record_id == record.id)
    if not sees_all(actor, record):
        wanted = wanted.where(AccountabilitySaying.kind != "objection")
    people = (joinedload(AccountabilitySaying.owner), joinedload(AccountabilitySaying.unit))
    return db.session.scalars(wanted.options(*people).order_by(AccountabilitySaying.id)).all()


def documents_of(actor: Actor, record: AccountabilityRecord) -> Sequence[AccountabilityDocument]:
    """Printed papers of a record that the actor has loaded, the newest edition first."""
    wanted = select(AccountabilityDocument).where(AccountabilityDocument.record_id == record.id)
    order = (AccountabilityDocument.paper, AccountabilityDocument.edition.desc(), AccountabilityDocument.form)
    return db.session.scalars(wanted.order_by(*order)).all()


def printed(actor: Actor, ref: str) -> AccountabilityPrint | None:
    """What anybody may check of a paper; None for a code that was never given out."""
    return db.session.scalar(select(AccountabilityPrint).where(AccountabilityPrint.ref == ref))
