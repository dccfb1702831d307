"""What a number of the boards counts, as a condition on items: the board and the list that it opens use the same one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.core import clock
from app.core.calendar.days import add_working_days
from app.core.calendar.hours import moment
from app.core.casework.deadlines import Deadline, work_calendar
from app.improvement.problems.models import ProblemItem

LONG_LATE = 10
"""Working days over its deadline after which an item counts as long late (domain §9.1)."""
USED = ("first", "second", "late", "long_late")
"""How much of its present deadline an item has used: half or less, more, over, long over."""


def is_counted() -> ColumnElement[bool]:
    """Issued and not void: what the boards count at all."""
    return ProblemItem.state.not_in(("draft", "void"))


def is_closed() -> ColumnElement[bool]:
    """Closed now."""
    return ProblemItem.state == "closed"


def fell_due() -> ColumnElement[bool]:
    """Its date has come, closed or not."""
    return ProblemItem.due_on <= clock.today()


def was_issued() -> ColumnElement[bool]:
    """On an issued list."""
    return ProblemItem.issued_on.is_not(None)


def was_signed_for() -> ColumnElement[bool]:
    """Its unit has signed for it."""
    return and_(was_issued(), ProblemItem.accepted_on.is_not(None))


def closed_on_time() -> ColumnElement[bool]:
    """Fell due, and is closed since that day or an earlier one."""
    return and_(is_closed(), fell_due(), ProblemItem.closed_on <= ProblemItem.due_on)


def was_ever_closed() -> ColumnElement[bool]:
    """Closed now, or closed once and taken up again."""
    return or_(is_closed(), ProblemItem.recurrence_count > 0)


def was_reopened() -> ColumnElement[bool]:
    """Taken up again by an approved proposal, which may be made for 24 months after closing (domain §3 A3b)."""
    return ProblemItem.recurrence_count > 0


TALLIES: dict[str, Callable[[], ColumnElement[bool]]] = {
    "on_time": closed_on_time, "due": fell_due, "closed": is_closed, "issued": was_issued, "signed": was_signed_for,
    "ever_closed": was_ever_closed, "reopened": was_reopened,
}  # fmt: skip


def tallied(code: str) -> ColumnElement[bool]:
    """The condition of a tally together with what every board leaves out."""
    return and_(is_counted(), TALLIES[code]())


def in_month(column: Any, month: str) -> ColumnElement[bool]:
    """A day within a month written YYYY-MM."""
    first = date.fromisoformat(f"{month}-01")
    after = (first + timedelta(days=31)).replace(day=1)
    return and_(column >= first, column < after)


def long_ago() -> datetime:
    """A deadline of then or before is long over."""
    tomorrow = clock.today() + timedelta(days=1)
    return moment(add_working_days(tomorrow, -LONG_LATE - 1, work_calendar().overrides))


def present_clocks(now: Any, long_ago: Any) -> Any:
    """The nearest running deadline of each item and how much of it is used: record_id, used (one of USED).

    now and long_ago are moments, or stand for them.
    """
    d = Deadline
    share = func.extract("epoch", now - d.started_at) / func.nullif(func.extract("epoch", d.due_at - d.started_at), 0)
    used = case(
        (d.due_at <= long_ago, "long_late"), (d.due_at <= now, "late"), (share > 0.5, "second"), else_="first"
    ).label("used")
    running = (d.entity == ProblemItem.__tablename__, d.closed_at.is_(None), d.paused_at.is_(None))
    return (
        select(d.record_id, used)
        .where(*running)
        .ext(distinct_on(d.record_id))
        .order_by(d.record_id, d.due_at)
        .subquery()
    )


def has_used(spans: tuple[str, ...], now: Any, long_ago: Any) -> ColumnElement[bool]:
    """Its nearest running deadline stands in one of these spans; now and long_ago as for `present_clocks`."""
    clocks = present_clocks(now, long_ago)
    return ProblemItem.id.in_(select(clocks.c.record_id).where(clocks.c.used.in_(spans)))
