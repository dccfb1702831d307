"""Of whom too little is known, of whom two stories differ, and for whom practical aid is to be considered (domain §4.1, §4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.care.rainbow.duty_plan import duty_plan
from app.core.calendar.days import add_working_days
from app.core.calendar.hours import end_of_day
from app.core.casework.deadlines import work_calendar
from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor

VIEW, AID = "rainbow.view_unclear", "rainbow.view_aid"
READ = text((Path(__file__).parents[1] / "unclear.sql").read_text(encoding="utf-8"))
WITH_FACTS = text(
    """select s.ref, s.name, s.student_no, k.name as class_name, n.factors
       from (select distinct on (c.student_id) c.student_id, c.flags, c.factors from rainbow_computations c
               where c.school_id = cast(:school as uuid) order by c.student_id, c.number desc) n
           join students s on s.id = n.student_id and s.left_on is null left join school_classes k on k.id = s.class_id
       where n.flags @> '["care_flag"]' order by k.name, s.student_no"""
)
IN_NEED_OF_AID = text("select ref, name, student_no, class_name from care.aid()")


@dataclass(frozen=True)
class Unclear:
    """One student to find out about; `why`: unknown (too little is there) or differ (teacher and questionnaire)."""

    ref: str
    name: str
    student_no: str
    class_name: str | None
    why: str
    since: date
    answered: bool
    rated: bool

    @property
    def due_at(self) -> datetime:
        """The moment from which finding out is late."""
        return end_of_day(add_working_days(self.since, duty_plan().find_out, work_calendar().overrides))


@dataclass(frozen=True)
class Aided:
    """One student for whom practical aid is to be considered; `facts`: what it rests on, for the counsellor alone."""

    ref: str
    name: str
    student_no: str
    class_name: str | None
    facts: tuple[str, ...] = ()


def unclear(actor: Actor) -> list[Unclear]:
    """Students of the own school to find out about, those first of whom it has been known longest; none without the right."""
    if not decide.holds(actor, VIEW):
        return []
    return [Unclear(**row._mapping) for row in db.session.execute(READ, {"school": actor.school_id})]


def aided(actor: Actor) -> list[Aided]:
    """Those of the own school by class and number: with the facts for who may read them, else as the wall names them."""
    if not decide.holds(actor, AID):
        return []
    if not decide.holds(actor, "rainbow.view_proposals"):
        return [Aided(**row._mapping) for row in db.session.execute(IN_NEED_OF_AID)]
    rows = db.session.execute(WITH_FACTS, {"school": actor.school_id})
    return [Aided(row.ref, row.name, row.student_no, row.class_name, tuple(_facts(row.factors))) for row in rows]


def _facts(factors: Sequence[Any]) -> Sequence[str]:
    return sorted({told["code"] for told in factors if told["domain"] == "BG" and told.get("counts", True)})
