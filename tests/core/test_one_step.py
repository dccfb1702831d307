"""What one step asks of the database: few statements, however much it keeps, and the same guarantees on the short way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from typing import cast as cast_to
from unittest import mock

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from app.core import round_trip, rows
from app.core.audit import trail
from app.core.database import db, show, use_context, uuid7
from app.core.errors import NotFound, Stale
from app.core.policy.actor import SYSTEM
from app.improvement.plans.models import RemediationAction
from app.improvement.plans.operations.actions import StartIn, start_action
from app.improvement.plans.queries.actions import action_in_hand
from tests.cast import Cast
from tests.improvement.plans import world

TOGETHER = "context, record and deed"
"""All that a step asks: context, the record changed where it and what it stands under are as they were read, all else kept."""


@contextmanager
def asked() -> Iterator[list[str]]:
    """Every question that reaches the driver, whoever sends it; what is made ready once per connection is not counted."""
    seen: list[str] = []
    execute, sent, together = psycopg.Cursor.execute, round_trip._sent, round_trip._kept_together

    def note(cursor: Any, query: Any, *rest: Any, **more: Any) -> Any:
        seen.append(str(query))
        return execute(cursor, query, *rest, **more)

    def note_sent(raw: Any, words: bytes) -> Any:
        if not words.startswith(b"prepare "):
            seen.append(words.decode())
        return sent(raw, words)

    def note_together(raw: Any, calls: Any, meanwhile: Any) -> None:
        seen.append(TOGETHER)
        together(raw, calls, meanwhile)

    with (
        mock.patch.object(psycopg.Cursor, "execute", note),
        mock.patch.object(round_trip, "_sent", note_sent),
        mock.patch.object(round_trip, "_kept_together", note_together),
    ):
        yield seen


def _step_over(action: RemediationAction) -> None:
    """Somebody else changes the row by the way."""
    use_context(SYSTEM.context())
    db.session.rollback()
    with db.engine.begin() as other:
        show(other, replace(SYSTEM.context(), act=uuid7()))
        other.execute(
            text("update remediation_actions set title = '别人改的', version = version + 1 where id = :id"),
            {"id": action.id},
        )


def test_a_step_asks_once_and_keeps_state_clock_letter_and_entry(committed: Flask, cast: Cast) -> None:
    action, teacher = _as_a_page_reads(cast), cast.actor("subject_teacher")
    db.session.commit()
    use_context(teacher.context())
    with asked() as seen:
        start_action(teacher, action, StartIn(version=action.version))
    assert seen == [TOGETHER]
    use_context(SYSTEM.context())
    db.session.rollback()
    kept = text(
        """select a.state, (select count(*) from deadlines d where d.record_id = a.id and d.closed_at is null
                              and d.name like 'in_progress.%') as clocks,
                  (select count(*) from deadlines d where d.record_id = a.id and d.closed_at is null
                              and d.name like 'not_started.%') as old,
                  (select count(*) from outbox o where o.record_id = a.id
                              and o.data->>'step' = 'remediation_action.start') as letters,
                  (select count(*) from audit.transition_log l where l.record_id = a.id
                              and l.step = 'remediation_action.start') as entries
           from remediation_actions a where a.id = :id"""
    )
    assert tuple(db.session.execute(kept, {"id": action.id}).one()) == ("in_progress", 1, 0, 1, 1)


def test_a_record_changed_by_another_is_read_anew_under_its_lock(committed: Flask, cast: Cast) -> None:
    action, teacher = world.in_force(cast).actions[0], cast.actor("subject_teacher")
    seen, old = action.version, action.plan
    _step_over(action)
    with pytest.raises(Stale) as stale:
        start_action(teacher, action, StartIn(version=seen))
    assert stale.value.newer == seen + 1
    assert action.title == "别人改的" and action.plan is old


def test_a_row_that_moved_on_inside_the_deed_keeps_nothing(committed: Flask, cast: Cast) -> None:
    action, teacher = world.in_force(cast).actions[0], cast.actor("subject_teacher")
    ahead = text("update remediation_actions set version = version + 1 where id = :id")
    db.session.commit()
    use_context(teacher.context())
    with pytest.raises(Stale), trail.act(teacher, "write", "test.moved_on", action):
        action.title = "改了的"
        trail.save(action)
        deed = trail.current()
        assert deed is not None and deed.change is not None
        change, deed.change = deed.change, None
        db.session.execute(ahead, {"id": action.id})
        deed.change = change
    use_context(SYSTEM.context())
    db.session.rollback()
    kept = text("select title <> '改了的' and version = :v from remediation_actions where id = :id")
    assert db.session.execute(kept, {"id": action.id, "v": action.version}).scalar_one()


def test_a_deed_that_the_server_refuses_at_its_end_leaves_nothing_in_memory(committed: Flask, cast: Cast) -> None:
    action, teacher = _as_a_page_reads(cast), cast.actor("subject_teacher")
    title, version = action.title, action.version
    db.session.commit()
    use_context(teacher.context())
    with (
        asked() as seen,
        pytest.raises(IntegrityError),
        trail.act(teacher, "write", "test.refused", action, short=True),
    ):
        cast_to(Any, action).title = None
        trail.save(action)
    assert seen == [TOGETHER]
    use_context(SYSTEM.context())
    assert (action.title, action.version) == (title, version)
    assert not db.session.dirty and round_trip.ask(round_trip.Ready("select cast($1 as int)"), (1,)) == (1,)


def test_a_server_that_goes_away_in_the_middle_of_a_deed_is_a_fault_like_any_other(
    committed: Flask, cast: Cast, cluster: Any
) -> None:
    action, teacher = _as_a_page_reads(cast), cast.actor("subject_teacher")
    db.session.commit()
    use_context(teacher.context())
    together = round_trip._kept_together

    def cut_off(raw: Any, calls: Any, meanwhile: Any) -> None:
        with psycopg.connect(cluster.url("postgres", "postgres").replace("+psycopg", ""), autocommit=True) as other:
            other.execute("select pg_terminate_backend(%s, 5000)", (raw.info.backend_pid,))
        together(raw, calls, meanwhile)

    with mock.patch.object(round_trip, "_kept_together", cut_off), pytest.raises(OperationalError):
        start_action(teacher, action, StartIn(version=action.version))
    start_action(teacher, action, StartIn(version=action.version))
    assert action.state == "in_progress"


def test_other_threads_of_the_process_go_on_while_a_deed_waits_for_the_server(committed: Flask, cast: Cast) -> None:
    action, teacher = _as_a_page_reads(cast), cast.actor("subject_teacher")
    db.session.commit()
    use_context(teacher.context())
    held = db.engine.connect()
    show(held, replace(SYSTEM.context(), act=uuid7()))
    held.execute(text("set local idle_in_transaction_session_timeout = '5s'"))
    held.execute(text("select from remediation_actions where id = :id for update"), {"id": action.id})
    let_go: list[bool] = []

    def let_it_go() -> None:
        held.rollback()
        let_go.append(True)

    letting_go = threading.Timer(0.2, let_it_go)
    letting_go.start()
    start_action(teacher, action, StartIn(version=action.version))
    assert let_go and action.state == "in_progress"
    letting_go.join()
    held.close()


def test_a_change_that_waits_is_written_before_anything_is_read(committed: Flask, cast: Cast) -> None:
    action, teacher = world.in_force(cast).actions[0], cast.actor("subject_teacher")
    db.session.commit()
    use_context(teacher.context())
    asks = text("select title, version from remediation_actions where id = :id")
    with trail.act(teacher, "write", "test.read_between", action):
        action.title, seen = "改了的", action.version
        trail.save(action)
        assert tuple(db.session.execute(asks, {"id": action.id}).one()) == ("改了的", seen + 1)


def test_statements_stay_ready_when_a_page_has_only_read(committed: Flask, cast: Cast) -> None:
    asks = text("select count(*) from units where name <> :name")
    held = text("select count(*) from pg_prepared_statements where statement like '%from units where name <>%'")
    for number in range(12):
        db.session.execute(asks, {"name": str(number)})
        db.session.close()
    assert db.session.execute(held).scalar_one() == 1


def test_a_connection_keeps_so_many_statements_ready_and_what_was_asked_last_stays(
    committed: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(round_trip, "MOST_KNOWN", 5)
    ready = text("select count(*) from pg_prepared_statements where statement like '%as kept_%'")
    first = round_trip.Ready("select $1::int as kept_first")
    for number in range(20):
        others = [(round_trip.Ready(f"select $1::int as kept_{number}_{n}"), [n]) for n in range(3)]
        answers = round_trip.ask_all([(first, [number]), *others])
        assert [row[0] for (row,) in answers] == [number, 0, 1, 2]
    assert 3 <= db.session.execute(ready).scalar_one() <= 5
    db.session.rollback()


def _as_a_page_reads(cast: Cast) -> RemediationAction:
    """A measure in a session of its own, with what is joined to it."""
    ref = world.in_force(cast).actions[0].ref
    db.session.commit()
    db.session.expunge_all()
    use_context(SYSTEM.context())
    return db.session.scalars(select(RemediationAction).where(RemediationAction.ref == ref)).unique().one()


def test_after_a_table_is_dropped_the_short_way_is_made_ready_anew(committed: Flask, cast: Cast) -> None:
    two = round_trip.Ready("select cast($1 as int) + 1")
    db.session.rollback()
    for _ in range(8):
        db.session.execute(text("select 'what the driver makes ready for itself'"))
    assert round_trip.ask(two, [1]) == (2,)
    db.session.execute(text("create temporary table brought (n int) on commit drop"))
    db.session.execute(text("drop table brought"))
    assert round_trip.ask(two, [2]) == (3,)
    db.session.rollback()


def test_the_short_way_reads_what_the_orm_reads(committed: Flask, cast: Cast) -> None:
    action = _as_a_page_reads(cast)
    assert rows._read_anew(action)
    short = {one: dict(vars(held)) for one, held in (("a", action), ("p", action.plan), ("i", action.plan.item))}
    rows._read_by_the_orm(action)
    for name, held in (("a", action), ("p", action.plan), ("i", action.plan.item)):
        columns = [column.key for column in type(held).__table__.columns]
        assert {key: short[name].get(key) for key in columns} == {key: vars(held).get(key) for key in columns}
    db.session.rollback()


def _columns_of(action: Any) -> list[dict[str, Any]]:
    held = (action, action.plan, action.plan.item, action.plan.item.problem_list)
    return [{column.key: vars(one)[column.key] for column in type(one).__table__.columns} for one in held]


def test_a_record_in_hand_is_the_one_that_the_orm_reads(committed: Flask, cast: Cast) -> None:
    plain = _as_a_page_reads(cast)
    expected, ref, teacher = _columns_of(plain), plain.ref, cast.actor("subject_teacher")
    db.session.rollback()
    db.session.expunge_all()
    use_context(teacher.context())
    with asked() as seen:
        action = action_in_hand(teacher, ref)
    assert len(seen) == 1 and _columns_of(action) == expected
    assert action.criteria and action in action.plan.actions
    action.title = "还没有写下的"
    assert action_in_hand(teacher, ref) is action and action.title == "还没有写下的"
    db.session.rollback()


def _in_hand(cast: Cast) -> tuple[Any, RemediationAction]:
    """A teacher with a measure in hand, as the route of a step reads it."""
    ref, teacher = _as_a_page_reads(cast).ref, cast.actor("subject_teacher")
    db.session.rollback()
    db.session.expunge_all()
    use_context(teacher.context())
    return teacher, action_in_hand(teacher, ref)


def test_a_step_on_a_record_in_hand_does_not_read_it_twice(committed: Flask, cast: Cast) -> None:
    teacher, action = _in_hand(cast)
    assert action.criteria
    with asked() as seen:
        start_action(teacher, action, StartIn(version=action.version))
    assert len(seen) == 1 and seen[0].endswith("; commit"), "\n".join(seen)
    assert "criteria" not in vars(action), "what hung on the record was not read anew"
    use_context(SYSTEM.context())
    kept = text("select state, version from remediation_actions where id = :id")
    assert tuple(db.session.execute(kept, {"id": action.id}).one()) == ("in_progress", action.version)
    db.session.rollback()


def test_nobody_steps_over_a_record_in_hand_before_its_transaction_ends(committed: Flask, cast: Cast) -> None:
    _, action = _in_hand(cast)
    taken = text("select id from remediation_actions where id = :id for no key update nowait")

    def other_takes() -> Any:
        with db.engine.begin() as other:
            show(other, replace(SYSTEM.context(), act=uuid7()))
            return other.execute(taken, {"id": action.id}).scalar_one()

    with pytest.raises(OperationalError, match="could not obtain lock"):
        other_takes()
    db.session.rollback()
    assert other_takes() == action.id


def test_a_record_whose_lock_was_let_go_is_read_anew(committed: Flask, cast: Cast) -> None:
    teacher, action = _in_hand(cast)
    seen = action.version
    _step_over(action)
    use_context(teacher.context())
    with pytest.raises(Stale) as stale:
        start_action(teacher, action, StartIn(version=seen))
    assert stale.value.newer == seen + 1
    teacher, action = _in_hand(cast)
    with db.session.begin_nested() as savepoint:
        assert action_in_hand(teacher, action.ref) is action
        savepoint.rollback()
    with asked() as asks, trail.act(teacher, "write", "test.let_go", action):
        pass
    assert len(asks) == 2, "\n".join(asks)


def test_nobody_gets_into_hand_what_they_may_not_see(committed: Flask, cast: Cast) -> None:
    ref = _as_a_page_reads(cast).ref
    db.session.rollback()
    stranger = cast.actor("other_office_director")
    use_context(stranger.context())
    for actor in (stranger, replace(stranger, role="homeroom_teacher")):
        with pytest.raises(NotFound):
            action_in_hand(actor, ref)


def test_collections_are_read_again_after_the_lock(committed: Flask, cast: Cast) -> None:
    action = _as_a_page_reads(cast)
    assert action.criteria and rows._read_anew(action)
    assert "criteria" not in vars(action) and action.criteria
    db.session.rollback()


def test_a_connection_that_the_server_closed_is_replaced_before_it_is_used(committed: Flask, cast: Cast) -> None:
    asks = text("select pg_backend_pid()")
    db.session.close()
    with db.engine.connect() as one, db.engine.connect() as two:
        gone, ends = one.execute(asks).scalar_one(), two.execute(asks).scalar_one()
    killer = psycopg.connect(db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
    with killer:
        for pid in (gone, ends):
            killer.execute("select pg_terminate_backend(%s, 5000)", (pid,))
    with db.engine.connect() as after:
        assert after.execute(asks).scalar_one() not in (gone, ends)


def test_the_connection_that_was_used_last_is_taken_first(committed: Flask, cast: Cast) -> None:
    asks = text("select pg_backend_pid()")
    db.session.close()
    with db.engine.connect() as one, db.engine.connect() as two:
        last, first = one.execute(asks).scalar_one(), two.execute(asks).scalar_one()
    for _ in range(3):
        with db.engine.connect() as after:
            assert after.execute(asks).scalar_one() == last != first
