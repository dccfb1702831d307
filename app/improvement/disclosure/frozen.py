"""What the public reads of a result: cut once, when it is submitted; no school beside another, no person, no small number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.core.database import db
from app.improvement.disclosure.models import LibraryVersion, ResultDisclosure
from app.improvement.effects.models import InterpretationReport
from app.improvement.monitoring.models import DataRelease
from app.improvement.visits.models import SupervisionVisit

Json = dict[str, Any]
SHOWN_FINDINGS = ("strength", "problem", "suggestion")


def content_of(disclosure: ResultDisclosure) -> Json:
    """The frozen copy: title, paragraphs, who says it, and the figures of its source, all of them cut for the public.

    Figures come from the public version of a release or of an interpretation, where small cells and what would give them
    away are left out already (decision 54: fewer than 10), and where no school has a line.
    """
    parts: dict[str, Callable[[], Json]] = {
        "results": lambda: _results(disclosure),
        "interpretation": lambda: _interpretation(disclosure),
        "visit": lambda: _visit(disclosure.visit),
        "document": lambda: _document(disclosure),
        "statement": dict,
    }
    figures = parts[disclosure.source_kind]()
    return {
        "title": disclosure.title.strip(),
        "paragraphs": [line.strip() for line in disclosure.statement.splitlines() if line.strip()],
        "source": disclosure.source_kind,
        "figures": figures,
    }


def _results(disclosure: ResultDisclosure) -> Json:
    release = db.session.scalar(
        select(DataRelease)
        .where(DataRelease.cycle_id == disclosure.cycle_id, DataRelease.audience == "public")
        .options(undefer(DataRelease.snapshot))
    )
    return dict(release.snapshot) if release else {}


def _interpretation(disclosure: ResultDisclosure) -> Json:
    report = db.session.scalar(
        select(InterpretationReport)
        .where(InterpretationReport.id == disclosure.report_id)
        .options(undefer(InterpretationReport.versions))
    )
    if report is None:
        return {}
    return {
        "name": report.cycle.name,
        "said": report.said.get("public", ""),
        **(report.versions.get("public") or {}),
    }


def _document(disclosure: ResultDisclosure) -> Json:
    paper = disclosure.document
    newest = db.session.scalars(
        select(LibraryVersion)
        .where(LibraryVersion.document_id == disclosure.document_id)
        .order_by(LibraryVersion.edition.desc())
        .limit(1)
    ).first()
    if paper is None or newest is None:
        return {}
    days = ("signed_on", "printed_on", "in_force_on", "until_on")
    return {
        "name": paper.title,
        "number": paper.number,
        "category": paper.category,
        "issuer": paper.issuer,
        "summary": paper.summary,
        **{name: day.isoformat() if (day := getattr(paper, name)) else None for name in days},
        "edition": newest.edition,
        "file": {
            "name": newest.file_name,
            "size": newest.size,
            "sha256": newest.file_sha256,
            "media_type": newest.media_type,
        },
    }


def _visit(visit: SupervisionVisit | None) -> Json:
    if visit is None:
        return {}
    return {
        "school": visit.unit.name,
        "kind": visit.kind,
        "day": visit.visit_on.isoformat() if visit.visit_on else None,
        "scope": visit.scope,
        "findings": [
            {"kind": one.kind, "text": one.text, "settled": one.settled_as == "done"}
            for one in visit.findings
            if one.kind in SHOWN_FINDINGS and one.settled_as != "withdrawn"
        ],
    }
