"""Ratings and background facts of a whole county at once, as they come with a term's lists; runs of the rules follow."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple, TypeVar

from sqlalchemy import text

from app.core import clock
from app.core.audit import trail
from app.core.copying import allow_long_statements, copy_in
from app.core.database import db
from app.core.policy.actor import SYSTEM


class Rated(NamedTuple):
    """One class teacher's look at one student: eight items 0–3."""

    school_id: uuid.UUID
    student_id: uuid.UUID
    rated_by: uuid.UUID
    items: tuple[int, ...]


class Known(NamedTuple):
    """A fact of a student, as dated by its source (a factor of the rule set)."""

    school_id: uuid.UUID
    student_id: uuid.UUID
    code: str
    source: str
    dated_on: date


T = TypeVar("T", Rated, Known)
RATED = {"school_id": "uuid", "student_id": "uuid", "rated_by": "uuid", "items": "text"}
RATE = text(
    """insert into teacher_ratings (county_id, school_id, student_id, rated_by, rated_on, items)
       select :county, school_id, student_id, rated_by, :day, items::smallint[] from incoming_ratings"""
)
KNOWN = {"school_id": "uuid", "student_id": "uuid", "code": "text", "source": "text", "dated_on": "date"}
NOTE = text(
    """insert into risk_facts (county_id, school_id, student_id, code, source, dated_on)
       select :county, school_id, student_id, code, source, dated_on from incoming_facts
       on conflict (student_id, code, source, dated_on) do nothing"""
)


def load_ratings(county_id: uuid.UUID, rated: Iterable[Rated]) -> int:
    """Ratings of today in one act; how many. The next run of the rules reads them."""
    seen = hashlib.sha256()
    with trail.act(SYSTEM, "system", "teacher_ratings.load") as deed:
        allow_long_statements()
        rows = ((one.school_id, one.student_id, one.rated_by, _array(one.items)) for one in _over(seen, rated))
        count = copy_in("incoming_ratings", RATED, rows, ("student_id",))
        db.session.execute(RATE, {"county": county_id, "day": clock.today()})
        deed.main.extra.update(rows=count, digest=seen.hexdigest())
    return count


def load_facts(county_id: uuid.UUID, known: Iterable[Known]) -> int:
    """Facts in one act; how many were read. The next run of the rules reads them."""
    seen = hashlib.sha256()
    with trail.act(SYSTEM, "system", "risk_facts.load") as deed:
        allow_long_statements()
        count = copy_in("incoming_facts", KNOWN, _over(seen, known), ("student_id",))
        db.session.execute(NOTE, {"county": county_id})
        deed.main.extra.update(rows=count, digest=seen.hexdigest())
    return count


def _array(items: tuple[int, ...]) -> str:
    return "{" + ",".join(map(str, items)) + "}"


def _over(seen: hashlib._Hash, rows: Iterable[T]) -> Iterator[T]:
    for row in rows:
        seen.update("|".join(map(str, row)).encode())
        yield row
