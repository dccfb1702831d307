"""What a page says beside its record: the buttons of 你可以 with what is missing, the clock, the story, the state strip."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.core import calendar
from app.core.casework.choices import choices
from app.core.casework.deadlines import Running, running, work_calendar
from app.core.casework.records import Movable
from app.core.casework.timeline import reached, timeline
from app.core.policy.actor import Actor
from app.core.web.chips import Chip, day_of_year, deadline
from app.core.web.pages import say


@dataclass(frozen=True)
class Way:
    """Where the button of a step leads: at once by POST, or to a page that asks first."""

    url: str
    icon: str = ""
    post: bool = False
    danger: bool = False
    quiet: bool = False
    """Never the main button, though it leads on along the normal path."""


def offers_of(actor: Actor, record: Movable, ways: Mapping[str, Way]) -> list[dict[str, Any]]:
    """The steps that the actor may take from here, in the order of the macro steps_block; steps without a way are left out."""
    found = []
    for choice in choices(actor, record):
        way = ways.get(choice.step.name)
        if way is not None:
            found.append(
                {
                    "label": choice.step,
                    "url": way.url,
                    "missing": choice.missing,
                    "why": choice.why,
                    "post": way.post,
                    "primary": choice.main and not way.quiet,
                    "icon": way.icon,
                    "danger": way.danger,
                }
            )
    return found


def chip_of(row: Running | None, record: Any = None, *, long: bool = False) -> Chip | None:
    """A running clock in words, counted in working days; of a stopped one, what its record says that it waits for."""
    if row is None:
        return None
    count = functools.partial(calendar.working_days_between, overrides=work_calendar().overrides)
    waits = getattr(record, "clock_waits_for", None)
    return deadline(row.due_at, count_days=count, paused=row.paused_at is not None, waits_for=waits, long=long)


def chips_of(records: Sequence[Movable]) -> dict[Any, Chip | None]:
    """The nearest clock of each record, in one query."""
    known = {record.id: record for record in records}
    return {identity: chip_of(row, known[identity]) for identity, row in running(list(records)).items()}


def notes_of(record: Movable) -> dict[str, str]:
    """State → the day on which the record came there, for the strip."""
    return {state: str(day_of_year(at)) for state, at in reached(record).items()}


def story_of(actor: Actor, records: Sequence[Any], shown: int = 12) -> dict[str, Any]:
    """What happened, newest first, in the language of the page; and how much is older."""
    found = timeline(actor, records, most=60, shown=shown)
    entries = [
        {
            "who": entry.who or _("系统"),
            "what": say(entry.what),
            "at": entry.at,
            "kind": "" if entry.kind == "person" else entry.kind,
            "reason": entry.reason or "",
        }
        for entry in found.entries
    ]
    return {"entries": entries, "earlier": found.earlier}
