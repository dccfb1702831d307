"""The short way of a step: its lock waits for the first question, and nothing that was read before is believed unseen."""

from __future__ import annotations

import io
import re
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.core import short_way
from app.core.audit import trail
from app.core.casework import door
from app.core.database import Base, Versioned, db, show, use_context, uuid7
from app.core.errors import NotAllowed, NotFound, StepRefused
from app.core.policy.actor import SYSTEM
from app.improvement.plans.models import RemediationAction
from app.improvement.plans.operations.actions import StartIn, start_action
from tests.cast import Cast
from tests.core.test_one_step import TOGETHER, _as_a_page_reads, asked

APP = Path(__file__).parents[2] / "app"


def _meanwhile(statement: str, identity: uuid.UUID) -> None:
    """Somebody else, on a line of their own."""
    with db.engine.begin() as other:
        show(other, replace(SYSTEM.context(), act=uuid7()))
        other.execute(text(statement), {"id": identity})


def _read_before(cast: Cast) -> tuple[Any, RemediationAction]:
    """A teacher and a measure that was read in a transaction that is over."""
    action, teacher = _as_a_page_reads(cast), cast.actor("subject_teacher")
    db.session.commit()
    use_context(teacher.context())
    return teacher, action


def _kept(action: RemediationAction) -> tuple[Any, ...]:
    use_context(SYSTEM.context())
    db.session.rollback()
    asks = text(
        """select state, version, (select count(*) from audit.transition_log l where l.record_id = a.id
           and l.step = 'remediation_action.start') from remediation_actions a where id = :id"""
    )
    return tuple(db.session.execute(asks, {"id": action.id}).one())


def test_what_the_record_stands_under_has_moved_on_so_the_step_is_judged_by_that(committed: Flask, cast: Cast) -> None:
    teacher, action = _read_before(cast)
    _meanwhile("update remediation_plans set state = 'cancelled', version = version + 1 where id = :id", action.plan_id)
    assert action.plan.state == "active"
    with asked() as seen, pytest.raises(StepRefused):
        start_action(teacher, action, StartIn())
    assert seen[0] == TOGETHER and len(seen) > 1, "\n".join(seen)
    assert _kept(action) == ("not_started", 1, 0)


def test_a_record_that_somebody_else_changed_is_stepped_on_as_it_is_now(committed: Flask, cast: Cast) -> None:
    teacher, action = _read_before(cast)
    _meanwhile("update remediation_actions set title = '别人改的', version = version + 1 where id = :id", action.id)
    start_action(teacher, action, StartIn())
    assert (action.title, action.version) == ("别人改的", 3)
    assert _kept(action) == ("in_progress", 3, 1)


def test_a_refusal_by_what_was_read_before_is_not_believed(committed: Flask, cast: Cast) -> None:
    teacher, action = _read_before(cast)
    later = "update remediation_actions set planned_start = current_date + {}, version = version + 1 where id = :id"
    _meanwhile(later.format(30), action.id)
    db.session.refresh(action)
    db.session.commit()
    with pytest.raises(StepRefused):
        start_action(teacher, action, StartIn())
    db.session.refresh(action)
    db.session.commit()
    _meanwhile(later.format(-1), action.id)
    assert not action.start_reached
    start_action(teacher, action, StartIn())
    assert _kept(action) == ("in_progress", 4, 1)


def test_who_may_not_see_a_record_hears_that_there_is_none(committed: Flask, cast: Cast) -> None:
    _, action = _read_before(cast)
    stranger = cast.actor("other_office_director")
    use_context(stranger.context())
    with pytest.raises(NotFound):
        start_action(stranger, action, StartIn())


def test_who_sees_it_and_may_not_hears_that(committed: Flask, cast: Cast) -> None:
    _, action = _read_before(cast)
    evaluator = cast.actor("evaluator")
    use_context(evaluator.context())
    with pytest.raises(NotAllowed):
        start_action(evaluator, action, StartIn())
    assert short_way.waiting() is None


def test_whatever_is_read_in_the_deed_is_read_under_the_lock(committed: Flask, cast: Cast) -> None:
    teacher, action = _read_before(cast)
    taken = "select id from remediation_actions where id = :id for no key update nowait"
    with trail.act(teacher, "write", "test.reads", action, short=True):
        assert short_way.waiting() is not None
        db.session.execute(text("select 1"))
        assert short_way.waiting() is None
        with pytest.raises(OperationalError, match="could not obtain lock"):
            _meanwhile(taken, action.id)
    _meanwhile(taken, action.id)


def test_a_deed_that_changes_nothing_takes_the_lock_for_its_entry(committed: Flask, cast: Cast) -> None:
    teacher, action = _read_before(cast)
    with asked() as seen, trail.act(teacher, "write", "test.nothing", action, short=True):
        pass
    assert "FOR NO KEY UPDATE" in seen[0] or len(seen) == 2, "\n".join(seen)
    _meanwhile("update remediation_actions set version = version + 1 where id = :id", action.id)
    use_context(teacher.context())
    with pytest.raises(short_way.Again), trail.act(teacher, "write", "test.nothing", action, short=True):
        pass


def test_what_reading_uses_up_is_not_given_twice() -> None:
    @dataclass(frozen=True)
    class Upload:
        version: int
        file: Any

    assert door._repeatable(()) and door._repeatable((None,)) and door._repeatable((StartIn(version=1),))
    assert not door._repeatable((Upload(1, io.BytesIO(b"%PDF")),))
    assert not door._repeatable((StartIn(), StartIn()))


SQL = re.compile(r"\bupdate\s+(\w+)(?:\s+(?:as\s+)?\w+)?\s+set\b")
CORE = re.compile(r"\bupdate\(\s*(\w+)")


def _unversioned(source: str, versioned: dict[str, type]) -> set[type]:
    """The models among `versioned` (by table and by name) of which this source changes rows and not their version."""
    found = set()
    for pattern in (SQL, CORE):
        for match in pattern.finditer(source):
            model, said = versioned.get(match[1]), source[match.start() : match.start() + 900].partition('"""')[0]
            if model is not None and "version" not in said.partition("\n\n")[0]:
                found.add(model)
    return found


def test_a_row_changes_with_its_version_or_its_model_says_that_it_does_not(committed: Flask) -> None:
    models: list[Any] = [one.class_ for one in Base.registry.mappers if issubclass(one.class_, Versioned)]
    versioned = {model.__tablename__: model for model in models} | {model.__name__: model for model in models}
    assert _unversioned("update problem_items i set title = 'x' where true", versioned), "the search finds nothing"
    for path in APP.rglob("*.py"):
        for model in _unversioned(path.read_text("utf-8"), versioned):
            assert getattr(model, "__changes_unversioned__", False), (
                f"{path.relative_to(APP)} changes {model.__name__} without its version: write `version = version + 1` too, "
                "or say `__changes_unversioned__ = True` in the model, which gives up the short way of its steps"
            )
