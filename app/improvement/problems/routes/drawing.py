"""What several pages draw: deadline chips in working days, the strip of states, the story of a record."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from app.core import calendar, clock
from app.core.casework import deadlines, timeline
from app.core.casework.records import Movable
from app.core.casework.together import Asking, answer
from app.core.policy.actor import Actor
from app.core.web import chips
from app.core.web.chips import Chip, word
from app.core.web.drawings import Stop, ended_aside, state_strip
from workflows.vocabulary import State


def working_days() -> functools.partial[int]:
    """Counts the county's working days after a day, up to and with another."""
    return functools.partial(calendar.working_days_between, overrides=deadlines.work_calendar().overrides)


def chips_of(records: Sequence[Any]) -> dict[uuid.UUID, Chip | None]:
    """The nearest running clock of each record as a chip, in one query."""
    return chips_for(records, deadlines.running(list(records)))


def chips_for(records: Sequence[Any], running: Mapping[uuid.UUID, deadlines.Running]) -> dict[uuid.UUID, Chip | None]:
    """The clocks that were read of these records, as chips."""
    count, now = functools.cache(working_days()), clock.now()
    return {
        record.id: chips.deadline(
            running[record.id].due_at,
            count_days=count,
            now=now,
            paused=running[record.id].paused_at is not None,
            resumes_on=getattr(record, "resume_on", None),
            waits_for=getattr(record, "clock_waits_for", None),
        )
        for record in records
        if record.id in running
    }


def strip_of(record: Movable, path: Sequence[State]) -> tuple[Stop, ...]:
    """The record's place on the normal path, with the days on which it came there."""
    return strip_for(record, path, timeline.reached(record))


def strip_for(record: Movable, path: Sequence[State], reached: Mapping[str, datetime]) -> tuple[Stop, ...]:
    """The same, when it is known since when it was in each state."""
    codes = [state.code for state in path]
    notes = {code: _short(at) for code, at in reached.items() if code in codes}
    if record.state in codes and record.standing.open:
        notes[record.state] = _("第 %(n)s 个工作日", n=days_here(record))
    behind = record.state if record.state in codes else _left_behind(record, codes)
    passed = set(codes[: codes.index(behind)]) if behind in codes else set()
    told = {code: note for code, note in notes.items() if code in passed or code == behind}
    ended = ended_aside(record)
    if ended is not None and ended.code in reached:
        told[ended.code] = _short(reached[ended.code])
    stops = state_strip(path, record.state, told, behind, ended)
    if not record.standing.settled:
        return stops
    return tuple(replace(stop, look="done") if stop.look == "now" else stop for stop in stops)


def _left_behind(record: Movable, codes: list[str]) -> str:
    """The last stop of the path before the record stepped aside."""
    before = {"contested": "issued", "reopened": "closed"}.get(record.state, record.previous_state or "")
    return before if before in codes else codes[0]


def days_here(record: Movable) -> int:
    """The how many-th working day this is in the present state."""
    since = clock.local(record.state_since).date()
    return max(1, working_days()(since, clock.today()))


def _short(at: datetime) -> str:
    day: date = clock.local(at).date()
    return f"{day:%m-%d}" if day.year == clock.today().year else f"{day:%Y-%m-%d}"


@dataclass(frozen=True)
class Told:
    """One entry of the story as the macro draws it."""

    who: str
    what: str
    at: datetime
    kind: str
    reason: str | None


def story(actor: Actor, ids: Sequence[uuid.UUID], shown: int) -> tuple[list[Told], int]:
    """The newest steps on records with these ids in the language of the page, and how many older ones."""
    return answer(actor, told(actor, ids, shown))


def told(actor: Actor, ids: Sequence[uuid.UUID], shown: int) -> Asking[tuple[list[Told], int]]:
    """`story` as a part of a page."""
    found = yield from timeline.told(actor, ids, most=400, shown=shown)
    entries = [
        Told(one.who or _("系统"), word(one.what), one.at, "" if one.kind == "person" else one.kind, one.reason)
        for one in found.entries
    ]
    return entries, found.earlier
