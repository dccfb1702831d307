"""Figure 4: one step in process, right, guards, body, trail and outbox, beside the bare durable transaction.

How quick a disk keeps a transaction weighs on the partner far more than on ours, so a ratio holds for one disk. It is given
twice: with this machine's disk, and with a commit that takes as long as where the goal was measured.
"""

from __future__ import annotations

import gc
import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from statistics import median
from time import sleep
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier, Literal
from sqlalchemy import select, text

from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.improvement.plans.models import RemediationAction
from app.improvement.plans.operations.actions import StartIn, start_action
from bench import county as counties
from bench.context import Context
from bench.rounds import Rounds, figure, interleave, seconds
from config.memory import settle

STEPS, ROUNDS = 60, 9
FLOOR = 1074
"""Transactions of the partner per second where the goal was measured: PostgreSQL with fsync, lock, change and entry."""


def run(context: Context) -> list[dict[str, Any]]:
    """Steps per second, one client; a step that left no state, entry or letter raises AssertionError."""
    rival, steps = Partner(context), Steps(context, 2 * (ROUNDS + 1))
    told = (
        f"a measure begun by its principal through the door of operations, {STEPS} a round, one client, fsync on, "
        f"memory kept as in a web process; each is "
        f"in its new state with one entry of the trail and one row of the outbox; partner: psycopg, select for update + "
        f"update + insert of an entry in one transaction, "
    )
    often = gc.get_threshold()
    settle()
    here = interleave(steps.per_second, rival.steps_per_second, rounds=ROUNDS)
    wait = max(0, round(1e6 / FLOOR - 1e6 / median(here.partner)))
    with slower_commit(context, wait):
        there = interleave(steps.per_second, rival.steps_per_second, rounds=ROUNDS)
    gc.unfreeze()
    gc.set_threshold(*often)
    steps.assert_written()
    at = f"both commits wait {wait} µs longer (commit_delay), as the disk of the goal did: "
    return [
        _figure("4 step in process", here, told),
        _figure("4 step in process, disk of the goal", there, told + at),
    ]


def _figure(name: str, rounds: Rounds, told: str) -> dict[str, Any]:
    method = f"{told}{median(rounds.partner):.0f} per s in the same rounds"
    return figure(name, median(rounds.ours), "steps/s", rounds=rounds, goal=(">=", 0.4), stretch=0.7, method=method)


@contextmanager
def slower_commit(context: Context, microseconds: int) -> Iterator[None]:
    """Every transaction that writes is kept so much later, whoever asked for it; 0–100,000."""
    assert context.servers.postgres is not None
    address = context.servers.postgres.url("postgres", "bihuan").replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as line:
        _set(line, commit_siblings=0, commit_delay=microseconds)
        try:
            yield
        finally:
            _set(line, commit_siblings=5, commit_delay=0)


def _set(line: psycopg.Connection[Any], **settings: int) -> None:
    for name, value in settings.items():
        line.execute(SQL("alter system set {} = {}").format(Identifier(name), Literal(value)))
    line.execute("select pg_reload_conf()")
    sleep(0.3)


class Steps:
    """Measures that wait to be begun, and what became of those that were."""

    def __init__(self, context: Context, rounds: int) -> None:
        self.county, self.app = context.county, context.app
        with self.app.app_context():
            self.before = entries()
            self.refs = [row.ref for row in counties.waiting_measures(self.county, STEPS * rounds)]
        self.place = 0

    def per_second(self) -> float:
        """So many of them, one after the other."""
        begin, self.place = self.place, self.place + STEPS
        with self.app.app_context():
            records = _loaded(self.refs[begin : self.place])
            deeds = [(self.county.heads[record.school_id][0], record) for record in records if record.school_id]

            def walk() -> None:
                for actor, record in deeds:
                    use_context(actor.context())
                    start_action(actor, record, StartIn(version=1))

            return STEPS / seconds(walk)

    def assert_written(self) -> None:
        """Every one that was begun left its state, entry and letter. Raises AssertionError."""
        with self.app.app_context():
            assert_written(self.refs[: self.place], self.before)


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
