"""Looked at before each child's page: how many this person has opened, and what follows when it is too many.

What is counted is the trail itself, in PostgreSQL: the loss of Redis, a restart or a second process forgets nothing, and
nobody can delete a count. One question over an index; simultaneous requests of one person wait for each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import text

from app.core import clock
from app.core.audit import trail
from app.core.database import db
from app.core.errors import ConfirmFirst
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.core.policy.roles import ROLES
from app.core.reading.models import DAY, HOUR
from config.settings import Settings

NEVER_STOPPED = frozenset({"school_counselor", "psych_expert"})
"""Their care must not be locked out: it is told, nothing else (decision 10)."""
CROSSED, STEADY = "reading.crossed", "reading.steady"
COUNTED = text("select in_hour, in_day, crossed_at, steady_at from audit.opened(:now)")


@dataclass(frozen=True)
class Budget:
    """Students' pages in an hour, in 24 hours, and whether a new code is asked for beyond the hour's."""

    hour: int
    day: int
    stops: bool


def budget_of(role: str) -> Budget:
    """The budget of a role by the settings."""
    settings: Settings = current_app.extensions["bihuan.settings"]
    if role in NEVER_STOPPED:
        return Budget(settings.reads_hour_care, settings.reads_day, False)
    of_a_school = role in ROLES and ROLES[role].level in ("school", "outside")
    return Budget(settings.reads_hour if of_a_school else settings.reads_hour_county, settings.reads_day, True)


def look(actor: Actor) -> None:
    """Before one more page: tell who watches when a budget is crossed. Raises ConfirmFirst until a newer code was given.

    The hour is counted anew from the last crossing, so that each further budget is told once; a day is told once a day.
    """
    budget = budget_of(actor.role)
    found: Any = db.session.execute(COUNTED, {"now": clock.now()}).one()
    if budget.stops and found.crossed_at is not None and actor.confirmed_at <= found.crossed_at:
        raise ConfirmFirst
    if found.in_day >= budget.day and found.steady_at is None:
        cross(actor, DAY, found.in_day, budget)
    if found.in_hour >= budget.hour:
        cross(actor, HOUR, found.in_hour, budget)
        if budget.stops:
            raise ConfirmFirst


def cross(actor: Actor, kind: str, opened: int, budget: Budget) -> None:
    """Write that a budget is used up, and have it told; no word about any child."""
    with trail.act(actor, "system", CROSSED if kind == HOUR else STEADY):
        post(
            "reading_alarm",
            queue="urgent",
            county=actor.county_id,
            school=actor.school_id or "",
            person=actor.person_id,
            role=actor.role,
            what=kind,
            at=clock.now().isoformat(),
            opened=opened,
            budget=budget.hour if kind == HOUR else budget.day,
            stopped=budget.stops and kind == HOUR,
        )
