"""Spoken numbers (QD-0012, WT-0137, XH-0003), counted per county without a gap and without two alike."""

from __future__ import annotations

import uuid

from sqlalchemy.dialects.postgresql import insert

from app.core.database import db
from app.improvement.problems.models import NumberCounter


def next_number(county_id: uuid.UUID, prefix: str, table: str = "") -> str:
    """The next number of `prefix` in a county; the counter's row is held until the act is kept or undone.

    `table` names what is counted, for the reader of the calling line.
    """
    return next_numbers(county_id, prefix, 1)[0]


def next_numbers(county_id: uuid.UUID, prefix: str, many: int) -> list[str]:
    """The next `many` numbers, in one statement."""
    row = insert(NumberCounter).values(county_id=county_id, prefix=prefix, last=many)
    counted = row.on_conflict_do_update(
        index_elements=["county_id", "prefix"], set_={"last": NumberCounter.last + many}
    ).returning(NumberCounter.last)
    last = db.session.execute(counted).scalar_one()
    return [f"{prefix}-{number:04d}" for number in range(last - many + 1, last + 1)]
