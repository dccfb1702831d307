"""Everything that the boards count of items, from one statement; for a large county as the sweep counted it a minute ago.

Figure 17 of the bench: counting 400,000 items with their clocks takes seconds, so nobody's page waits for it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, cast, func, literal, null, select, text, tuple_
from sqlalchemy.dialects.postgresql import UUID, insert

from app.core import clock
from app.core.copying import allow_long_statements
from app.core.database import db, keep, use_context
from app.core.policy import decide
from app.core.policy.actor import SYSTEM, Actor
from app.core.policy.scopes import COUNTY
from app.improvement.boards.models import CountyTally
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.queries import tallies
from app.people.directory.models import Unit

ITEMS = "problems.view_items"
LIVE_UP_TO = 20_000
"""Items of a county that are counted anew for every page; more of them are counted by the sweep."""
EVERY, TIMES = timedelta(seconds=60), 10
"""A county is counted again after a minute, or after ten times as long as the counting took."""
GOOD_FOR = timedelta(minutes=10)
"""An older count is not shown: without a sweep the page counts for itself."""
SPANS = {"week": 7, "month": 30, "quarter": 90}
"""Forecast of deadlines: name → days from today."""
LATE = ("late", "long_late")
SUMS = ("due", "on_time", "issued", "signed", "closed", "ever_closed", "reopened", "past", *SPANS, "later")
"""What is summed over a level: the tallies of the rates, then open items by the time that is left."""


class Line(NamedTuple):
    """One group: which part of the board it belongs to, its place in it, how many items, how many of them late, sums."""

    part: str
    level: str
    state: str
    unit: str
    category: str
    severity: str
    used: str
    outcome: str
    month: str
    n: int
    late: int
    sums: Sequence[int]


@dataclass(frozen=True)
class Tally:
    """All groups; `made_at` where they were counted before this page was asked for."""

    lines: Sequence[Line]
    made_at: datetime | None = None

    def of(self, part: str, level: str = "") -> Iterable[Line]:
        """Groups of one part: units, severities, clocks, sums, outcomes, issued or closed; of one level, or of all."""
        return (line for line in self.lines if line.part == part and (not level or line.level == level))

    def sums(self, level: str = "") -> dict[str, int]:
        """Each of SUMS over a level, or over all."""
        found = dict.fromkeys(SUMS, 0)
        for line in self.of("sums", level):
            for name, number in zip(SUMS, line.sums, strict=True):
                found[name] += number
        return found


def tally(actor: Actor) -> Tally:
    """What this actor's boards count: as the sweep counted it where the county is large and the actor sees all of it."""
    if COUNTY in decide.scopes_of(actor, ITEMS) and actor.county_id is not None:
        kept = db.session.execute(
            select(CountyTally.made_at, CountyTally.lines).where(
                CountyTally.county_id == actor.county_id, CountyTally.made_at >= clock.now() - GOOD_FOR
            )
        ).first()
        if kept is not None:
            return Tally([Line(*line) for line in kept.lines], kept.made_at)
    return Tally(_counted(decide.visible(actor, _statement(), ProblemItem, ITEMS)))


def _statement() -> Any:
    i, clocks = ProblemItem, tallies.present_clocks(clock.now(), tallies.long_ago())
    used = func.coalesce(clocks.c.used, "")
    kind, severity = func.coalesce(i.category, ""), func.coalesce(i.severity, "")
    issued, closed = (
        func.coalesce(func.to_char(day, "YYYY-MM"), "")
        for day in (i.issued_on, case((tallies.is_closed(), i.closed_on), else_=null()))
    )
    base = (
        select(
            i.level, i.state, i.unit_id, kind.label("category"), severity.label("severity"), used.label("used"),
            i.outcome, issued.label("issued_in"), closed.label("closed_in"),
            *(condition.label(name) for name, condition in _sums().items()),
        )
        .select_from(i)
        .outerjoin(clocks, clocks.c.record_id == i.id)
        .where(tallies.is_counted())
    )  # fmt: skip
    return base


