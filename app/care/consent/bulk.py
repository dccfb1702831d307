"""Signed papers of a whole county at once: answers and what they come to, by three statements.

For terms whose papers were gathered before any task was written, and for benches; one entry tells count and digest
(decision 20). Where tasks wait for the answers already, papers are entered one by one, so that the tasks follow.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import text

from app.care.consent.models import ADULT, OWN_SAY
from app.core import clock
from app.core.audit import trail
from app.core.copying import allow_long_statements, copy_in
from app.core.database import db
from app.core.policy.actor import SYSTEM


class Paper(NamedTuple):
    """What one person signed for one student: who (guardian1, guardian2, student), "agree" or "refuse"."""

    student_id: uuid.UUID
    who: str
    answer: str


COLUMNS = {"student_id": "uuid", "who": "text", "answer": "text"}
ENTER = text(
    """insert into consent_answers (county_id, school_id, consent_id, student_id, who, relation, answer, channel,
               notice_version, notice_sha256, answered_at, recorded_by)
       select k.county_id, k.school_id, k.id, k.student_id, p.who,
              case p.who when 'student' then 'self' else coalesce(r.relation, 'other') end,
              p.answer, 'paper', o.notice_version, o.notice_sha256, :now, o.asked_by
       from incoming_papers p
       join consents k on k.student_id = p.student_id and k.purpose = :purpose and k.school_year = :year
           and k.state = 'requested'
       join consent_rounds o on o.id = k.round_id
       join students s on s.id = k.student_id
       left join lateral (
           select s.guardians -> case p.who when 'guardian1' then 0 else 1 end ->> 'relation' as relation) r
           on r.relation in ('father', 'mother', 'grandparent')
       where k.county_id = :county"""
)
SETTLE = text(
    """with said as (
           select a.consent_id, bool_or(a.answer <> 'agree') as refused, bool_or(a.who <> 'student') as guardian,
                  bool_or(a.who = 'student') as own
           from consent_answers a join consents k on k.id = a.consent_id and k.state = 'requested'
           where k.county_id = :county and k.purpose = :purpose and k.school_year = :year
               and (a.answered_at at time zone 'Asia/Shanghai')::date >= k.asked_on
           group by a.consent_id),
       old as (
           select k.id, extract(year from age(cast(:day as date), s.birth_date))::int as years
           from consents k join students s on s.id = k.student_id join said on said.consent_id = k.id)
       update consents k set previous_state = k.state, state_since = :now, version = k.version + 1,
              state = case when said.refused then 'refused' else 'granted' end
       from said join old on old.id = said.consent_id
       where k.id = said.consent_id and (said.refused
           or (said.guardian or old.years >= :adult) and (said.own or old.years < :own_say))
       returning k.student_id, k.state"""
)
"""As `settle` does for one: any refusal refuses; a guardian under 18 and the student from 14 have to agree."""


SET_BASED = text("select set_config('enable_nestloop', 'off', true)")
"""Rows that were just written have no statistics yet; loops over forty thousand of them take minutes."""


def load_papers(county_id: uuid.UUID, purpose: str, school_year: int, papers: Iterable[Paper]) -> dict[str, int]:
    """Enter papers for students who were asked; how many consents came to "granted" and "refused".

    Whoever has no open request is passed over. Signed by whoever sent the round. Day and hour are the clock's.
    """
    today: date = clock.today()
    given = {"county": county_id, "purpose": purpose, "year": school_year, "now": clock.now(), "day": today}
    with trail.act(SYSTEM, "system", "consent.load_papers") as deed:
        allow_long_statements()
        seen = hashlib.sha256()
        read = copy_in("incoming_papers", COLUMNS, _over(seen, papers), ("student_id",))
        db.session.execute(SET_BASED)
        db.session.execute(ENTER, given)
        came = [row.state for row in db.session.execute(SETTLE, given | {"adult": ADULT, "own_say": OWN_SAY})]
        counted = {state: came.count(state) for state in ("granted", "refused")}
        deed.main.extra.update(rows=read, digest=seen.hexdigest(), **counted)
    return counted


def _over(seen: hashlib._Hash, papers: Iterable[Paper]) -> Iterator[Paper]:
    for paper in papers:
        seen.update(f"{paper.student_id} {paper.who} {paper.answer}\n".encode())
        yield paper
