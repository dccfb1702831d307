"""Figure 4: one step in process, right, guards, body, trail and outbox, beside the bare durable transaction."""

from __future__ import annotations

import gc
import json
import uuid
from collections.abc import Iterable
from itertools import count
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import select, text

from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.improvement.plans.models import RemediationAction
from app.improvement.plans.operations.actions import StartIn, start_action
from bench import county as counties
from bench.context import Context
from bench.rounds import figure, interleave, seconds
from config.memory import settle

STEPS, ROUNDS = 60, 9


def run(context: Context) -> list[dict[str, Any]]:
    """Steps per second, one client; a step that left no state, entry or letter raises AssertionError."""
    county, app, rival = context.county, context.app, Partner(context)
    with app.app_context():
        before = entries()
        waiting = counties.waiting_measures(county, STEPS * (ROUNDS + 1))
    place = count()

    def ours() -> float:
        start = next(place) * STEPS
        with app.app_context():
            records = _loaded([row.ref for row in waiting[start : start + STEPS]])
            deeds = [(county.heads[record.school_id][0], record) for record in records if record.school_id]

            def walk() -> None:
                for actor, record in deeds:
                    use_context(actor.context())
                    start_action(actor, record, StartIn(version=1))

            return STEPS / seconds(walk)

    often = gc.get_threshold()
    settle()
    rounds = interleave(ours, rival.steps_per_second, rounds=ROUNDS)
    gc.unfreeze()
    gc.set_threshold(*often)
    with app.app_context():
        assert_written([row.ref for row in waiting], before)
    method = (
        f"a measure begun by its principal through the door of operations, {STEPS} a round, one client, fsync on, "
        f"memory kept as in a web process; each is "
        f"in its new state with one entry of the trail and one row of the outbox; partner: psycopg, select for update + "
        f"update + insert of an entry in one transaction, {median(rounds.partner):.0f} per s in the same rounds"
    )
    value = median(rounds.ours)
    return [figure("4 step in process", value, "steps/s", rounds=rounds, goal=(">=", 0.4), stretch=0.7, method=method)]


def _loaded(refs: list[str]) -> list[RemediationAction]:
    """The records as a page would have read them, in a session of their own."""
    use_context(SYSTEM.context())
    found = list(db.session.scalars(select(RemediationAction).where(RemediationAction.ref.in_(refs))).unique())
    db.session.commit()
    assert len(found) == len(refs)
    return found


def entries() -> int:
    """How many deeds of this kind the trail tells of."""
    use_context(SYSTEM.context())
    told = text("select count(*) from audit.transition_log where step = 'remediation_action.start'")
    found = int(db.session.execute(told).scalar_one())
    db.session.rollback()
    return found


def assert_written(refs: Iterable[str], before: int) -> None:
    """Every one of these measures is in progress, and each left one entry and one row of the outbox."""
    use_context(SYSTEM.context())
    named = {"refs": list(refs)}
    many = len(named["refs"])
    moved = text(
        "select count(*) from remediation_actions where ref = any(:refs) and state = 'in_progress' and version = 2"
    )
    told = text(
        """select count(*) from remediation_actions a join audit.transition_log l
             on l.record_id = a.id and l.step = 'remediation_action.start' and l.from_state = 'not_started'
            and l.to_state = 'in_progress' and l.person_id is not null where a.ref = any(:refs)"""
    )
    letters = text(
        """select count(*) from remediation_actions a join outbox o on o.record_id = a.id
            and o.kind = 'step_taken' where a.ref = any(:refs)"""
    )
    found = [int(db.session.execute(one, named).scalar_one()) for one in (moved, told, letters)]
    db.session.rollback()
    assert found == [many, many, many], f"moved, entries, letters: {found} of {many}"
    assert entries() == before + many


class Partner:
    """The bare durable transaction on tables of its own: lock the row, change it, add an entry."""

    def __init__(self, context: Context) -> None:
        assert context.servers.postgres is not None
        address = context.servers.postgres.url("postgres", "bihuan").replace("+psycopg", "")
        self.line = psycopg.connect(address)
        context.at_the_end(self.line.close)
        self.line.execute("drop table if exists bench_records, bench_entries")
        self.line.execute(
            "create table bench_records (id uuid primary key, state text, version int, since timestamptz)"
        )
        self.line.execute(
            "create table bench_entries (seq bigserial primary key, record uuid, at timestamptz default now(), body text)"
        )
        self.ids = [uuid.UUID(int=number + 1) for number in range(1000)]
        rows = [(one, "not_started", 1) for one in self.ids]
        with self.line.cursor() as cursor:
            cursor.executemany("insert into bench_records values (%s, %s, %s, now())", rows)
        self.line.commit()
        self.place = count()

    def steps_per_second(self, many: int = 200) -> float:
        """So many of them, one after the other."""
        before = self._told()
        found = many / seconds(lambda: self._steps(many))
        assert self._told() == before + many
        return found

    def _told(self) -> int:
        found = self.line.execute("select count(*) from bench_entries").fetchone()
        self.line.commit()
        assert found is not None
        return int(found[0])

    def _steps(self, many: int) -> None:
        for _ in range(many):
            self._step()

    def _step(self) -> None:
        one, line = self.ids[next(self.place) % len(self.ids)], self.line
        row = line.execute("select state, version from bench_records where id = %s for update", (one,)).fetchone()
        assert row is not None
        change = (
            "update bench_records set state = %s, version = version + 1, since = now() where id = %s and version = %s"
        )
        line.execute(change, ("in_progress", one, row[1]))
        body = json.dumps({"record": str(one), "from": row[0], "to": "in_progress", "version": row[1] + 1})
        line.execute("insert into bench_entries (record, body) values (%s, %s)", (one, body))
        line.commit()
