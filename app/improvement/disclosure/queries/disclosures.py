"""Reads of disclosures: the list, one of them, what may be made public, and the public page it became."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import lazyload, undefer

from app.core.clock import today
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.disclosure.models import LibraryDocument, PublicPage, ResultDisclosure
from app.improvement.disclosure.models.disclosures import VISIT_IS_OUT
from app.improvement.effects.models import InterpretationReport
from app.improvement.monitoring.models import MonitoringCycle
from app.improvement.visits.models import SupervisionVisit

VIEW, DRAFT = "disclosure.view_disclosures", "disclosure.draft_disclosure"
PAGE = 50
"""Sources offered in the form, the newest first."""


def disclosures(actor: Actor, states: Sequence[str] = (), after: str = "") -> Sequence[ResultDisclosure]:
    """Disclosures, the newest first; one more than a page."""
    found = decide.visible(actor, select(ResultDisclosure), ResultDisclosure, VIEW)
    if states:
        found = found.where(ResultDisclosure.state.in_(states))
    if after:
        edge = select(ResultDisclosure.id).where(ResultDisclosure.ref == after).scalar_subquery()
        found = found.where(ResultDisclosure.id < edge)
    bare = (lazyload(ResultDisclosure.cycle), lazyload(ResultDisclosure.report), lazyload(ResultDisclosure.visit))
    return db.session.scalars(found.options(*bare).order_by(ResultDisclosure.id.desc()).limit(PAGE + 1)).all()


def disclosure_for(actor: Actor, ref: str) -> ResultDisclosure:
    """One disclosure with what it shows. Raises NotFound."""
    wanted = select(ResultDisclosure).where(ResultDisclosure.ref == ref).options(undefer(ResultDisclosure.content))
    found: ResultDisclosure | None = db.session.scalar(decide.visible(actor, wanted, ResultDisclosure, VIEW))
    if found is None:
        raise NotFound("result_disclosure", ref)
    return found


def page_of(actor: Actor, disclosure: ResultDisclosure) -> PublicPage | None:
    """The public page of a disclosure that the actor has loaded; None before it is out."""
    wanted = select(PublicPage).where(PublicPage.entity == "result_disclosures", PublicPage.record_id == disclosure.id)
    return db.session.scalar(wanted.order_by(PublicPage.id.desc()).limit(1))


def disclosures_of(actor: Actor, document: LibraryDocument) -> Sequence[ResultDisclosure]:
    """Disclosures of a paper that the actor may see, the newest first."""
    wanted = select(ResultDisclosure).where(ResultDisclosure.document_id == document.id)
    visible = decide.visible(actor, wanted.options(lazyload("*")), ResultDisclosure, VIEW)
    found: Sequence[ResultDisclosure] = db.session.scalars(visible.order_by(ResultDisclosure.id.desc())).all()
    return found


def sources(actor: Actor) -> dict[str, list[Any]]:
    """What may be made public by this actor: rounds and reports that are out, visits whose feedback is meant for all."""
    found: dict[str, list[Any]] = {"results": [], "interpretation": [], "visit": [], "document": []}
    if decide.holds(actor, "monitoring.view_cycles") and actor.county_wide:
        cycles = select(MonitoringCycle).where(MonitoringCycle.state.in_(("released", "improving", "closed")))
        found["results"] = list(
            db.session.scalars(
                decide.visible(actor, cycles, MonitoringCycle, "monitoring.view_cycles").order_by(
                    MonitoringCycle.starts_on.desc()
                )
            )
        )
        reports = select(InterpretationReport).where(InterpretationReport.state == "published")
        found["interpretation"] = list(
            db.session.scalars(
                decide.visible(actor, reports, InterpretationReport, "effects.view_interpretations").order_by(
                    InterpretationReport.id.desc()
                )
            )
        )
    if decide.holds(actor, "disclosure.manage_library"):
        found["document"] = _papers(actor)
    visits = select(SupervisionVisit).where(
        SupervisionVisit.disclosure == "public", SupervisionVisit.state.in_(VISIT_IS_OUT)
    )
    if actor.county_wide and decide.holds(actor, "visits.view_visits"):
        found["visit"] = list(
            db.session.scalars(
                decide.visible(actor, visits, SupervisionVisit, "visits.view_visits").order_by(
                    SupervisionVisit.visit_on.desc()
                )
            ).unique()
        )
    return found


def _papers(actor: Actor) -> list[Any]:
    papers = select(LibraryDocument).where(
        LibraryDocument.replaced_by_id.is_(None),
        func.jsonb_array_length(LibraryDocument.roles) == 0,
        or_(LibraryDocument.until_on.is_(None), LibraryDocument.until_on >= today()),
    )
    visible = decide.visible(actor, papers, LibraryDocument, "disclosure.manage_library")
    return list(db.session.scalars(visible.order_by(LibraryDocument.id.desc())))
