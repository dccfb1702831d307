"""Reads of showcase entries: the list, one of them, and closed items that may become one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import lazyload, undefer

from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.disclosure.models import PublicPage, ShowcaseEntry
from app.improvement.problems.models import ProblemItem

VIEW, DRAFT = "disclosure.view_showcase", "disclosure.draft_showcase"
PAGE = 50
"""Closed items offered, the newest first."""


def entries(actor: Actor, states: Sequence[str] = (), scenario: str = "", after: str = "") -> Sequence[ShowcaseEntry]:
    """Entries, the newest first; one more than a page."""
    found = decide.visible(actor, select(ShowcaseEntry), ShowcaseEntry, VIEW)
    if states:
        found = found.where(ShowcaseEntry.state.in_(states))
    if scenario:
        found = found.where(ShowcaseEntry.scenario == scenario)
    if after:
        edge = select(ShowcaseEntry.id).where(ShowcaseEntry.ref == after).scalar_subquery()
        found = found.where(ShowcaseEntry.id < edge)
    bare = found.options(lazyload(ShowcaseEntry.item))
    return db.session.scalars(bare.order_by(ShowcaseEntry.id.desc()).limit(PAGE + 1)).all()


def entry_for(actor: Actor, ref: str) -> ShowcaseEntry:
    """One entry with what it shows. Raises NotFound."""
    wanted = select(ShowcaseEntry).where(ShowcaseEntry.ref == ref).options(undefer(ShowcaseEntry.content))
    found: ShowcaseEntry | None = db.session.scalar(decide.visible(actor, wanted, ShowcaseEntry, VIEW))
    if found is None:
        raise NotFound("showcase_entry", ref)
    return found


def page_of(actor: Actor, entry: ShowcaseEntry) -> PublicPage | None:
    """The public page of an entry that the actor has loaded; None before it is out."""
    wanted = select(PublicPage).where(PublicPage.entity == "showcase_entries", PublicPage.record_id == entry.id)
    return db.session.scalar(wanted.order_by(PublicPage.id.desc()).limit(1))


def closed_items(actor: Actor) -> Sequence[ProblemItem]:
    """Closed items of which the actor may write an entry and nobody has."""
    told = exists().where(
        ShowcaseEntry.item_id == ProblemItem.id, ShowcaseEntry.state.not_in(("withdrawn", "cancelled"))
    )
    wanted = select(ProblemItem).where(ProblemItem.state == "closed", ~told)
    visible = decide.visible(actor, wanted, ProblemItem, DRAFT)
    return db.session.scalars(visible.order_by(ProblemItem.state_since.desc())).all()