def _sums() -> dict[str, ColumnElement[bool]]:
    i, today = ProblemItem, clock.today()
    open_ = and_(i.state != "closed", i.due_on.is_not(None))
    edges = [today, *(today + timedelta(days=days) for days in SPANS.values())]
    found: dict[str, ColumnElement[bool]] = {name: condition() for name, condition in tallies.TALLIES.items()}
    found["past"] = and_(open_, i.due_on < today)
    for name, first, last in zip(SPANS, edges, edges[1:], strict=False):
        found[name] = and_(open_, i.due_on > first if first != today else i.due_on >= today, i.due_on <= last)
    found["later"] = and_(open_, i.due_on > edges[-1])
    return {name: found[name] for name in SUMS}


def _counted(base: Any) -> list[Line]:
    """Every part in one walk over the items: groups of a part carry nothing of the others."""
    i = base.cte("counted_items").c
    parts: dict[str, tuple[Any, ...]] = {
        "units": (i.level, i.state, i.unit_id, i.category),
        "severities": (i.level, i.state, i.severity),
        "clocks": (i.level, i.state, i.used),
        "sums": (i.level,),
        "outcomes": (i.level, i.outcome),
        "issued": (i.level, i.issued_in),
        "closed": (i.level, i.closed_in),
    }
    marks = {"units": i.unit_id, "severities": i.severity, "clocks": i.used, "outcomes": i.outcome, "issued": i.issued_in,
             "closed": i.closed_in}  # fmt: skip
    part = case(*((func.grouping(mark) == 0, name) for name, mark in marks.items()), else_="sums")
    wanted = select(
        part, i.level, i.state, i.unit_id, i.category, i.severity, i.used, i.outcome, i.issued_in, i.closed_in,
        func.count(), func.count().filter(i.used.in_(LATE)), *(func.count().filter(i[name]) for name in SUMS),
    ).group_by(func.grouping_sets(*(tuple_(*columns) for columns in parts.values())))  # fmt: skip
    return [_line(row) for row in db.session.execute(wanted)]


def _line(row: Any) -> Line:
    part, level, state, unit, category, severity, used, outcome, issued, closed, n, late = row[:12]
    month = issued if part == "issued" else closed if part == "closed" else ""
    sums = list(row[12:]) if part == "sums" else []
    said = [one or "" for one in (state, str(unit) if unit else "", category, severity, used, outcome)]
    return Line(part, level, said[0], said[1], said[2], said[3], said[4], said[5], month or "", n, late, sums)


def tally_large_counties() -> int:
    """The job of each sweep: counties with more items than a page counts itself, and whose count is old; how many."""
    use_context(SYSTEM.context())
    done = 0
    for county, made_at, seconds in db.session.execute(_known()).all():
        rest = max(EVERY, timedelta(seconds=TIMES * (seconds or 0)))
        if (made_at is None or made_at + rest <= clock.now()) and _is_large(county):
            _count(county)
            done += 1
    return done


def _known() -> Any:
    return (
        select(Unit.id, CountyTally.made_at, CountyTally.seconds)
        .outerjoin(CountyTally, CountyTally.county_id == Unit.id)
        .where(Unit.kind == "county_bureau")
    )


def _is_large(county: uuid.UUID) -> bool:
    some = select(literal(1)).where(ProblemItem.county_id == county, tallies.is_counted()).limit(LIVE_UP_TO + 1)
    return int(db.session.scalar(select(func.count()).select_from(some.subquery())) or 0) > LIVE_UP_TO


def _count(county: uuid.UUID) -> None:
    allow_long_statements()
    db.session.execute(text("select set_config('work_mem', '64MB', true)"))
    began, now = clock.monotonic(), clock.now()
    lines = _counted(_statement().where(ProblemItem.county_id == cast(county, UUID)))
    given = {"made_at": now, "seconds": clock.monotonic() - began, "lines": lines}
    writing = insert(CountyTally).values(county_id=county, **given)
    keep(writing.on_conflict_do_update(index_elements=[CountyTally.county_id], set_=given))
