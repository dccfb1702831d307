"""Sheets of a whole county at once: sealed, scored and settled while the database takes in those before them.

For terms that were answered in computer rooms, for the demo and for benches: the same arrays, scores, verdicts and
alerts as when each is handed in, by one statement chain; one entry tells count and digest (decision 20).
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice, pairwise
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, text

from app.care.screening.models import CriticalAlert, ScreeningCampaign
from app.care.screening.operations.alerts import LEVELS, accept_by, interview_by
from app.care.screening.scales.definition import Scale
from app.care.screening.scales.scoring import Person, score
from app.care.screening.scales.validity import judge
from app.care.screening.sheets import Sheet, override_of, packed, ring
from app.core import clock
from app.core.audit import trail
from app.core.casework.bulk import begin_all
from app.core.copying import Columns, allow_long_statements, carry_over
from app.core.database import db, new_refs, uuid7, uuid7s
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM
from app.core.vault.sealer import Sealer

AT_A_TIME = 2000
"""Students whose sheets are sealed while those before them are written."""
RANK = ("valid", "flagged", "needs_retest", "invalid")


class Filled(NamedTuple):
    """One student's sheet of one scale: answers in the order of the items, mean seconds an item."""

    scale: Scale
    values: tuple[int, ...]
    seconds: float


@dataclass(frozen=True)
class Handed:
    """What one student handed in: the task, who it is, and the sheets; sex and grade only where a scale's cuts ask."""

    task_id: uuid.UUID
    school_id: uuid.UUID
    student_id: uuid.UUID
    person: Person
    sheets: tuple[Filled, ...]
    attempt: int = 0


@dataclass(frozen=True)
class _Read:
    """What a sheet says: worked out once for equal answers."""

    packed: str
    answered: int
    override: str | None
    blank: bool
    scores: str
    band: int | None
    verdict: str
    worry: bool


@dataclass
class _Work:
    """What a load has in hand."""

    campaign: ScreeningCampaign
    at: datetime
    sealers: Mapping[uuid.UUID, Sealer]
    seen: Any = field(default_factory=hashlib.sha256)
    read: dict[Any, _Read] = field(default_factory=dict)
    alarms: dict[uuid.UUID, tuple[uuid.UUID, str]] = field(default_factory=dict)
    """Student → school and kind of what the answers call for by themselves."""
    students: int = 0
    asks: bool = False
    """Some sheet asks for a talk."""


COLUMNS = {
    "id": "uuid", "ref": "text", "task_id": "uuid", "school_id": "uuid", "student_id": "uuid", "attempt": "int4",
    "scale_code": "text", "scale_version": "text", "construct": "text", "sealed": "bytea", "answered": "int4",
    "seconds": "float8", "override": "text", "blank": "bool", "band": "int4", "scores": "text", "verdict": "text",
    "rank": "int4", "worry": "bool",
}  # fmt: skip
SCHOOLS = text("select distinct school_id from screening_tasks where campaign_id = :campaign")
KEEP = text(
    """insert into scale_responses (id, ref, county_id, school_id, task_id, student_id, campaign_id, scale_code,
           scale_version, attempt, source, sealed, answered, seconds, sequence, override, blank_critical, alerted_at,
           saved_at, submitted_at)
       select id, ref, :county, school_id, task_id, student_id, :campaign, scale_code, scale_version, attempt, 'phone',
           sealed, answered, seconds, answered, override, blank, case when override is not null then :now end, :now, :now
       from incoming_sheets"""
)
RESULTS = text(
    """insert into scale_results (county_id, school_id, student_id, scale_code, scale_version, construct, answered_on,
           band, scores, verdict, usable, worry)
       select :county, school_id, student_id, scale_code, scale_version, construct, :day, band, scores::jsonb, verdict,
           verdict in ('valid', 'flagged') and band is not null, worry
       from incoming_sheets"""
)
MOVE = text(
    """update screening_tasks t set previous_state = t.state, state = :state, state_since = :now, version = t.version + 1,
           complete = true, tries = w.attempt
       from (select distinct task_id, attempt from incoming_sheets) w
       where t.id = w.task_id and t.campaign_id = :campaign and t.state = :left
           and (w.attempt > 0 or t.state <> 'needs_retest')"""
)
SETTLE = text(
    """update screening_tasks t set previous_state = t.state, state_since = :now, version = t.version + 1,
           scored_on = :day, verdict = (cast(:ranked as text[]))[w.rank + 1],
           state = case when w.rank < 2 then 'valid' when w.rank = 2 and w.attempt = 0 then 'needs_retest'
               else 'invalid' end
       from (select task_id, max(rank) as rank, max(attempt) as attempt from incoming_sheets group by task_id) w
       where t.id = w.task_id and t.campaign_id = :campaign and t.state = 'scored'"""
)
PATH = ("needs_retest", "ready", "in_progress", "submitted", "scored")
"""Each task takes every step on the way: the database lets none be left out."""


