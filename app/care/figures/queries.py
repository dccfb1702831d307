"""Reads of frozen weeks and of releases; nobody reads students here."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from app.care.figures.models import FigureRelease, FigureSnapshot
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.people.directory.models import Unit

COUNTY_VIEW, SCHOOL_VIEW = "figures.view_county", "figures.view_school"
RELEASES, PREPARE, APPROVE = "figures.view_releases", "figures.prepare_release", "figures.approve_release"
OUT = ("published", "superseded", "withdrawn")
"""What the leading group sees of releases: those that were let out, and what became of them."""


def newest_week(actor: Actor) -> FigureSnapshot | None:
    """The newest frozen week with its content: the county's, or the own school's part of it."""
    of_county = decide.holds(actor, COUNTY_VIEW)
    right = COUNTY_VIEW if of_county else SCHOOL_VIEW
    found: Any = decide.visible(actor, select(FigureSnapshot), FigureSnapshot, right)
    whose = FigureSnapshot.school_id.is_(None) if of_county else FigureSnapshot.school_id == actor.school_id
    newest = found.where(whose).order_by(FigureSnapshot.taken_on.desc()).limit(1)
    week: FigureSnapshot | None = db.session.scalar(newest.options(undefer(FigureSnapshot.content)))
    return week


def school_names(actor: Actor, county_id: uuid.UUID) -> dict[str, str]:
    """Id → short name of the county's schools, in code order."""
    found = select(Unit.id, Unit.short_name).where(Unit.kind == "school", Unit.county_id == county_id)
    return {str(row.id): row.short_name for row in db.session.execute(found.order_by(Unit.code))}


def _releases(actor: Actor) -> Any:
    found: Any = decide.visible(actor, select(FigureRelease), FigureRelease, RELEASES)
    if not decide.holds(actor, PREPARE):
        found = found.where(FigureRelease.state.in_(OUT))
    return found


def releases(actor: Actor) -> Sequence[FigureRelease]:
    """Releases, the newest first, without their content."""
    ordered = _releases(actor).order_by(
        FigureRelease.year.desc(), FigureRelease.number.desc(), FigureRelease.version_no.desc()
    )
    people = joinedload(FigureRelease.preparer), joinedload(FigureRelease.approver)
    return list(db.session.scalars(ordered.options(*people)))


def release_for(actor: Actor, ref: str) -> FigureRelease:
    """One release with its content. Raises NotFound, for one that is not out also to the leading group."""
    people = joinedload(FigureRelease.preparer), joinedload(FigureRelease.approver)
    wanted = _releases(actor).where(FigureRelease.ref == ref)
    found: FigureRelease | None = db.session.scalar(wanted.options(undefer(FigureRelease.content), *people))
    if found is None:
        raise NotFound("figure_release", ref)
    return found


def versions_of(actor: Actor, release: FigureRelease) -> Sequence[FigureRelease]:
    """All versions under the same number, the newest first."""
    same = (FigureRelease.year == release.year, FigureRelease.number == release.number)
    found = _releases(actor).where(FigureRelease.county_id == release.county_id, *same)
    return list(db.session.scalars(found.order_by(FigureRelease.version_no.desc())))
