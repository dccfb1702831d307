"""What a report of a roster repeats of the file goes with the file: after seven days names stand nowhere beside the roll."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.core.database import db, use_context
from app.core.imports import operations
from app.core.imports.models import ImportBatch, ImportRow
from app.core.imports.operations import DropIn
from app.core.outbox import deliver
from app.core.policy.actor import SYSTEM
from tests.cast import Cast, sign_in
from tests.core.imports.rosters import accepted, broken, checked, roll, uploaded
from tests.people.directory.rolls import workbook

TIDIED, WAITING = "欧 阳金丝雀", "金丝雀班"


def told(batch: ImportBatch, part: str = "report::text || proposal::text from import_reports") -> str:
    use_context(SYSTEM.context())
    return "".join(db.session.execute(text(f"select {part} where batch_id = :b"), {"b": batch.id}).scalars())


def messages(batch: ImportBatch) -> str:
    return told(batch, "messages::text from import_rows")


@pytest.fixture
def batch(app: Flask, cast: Cast) -> ImportBatch:
    """Forty children, one whose name was tidied and one whose class nobody knows, accepted without the latter."""
    rows = roll(cast)
    rows[0] = broken(rows[0], 2, TIDIED)
    rows[1] = broken(rows[1], 8, WAITING)
    found = accepted(cast, checked(cast, uploaded(cast, workbook(rows))))
    assert (found.state, found.rows_blocked) == ("accepted", 1)
    assert "金丝雀" in told(found) and TIDIED in messages(found) and WAITING in messages(found)
    return found


def test_security_73_words_typed_into_a_roster_go_after_seven_days_and_what_has_to_be_mended_once_it_is(
    batch: ImportBatch, cast: Cast, app: Flask, clock: Any
) -> None:
    clock.advance(days=6)
    deliver.drain()
    assert TIDIED in messages(batch)
    clock.advance(days=1, minutes=2)
    deliver.drain()
    assert TIDIED not in messages(batch) and WAITING in messages(batch), "who mends it has to read it"
    use_context(SYSTEM.context())
    row = db.session.scalar(select(ImportRow).where(ImportRow.batch_id == batch.id, ImportRow.status == "blocked"))
    assert row is not None
    db.session.refresh(batch)
    given = DropIn(row.id, "这名学生已经转走，不再录入", batch.version)
    operations.drop_row(cast.actor("school_coordinator"), batch, given)
    clock.advance(days=7, minutes=2)
    deliver.drain()
    assert "金丝雀" not in told(batch) + messages(batch)
    page = sign_in(app.test_client(), cast["school_coordinator"]).get(
        f"/imports/{batch.ref}", base_url="https://localhost"
    )
    assert page.status_code == 200 and "原文已遮盖" in page.text and "金丝雀" not in page.text
    before = told(batch) + messages(batch)
    clock.advance(days=30)
    deliver.drain()
    assert told(batch) + messages(batch) == before


def test_places_causes_and_numbers_stay(batch: ImportBatch, clock: Any) -> None:
    use_context(SYSTEM.context())
    places = "select row_no, status, jsonb_array_length(messages), messages -> 0 ->> 'code' from import_rows where batch_id = :b order by 1"
    before = db.session.execute(text(places), {"b": batch.id}).all()
    clock.advance(days=7, minutes=2)
    deliver.drain()
    use_context(SYSTEM.context())
    assert db.session.execute(text(places), {"b": batch.id}).all() == before and before
    db.session.refresh(batch)
    assert (batch.rows_read, batch.rows_good, batch.rows_blocked) == (40, 39, 1)