def load_sheets(campaign: ScreeningCampaign, handed: Iterable[Handed]) -> int:
    """Write what students handed in now; how many sheets. `handed` must ask the database for nothing.

    Tasks must be ready (or wait for their second try, where `attempt` is 1): ready means that the consent stands.
    Raises ValueError for answers that a scale does not know, and for a task that does not wait for answers.
    """
    schools = db.session.scalars(SCHOOLS, {"campaign": campaign.id}).all()
    keys = ring()
    work = _Work(campaign, clock.now(), {school: keys.sealer(school) for school in schools})
    given = {"county": campaign.county_id, "campaign": campaign.id, "now": work.at, "day": clock.today(),
             "ranked": list(RANK)}  # fmt: skip
    with trail.act(SYSTEM, "system", "scale_responses.load", campaign) as deed:
        allow_long_statements()
        settled = 0

        def take(line: Connection) -> None:
            nonlocal settled
            line.execute(KEEP, given)
            line.execute(RESULTS, given)
            for left, state in pairwise(PATH):
                line.execute(MOVE, given | {"left": left, "state": state})
            settled += line.execute(SETTLE, given).rowcount

        count = carry_over("incoming_sheets", COLUMNS, _portions(work, handed), take, ("task_id",))
        if settled != work.students:
            raise ValueError(f"{work.students - settled} of {work.students} tasks do not wait for answers")
        _alert(work)
        if work.asks:
            post("answers_ask", campaign, queue="letters")
        deed.main.extra.update(rows=count, digest=work.seen.hexdigest())
    return count


def _portions(work: _Work, handed: Iterable[Handed]) -> Iterator[Columns]:
    source = iter(handed)
    while some := list(islice(source, AT_A_TIME)):
        rows = [row for one in some for row in _rows(work, one)]
        identities, refs = uuid7s(len(rows)), new_refs(len(rows))
        yield list(zip(*map(_placed(work), identities, refs, rows), strict=True))
        work.students += len(some)


def _rows(work: _Work, one: Handed) -> Iterator[tuple[Handed, Filled, _Read]]:
    for filled in one.sheets:
        read = _read(work, one.person, filled)
        if read.override is not None and work.alarms.get(one.student_id, ("", ""))[1] != "O1a":
            work.alarms[one.student_id] = one.school_id, read.override
        work.asks = work.asks or read.blank or read.worry
        work.seen.update(f"{one.task_id} {filled.scale.code} {read.verdict}\n".encode())
        yield one, filled, read


def _placed(work: _Work) -> Any:
    def place(identity: uuid.UUID, ref: str, row: tuple[Handed, Filled, _Read]) -> Sequence[Any]:
        one, filled, read = row
        sealed = work.sealers[one.school_id].seal("scale_responses", identity, "sealed", read.packed)
        return (
            identity, ref, one.task_id, one.school_id, one.student_id, one.attempt, filled.scale.code,
            filled.scale.version, filled.scale.construct_code, sealed, read.answered,
            filled.seconds * len(filled.values), read.override, read.blank, read.band, read.scores, read.verdict,
            RANK.index(read.verdict), read.worry,
        )  # fmt: skip

    return place


def _read(work: _Work, person: Person, filled: Filled) -> _Read:
    scale = filled.scale
    asked = person if any(bands.when is not None for bands in scale.bands) else Person()
    key = scale.code, scale.version, filled.values, filled.seconds, asked
    found = work.read.get(key)
    if found is None:
        sheet = Sheet(list(filled.values), list(range(1, len(filled.values) + 1)))
        answers = sheet.answers(scale)
        result = score(scale, answers, asked)
        kind, blank = override_of(scale, sheet)
        verdict = judge(scale, answers, result, seconds=filled.seconds).verdict
        found = work.read[key] = _Read(
            packed(sheet), sheet.answered, kind, blank, json.dumps(dict(result.scores)), result.band, verdict,
            any(hit.override == "O7" for hit in result.hits),
        )  # fmt: skip
    return found


def _alert(work: _Work) -> None:
    """One alert for each student whose answers call for somebody and who has none that waits."""
    waiting = set(
        db.session.scalars(
            select(CriticalAlert.student_id).where(
                CriticalAlert.state == "pending", CriticalAlert.student_id.in_(list(work.alarms))
            )
        )
    )
    begin_all(
        [
            CriticalAlert(
                id=uuid7(), county_id=work.campaign.county_id, school_id=school, student_id=student, kind=kind,
                raised_on=clock.today(), campaign_id=work.campaign.id, accept_by=accept_by(kind, work.at),
                interview_by=interview_by(kind), told=len(LEVELS[:1]),
            )
            for student, (school, kind) in work.alarms.items()
            if student not in waiting
        ],
        "raise_alert",
        tell=False,
    )  # fmt: skip
