"""The few numbers beside a person's to-dos: what they see, what of it waits to be read; each number opens its rows."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.core.policy import decide
from app.core.policy.actor import Actor
from app.dashboards import queries
from app.improvement.monitoring.queries import cycles, findings

Figure = tuple[Any, ...]
"""Name, number, words beside it, address, whether it is a late one."""


def standing(actor: Actor) -> list[Figure]:
    """Numbers of this actor's reach; rows that they may not open are left out."""
    return [*_items(actor), *_findings(actor), *_cycles(actor)]


def _items(actor: Actor) -> list[Figure]:
    if not decide.holds(actor, queries.VIEW):
        return []
    found = queries.figures(actor)
    return [
        (_("在办问题项"), found.open, "", "/items"),
        (_("超期"), found.late, "", "/items?overdue=yes", found.late > 0),
        (_("已销号"), found.closed, "", "/items?state=closed"),
    ]


def _findings(actor: Actor) -> list[Figure]:
    if not decide.holds(actor, findings.VIEW):
        return []
    waiting = findings.finding_counts(actor).get("candidate", 0)
    return [(_("待确认的发现"), waiting, "", "/monitoring/findings?state=candidate")]


def _cycles(actor: Actor) -> list[Figure]:
    if not decide.holds(actor, cycles.VIEW):
        return []
    return [(_("监测周期"), len(cycles.cycle_lines(actor)), "", "/monitoring/cycles")]
