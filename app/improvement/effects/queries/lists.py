"""The three lists of this feature: evaluations, closure requests, rechecks, with filters and keyset pages."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.core import clock, registers
from app.core.casework.deadlines import Deadline, soonest
from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.effects.models import ClosureRequest, EffectEvaluation, Recheck
from app.improvement.monitoring.models import Indicator
from app.improvement.problems.models import ProblemItem
from app.people.directory.models import Unit
from app.people.directory.pinyin import sounds_like

RIGHTS: dict[type[Any], str] = {
    EffectEvaluation: "effects.view_evaluations",
    ClosureRequest: "effects.view_closures",
    Recheck: "effects.view_closures",
}
SCHOOL_LEVEL_ONLY = ("grade_leader",)
"""Roles that take part only in what a school does for itself, and see no more than that."""

WHOM = select(Indicator.object_code).where(Indicator.id == EffectEvaluation.indicator_id).scalar_subquery()
"""What the indicator of an evaluation evaluates; criteria are checked at the school."""

UNIT_CODE = func.coalesce(Unit.code, "")
ORDERS: dict[type[Any], dict[str, registers.Order]] = {
    EffectEvaluation: {
        "number": ((ProblemItem.number, False), (EffectEvaluation.id, False)),
        "unit": ((UNIT_CODE, False), (ProblemItem.number, False), (EffectEvaluation.id, False)),
        "due": ((soonest(EffectEvaluation), False), (EffectEvaluation.id, False)),
    },
    ClosureRequest: {
        "submitted": ((registers.late(ClosureRequest.submitted_on), False), (ClosureRequest.id, False)),
        "number": ((ClosureRequest.number, False), (ClosureRequest.id, False)),
    },
    Recheck: {
        "number": ((ProblemItem.number, False), (Recheck.id, False)),
        "unit": ((UNIT_CODE, False), (Recheck.due_on, False), (Recheck.id, False)),
        "closed": ((registers.late(ProblemItem.closed_on), False), (Recheck.id, False)),
    },
}
"""Lists otherwise than the newest first, or rechecks than by their day; never by what was measured (no ranking)."""
M = TypeVar("M", EffectEvaluation, ClosureRequest, Recheck)


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to; `flags` holds overdue, open and due (rechecks whose day has come)."""

    words: str = ""
    units: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    month: str = ""
    item: str = ""
    after: str = ""
    types: tuple[str, ...] = ()
    object: str = ""
    severities: tuple[str, ...] = ()
    sort: str = ""


@dataclass(frozen=True)
class Page:
    """One page of a list: its rows, how many fit in all, and the cursor of the next page."""

    rows: list[Any] = field(default_factory=list)
    total: int = 0
    after: str = ""


def seen(actor: Actor, statement: Select[Any], model: type[Any]) -> Select[Any]:
    """A select on `model`, joined with its item, narrowed to what the actor may see."""
    shown: Select[Any] = decide.visible(actor, statement, model, RIGHTS[model])
    return shown.where(ProblemItem.level == "school") if actor.role in SCHOOL_LEVEL_ONLY else shown


def rows_of(actor: Actor, model: type[M], wanted: Wanted, size: int = 0) -> Page:
    """One page, the newest first unless told otherwise; rechecks by their day."""
    size, total = size or registers.PAGE, total_of(actor, model, wanted)
    order = _order(model, wanted.sort)
    pages = registers.page_of(_every(actor, model), model, order, wanted.after, wanted.sort)
    shown = _narrowed(pages, model, wanted)
    whole = (
        joinedload(model.item).joinedload(ProblemItem.unit),
        joinedload(model.item).raiseload(ProblemItem.all_causes),
    )
    rows = list(db.session.scalars(shown.options(*whole).limit(size + 1)).unique())
    more, rows = len(rows) > size, rows[:size]
    return Page(rows, total, after=registers.cursor_behind(rows[-1].ref) if more else "")


def total_of(actor: Actor, model: type[Any], wanted: Wanted) -> int:
    """How many rows the list with these filters has in all."""
    fitting = _narrowed(_every(actor, model), model, wanted)
    return int(db.session.scalar(fitting.with_only_columns(func.count(model.id))) or 0)


