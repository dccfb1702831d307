"""Freezing each county's progress once a week, for those who see counts only (decision 54)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import exists, func, select

from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.core.small_cells import suppress
from app.improvement.monitoring.numbers import monitoring_numbers
from app.improvement.problems.models import ProblemItem, ProgressCount
from workflows.improvement.problem_item import PROBLEM_ITEM

REST = "rest"
COUNTED = tuple(state.code for state in PROBLEM_ITEM.states if state.code not in ("draft", "void"))
QUIET_MOVE = 4
"""A number that moved by one to four since the last week keeps its value, so that no single item shows (decision 54)."""
Published = dict[str, int | None]


def published(counts: Mapping[str, int], before: Mapping[str, int | None], least: int) -> Published:
    """What may be told of a county's items per state (whole numbers ≥ 0), given what was told the week before.

    States below `least` are told together as `rest`; nothing at all of them where even their sum is below it.
    """
    shown = suppress([counts.get(state, 0) for state in COUNTED], least)
    found: Published = {state: n for state, n in zip(COUNTED, shown, strict=True) if n is not None}
    rest = sum(counts.get(state, 0) for state in COUNTED if state not in found)
    if len(found) < len(COUNTED):
        found[REST] = rest if rest >= least else None
    return {part: _calm(n, before.get(part)) for part, n in found.items()}


def _calm(now: int | None, before: int | None) -> int | None:
    return before if now is not None and before is not None and abs(now - before) <= QUIET_MOVE else now


def freeze_progress() -> int:
    """Write this week's numbers of every county that has none yet; how many counties. Safe to run often, and twice at once."""
    monday = clock.today() - timedelta(days=clock.today().weekday())
    use_context(SYSTEM.context())
    missing = _not_frozen(monday)
    db.session.rollback()
    if not missing:
        return 0
    with trail.act(SYSTEM, "system", "progress.freeze") as deed:
        db.session.connection().exec_driver_sql("select pg_advisory_xact_lock(hashtext('progress.freeze'))")
        counted = _not_frozen(monday)
        earlier = _last_told(monday)
        for county, counts in counted.items():
            told = published(counts, earlier[county], monitoring_numbers().public_least)
            db.session.add_all(
                ProgressCount(county_id=county, taken_on=monday, part=part, n=n) for part, n in told.items()
            )
        deed.main.extra["counties"] = len(counted)
    return len(counted)


def _not_frozen(monday: date) -> dict[uuid.UUID, dict[str, int]]:
    frozen = exists().where(ProgressCount.county_id == ProblemItem.county_id, ProgressCount.taken_on == monday)
    query = (
        select(ProblemItem.county_id, ProblemItem.state, func.count().label("n"))
        .where(ProblemItem.level == "county", ProblemItem.state.in_(COUNTED), ~frozen)
        .group_by(ProblemItem.county_id, ProblemItem.state)
    )
    found: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    for row in db.session.execute(query):
        found[row.county_id][row.state] = row.n
    return found


def _last_told(monday: date) -> dict[uuid.UUID, Published]:
    newest = (
        select(ProgressCount.county_id, func.max(ProgressCount.taken_on).label("day"))
        .where(ProgressCount.taken_on < monday)
        .group_by(ProgressCount.county_id)
        .subquery()
    )
    query = select(ProgressCount).join(
        newest, (newest.c.county_id == ProgressCount.county_id) & (newest.c.day == ProgressCount.taken_on)
    )
    found: dict[uuid.UUID, Published] = defaultdict(dict)
    for row in db.session.scalars(query):
        found[row.county_id][row.part] = row.n
    return found
