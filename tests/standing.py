"""The one transaction that a test works in, and records that stand for a whole module: every test goes back to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from flask import Flask
from sqlalchemy import Connection

from app.core.casework import deadlines, waiting
from app.core.database import db
from app.core.limits import throttle


@contextmanager
def one_transaction(application: Flask) -> Iterator[Connection]:
    """Everything inside goes over one connection, where commits end savepoints only, and is rolled back afterwards.

    It holds the end of the trail until then: while it stands for a module, no other transaction of the worker can write.
    """
    _begin_anew()
    with application.app_context(), db.engine.connect() as connection:
        connection.begin()
        inside = {"bind": connection, "join_transaction_mode": "create_savepoint"}
        kept = mock.patch.object(waiting, "KEEP_SECONDS", 3600)  # a stalled machine asks no statement more
        with mock.patch.dict(db.sessionmaker.kw, inside), kept:
            yield connection
            db.session.close()
        connection.rollback()


@contextmanager
def on_what_stands(application: Flask, connection: Connection) -> Iterator[None]:
    """One test on the records that `one_transaction` has got so far, with a session of its own; it leaves them as they were."""
    db.session.close()
    _begin_anew()
    point = connection.begin_nested()
    with application.app_context():
        yield
        db.session.close()
    point.rollback()


def _begin_anew() -> None:
    throttle.reset()
    waiting.forget_counts()
    deadlines.forget_kept_calendar()
