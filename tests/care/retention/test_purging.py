"""What has reached its period is erased everywhere, by two people, and nothing else is (security 73)."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError

from app.care.retention.classes import classes
from app.care.retention.operations import purging
from app.care.screening.models import ScreeningTask
from app.care.screening.operations.scoring import parts_of_task
from app.core import queue
from app.core.audit import trail
from app.core.audit.verification import verify
from app.core.database import db, use_context
from app.core.errors import NotAllowed
from app.core.policy.actor import SYSTEM
from tests.care.retention.conftest import GONE, STAYS, STEP, Left, everything, who_left
from tests.care.retention.left import a_child, tables_of_children
from tests.cast import Cast

ORDER = ("answers", "register", "care", "roll")


def rows_of(student: uuid.UUID) -> dict[str, int]:
    """Table → how many rows tell of the child."""
    use_context(SYSTEM.context())
    asked = "select count(*) from {} where student_id = :id"
    return {
        table.name: db.session.execute(text(asked.format(table.name)), {"id": student}).scalar_one()
        for table in tables_of_children()
    }


def shelf_bytes(app: Flask) -> bytes:
    root: Path = app.extensions["bihuan.shelf"].root
    return b"\n".join(path.read_bytes() for path in root.rglob("*") if path.is_file())


def queue_bytes(app: Flask) -> bytes:
    server = queue.connect(app.config["REDIS_URL"])
    found = [key + (server.dump(key) or b"") for key in server.scan_iter("*")]
    server.close()
    return b"\n".join(found)


def test_security_73_what_is_over_is_nowhere_afterwards_and_the_neighbour_is_untouched(
    app: Flask, left: Left, lines: Callable[[], str]
) -> None:
    before = everything()
    assert GONE.encode() in shelf_bytes(app)
    assert {name for name, rows in before.items() if GONE in rows} >= {
        "students",
        "outbox",
        "inbox_letters",
        "deadlines",
    }
    assert all(rows_of(left.gone).values()), "a table of children without a row of this one would prove nothing"
    neighbour = rows_of(left.stays)
    about_neighbour = {name: rows.count(STAYS) for name, rows in before.items()}

    for code in ORDER:
        assert left.erased(code).state == "done", code

    after = everything()
    assert not {name for name, rows in after.items() if GONE in rows}
    outside = {name for name, rows in after.items() if str(left.gone) in rows} - {"trail", "reasons and changes"}
    assert not outside
    assert not any(rows_of(left.gone).values())
    for where, found in {"shelf": shelf_bytes(app), "queue": queue_bytes(app), "log": lines().encode()}.items():
        assert GONE.encode() not in found, where
    assert rows_of(left.stays) == neighbour
    assert {name: rows.count(STAYS) for name, rows in after.items()} == about_neighbour
    assert STAYS.encode() in shelf_bytes(app)
    assert left.batches()["care"].erased["files"] == 1, "both papers have the same bytes"


def test_security_73_the_trail_tells_of_every_portion_and_still_verifies(
    committed: Flask, cast: Cast, clock: Any
) -> None:
    scene = who_left(cast, clock)
    scene.erased("answers")
    use_context(SYSTEM.context())
    told = db.session.execute(
        text("select body from audit.access_log where step = 'purge_batch.erase' order by seq limit 1")
    ).scalar_one()
    assert (
        told["all"] == hashlib.sha256(f"\n{told['digest']}".encode()).hexdigest() == scene.batches()["answers"].digest
    )
    db.session.rollback()
    owner = create_engine(committed.extensions["bihuan.settings"].database_owner_url)
    with owner.connect() as connection:
        assert verify(connection).fault is None
    owner.dispose()


def test_security_73_whoever_proposed_it_does_not_approve_it(left: Left) -> None:
    batch = left.listed()["answers"]
    purging.propose_purge(left.act("dpo"), batch, STEP)
    with pytest.raises(NotAllowed):
        purging.approve_purge(left.act("leading_group_head"), batch, STEP)
    for column in ("proposed_by", "null"):
        use_context(SYSTEM.context())
        with pytest.raises(DBAPIError, match="four_eyes|two"), trail.act(SYSTEM, "system", "test"):
            db.session.execute(
                text(f"update purge_batches set state = 'approved', approved_by = {column} where id = :id"),  # noqa: S608
                {"id": batch.id},
            )


def test_security_73_what_only_grows_goes_with_an_approved_erasure_alone(left: Left) -> None:
    batch = left.listed()["care"]
    said_of = {"consent_answers": "permission denied", "rainbow_computations": "permission denied"}
    for name, said in (said_of | {"handovers": "not changed"}).items():
        use_context(SYSTEM.context())
        with pytest.raises(DBAPIError, match=said), trail.act(SYSTEM, "system", "test"):
            db.session.execute(text("select set_config('bihuan.purge', :id, true)"), {"id": str(batch.id)})
            db.session.execute(text(f"delete from {name} where student_id = :id"), {"id": left.gone})  # noqa: S608


def test_security_73_a_worker_that_was_killed_goes_on_where_it_was(left: Left, monkeypatch: pytest.MonkeyPatch) -> None:
    a_child(left.cast, left.chain, "另一个甲")
    monkeypatch.setattr(purging, "AT_ONCE", 1)
    batch = left.listed()["answers"]
    purging.propose_purge(left.act("dpo"), batch, STEP)
    purging.approve_purge(left.act("psych_center_lead"), batch, STEP)
    use_context(SYSTEM.context())
    assert purging.erase_some(SYSTEM, batch, None) == 1
    assert (batch.state, batch.done, batch.total) == ("approved", 1, 2)
    row: Any = SimpleNamespace(record_id=batch.id)
    for _again in range(2):
        purging.carry_out(row)
        assert (left.batches()["answers"].state, left.batches()["answers"].done) == ("done", 2)


def test_security_73_who_is_on_a_roll_again_since_the_approval_keeps_everything(left: Left) -> None:
    back = a_child(left.cast, left.chain, "又回来的")
    before = rows_of(back)
    for code in ORDER[:3:2]:
        batch = left.listed()[code]
        purging.propose_purge(left.act("dpo"), batch, STEP)
        purging.approve_purge(left.act("psych_center_lead"), batch, STEP)
        use_context(SYSTEM.context())
        with trail.act(SYSTEM, "system", "test.back"):
            db.session.execute(text("update students set left_on = null where id = :id"), {"id": back})
        row: Any = SimpleNamespace(record_id=batch.id)
        purging.carry_out(row)
        assert (left.batches()[code].state, left.batches()[code].done) == ("done", 1)
    assert rows_of(back) == before
    assert rows_of(left.gone)["scale_responses"] == 0


def test_security_73_every_table_of_a_child_belongs_to_a_class() -> None:
    known = {name for one in classes().values() for name, emptied in one.parts.items() if not emptied}
    assert known == {table.name for table in tables_of_children()} | {"students"}


def test_security_73_a_request_and_a_period_that_is_over_erase_in_the_same_way(left: Left) -> None:
    """One way: whatever a request takes, the class of answers takes as well."""
    use_context(SYSTEM.context())
    task = db.session.scalars(select(ScreeningTask).where(ScreeningTask.student_id == left.gone)).one()
    asked = {part.table.name: dict(part.emptied) for part in parts_of_task(task)}
    assert asked == {name: dict(emptied) for name, emptied in classes()["answers"].parts.items()}
