"""What a list of items is narrowed to: the filter of the page, and its conditions on the items that the actor sees.

The conditions name their values instead of holding them: who filters by the same kinds asks with the same words.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, Select, String, bindparam, exists, or_, select
from sqlalchemy.dialects.postgresql import array

from app.core import clock
from app.core.casework.deadlines import Deadline
from app.improvement.monitoring.models import DataFinding
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.queries import tallies
from app.improvement.problems.queries.reach import visible_items
from app.people.directory.models import Unit
from app.people.directory.pinyin import escaped, heard, patterns

DUE = {"week": (0, 7), "month": (8, 30), "quarter": (31, 90), "later": (91, 36_500)}
"""Days from today to the first and last due day that a filter leaves."""
SETTLED = ("closed", "void")
COLUMNS: dict[str, Any] = {
    "units": Unit.ref,
    "categories": ProblemItem.category,
    "states": ProblemItem.state,
    "severities": ProblemItem.severity,
    "sources": ProblemItem.source_type,
    "outcomes": ProblemItem.outcome,
}
"""Fields of the filter that hold the values of one column, any of which fits."""
NOW, LONG_AGO = (bindparam(name, None, type_=DateTime(timezone=True)) for name in ("now", "long_ago"))
FIRST, LAST = (bindparam(name, None, type_=Date()) for name in ("due_first", "due_last"))
LIKE, SOUND, INITIALS = (bindparam(name, None, type_=String()) for name in ("like", "sound", "initials"))


@dataclass(frozen=True)
class ItemFilter:
    """What a list of items is narrowed to; `flags` holds overdue, mine and open."""

    words: str = ""
    units: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    level: str = ""
    flags: tuple[str, ...] = ()
    due: str = ""
    """A span of `DUE`, or a day, YYYY-MM-DD."""
    outcomes: tuple[str, ...] = ()
    tally: str = ""
    used: tuple[str, ...] = ()
    issued_in: str = ""
    closed_in: str = ""
    sort: str = "due"
    descending: bool = False
    after: str = ""
    before: str = ""


def opened(wanted: ItemFilter) -> tuple[ItemFilter, dict[str, Hashable]]:
    """The filter with names in the place of its values, without its cursor, and the values by these names.

    What is not opened, a tally or a month, stays part of the words.
    """
    names: dict[str, Any] = {
        field: tuple(f"{field}_{place}" for place in range(len(getattr(wanted, field)))) for field in COLUMNS
    }
    given: dict[str, Hashable] = {"now": clock.now()}
    for field, named in names.items():
        given |= zip(named, getattr(wanted, field), strict=True)
    if wanted.used:
        given["long_ago"] = tallies.long_ago()
    if wanted.due:
        given["due_first"], given["due_last"] = _days(wanted.due)
    if wanted.words:
        given["like"] = f"%{escaped(wanted.words)}%"
        given["sound"], given["initials"] = patterns(wanted.words)
    plain: dict[str, Any] = {"words": wanted.words and "words", "due": wanted.due and "days", "after": "", "before": ""}
    return replace(wanted, **names, **plain), given


def fitting(actor: Any, wanted: ItemFilter) -> Select[Any]:
    """The items that the actor sees and an opened filter leaves."""
    narrowed = visible_items(actor, select(ProblemItem).join(Unit, Unit.id == ProblemItem.unit_id, isouter=True))
    narrowed = narrowed.where(or_(ProblemItem.state != "void", ProblemItem.issued_on.is_not(None)))
    for field, column in COLUMNS.items():
        if named := getattr(wanted, field):
            narrowed = narrowed.where(column.in_([bindparam(name, None, type_=String()) for name in named]))
    if wanted.level:
        narrowed = narrowed.where(ProblemItem.level == wanted.level)
    narrowed = narrowed.where(*_as_counted(wanted))
    if wanted.scenarios:
        of_them = DataFinding.scenarios.has_any(array(wanted.scenarios))
        narrowed = narrowed.where(ProblemItem.cited.any(of_them))
    if "open" in wanted.flags:
        narrowed = narrowed.where(ProblemItem.state.not_in(SETTLED))
    if wanted.due:
        narrowed = narrowed.where(ProblemItem.due_on.between(FIRST, LAST))
    if "overdue" in wanted.flags:
        narrowed = narrowed.where(is_overdue(NOW))
    if "mine" in wanted.flags:
        narrowed = narrowed.where(_is_mine(actor))
    return narrowed.where(_found()) if wanted.words else narrowed


def _days(due: str) -> tuple[date, date]:
    """The first and last due day behind a span, or the one day that is named."""
    if due not in DUE:
        return date.fromisoformat(due), date.fromisoformat(due)
    first, last = DUE[due]
    return clock.today() + timedelta(first), clock.today() + timedelta(last)


def _as_counted(wanted: ItemFilter) -> list[ColumnElement[bool]]:
    """The conditions behind a number of the boards."""
    found = [tallies.tallied(wanted.tally)] if wanted.tally in tallies.TALLIES else []
    if wanted.used:
        found += [tallies.is_counted(), tallies.has_used(wanted.used, NOW, LONG_AGO)]
    if wanted.issued_in:
        found += [tallies.is_counted(), tallies.in_month(ProblemItem.issued_on, wanted.issued_in)]
    if wanted.closed_in:
        found += [tallies.is_closed(), tallies.in_month(ProblemItem.closed_on, wanted.closed_in)]
    return found


def is_overdue(now: Any) -> ColumnElement[bool]:
    """A clock of the item ran out and is neither met nor stopped: a flag, never a state (domain §3 G3)."""
    return exists().where(
        Deadline.record_id == ProblemItem.id,
        Deadline.entity == ProblemItem.__tablename__,
        Deadline.closed_at.is_(None),
        Deadline.paused_at.is_(None),
        Deadline.due_at <= now,
    )


def _is_mine(actor: Any) -> ColumnElement[bool]:
    """The actor is responsible for it, handles it or stands in."""
    columns = (ProblemItem.responsible_person_id, ProblemItem.owner_id, ProblemItem.deputy_id)
    return or_(*(column == actor.person_id for column in columns))


def _found() -> ColumnElement[bool]:
    """Number, title, or the unit by name or pinyin."""
    columns = (ProblemItem.number, ProblemItem.title, Unit.name)
    return or_(*(column.ilike(LIKE) for column in columns), heard(Unit.pinyin, SOUND, INITIALS))
