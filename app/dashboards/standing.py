"""The few numbers beside a person's to-dos: what they see, what of it waits to be read; each number opens its rows."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.core.policy import decide
from app.core.policy.actor import Actor
from app.dashboards import queries
from app.improvement.boards.queries import forecast
from app.improvement.boards.tally import tally
from app.improvement.effects.models import ClosureRequest, Recheck
from app.improvement.effects.queries import lists
from app.improvement.monitoring.queries import cycles, findings
from app.improvement.problems.queries.reopenings import proposed

Figure = tuple[Any, ...]
"""Name, number, words beside it, address, whether it is a late one."""


def standing(actor: Actor) -> list[Figure]:
    """Numbers of this actor's reach; rows that they may not open are left out."""
    return [*_items(actor), *_closures(actor), *_findings(actor), *_cycles(actor)]


def _items(actor: Actor) -> list[Figure]:
    if not decide.holds(actor, queries.VIEW):
        return []
    told = tally(actor)
    found, due = queries.figures(actor, told), forecast(actor, told).spans
    return [
        (_("在办问题项"), found.open, "", queries.OPEN_ITEMS),
        (_("超期"), found.late, "", queries.LATE_ITEMS, found.late > 0),
        (_("7 日内到期"), due["week"], "", f"{queries.COUNTY_ITEMS}&flag=open&due=week"),
        (_("8–30 日到期"), due["month"], "", f"{queries.COUNTY_ITEMS}&flag=open&due=month"),
        (_("已销号"), found.closed_now, "", "/items?state=closed"),
    ]


def _closures(actor: Actor) -> list[Figure]:
    """For those who verify and look again: what waits for it, and problems that were seen again."""
    if not decide.holds(actor, "effects.recheck_item"):
        return []
    waiting = lists.total_of(actor, ClosureRequest, lists.Wanted(states=("submitted",)))
    again = lists.total_of(actor, Recheck, lists.Wanted(flags=("open",)))
    return [
        (_("待核验的销号"), waiting, "", "/closures?state=submitted"),
        (_("待复核"), again, _("销号 180 天后"), "/rechecks?flag=open"),
        (_("复发提议"), proposed(actor), "", "/reopenings?state=proposed"),
    ]


def _findings(actor: Actor) -> list[Figure]:
    if not decide.holds(actor, findings.VIEW):
        return []
    waiting = findings.finding_counts(actor).get("candidate", 0)
    return [(_("待确认的发现"), waiting, "", "/monitoring/findings?state=candidate")]


def _cycles(actor: Actor) -> list[Figure]:
    if not decide.holds(actor, cycles.VIEW):
        return []
    return [(_("监测轮数"), len(cycles.cycle_lines(actor, whole=True)), "", "/monitoring/cycles")]
