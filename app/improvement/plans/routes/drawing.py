"""What pages of plans draw of a record: its strip, its clock, its story, its people."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from app.core import calendar, clock
from app.core.casework import deadlines, timeline
from app.core.casework.deadlines import Deadline, Running
from app.core.policy.actor import Actor
from app.core.policy.roles import ROLES
from app.core.web.chips import Chip, short_date
from app.core.web.chips import deadline as deadline_chip
from app.core.web.drawings import Stop, ended_aside, state_strip
from app.core.web.pages import say
from app.improvement.plans.queries.lights import Light
from app.improvement.problems.words import value_words
from workflows.parties import PARTIES

SHOWN = 5


def strip(record: Any) -> tuple[Stop, ...]:
    """The normal path with the day on which the record came to each state; a side state keeps the stop it left."""
    reached, path = timeline.reached(record), record.workflow.path
    codes = [state.code for state in path]
    behind = None
    if record.state not in codes:
        before = [code for code in codes if code in reached and reached[code] <= reached.get(record.state, clock.now())]
        behind = before[-1] if before else None
    here = codes.index(record.state if behind is None and record.state in codes else behind or codes[0])
    notes = {code: short_date(reached[code]) for code in codes[: here + 1] if code in reached}
    ended = ended_aside(record)
    if ended is not None and ended.code in reached:
        notes[ended.code] = short_date(reached[ended.code])
    return state_strip(path, record.state, notes, behind, ended)


def party(record: Any) -> str:
    """Whom the record waits for, in words; empty when it waits for nobody."""
    code = record.standing.waits_for
    return say(PARTIES[code]) if code in PARTIES else ""


def chip(row: Deadline | Running | None, long: bool = False) -> Chip | None:
    """A running clock in words, counted in working days."""
    if row is None:
        return None
    count = functools.partial(calendar.working_days_between, overrides=deadlines.work_calendar().overrides)
    return deadline_chip(row.due_at, count_days=count, paused=row.paused_at is not None, long=long)


def clock_of(record: Any) -> Running | None:
    """The nearest running clock of one record."""
    return deadlines.running([record]).get(record.id)


def light_chip(light: Light | None) -> Chip | None:
    """红灯・3 个月: a lamp in words, with the colour of lateness."""
    if light is None:
        return None
    words = _("红灯・%(n)s 个月", n=len(light.missed)) if light.red else _("黄灯・%(n)s 个月", n=len(light.missed))
    months = "、".join(f"{month:%Y-%m}" for month in reversed(light.missed))
    return Chip("late" if light.red else "soon", words, _("缺报：%(months)s", months=months))


def story(actor: Actor, records: Sequence[Any], shown: int = SHOWN) -> tuple[list[dict[str, Any]], int]:
    """The newest happenings as the macro reads them, and how many older ones there are."""
    found = timeline.timeline(actor, records, shown=shown)
    names = {record.id: record for record in records}
    return [_entry(happening, names) for happening in found.entries], found.earlier


def _entry(happening: timeline.Happening, records: Mapping[Any, Any]) -> dict[str, Any]:
    what, record = say(happening.what), records.get(happening.record_id)
    named = record is not None and len(records) > 1 and happening.entity != "remediation_plans"
    role = ROLES.get(happening.role)
    return {
        "who": happening.who or _("系统"),
        "what": _("%(what)s“%(name)s”", what=what, name=record.title) if record is not None and named else what,
        "at": happening.at,
        "kind": "" if happening.kind == "person" else happening.kind,
        "reason": happening.reason,
        "role": say(role) if role is not None and happening.who else "",
        "url": record.address if record is not None and named else "",
    }


def last_reason(actor: Actor, record: Any, step: str) -> tuple[str, str]:
    """The reason and the taker of the newest return, ("", "") when there was none."""
    for happening in timeline.timeline(actor, [record]).entries:
        if happening.reason and happening.what == record.workflow.step(step):
            return happening.reason, happening.who
        if happening.reason and happening.to_state == "returned":
            return happening.reason, happening.who
    return "", ""


def value(number: float | None, indicator: Any) -> str:
    """A value of an indicator as people write it; a dash where there is none."""
    return value_words(number, indicator.value_type if indicator is not None else None) if number is not None else "—"
