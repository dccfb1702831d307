"""A round: every student of the chosen grades is asked for one purpose, by two statements however many there are."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from app.care.consent.models import AGAIN_AFTER, Consent, ConsentRound
from app.care.consent.notices import notice_for
from app.care.protection.models import in_force
from app.core import clock
from app.core.audit import trail
from app.core.casework import daily
from app.core.casework.door import follow, operation
from app.core.copying import allow_long_statements
from app.core.database import db, use_context, uuid7
from app.core.errors import Invalid, Sentence
from app.core.imports.grades import school_year
from app.core.policy.actor import SYSTEM, Actor

NOBODY_THERE = Sentence(
    "所选年级里没有还没征询过的学生；不同意或撤回以后满 30 天才能再征询",
    "The chosen grades hold no student who was not asked yet; after a refusal or withdrawal nobody is asked for 30 days",
)
NOT_ASSESSED = Sentence(
    "这个用途还没有生效的影响评估，请先由个人信息保护负责人办好",
    "No impact assessment of this purpose is in force; the data protection officer sees to it first",
)
PAST = Sentence("答复日期不能早于今天", "The day for answers cannot be past")

ASK = text(
    """insert into consents (county_id, school_id, student_id, class_id, round_id, purpose, school_year, asked_on,
                              state, state_since)
       select s.county_id, s.school_id, s.id, s.class_id, :round, cast(:purpose as text), :year, :day, 'pending', :now
       from students s join school_classes c on c.id = s.class_id
       where s.school_id = :school and s.left_on is null and c.school_year = :year and c.grade = any(:grades)
         and not exists (select from consents k where k.student_id = s.id and k.purpose = cast(:purpose as text)
                           and k.state in ('refused', 'withdrawn') and k.state_since > :lately)
       on conflict (student_id, purpose, school_year) where state not in ('withdrawn', 'expired') do nothing"""
)
REQUEST = text(
    """update consents set previous_state = state, state = 'requested', state_since = :now, version = version + 1
       where round_id = :round and school_id = :school and state = 'pending' returning student_id"""
)


@dataclass(frozen=True)
class SchoolPlace:
    """The school whose students are asked."""

    county_id: uuid.UUID
    school_id: uuid.UUID


@dataclass(frozen=True)
class RoundIn:
    """What is asked for, of which grades ("G4" …), and until when answers are hoped for."""

    title: str
    purpose: str
    grades: tuple[str, ...]
    due_on: date


@operation(right="consent.ask_consent", name="consent_round.send")
def send_round(actor: Actor, place: SchoolPlace, given: RoundIn) -> ConsentRound:
    """Ask everybody in the grades who was not asked this school year; one entry with count and digest (decision 20).

    Who refused or took an agreement back is left alone for thirty days by a new round as well: one guardian's yes does not
    come to stand on the day after the other's no (decision 66).
    Raises Invalid when nobody is there to ask, the day is past, or no impact assessment of the purpose is in force.
    """
    assert actor.person_id is not None
    today, notice = clock.today(), notice_for(given.purpose)
    if given.due_on < today:
        raise Invalid("due_on", PAST)
    assessment = in_force(place.county_id, given.purpose)
    if assessment is None:
        raise Invalid("purpose", NOT_ASSESSED)
    made = ConsentRound(
        id=uuid7(), county_id=place.county_id, school_id=place.school_id, title=given.title.strip(),
        purpose=given.purpose, school_year=school_year(today.year, today.month), grades=list(given.grades),
        notice_version=notice.version, notice=notice.text, notice_sha256=notice.sha256, due_on=given.due_on,
        asked_by=actor.person_id, asked_on=today, assessment_id=assessment.id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    allow_long_statements()
    values = {
        "round": made.id, "school": place.school_id, "purpose": made.purpose, "year": made.school_year,
        "grades": made.grades, "day": today, "now": clock.now(), "lately": clock.now() - AGAIN_AFTER,
    }  # fmt: skip
    db.session.execute(ASK, values)
    asked = sorted(str(one) for one in db.session.scalars(REQUEST, values))
    if not asked:
        raise Invalid("grades", NOBODY_THERE)
    deed = trail.current()
    assert deed is not None
    deed.main.extra.update(rows=len(asked), digest=hashlib.sha256("\n".join(asked).encode()).hexdigest())
    return made


@operation(right="system", name="consent.end_year")
def end_year(actor: Actor, consent: Consent, given: None = None) -> None:
    """The school year is over: what was asked or agreed ends with it."""
    if consent.year_is_over and consent.state in ("requested", "granted"):
        follow(consent, "expire")


OVER = text(
    """update consents set previous_state = state, state = 'expired', state_since = :now, version = version + 1
       where state in ('requested', 'granted') and school_year < :year returning id"""
)


def end_years() -> int:
    """Consents of past school years run out, all in one act with their number; the job of each day."""
    now, today = clock.now(), clock.today()
    use_context(SYSTEM.context())
    year = school_year(today.year, today.month)
    waiting = text("select 1 from consents where state in ('requested', 'granted') and school_year < :year limit 1")
    if db.session.execute(waiting, {"year": year}).first() is None:
        return 0
    with trail.act(SYSTEM, "system", "consent.expire") as deed:
        ended = sorted(str(one) for one in db.session.scalars(OVER, {"now": now, "year": year}))
        deed.main.extra.update(rows=len(ended), digest=hashlib.sha256("\n".join(ended).encode()).hexdigest())
    return len(ended)


def register() -> None:
    """Hand in the job of each day."""
    daily.add(end_years)