def every_row(actor: Actor, model: type[M], wanted: Wanted, most: int = 20_000) -> Iterator[M]:
    """Every fitting row in its order, for an export."""
    given, left = replace(wanted, after=""), most
    while left > 0:
        page = rows_of(actor, model, given, min(500, left))
        yield from page.rows
        left -= len(page.rows)
        if not page.after:
            return
        given = replace(given, after=page.after)


def _order(model: type[Any], sort: str) -> registers.Order:
    if sort in ORDERS[model]:
        return ORDERS[model][sort]
    return ((Recheck.due_on, False), (Recheck.id, False)) if model is Recheck else ((model.id, True),)


def _every(actor: Actor, model: type[Any]) -> Select[Any]:
    base = select(model).join(ProblemItem, ProblemItem.id == model.item_id)
    return seen(actor, base.join(Unit, Unit.id == ProblemItem.unit_id, isouter=True), model)


def _narrowed(narrowed: Select[Any], model: type[Any], wanted: Wanted) -> Select[Any]:
    for column, values in (
        (Unit.ref, wanted.units),
        (model.state, wanted.states),
        (ProblemItem.severity, wanted.severities),
        (ProblemItem.ref, (wanted.item,) if wanted.item else ()),
    ):
        if values:
            narrowed = narrowed.where(column.in_(values))
    if wanted.outcomes and model is EffectEvaluation:
        narrowed = narrowed.where(func.coalesce(model.outcome, model.computed_outcome).in_(wanted.outcomes))
    if wanted.types and model is EffectEvaluation:
        narrowed = narrowed.where(EffectEvaluation.evaluation_type.in_(wanted.types))
    if wanted.object and model is EffectEvaluation:
        narrowed = narrowed.where(func.coalesce(WHOM, "school") == wanted.object)
    if "overdue" in wanted.flags:
        narrowed = narrowed.where(is_overdue(model))
    if "open" in wanted.flags:
        narrowed = narrowed.where(model.state.in_([s.code for s in model.workflow.states if not s.final]))
    if wanted.month and model is Recheck:
        narrowed = narrowed.where(*_within(wanted.month))
    return narrowed.where(_found(wanted.words, model)) if wanted.words else narrowed


def _within(month: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    first = date.fromisoformat(f"{month}-01")
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return Recheck.due_on >= first, Recheck.due_on < following


def is_overdue(model: type[Any]) -> ColumnElement[bool]:
    """A clock of the record ran out and still runs."""
    return exists().where(
        Deadline.record_id == model.id,
        Deadline.entity == model.__tablename__,
        Deadline.closed_at.is_(None),
        Deadline.paused_at.is_(None),
        Deadline.due_at <= clock.now(),
    )


def _found(words: str, model: type[Any]) -> ColumnElement[bool]:
    columns = [ProblemItem.number, ProblemItem.title]
    if model is ClosureRequest:
        columns.append(ClosureRequest.number)
    typed = (column.icontains(words, autoescape=True) for column in columns)
    return or_(*typed, sounds_like(Unit.pinyin, Unit.name, words))


def units_with(actor: Actor, model: type[Any]) -> list[tuple[str, str]]:
    """Reference and short name of every unit that has a row the actor sees, by code."""
    inner = seen(actor, select(ProblemItem.unit_id).join(model, model.item_id == ProblemItem.id), model).distinct()
    rows = db.session.execute(select(Unit.ref, Unit.short_name).where(Unit.id.in_(inner)).order_by(Unit.code))
    return [(row.ref, row.short_name) for row in rows]


def objects_evaluated(actor: Actor) -> dict[uuid.UUID | None, str]:
    """What each indicator evaluates that an evaluation the actor sees was made on."""
    base = select(EffectEvaluation.indicator_id, WHOM).join(ProblemItem, ProblemItem.id == EffectEvaluation.item_id)
    return {row[0]: row[1] for row in db.session.execute(seen(actor, base, EffectEvaluation).distinct())}


def counts(actor: Actor, model: type[Any]) -> dict[str, int]:
    """How many rows the actor sees in each state."""
    base = select(model.state, func.count(model.id)).join(ProblemItem, ProblemItem.id == model.item_id)
    return {row[0]: row[1] for row in db.session.execute(seen(actor, base, model).group_by(model.state))}
