"""Reads of examples for other schools: what is published in the county, who takes it up, what one's own school took up."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.disclosure.models import PublicPage, ShowcaseAdoption
from app.people.directory.models import Unit

READ, ADOPT, END = "disclosure.read_examples", "disclosure.adopt_example", "disclosure.end_adoption"
PAGE = 50


@dataclass(frozen=True)
class ExampleRow:
    """One published example: its page, short name of its unit, how many schools work after it, whether one's own does."""

    page: PublicPage
    unit: str
    adopters: int
    mine: bool


def examples(actor: Actor, scenario: str = "", after: str = "") -> list[ExampleRow]:
    """Open examples of the county, the newest first; one more than a page."""
    going = ShowcaseAdoption.ended_on.is_(None)
    counts = (
        select(
            ShowcaseAdoption.page_id,
            func.count().label("many"),
            func.bool_or(ShowcaseAdoption.unit_id == actor.unit_id).label("mine"),
        )
        .where(going)
        .group_by(ShowcaseAdoption.page_id)
        .subquery()
    )
    found = (
        decide.visible(actor, select(PublicPage, Unit.short_name, counts.c.many, counts.c.mine), PublicPage, READ)
        .join(Unit, Unit.id == PublicPage.unit_id)
        .outerjoin(counts, counts.c.page_id == PublicPage.id)
        .where(PublicPage.kind == "showcase", PublicPage.ended_on.is_(None))
    )
    if scenario:
        found = found.where(PublicPage.content["scenario"].astext == scenario)
    if after:
        edge = select(PublicPage.id).where(PublicPage.ref == after).scalar_subquery()
        found = found.where(PublicPage.id < edge)
    rows = db.session.execute(found.order_by(PublicPage.id.desc()).limit(PAGE + 1)).all()
    return [ExampleRow(page, unit, many or 0, bool(mine)) for page, unit, many, mine in rows]


def example_for(actor: Actor, ref: str) -> PublicPage:
    """One example of the county, withdrawn ones too, since who took it up looks it up again. Raises NotFound."""
    wanted = select(PublicPage).where(PublicPage.ref == ref, PublicPage.kind == "showcase")
    found: PublicPage | None = db.session.scalar(decide.visible(actor, wanted, PublicPage, READ))
    if found is None:
        raise NotFound("public_page", ref)
    return found


def adopters_of(actor: Actor, entry_id: uuid.UUID) -> Sequence[ShowcaseAdoption]:
    """Who takes an entry up that the actor may see: those who still do first, then the newest."""
    wanted = select(ShowcaseAdoption).where(
        ShowcaseAdoption.entry_id == entry_id, ShowcaseAdoption.county_id == actor.county_id
    )
    order = (ShowcaseAdoption.ended_on.is_not(None), ShowcaseAdoption.id.desc())
    return db.session.scalars(wanted.order_by(*order)).all()


def sees_adopters(actor: Actor, page: PublicPage) -> bool:
    """Whoever may read the entry behind it: its own unit, and the county's desks."""
    return decide.may(actor, "disclosure.view_showcase", page)


def own_adoption(actor: Actor, page: PublicPage) -> ShowcaseAdoption | None:
    """What one's own unit took up of it and has not given up."""
    wanted = select(ShowcaseAdoption).where(
        ShowcaseAdoption.page_id == page.id,
        ShowcaseAdoption.unit_id == actor.unit_id,
        ShowcaseAdoption.ended_on.is_(None),
    )
    return db.session.scalar(wanted)


def adoption_for(actor: Actor, ref: str) -> ShowcaseAdoption:
    """One line that the actor may end. Raises NotFound."""
    wanted = select(ShowcaseAdoption).where(ShowcaseAdoption.ref == ref)
    found: ShowcaseAdoption | None = db.session.scalar(decide.visible(actor, wanted, ShowcaseAdoption, END))
    if found is None:
        raise NotFound("showcase_adoption", ref)
    return found
