"""The demo's part about retention alone: every state of both machines is there, and the record of destruction."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.care.retention.models import PurgeBatch, RetentionDue, RetentionPeriod
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.demo.term import leavers
from tests.care.terms import MONDAY, at
from tests.cast import Cast


def test_one_erasure_is_done_one_is_proposed_one_is_due_and_one_lapsed(app: Flask, cast: Cast, clock: Any) -> None:
    clock.set(at(MONDAY, 9))
    school = cast.units["shuangqiao"]
    county = SimpleNamespace(
        id=cast.county.id, schools={school.code: (school.id, "31", "")}, at=lambda role, code: cast.actor(role),
        any=lambda role: cast.actor(role),
    )  # fmt: skip

    def in_the_chair(role: str) -> Any:
        use_context(cast.actor(role).context())
        return cast.actor(role)

    term: Any = SimpleNamespace(county=county, at=lambda *moment: None, in_the_chair=in_the_chair)
    leavers.tell(term)

    use_context(SYSTEM.context())
    batches = {(one.class_code, one.state): one for one in db.session.scalars(select(PurgeBatch))}
    assert set(batches) == {("roll", "lapsed"), ("roll", "done"), ("roll", "proposed"), ("care", "due")}
    done = batches["roll", "done"]
    assert done.done == leavers.EARLY == done.erased["students"] and done.protocol_sha256
    assert {one.state for one in db.session.scalars(select(RetentionPeriod))} == {
        "proposed", "active", "superseded", "refused", "withdrawn",
    }  # fmt: skip
    assert sorted(db.session.scalars(select(RetentionDue.hold).where(RetentionDue.class_code == "roll"))) == [
        *[""] * (leavers.LATE - 2), "legal",
    ]  # fmt: skip
