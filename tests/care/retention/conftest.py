"""A county in which some children left long ago and one left a while ago, with everything that may be kept of a child."""

from __future__ import annotations

import io
import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy import delete, select, text

from app.care.retention.models import PurgeBatch
from app.care.retention.operations import listing, purging
from app.care.versions.operations import VersionStep
from app.core import logs
from app.core.audit import trail
from app.core.database import Base, db, use_context
from app.core.erasure import table_of
from app.core.policy.actor import SYSTEM, Actor
from app.people.directory.models import Unit
from tests.care.retention.left import a_child
from tests.care.terms import MONDAY, at
from tests.cast import Cast
from tests.policy.records import Chain, write

GONE, STAYS = "金丝雀甲离", "邻座乙还没"
STEP = VersionStep()
LATELY = at(MONDAY, 9).date().replace(day=1)


@dataclass
class Left:
    """The child whose every period is over, and the neighbour whose none is."""

    cast: Cast
    chain: Chain
    gone: uuid.UUID
    stays: uuid.UUID

    def act(self, key: str) -> Actor:
        """Be this player, in the database as well."""
        actor = self.cast.actor(key)
        use_context(actor.context())
        return actor

    def listed(self) -> dict[str, PurgeBatch]:
        """Make the list anew; class → the batch under way."""
        use_context(SYSTEM.context())
        listing.refresh_due(SYSTEM, db.session.get_one(Unit, self.cast.county.id), None)
        return self.batches()

    def batches(self) -> dict[str, PurgeBatch]:
        """Class → the newest batch, as the system sees it."""
        use_context(SYSTEM.context())
        wanted = select(PurgeBatch).where(PurgeBatch.county_id == self.cast.county.id).order_by(PurgeBatch.created_at)
        found = db.session.scalars(wanted.execution_options(populate_existing=True)).all()
        return {one.class_code: one for one in found}

    def erased(self, code: str) -> PurgeBatch:
        """Proposed by one, approved by another, carried out by the worker."""
        batch = self.listed()[code]
        purging.propose_purge(self.act("dpo"), batch, STEP)
        purging.approve_purge(self.act("leading_group_head" if code == "roll" else "psych_center_lead"), batch, STEP)
        purging.carry_out(SimpleNamespace(record_id=batch.id))  # type: ignore[arg-type]
        return self.batches()[code]


@pytest.fixture
def left(app: Flask, cast: Cast, clock: Any) -> Left:
    return who_left(cast, clock)


def who_left(cast: Cast, clock: Any) -> Left:
    """Both children, on a Monday in autumn, in a county that has set no periods."""
    clock.set(at(MONDAY, 9))
    school = cast.units["shuangqiao"]
    chain = write(cast, cast["school_counselor"], school, school, "别处")
    with trail.act(SYSTEM, "system", "test.nothing_set"):
        for table in ("retention_due", "purge_batches", "retention_holds", "retention_periods"):
            db.session.execute(delete(table_of(table)))
    return Left(cast, chain, a_child(cast, chain, GONE), a_child(cast, chain, STAYS, LATELY))


@pytest.fixture
def lines() -> Iterator[Callable[[], str]]:
    """Everything that is logged, at DEBUG."""
    root = logging.getLogger()
    before, level, stream = root.handlers[:], root.level, io.StringIO()
    logs.configure("DEBUG", stream)
    yield stream.getvalue
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def everything() -> dict[str, str]:
    """Table → every row of it in all its columns, as text; the trail as the auditor's views show it."""
    use_context(SYSTEM.context())
    found = {name: _rows(f"select row_to_json(t)::text from {name} t") for name in Base.metadata.tables}
    found["trail"] = _rows("select body::text from audit.access_log")
    found["reasons and changes"] = _rows(
        "select coalesce(reason, '') || coalesce(changes::text, '') from audit.transition_log"
    )
    return found


def _rows(statement: str) -> str:
    return "\n".join(db.session.execute(text(statement)).scalars())
