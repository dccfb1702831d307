"""Which cells may be built on: neither asked about at the moment, nor set aside by the office's decision on two sources."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, exists, or_, text

from app.core.database import db
from app.improvement.monitoring.models.results import SourceConflict

ONE, BOTH, NEITHER = "one", "both", "neither"
OUTCOMES = (ONE, BOTH, NEITHER)
"""One source counts; both are right, the difference is explained; neither is to be used."""
STANDS, DISPUTED, SET_ASIDE = "stands", "disputed", "set_aside"
LONGEST_WAY = 5
"""How often a chosen cell may itself have lost to another before nobody follows it any further."""

STANDING = text(
    """select case when bool_or(s.outcome is not null) then 'set_aside' else 'disputed' end from source_conflicts s
       where (s.first_id = :id or s.second_id = :id)
         and (s.outcome is null or s.outcome = 'neither' or (s.outcome = 'one' and s.chosen_id <> :id))
       having count(*) > 0"""
)
CHOSEN = text(
    """select s.chosen_id from source_conflicts s
       join monitoring_results r on r.id = s.chosen_id and r.superseded_at is null
       join monitoring_cycles c on c.id = r.cycle_id and c.state in ('released', 'improving', 'closed')
       where (s.first_id = :id or s.second_id = :id) and s.outcome = 'one' and s.chosen_id <> :id
       order by s.settled_at desc limit 1"""
)


def stands_in_sql(result: str) -> str:
    """The condition of a plain statement: the cell whose id is `result` (an expression of that statement) stands."""
    return (
        f"not exists (select 1 from source_conflicts ruled where (ruled.first_id = {result} or ruled.second_id = {result})"
        " and (ruled.outcome is null or ruled.outcome = 'neither'"
        f" or (ruled.outcome = 'one' and ruled.chosen_id <> {result})))"
    )


ANY_FALLEN = text(
    f"select exists (select 1 from unnest(cast(:ids as uuid[])) as one(id) where not {stands_in_sql('one.id')})"
)


def stands(result_id: Any) -> Any:
    """The same for a select: of the cell whose id is in this column."""
    s = SourceConflict
    against = or_(s.outcome.is_(None), s.outcome == NEITHER, (s.outcome == ONE) & (s.chosen_id != result_id))
    return ~exists().where(or_(s.first_id == result_id, s.second_id == result_id), against)


def standing(result_id: Any) -> Any:
    """`standing_of` for a select: of the cell whose id is in this column."""
    s = SourceConflict
    named = or_(s.first_id == result_id, s.second_id == result_id)
    lost = exists().where(named, or_(s.outcome == NEITHER, (s.outcome == ONE) & (s.chosen_id != result_id)))
    return case((lost, SET_ASIDE), (exists().where(named, s.outcome.is_(None)), DISPUTED), else_=STANDS)


def standing_of(result_id: uuid.UUID | None) -> str:
    """stands, disputed (asked about, not decided yet) or set_aside (decided against)."""
    if result_id is None:
        return STANDS
    return str(db.session.execute(STANDING, {"id": result_id}).scalar() or STANDS)


def all_stand(result_ids: Sequence[Any]) -> bool:
    """Whether every one of these cells stands; one question."""
    ids = [uuid.UUID(str(one)) for one in result_ids]
    return not (ids and db.session.execute(ANY_FALLEN, {"ids": ids}).scalar_one())


def standing_instead_of(result_id: uuid.UUID) -> uuid.UUID | None:
    """The cell itself where it stands, else the one that was chosen in its place; None while it is asked about, or without one."""
    found = result_id
    for _again in range(LONGEST_WAY):
        standing = standing_of(found)
        if standing != SET_ASIDE:
            return found if standing == STANDS else None
        chosen = db.session.execute(CHOSEN, {"id": found}).scalar()
        if chosen is None:
            return None
        found = chosen
    return None
