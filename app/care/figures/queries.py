"""Reads of frozen weeks and of releases; nobody reads students here."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import joinedload, undefer

from app.care.figures.models import PROCESS, WEEK, FigureRelease, FigureSnapshot
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.people.directory.models import Unit

COUNTY_VIEW, SCHOOL_VIEW = "figures.view_county", "figures.view_school"
PROCESS_VIEW, REGION_VIEW, PANEL = "figures.view_process", "figures.view_region", "figures.see_panel"
RELEASES, PREPARE, APPROVE = "figures.view_releases", "figures.prepare_release", "figures.approve_release"
OUT = ("published", "superseded", "withdrawn")
"""What the leading group sees of releases: those that were let out, and what became of them."""


def newest_week(actor: Actor) -> FigureSnapshot | None:
    """The newest frozen week with its content: the county's, or the own school's part of it."""
    of_county = decide.holds(actor, COUNTY_VIEW)
    right = COUNTY_VIEW if of_county else SCHOOL_VIEW
    found: Any = decide.visible(actor, select(FigureSnapshot), FigureSnapshot, right)
    whose = FigureSnapshot.school_id.is_(None) if of_county else FigureSnapshot.school_id == actor.school_id
    newest = found.where(whose, FigureSnapshot.kind == WEEK).order_by(FigureSnapshot.taken_on.desc()).limit(1)
    week: FigureSnapshot | None = db.session.scalar(newest.options(undefer(FigureSnapshot.content)))
    return week


def process_of_schools(actor: Actor) -> tuple[date | None, dict[str, Any]]:
    """The newest frozen day of the county, and school id → process facts of the own schools on it (without the others)."""
    day = select(func.max(FigureSnapshot.taken_on)).where(FigureSnapshot.county_id == actor.county_id)
    found: Any = decide.visible(actor, select(FigureSnapshot), FigureSnapshot, PROCESS_VIEW)
    rows = db.session.scalars(
        found.where(FigureSnapshot.kind == PROCESS, FigureSnapshot.taken_on == day.scalar_subquery()).options(
            undefer(FigureSnapshot.content)
        )
    ).all()
    return (rows[0].taken_on if rows else None), {str(row.school_id): row.content for row in rows}


def own_schools(actor: Actor) -> Sequence[Unit]:
    """The schools that the actor looks after, in code order."""
    found = select(Unit).where(Unit.id.in_(actor.schools), Unit.kind == "school").order_by(Unit.code)
    return list(db.session.scalars(found))


def region_figures(actor: Actor) -> Sequence[Any]:
    """Rows of the newest release in force as city and province read it: its number, day, and figures (code None: none)."""
    if not decide.holds(actor, REGION_VIEW):
        return ()
    rows = db.session.execute(text("select * from care.region_figures()")).all()
    newest = rows[0][:3] if rows else None
    return [row for row in rows if row[:3] == newest]


def newest_release(actor: Actor) -> FigureRelease | None:
    """The release in force that was published last, with its content."""
    wanted = _releases(actor).where(FigureRelease.state == "published")
    wanted = wanted.order_by(FigureRelease.published_on.desc(), FigureRelease.year.desc(), FigureRelease.number.desc())
    newest: FigureRelease | None = db.session.scalar(wanted.limit(1).options(undefer(FigureRelease.content)))
    return newest


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
