"""Forms on paper become answers: every scale of a student typed twice and settled, then sealed and scored like any other."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import func, select, text

from app.care.consent.models import age_on
from app.care.screening.models import PaperSheet, ScreeningCampaign
from app.care.screening.scales.choosing import fits
from app.care.screening.scales.definition import Scale
from app.care.screening.sheets import critical_in, ring, sealed_as, values_in
from app.core import clock
from app.core.copying import copy_in
from app.core.database import db, uuid7
from app.core.outbox.post import post
from app.core.vault import Place

COMPLETE = text(
    """select t.id, t.school_id, s.birth_date, substr(s.grade, 2)::int as grade
       from screening_tasks t join students s on s.id = t.student_id
       where t.campaign_id = :campaign and t.school_id = :school and t.state = 'ready' and t.id = any(:tasks)
         and s.left_on is null
         and exists (select from consents k where k.student_id = t.student_id and k.purpose = 'screening'
                       and k.school_year = :year and k.state = 'granted')"""
)
TAKE = text(
    """insert into scale_responses (id, county_id, school_id, task_id, student_id, campaign_id, scale_code, scale_version,
                                    attempt, source, sealed, answered, override, blank_critical, alerted_at, saved_at,
                                    submitted_at, answered_on)
       select i.id, p.county_id, p.school_id, p.task_id, p.student_id, p.campaign_id, p.scale_code, p.scale_version,
              p.attempt, 'paper', i.sealed, i.answered, i.override, i.blank, p.alerted_at, :now, :now,
              coalesce(p.final_on, p.first_on)
       from taken_sheets i join paper_sheets p on p.id = i.sheet"""
)
MARK = text("update paper_sheets p set taken_at = :now from taken_sheets i where p.id = i.sheet")
SUBMIT = text(
    """update screening_tasks t
       set previous_state = t.state, state = 'submitted', state_since = :now, version = t.version + 1, complete = true
       where t.state = 'ready' and t.id in (select p.task_id from taken_sheets i join paper_sheets p on p.id = i.sheet)
       returning t.id"""
)
UNSCORE = text(
    """delete from scale_results r using scale_responses a
       where a.task_id = any(:tasks) and a.source = 'paper' and a.student_id = r.student_id and a.school_id = r.school_id
         and a.scale_code = r.scale_code and a.scale_version = r.scale_version and a.answered_on = r.answered_on"""
)
UNTAKE = text("delete from scale_responses where task_id = any(:tasks) and source = 'paper'")
GIVE_BACK = text(
    """update screening_tasks set previous_state = state, state = 'ready', state_since = :now, version = version + 1,
              complete = false, verdict = null, scored_on = null
       where id = any(:tasks) and state in ('submitted', 'valid', 'needs_retest', 'invalid')"""
)
UNMARK = text("update paper_sheets set taken_at = null where task_id = any(:tasks)")


class Settled(NamedTuple):
    """A settled sheet on its way in."""

    id: uuid.UUID
    task_id: uuid.UUID
    scale_code: str
    column: str
    sealed: bytes


def sheet_place(school_id: uuid.UUID, sheet_id: uuid.UUID, column: str) -> Place:
    """Where one of the sealed arrays of a sheet belongs."""
    return Place(school_id, "paper_sheets", sheet_id, column)


def take_in(campaign: ScreeningCampaign, school_id: uuid.UUID, tasks: Collection[uuid.UUID]) -> int:
    """Take in every one of these tasks whose scales are all settled; how many. Inside the open act, as SYSTEM or not.

    Set-based however many there are; scoring follows by the worker.
    """
    if not tasks:
        return 0
    now = clock.now()
    scales = {one.code: one for one in campaign.definitions}
    found = _settled(campaign, school_id, tasks)
    ready = _complete(campaign, school_id, found, scales)
    if not ready:
        return 0
    lines = _lines(school_id, [one for task in ready for one in found[task].values()], scales)
    columns = {
        "id": "uuid", "sheet": "uuid", "sealed": "bytea", "answered": "int4", "override": "text", "blank": "bool",
    }  # fmt: skip
    copy_in("taken_sheets", columns, lines, ("sheet",))
    db.session.execute(TAKE, {"now": now})
    db.session.execute(MARK, {"now": now})
    taken = db.session.scalars(SUBMIT, {"now": now}).all()
    post("paper_score", campaign, queue="urgent", school=school_id)
    return len(taken)


def _settled(
    campaign: ScreeningCampaign, school_id: uuid.UUID, tasks: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, dict[str, Settled]]:
    wanted = select(
        PaperSheet.id,
        PaperSheet.task_id,
        PaperSheet.scale_code,
        PaperSheet.final.is_not(None).label("by_hand"),
        func.coalesce(PaperSheet.final, PaperSheet.first).label("sealed"),
    ).where(
        PaperSheet.school_id == school_id,
        PaperSheet.campaign_id == campaign.id,
        PaperSheet.task_id.in_(tasks),
        PaperSheet.settled_at.is_not(None),
        PaperSheet.taken_at.is_(None),
    )
    found: dict[uuid.UUID, dict[str, Settled]] = defaultdict(dict)
    for row in db.session.execute(wanted):
        column = "final" if row.by_hand else "first"
        found[row.task_id][row.scale_code] = Settled(row.id, row.task_id, row.scale_code, column, row.sealed)
    return found


def _complete(
    campaign: ScreeningCampaign,
    school_id: uuid.UUID,
    found: Mapping[uuid.UUID, Mapping[str, Settled]],
    scales: Mapping[str, Scale],
) -> list[uuid.UUID]:
    values = {"campaign": campaign.id, "school": school_id, "tasks": list(found), "year": campaign.school_year}
    ready = []
    for row in db.session.execute(COMPLETE, values):
        age = age_on(row.birth_date, campaign.opens_on)
        asked = {code for code, scale in scales.items() if fits(scale, row.grade, age)}
        if asked and asked <= set(found[row.id]):
            ready.append(row.id)
    return ready


def _lines(school_id: uuid.UUID, sheets: list[Settled], scales: Mapping[str, Scale]) -> Iterator[tuple[Any, ...]]:
    keys, sealer = ring(), ring().sealer(school_id)
    for one in sheets:
        values, scale = (
            values_in(keys.open_text(sheet_place(school_id, one.id, one.column), one.sealed)),
            scales[one.scale_code],
        )
        identity = uuid7()
        override, blank = critical_in(scale, values)
        sealed = sealer.seal("scale_responses", identity, "sealed", sealed_as(values))
        yield identity, one.id, sealed, sum(value is not None for value in values), override, blank


def give_back(tasks: Collection[uuid.UUID]) -> None:
    """Take out again what was taken in for these tasks: answers, results, and the tasks wait once more; alerts stay."""
    values = {"tasks": list(tasks), "now": clock.now()}
    for statement in (UNSCORE, UNTAKE, GIVE_BACK, UNMARK):
        db.session.execute(statement, values)
