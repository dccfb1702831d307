"""Carrying intentions out: the relay leases rows and hands ids to RQ, the worker does the work and keeps its effect once.

Killing any process at any point loses nothing and doubles nothing: an unfinished lease lapses and the row is handed over
again; an effect key that exists already stops a second effect (security 60–63).
"""

from __future__ import annotations

import random
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import current_app
from redis.exceptions import RedisError
from sqlalchemy import Update, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.core import clock, logs, queue
from app.core.database import db, use_context
from app.core.outbox.handlers import HANDLERS, LISTENERS
from app.core.outbox.models import Effect, OutboxRow
from app.core.policy.actor import SYSTEM

log = logs.get(__name__)

LEASE = timedelta(seconds=60)
PULSE = 20.0
"""Seconds between the renewals of a lease while somebody works; without them it lapses and the row is handed over again."""
MOST_TRIES = 8

CLAIM = text(
    """update outbox set leased_until = :until, lease = lease + 1 where id in (
           select id from outbox where done_at is null and dead_at is null and due_at <= :now
               and (leased_until is null or leased_until < :machine) and kind <> all(cast(:leaving as text[]))
           order by (queue <> 'urgent'), due_at limit :most for update skip locked)
       returning id, queue"""
)


def claim(most: int = 50, leaving: Collection[str] = ()) -> list[tuple[int, str]]:
    """Lease the next waiting rows, none of the kinds in `leaving`, and return their ids and queues."""
    machine = clock.machine_now()
    values = {"until": machine + LEASE, "machine": machine, "now": clock.now(), "most": most, "leaving": list(leaving)}
    rows = db.session.execute(CLAIM, values).all()
    db.session.commit()
    return [(row.id, row.queue) for row in rows]


def relay(most: int = 50) -> int:
    """One round of the relay: claimed rows are handed to RQ. Returns how many were; the rest waits for the queue to be back.

    A row whose lease lapsed while it still waits in its queue is leased again, not queued again: otherwise a busy worker's
    queue would grow by the same rows every minute.
    """
    claimed = claim(most)
    if not claimed:
        return 0
    redis = queue.connect(current_app.config["REDIS_URL"])
    standing: dict[str, set[int]] = {}
    for place, (outbox_id, name) in enumerate(claimed):
        try:
            if name not in standing:
                standing[name] = queue.waiting(redis, name)
            if outbox_id not in standing[name]:
                queue.enqueue(redis, name, outbox_id)
        except RedisError:
            left = [one for one, _ in claimed[place:]]
            log.warning("queue_unreachable", outbox=outbox_id, waiting=len(left))
            _release(left)
            return place
    return len(claimed)


def _release(outbox_ids: list[int]) -> None:
    db.session.execute(update(OutboxRow).where(OutboxRow.id.in_(outbox_ids)).values(leased_until=None))
    db.session.commit()


def deliver(outbox_id: int) -> None:
    """What RQ runs, in a fork of the worker: a fresh app context and connections of its own, then one row."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.app_context():
        db.engine.dispose(close=False)
        _deliver(outbox_id)


def _deliver(outbox_id: int) -> None:
    session = db.session
    before = session.info.get("context")
    use_context(SYSTEM.context())
    row = session.scalar(
        select(OutboxRow)
        .where(OutboxRow.id == outbox_id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if row is None or row.done_at is not None or row.dead_at is not None:
        session.rollback()
        return
    lease = row.lease + 1
    taken = {"lease": lease, "leased_until": clock.machine_now() + LEASE, "tries": row.tries + 1}
    session.execute(_held(outbox_id, row.lease).values(**taken))
    session.commit()
    handler = HANDLERS.get(row.kind)
    try:
        if handler is None:
            raise LookupError(f"nobody handles {row.kind}")
        with _pulse(outbox_id, lease):
            for listener in LISTENERS.get(row.kind, ()):
                listener(row)
            handler(row)
        _finish(outbox_id, lease)
    except Exception as error:
        session.rollback()
        _put_back(row.id, lease, row.tries, type(error).__name__)
        log.warning("delivery_failed", outbox=outbox_id, kind=row.kind, tries=row.tries, error=type(error).__name__)
    finally:
        use_context(before)


def _held(outbox_id: int, lease: int) -> Update:
    """An update of the row that changes nothing once somebody else has taken it."""
    return update(OutboxRow).where(OutboxRow.id == outbox_id, OutboxRow.lease == lease)


def _finish(outbox_id: int, lease: int) -> None:
    """Keep what the handler left open, and that the row is done; neither when the lease is another's by now."""
    done = _held(outbox_id, lease).values(done_at=clock.now(), trouble=None).returning(OutboxRow.id)
    if db.session.execute(done.execution_options(synchronize_session=False)).scalar() is None:
        db.session.rollback()
        log.warning("lease_lost", outbox=outbox_id)
        return
    db.session.commit()


@contextmanager
def _pulse(outbox_id: int, lease: int) -> Iterator[None]:
    """Renew the lease from a thread of its own while the block runs."""
    ended, engine = threading.Event(), db.engine

    def renew() -> None:
        while not ended.wait(PULSE):
            with engine.begin() as connection:
                connection.execute(_held(outbox_id, lease).values(leased_until=clock.machine_now() + LEASE))

    beating = threading.Thread(target=renew, name="lease", daemon=True)
    beating.start()
    try:
        yield
    finally:
        ended.set()
        beating.join()


def _put_back(outbox_id: int, lease: int, tries: int, trouble: str) -> None:
    now = clock.now()
    wait = timedelta(seconds=min(3600, 2**tries) * random.uniform(0.5, 1.5))  # noqa: S311 (jitter, not a secret)
    values = {"leased_until": None, "trouble": trouble, "due_at": now + wait}
    if tries >= MOST_TRIES:
        values = {"dead_at": now, "trouble": trouble, "leased_until": None}
    db.session.execute(_held(outbox_id, lease).values(**values))
    db.session.commit()


def first_time(key: str) -> bool:
    """Claim an effect key inside the open transaction; False when the effect was had already."""
    kept = db.session.execute(
        upsert(Effect).values(key=key, at=clock.now()).on_conflict_do_nothing().returning(Effect.key)
    ).scalar()
    return kept is not None


def redrive(outbox_id: int) -> None:
    """Give a dead row another eight tries."""
    db.session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == outbox_id)
        .values(dead_at=None, tries=0, due_at=clock.now(), leased_until=None)
    )
    db.session.commit()


def drain(limit: int = 1000, leaving: Collection[str] = ()) -> int:
    """Carry out everything that waits, in this process: tests, the demo, and sites that run without a queue for a moment.

    Kinds in `leaving` go on waiting for a worker.
    """
    done = 0
    while done < limit:
        claimed = claim(100, leaving)
        if not claimed:
            return done
        for outbox_id, _ in claimed:
            _deliver(outbox_id)
            done += 1
    return done


__all__ = ["claim", "deliver", "drain", "first_time", "redrive", "relay"]
