"""Reads of checks: the list with its filters, one with its answers, the draw behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select, true
from sqlalchemy.orm import joinedload

from app.core import registers
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.problems.models import ProblemList
from app.improvement.sampling import standing
from app.improvement.sampling.models import ListCheck, ListCheckAnswer, SampleDraw, SampleFrame
from app.improvement.sampling.standing import Standing
from app.people.directory.models import Person, Unit
from app.people.directory.pinyin import sounds_like
from workflows.improvement.list_check import DRAWN, FAILING, HOLDS

VIEW = "sampling.view_checks"
DRAW = "sampling.draw_sample"
STATES = (DRAWN, HOLDS, FAILING)
SCHOOL_ROLES = ("principal", "school_coordinator")
ORDERS: dict[str, registers.Order] = {
    "due": ((ListCheck.due_on, False), (ListCheck.id, False)),
    "school": ((Unit.code, False), (ListCheck.id, False)),
    "new": ((ListCheck.id, True),),
}


@dataclass(frozen=True)
class Wanted:
    """What the list of checks is narrowed to; `term` is its first day, as the filter offers it."""

    words: str = ""
    term: str = ""
    schools: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    inspectors: tuple[str, ...] = ()
    kind: str = ""
    sort: str = "due"
    after: str = ""


@dataclass(frozen=True)
class Page:
    """One page of checks: its rows, how many fit in all, the cursor of the next page."""

    rows: list[ListCheck] = field(default_factory=list)
    total: int = 0
    after: str = ""


def seen(actor: Actor, statement: Select[Any]) -> Select[Any]:
    """A select on checks, narrowed to what the actor may see: a school reads what was found, not what was drawn."""
    shown: Select[Any] = decide.visible(actor, statement, ListCheck, VIEW)
    return shown.where(ListCheck.state != "drawn") if actor.role in SCHOOL_ROLES else shown


def _every(actor: Actor) -> Select[Any]:
    base = select(ListCheck).join(Unit, Unit.id == ListCheck.unit_id)
    base = base.join(ProblemList, ProblemList.id == ListCheck.list_id).join(
        SampleDraw, SampleDraw.id == ListCheck.draw_id
    )
    return seen(actor, base.join(Person, Person.id == ListCheck.owner_id, isouter=True))


def checks_page(actor: Actor, wanted: Wanted, size: int = 0) -> Page:
    """One page of checks."""
    size = size or registers.PAGE
    total = int(db.session.scalar(_narrowed(_every(actor), wanted).with_only_columns(func.count(ListCheck.id))) or 0)
    pages = registers.page_of(_every(actor), ListCheck, ORDERS[wanted.sort], wanted.after, wanted.sort)
    shown = _narrowed(pages, wanted).limit(size + 1)
    rows = list(db.session.scalars(shown).unique())
    more, rows = len(rows) > size, rows[:size]
    return Page(rows, total, registers.cursor_behind(rows[-1].ref) if more else "")


def every_check(actor: Actor, wanted: Wanted, most: int = 20_000) -> Iterator[ListCheck]:
    """Every fitting check in its order, for an export."""
    given, left = replace(wanted, after=""), most
    while left > 0:
        page = checks_page(actor, given, min(500, left))
        yield from page.rows
        left -= len(page.rows)
        if not page.after:
            return
        given = replace(given, after=page.after)


def _narrowed(narrowed: Select[Any], wanted: Wanted) -> Select[Any]:
    for column, values in (
        (Unit.ref, wanted.schools),
        (ListCheck.state, wanted.states),
        (Person.ref, wanted.inspectors),
        (SampleDraw.kind, (wanted.kind,) if wanted.kind else ()),
    ):
        if values:
            narrowed = narrowed.where(column.in_(values))
    if wanted.term:
        narrowed = narrowed.where(ListCheck.term_on == date.fromisoformat(wanted.term))
    return narrowed.where(_found(wanted.words)) if wanted.words else narrowed


def _found(words: str) -> Any:
    columns = (ListCheck.number, ProblemList.number, ProblemList.title)
    typed = (column.icontains(words, autoescape=True) for column in columns)
    return or_(*typed, sounds_like(Unit.pinyin, Unit.name, words))


def terms(actor: Actor) -> list[date]:
    """First days of the terms with a check that the actor sees."""
    return list(db.session.scalars(seen(actor, select(ListCheck.term_on).distinct())))


def schools(actor: Actor) -> list[tuple[str, str]]:
    """Reference and short name of every school with a check that the actor sees, by code."""
    inner = seen(actor, select(ListCheck.unit_id)).distinct()
    rows = db.session.execute(select(Unit.ref, Unit.short_name).where(Unit.id.in_(inner)).order_by(Unit.code))
    return [(row.ref, row.short_name) for row in rows]


def inspectors(actor: Actor) -> list[tuple[str, str]]:
    """Reference and name of every inspector with a check that the actor sees, by pinyin."""
    inner = seen(actor, select(ListCheck.owner_id)).distinct()
    rows = db.session.execute(select(Person.ref, Person.name).where(Person.id.in_(inner)).order_by(Person.pinyin))
    return [(row.ref, row.name) for row in rows]


def check_for(actor: Actor, ref: str) -> ListCheck:
    """One check; raises NotFound."""
    found: ListCheck | None = db.session.scalar(seen(actor, select(ListCheck)).where(ListCheck.ref == ref))
    if found is None:
        raise NotFound("list_check", ref)
    return found


def answers_of(actor: Actor, check: ListCheck) -> list[ListCheckAnswer]:
    """What was found of each item, in the order of the list; `check` was read for the actor."""
    found = select(ListCheckAnswer).where(ListCheckAnswer.check_id == check.id)
    return list(db.session.scalars(found.order_by(ListCheckAnswer.position)))


def draw_for(actor: Actor, ref: str) -> SampleDraw:
    """One draw; raises NotFound."""
    wanted = decide.visible(actor, select(SampleDraw), SampleDraw, DRAW)
    found = db.session.scalar(wanted.where(SampleDraw.ref == ref))
    if found is None:
        raise NotFound("sample_draw", ref)
    return found


def frame_of(actor: Actor, draw: SampleDraw) -> SampleFrame | None:
    """The lists and the seed of a draw by chance; `draw` was read for the actor."""
    return db.session.scalar(select(SampleFrame).where(SampleFrame.draw_id == draw.id))


def checks_of_draw(actor: Actor, draw: SampleDraw) -> list[ListCheck]:
    """The checks that a draw began, in the order in which they came out."""
    found = seen(actor, select(ListCheck)).where(ListCheck.draw_id == draw.id)
    found = found.order_by(func.length(ListCheck.number), ListCheck.number)
    return list(db.session.scalars(found).unique())


def checks_of_list(actor: Actor, held: ProblemList) -> list[ListCheck]:
    """The checks of one list that the actor may see, the newest first."""
    found = seen(actor, select(ListCheck)).where(ListCheck.list_id == held.id).options(joinedload(ListCheck.owner))
    return list(db.session.scalars(found.order_by(ListCheck.term_on.desc())).unique())


@dataclass(frozen=True)
class Progress:
    """Of the checks that the actor sees in a term: how many wait, hold, do not hold."""

    drawn: int = 0
    holds: int = 0
    failing: int = 0


def glance(actor: Actor, first: date) -> tuple[Standing, Progress]:
    """How a term stands against a tenth, and how far the checks are that the actor sees: one question."""
    counts = (func.count(ListCheck.id).filter(ListCheck.state == state.code).label(state.code) for state in STATES)
    mine: Any = select(*counts).where(ListCheck.term_on == first)
    whole, part = standing.counted(actor.county_id, first).subquery(), seen(actor, mine).subquery()
    told = (part.c[state.code].label(f"n_{state.code}") for state in STATES)
    row = db.session.execute(select(whole, *told).select_from(whole.join(part, true()))).one()
    stands = Standing(int(row.lists), int(row.drawn), int(row.by_chance), int(row.free))
    return stands, Progress(int(row.n_drawn), int(row.n_holds), int(row.n_failing))
