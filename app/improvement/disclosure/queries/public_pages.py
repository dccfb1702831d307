"""What everybody may read: the frozen pages, by address and by bureau. No other table is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_

from app.core.database import db
from app.core.errors import NotFound
from app.core.policy.actor import Actor
from app.improvement.disclosure.models import PublicPage

PAGE = 50


def bureaus(actor: Actor) -> Sequence[Any]:
    """Bureaus that have published anything: reference, name, how many pages are open."""
    open_pages = func.count().filter(PublicPage.ended_on.is_(None))
    wanted = select(PublicPage.bureau, func.max(PublicPage.county_name).label("name"), open_pages.label("open"))
    return db.session.execute(wanted.group_by(PublicPage.bureau).order_by(func.max(PublicPage.county_name))).all()


def pages_of(actor: Actor, bureau: str, after: str = "") -> Sequence[PublicPage]:
    """Open pages of a bureau, by the day they came out, the newest first; one more than a page."""
    return _open(PublicPage.bureau == bureau, after)


def withdrawals_of(actor: Actor, bureau: str) -> Sequence[PublicPage]:
    """The withdrawal log of a bureau: what was taken back, the newest first; day, issuer and reason, never the content."""
    return _withdrawn(PublicPage.bureau == bureau)


def public_page(actor: Actor, slug: str) -> PublicPage:
    """One page, open or ended. Raises NotFound."""
    found = db.session.scalar(select(PublicPage).where(PublicPage.slug == slug))
    if found is None:
        raise NotFound("public_page", slug)
    return found


def schools_of(actor: Actor, bureau: str) -> Sequence[Any]:
    """Schools of a bureau that anything open is published by or about, by name: reference, name, how many pages."""
    wanted = (
        select(PublicPage.school, func.max(PublicPage.school_name).label("name"), func.count().label("open"))
        .where(PublicPage.bureau == bureau, PublicPage.school != "", PublicPage.ended_on.is_(None))
        .group_by(PublicPage.school)
    )
    return db.session.execute(wanted.order_by(func.max(PublicPage.school_name))).all()


def school_of(actor: Actor, school: str) -> PublicPage | None:
    """The newest page of a school, open or ended, for its name and its bureau; None where it never published."""
    wanted = select(PublicPage).where(PublicPage.school == school, PublicPage.school != "")
    return db.session.scalar(wanted.order_by(PublicPage.published_on.desc(), PublicPage.id.desc()).limit(1))


def pages_of_school(actor: Actor, school: str, after: str = "") -> Sequence[PublicPage]:
    """Open pages of a school, by the day they came out, the newest first; one more than a page."""
    return _open(PublicPage.school == school, after)


def withdrawals_of_school(actor: Actor, school: str) -> Sequence[PublicPage]:
    """What was taken back of a school, the newest first; day and reason, never the content."""
    return _withdrawn(PublicPage.school == school)


def _open(whose: ColumnElement[bool], after: str) -> Sequence[PublicPage]:
    found = select(PublicPage).where(whose, PublicPage.ended_on.is_(None))
    if after:
        edge = select(PublicPage.published_on, PublicPage.id).where(PublicPage.slug == after)
        found = found.where(tuple_(PublicPage.published_on, PublicPage.id) < edge.scalar_subquery())
    newest = found.order_by(PublicPage.published_on.desc(), PublicPage.id.desc())
    return db.session.scalars(newest.limit(PAGE + 1)).all()


def _withdrawn(whose: ColumnElement[bool]) -> Sequence[PublicPage]:
    wanted = select(PublicPage).where(whose, PublicPage.ended_as == "withdrawn")
    return db.session.scalars(wanted.order_by(PublicPage.ended_on.desc(), PublicPage.id.desc())).all()
