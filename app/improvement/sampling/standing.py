"""How a term stands: which lists may be drawn, how many a tenth is, how many were drawn and looked at."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from app.core import clock
from app.core.database import db
from app.improvement.problems.models import ProblemItem, ProblemList
from app.improvement.sampling.chance import least_of
from app.improvement.sampling.models import ListCheck, SampleDraw
from app.people.directory.models import Unit

RUNNING, ENDED = ("issued", "in_progress"), ("completed", "archived")


@dataclass(frozen=True)
class Standing:
    """Numbers of one county in one term; `by_chance` of those drawn."""

    lists: int
    drawn: int
    by_chance: int
    free: int = 0
    """Lists that may be drawn and were not; of an edition that has gone out since, the next one may."""

    @property
    def least(self) -> int:
        """A tenth of the lists, rounded up."""
        return least_of(self.lists)

    @property
    def short(self) -> int:
        """How many chance has still to draw."""
        return max(0, self.least - self.by_chance)

    @property
    def share(self) -> float | None:
        """Drawn of all; None where there is no list."""
        return self.drawn / self.lists if self.lists else None


def _drawable(county_id: Any, first: date) -> ColumnElement[bool]:
    """Issued with at least one item, and running today or brought to its end since the first day of the term.

    A list whose next edition was issued is out: its open items stand in that one.
    """
    since = datetime.combine(first, time(), clock.SHANGHAI)
    return and_(
        ProblemList.county_id == county_id,
        ProblemList.level == "school",
        ProblemList.issued_on.is_not(None),
        exists().where(ProblemItem.list_id == ProblemList.id, ProblemItem.state != "void"),
        or_(
            ProblemList.state.in_(RUNNING),
            and_(ProblemList.state.in_(ENDED), ProblemList.state_since >= since),
        ),
    )


def drawable(county_id: uuid.UUID, first: date) -> Sequence[Any]:
    """The lists of a term in the order of their numbers: id, number, edition, title, unit_id, school_id, code, short_name."""
    p = ProblemList
    return db.session.execute(
        select(p.id, p.number, p.edition, p.title, p.ref, p.unit_id, p.school_id, Unit.code, Unit.short_name)
        .join(Unit, Unit.id == p.unit_id)
        .where(_drawable(county_id, first))
        .order_by(p.number, p.edition)
    ).all()


def drawn_in(county_id: uuid.UUID, first: date) -> set[uuid.UUID]:
    """The lists that a term has drawn, as far as they are shown."""
    found = select(ListCheck.list_id).where(ListCheck.county_id == county_id, ListCheck.term_on == first)
    return set(db.session.scalars(found))


def counted(county_id: uuid.UUID | None, first: date) -> Any:
    """The numbers of a term as a select of lists, free, drawn, by_chance; schools and inspectors may ask, for no list is named.

    `free` is told to the county alone: to others the wall hides which lists were drawn.
    """
    lists = select(func.count(ProblemList.id)).where(_drawable(county_id, first))
    taken = select(ListCheck.list_id).where(ListCheck.county_id == county_id, ListCheck.term_on == first)
    return select(
        lists.scalar_subquery().label("lists"),
        lists.where(ProblemList.id.not_in(taken)).scalar_subquery().label("free"),
        func.coalesce(func.sum(SampleDraw.drawn), 0).label("drawn"),
        func.coalesce(func.sum(SampleDraw.drawn).filter(SampleDraw.kind == "chance"), 0).label("by_chance"),
    ).where(SampleDraw.county_id == county_id, SampleDraw.term_on == first)


def standing_of(county_id: uuid.UUID | None, first: date) -> Standing:
    """The numbers of a term."""
    found = db.session.execute(counted(county_id, first)).one()
    return Standing(int(found.lists), int(found.drawn), int(found.by_chance), int(found.free))
