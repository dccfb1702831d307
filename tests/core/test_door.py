"""The one door for writes: right, version, guards, trail and commit hold together or nothing is kept."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text

from app.core.audit import trail
from app.core.casework.door import operation
from app.core.database import db, use_context
from app.core.errors import NotAllowed, OutsideAct, Stale
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Unit
from tests.cast import Cast


@operation(right="people.manage_units", name="test.rename")
def rename(actor: Any, unit: Unit, given: Any) -> None:
    """Give a unit another name; a test's own operation."""
    unit.short_name = given.name
    if given.fails:
        raise ZeroDivisionError


class Given:
    def __init__(self, name: str, version: int | None = None, fails: bool = False) -> None:
        self.name, self.version, self.fails = name, version, fails


def _unit(cast: Cast, key: str = "yuntai") -> Unit:
    use_context(SYSTEM.context())
    return db.session.scalars(select(Unit).where(Unit.id == cast.units[key].id)).one()


def _entries() -> int:
    use_context(SYSTEM.context())
    return int(db.session.execute(text("select count(*) from audit.access_log")).scalar_one())


def test_a_write_leaves_one_entry_with_what_changed(app: Any, cast: Cast) -> None:
    unit, before = _unit(cast), _entries()
    rename(cast.actor("sys_admin"), unit, Given("云台校"))
    assert _entries() == before + 1
    row = db.session.execute(
        text("select step, changes from audit.transition_log where record_id = :id order by seq desc limit 1"),
        {"id": unit.id},
    ).one()
    assert row.step == "test.rename" and row.changes == {"short_name": ["云台学校", "云台校"]}


def test_a_failing_body_keeps_neither_the_change_nor_an_entry(app: Any, cast: Cast) -> None:
    unit, before = _unit(cast), _entries()
    with pytest.raises(ZeroDivisionError):
        rename(cast.actor("sys_admin"), unit, Given("坏名字", fails=True))
    assert _entries() == before
    assert _unit(cast).short_name == "云台学校"


def test_without_the_right_nothing_is_written(app: Any, cast: Cast) -> None:
    unit, before = _unit(cast), _entries()
    for who in ("principal", "auditor", "subject_teacher", "other_sys_admin"):
        with pytest.raises(NotAllowed):
            rename(cast.actor(who), unit, Given("不可以"))
    assert _entries() == before


def test_security_64_an_older_version_is_refused_with_the_newer_number(app: Any, cast: Cast) -> None:
    unit = _unit(cast)
    rename(cast.actor("sys_admin"), unit, Given("第一次", version=unit.version))
    with pytest.raises(Stale) as stale:
        rename(cast.actor("sys_admin"), unit, Given("第二次", version=unit.version - 1))
    assert stale.value.newer == unit.version


def test_operations_never_call_operations(app: Any, cast: Cast) -> None:
    unit = _unit(cast)
    with pytest.raises(RuntimeError, match="already open"), trail.act(SYSTEM, "system", "test.outer"):
        rename(SYSTEM, unit, Given("里面"))


def test_a_change_outside_an_act_is_refused_before_it_reaches_the_database(app: Any, cast: Cast) -> None:
    unit = _unit(cast)
    unit.short_name = "偷偷改"
    with pytest.raises(OutsideAct):
        db.session.flush()
    db.session.rollback()


def test_an_intention_outside_an_act_is_refused(app: Any) -> None:
    with pytest.raises(RuntimeError, match="inside an operation"):
        post("step_taken")


def test_a_denial_is_written_even_though_the_rest_is_rolled_back(app: Any, cast: Cast) -> None:
    before = _entries()
    trail.denied(cast.actor("principal"), "people.manage_units", ref="abc")
    assert _entries() == before + 1
