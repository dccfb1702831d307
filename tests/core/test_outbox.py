"""Intentions are kept with the deed, carried out at least once, have their effect once, and none is lost (security 60–63, 83)."""

from __future__ import annotations

import json
import os
import pickle
import signal
import threading
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask
from sqlalchemy import func, select, text, update

from app.core import clock as time
from app.core import queue
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.outbox import deliver
from app.core.outbox.handlers import HANDLERS
from app.core.outbox.models import InboxLetter, OutboxRow
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM
from tests.cast import Cast
from tests.people.identity.races import race

KIND = "test.effect"


@pytest.fixture
def effects(committed: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """A kind whose effect is one letter to the principal; what is returned counts the effects."""
    person = cast["principal"].person_id

    def handler(row: OutboxRow) -> None:
        if deliver.first_time(f"test:{row.id}"):
            db.session.add(
                InboxLetter(person_id=person, kind=KIND, title_zh=f"第 {row.id} 封", title_en=f"{row.id}", address="/")
            )
        db.session.commit()

    monkeypatch.setitem(HANDLERS, KIND, handler)

    def count() -> int:
        db.session.rollback()
        use_context(SYSTEM.context())
        return int(
            db.session.scalar(select(func.count()).select_from(InboxLetter).where(InboxLetter.kind == KIND)) or 0
        )

    return count


@pytest.fixture
def keeper(cluster: Any, committed: Flask) -> Iterator[redis.Redis]:
    """The administrator of Valkey, who may flush it."""
    address = committed.config["REDIS_URL"]
    client = redis.Redis.from_url(cluster.keeper_url.replace("?db=0", address[address.index("?db=") :]))
    yield client
    client.close()


def _post(number: int = 1, kind: str = KIND, **more: Any) -> list[int]:
    with trail.act(SYSTEM, "system", "test.post"):
        for _ in range(number):
            post(kind, **more)
        trail.write_out()
        newest = select(OutboxRow.id).where(OutboxRow.kind == kind).order_by(OutboxRow.id.desc()).limit(number)
        found = list(db.session.scalars(newest))
    return found[::-1]


def _row(number: int) -> OutboxRow:
    db.session.rollback()
    return db.session.execute(
        select(OutboxRow).where(OutboxRow.id == number).execution_options(populate_existing=True)
    ).scalar_one()


def _work(app: Flask) -> None:
    """A real worker until its queues are empty."""
    db.session.rollback()
    queue.work(app.config["REDIS_URL"], queue.QUEUES, burst=True)


def _lapse(*numbers: int) -> None:
    """The leases of these rows run out."""
    past = time.machine_now() - timedelta(seconds=1)
    db.session.execute(update(OutboxRow).where(OutboxRow.id.in_(numbers)).values(leased_until=past))
    db.session.commit()


def test_security_60_an_intention_is_kept_with_its_deed_or_not_at_all(committed: Flask) -> None:
    with pytest.raises(ZeroDivisionError), trail.act(SYSTEM, "system", "test.post"):
        post(KIND)
        db.session.flush()
        raise ZeroDivisionError
    assert db.session.scalar(select(func.count()).select_from(OutboxRow)) == 0
    assert _row(_post()[0]).done_at is None


def test_security_60_two_relays_never_lease_the_same_row(committed: Flask, effects: Callable[[], int]) -> None:
    _post(120)
    taken = race(committed, 4, lambda number: [i for i, _ in deliver.claim(30)])
    ids = [i for part in taken for i in part]
    assert len(ids) == len(set(ids)) == 120


def test_security_60_a_leased_row_is_left_alone_until_its_lease_lapses(
    committed: Flask, effects: Callable[[], int]
) -> None:
    number = _post()[0]
    assert [i for i, _ in deliver.claim()] == [number] and deliver.claim() == []
    _lapse(number)
    assert [i for i, _ in deliver.claim()] == [number]
    assert _row(number).tries == 0, "waiting is no try"


def test_what_is_left_to_a_worker_goes_on_waiting_for_it(committed: Flask, effects: Callable[[], int]) -> None:
    number = _post()[0]
    assert deliver.drain(leaving=(KIND,)) == 0
    assert _row(number).tries == 0 and effects() == 0
    assert deliver.drain(leaving=("another",)) == 1
    assert effects() == 1


def test_an_urgent_row_goes_first(committed: Flask, effects: Callable[[], int]) -> None:
    _post(3)
    urgent = _post(queue="urgent")[0]
    assert deliver.claim(1)[0] == (urgent, "urgent")


def test_security_61_a_worker_carries_out_what_the_relay_hands_over(
    committed: Flask, effects: Callable[[], int]
) -> None:
    numbers = _post(5)
    assert deliver.relay() == 5
    _work(committed)
    assert effects() == 5 and all(_row(number).done_at for number in numbers)


def test_what_waits_long_for_a_busy_worker_stands_in_the_queue_once_and_loses_no_try(
    committed: Flask, effects: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(HANDLERS, "test.fails", lambda row: 1 // 0)
    numbers, failing = _post(4), _post(kind="test.fails")[0]
    server = queue.connect(committed.config["REDIS_URL"])
    for _ in range(10):
        assert deliver.relay() == 5
        assert queue.waiting(server, "letters") == {*numbers, failing} and server.llen("rq:queue:letters") == 5
        _lapse(*numbers, failing)
    server.close()
    _work(committed)
    assert effects() == 4 and [_row(number).tries for number in numbers] == [1] * 4
    assert _row(failing).dead_at is None and _row(failing).tries == 1


def test_security_61_ten_deliveries_of_one_message_have_one_effect(
    committed: Flask, effects: Callable[[], int]
) -> None:
    number = _post()[0]
    server = queue.connect(committed.config["REDIS_URL"])
    for _ in range(10):
        queue.enqueue(server, "letters", number)
    server.close()
    _work(committed)
    assert effects() == 1


def test_security_61_ten_deliveries_at_once_have_one_effect(committed: Flask, effects: Callable[[], int]) -> None:
    number = _post()[0]
    met = race(committed, 10, lambda _: deliver._deliver(number))
    assert met == [None] * 10 and effects() == 1


def test_security_61_an_effect_whose_delivery_was_never_marked_done_is_not_had_twice(
    committed: Flask, effects: Callable[[], int]
) -> None:
    number = _post()[0]
    deliver._deliver(number)
    db.session.execute(update(OutboxRow).where(OutboxRow.id == number).values(done_at=None))
    db.session.commit()
    _lapse(number)
    deliver.drain()
    assert effects() == 1 and _row(number).done_at is not None


@pytest.mark.parametrize("moment", ["before the effect", "after the effect"])
def test_security_63_a_worker_that_is_killed_loses_nothing_and_doubles_nothing(
    moment: str, committed: Flask, effects: Callable[[], int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole, once = HANDLERS[KIND], tmp_path / "killed"

    def dies(row: OutboxRow) -> None:
        first = not once.exists()
        once.touch()
        if first and moment == "before the effect":
            os.kill(os.getpid(), signal.SIGKILL)
        whole(row)
        if first:
            os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setitem(HANDLERS, KIND, dies)
    number = _post()[0]
    deliver.relay()
    _work(committed)
    assert _row(number).done_at is None and effects() == (moment == "after the effect")
    _lapse(number)
    deliver.relay()
    _work(committed)
    assert effects() == 1 and _row(number).done_at is not None


def test_security_60_who_has_lost_the_lease_finishes_nothing(
    committed: Flask, effects: Callable[[], int], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = cast["principal"].person_id

    def overtaken(row: OutboxRow) -> None:
        with db.engine.begin() as other:
            other.execute(update(OutboxRow).where(OutboxRow.id == row.id).values(lease=OutboxRow.lease + 1))
        db.session.add(InboxLetter(person_id=person, kind=KIND, title_zh="旧", title_en="old", address="/"))
        db.session.flush()

    monkeypatch.setitem(HANDLERS, "test.overtaken", overtaken)
    number = _post(kind="test.overtaken")[0]
    deliver._deliver(number)
    assert effects() == 0 and _row(number).done_at is None


def test_security_63_a_lease_is_of_sixty_seconds_and_lives_as_long_as_the_work(
    committed: Flask, effects: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []

    def works(row: OutboxRow) -> None:
        begun = _row(row.id).leased_until
        assert begun is not None and begun - time.machine_now() <= timedelta(seconds=60)
        _lapse(row.id)
        for _ in range(600):
            held = _row(row.id).leased_until
            if held is not None and held > time.machine_now():
                break
            threading.Event().wait(0.05)
        seen.append(deliver.claim() == [])

    monkeypatch.setattr(deliver, "PULSE", 0.05)
    monkeypatch.setitem(HANDLERS, "test.long", works)
    number = _post(kind="test.long")[0]
    deliver._deliver(number)
    assert seen == [True] and _row(number).done_at is not None


def test_security_63_the_child_of_a_killed_worker_ends_with_it(
    committed: Flask, effects: Callable[[], int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    noted = tmp_path / "child"

    def stays(row: OutboxRow) -> None:
        (tmp_path / "new").write_text(str(os.getpid()))
        (tmp_path / "new").rename(noted)
        threading.Event().wait(600)

    def soon(holds: Callable[[], bool]) -> bool:
        return any(holds() or threading.Event().wait(0.05) for _ in range(600))

    monkeypatch.setitem(HANDLERS, KIND, stays)
    number = _post()[0]
    deliver.relay()
    db.session.rollback()
    worker = os.fork()
    if worker == 0:
        db.engine.dispose(close=False)
        queue.work(committed.config["REDIS_URL"], queue.QUEUES)
        os._exit(0)
    assert soon(noted.exists)
    child = Path("/proc") / noted.read_text() / "stat"
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    assert soon(lambda: not child.exists() or child.read_text().rpartition(")")[2].split()[0] == "Z")
    assert _row(number).done_at is None


def test_security_63_the_loss_of_the_whole_queue_loses_and_doubles_nothing(
    committed: Flask, effects: Callable[[], int], keeper: redis.Redis
) -> None:
    numbers = _post(20)
    deliver.relay()
    keeper.flushall()
    _work(committed)
    assert effects() == 0
    _lapse(*numbers)
    assert deliver.relay() == 20
    _work(committed)
    assert effects() == 20


def test_without_a_queue_the_row_waits_for_the_next_round(
    committed: Flask, effects: Callable[[], int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    number = _post()[0]
    with monkeypatch.context() as away:
        away.setitem(committed.config, "REDIS_URL", f"unix://{tmp_path}/nobody.sock")
        deliver.relay()
    assert _row(number).leased_until is None
    deliver.relay()
    _work(committed)
    assert effects() == 1


def test_security_62_after_eight_failures_a_row_is_dead_and_can_be_driven_again(
    committed: Flask, effects: Callable[[], int], monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    good = HANDLERS[KIND]

    def fails(row: OutboxRow) -> None:
        raise ConnectionError

    monkeypatch.setitem(HANDLERS, KIND, fails)
    number, waits = _post()[0], []
    for _ in range(8):
        before = time.now()
        assert deliver.drain() == 1
        waits.append(_row(number).due_at - before)
        clock.advance(hours=2)
    row = _row(number)
    assert row.dead_at is not None and row.trouble == "ConnectionError" and row.tries == 8
    assert deliver.drain() == 0
    assert max(waits[:2]) < timedelta(seconds=7) < timedelta(seconds=60) < waits[6] <= timedelta(hours=1.5)
    monkeypatch.setitem(HANDLERS, KIND, good)
    deliver.redrive(number)
    assert deliver.drain() == 1 and effects() == 1


def test_security_62_a_message_that_kills_its_worker_does_not_hold_up_the_others(
    committed: Flask, effects: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(HANDLERS, "test.poison", lambda row: os._exit(3))
    monkeypatch.setitem(HANDLERS, "test.fails", lambda row: 1 // 0)
    _post(kind="test.poison")
    _post(kind="test.fails")
    _post(8)
    deliver.relay()
    _work(committed)
    assert effects() == 8


def test_a_kind_nobody_handles_says_so_and_waits(committed: Flask) -> None:
    number = _post(kind="test.unknown")[0]
    deliver.drain()
    assert _row(number).trouble == "LookupError" and _row(number).dead_at is None


def test_security_83_a_job_is_json_and_carries_nothing_but_a_number(
    committed: Flask, effects: Callable[[], int]
) -> None:
    number = _post()[0]
    deliver.relay()
    server = queue.connect(committed.config["REDIS_URL"])
    jobs = [server.hget(key, "data") for key in server.scan_iter("rq:job:*") if server.type(key) == b"hash"]
    server.close()
    assert [json.loads(zlib.decompress(job)) for job in jobs] == [
        ["app.core.outbox.deliver.deliver", None, [number], {}]
    ]


class Touches:
    """What a pickled job could do."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def test_security_83_a_pickled_job_is_refused(committed: Flask, effects: Callable[[], int], tmp_path: Path) -> None:
    _post()
    deliver.relay()
    server = queue.connect(committed.config["REDIS_URL"])
    for key in server.scan_iter("rq:job:*"):
        if server.type(key) == b"hash":
            server.hset(key, "data", zlib.compress(pickle.dumps(Touches(tmp_path / "owned"))))
    server.close()
    _work(committed)
    assert not (tmp_path / "owned").exists() and effects() == 0


def test_security_79_a_row_holds_ids_and_codes_and_no_words(committed: Flask, cast: Cast) -> None:
    with trail.act(SYSTEM, "system", "test.post"):
        post(KIND, person=cast["principal"].person_id, step="problem_item.accept")
    kept = db.session.execute(text("select data::text from outbox where kind = :kind"), {"kind": KIND}).scalar_one()
    assert cast["principal"].name not in kept and str(cast["principal"].person_id) in kept
