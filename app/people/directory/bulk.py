"""A whole county at once, for the demo and for benches: staff, classes and students written as imports write them."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from app.core.audit import trail
from app.core.copying import allow_long_statements
from app.core.imports.grades import school_year
from app.core.imports.registry import Counts
from app.core.policy.actor import SYSTEM
from app.people.directory import lookups, roster, staffing

Row = Sequence[Any]


class _Digest:
    """Count and SHA-256 of the rows that pass, in their order."""

    def __init__(self) -> None:
        self.seen = hashlib.sha256()
        self.count = 0

    def over(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows, each counted."""
        for row in rows:
            self.seen.update(repr(row).encode())
            self.count += 1
            yield row


def load_roster(county_id: uuid.UUID, rows: Iterable[Row], day: date) -> Counts:
    """Students and their classes in one act: one entry with the number and digest of the rows (decision 20).

    rows: values in the order of roster.COLUMNS; `day` gives the school year and the first day on the roll.
    """
    digest = _Digest()
    with trail.act(SYSTEM, "system", "roster.load") as deed:
        allow_long_statements()
        roll = roster.Roll(county_id, lookups.school_ids(county_id), school_year(day.year, day.month), day)
        written = roster.write_students(roll, digest.over(rows))
        _tell(deed, digest, written)
    return written


def load_staff(county_id: uuid.UUID, rows: Iterable[Row], day: date) -> Counts:
    """Members of staff of the schools in one act; rows in the order of staffing.STAFF_COLUMNS, roles are not granted."""
    digest = _Digest()
    with trail.act(SYSTEM, "system", "staff.load") as deed:
        written = staffing.write_staff(_staffing(county_id, day), digest.over(rows))
        _tell(deed, digest, written)
    return written


def load_homerooms(county_id: uuid.UUID, rows: Iterable[Row], day: date) -> Counts:
    """Names of classes and their homeroom teachers in one act; rows in the order of staffing.CLASS_COLUMNS."""
    digest = _Digest()
    with trail.act(SYSTEM, "system", "homerooms.load") as deed:
        written = staffing.write_homerooms(_staffing(county_id, day), digest.over(rows))
        _tell(deed, digest, written)
    return written


def _staffing(county_id: uuid.UUID, day: date) -> staffing.Staffing:
    return staffing.Staffing(county_id, lookups.school_ids(county_id), day, school_year(day.year, day.month))


def _tell(deed: trail.Act, digest: _Digest, written: Counts) -> None:
    deed.main.extra.update(rows=digest.count, digest=digest.seen.hexdigest(), **written.as_dict())
