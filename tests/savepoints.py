"""Savepoints of the one transaction of `app`: they stand for commits, cost less, and wait for the statement they belong to."""

from collections.abc import Callable
from typing import Any

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event

from app.core import database, round_trip

SET, BACK, RELEASE = "savepoint", "rollback to savepoint", "release savepoint"
_patched: list[bool] = []


def straight_to_the_server(engine: Engine) -> None:
    """Savepoints of this engine go without the driver, in one message with the next statement; unused ones not at all.

    Through the driver each is a statement to be composed and its answer read, and every way back lets the server forget
    what it has ready; outside tests a request ends its transaction, which forgets nothing (`keep_what_is_ready`).
    """
    dialect: Any = engine.dialect
    dialect.do_savepoint = _word(SET)
    dialect.do_rollback_to_savepoint = _word(BACK)
    dialect.do_release_savepoint = _word(RELEASE)
    event.remove(engine, "rollback_savepoint", round_trip.forget)
    if not _patched:
        _patched.append(True)
        _bring_along(round_trip, "_sent")
        _bring_along(round_trip, "_all_sent")
        _bring_along(database, "_said")
        _forget_with_the_transaction()


def _word(said: str) -> Callable[[Connection, str], None]:
    def say(line: Connection, name: str) -> None:
        raw: Any = line.connection.dbapi_connection
        if raw.pgconn.transaction_status == TransactionStatus.IDLE:
            raw.pgconn.exec_(b"begin")
            _held(raw).clear()
        hold(_held(raw), said, name)

    return say


def hold(held: list[tuple[str, str]], said: str, name: str) -> None:
    """Add a word to those that wait; what it makes needless goes: nothing was said to the server in between."""
    begun = next((place for place, word in enumerate(held) if word == (SET, name)), None)
    if said == BACK:
        del held[0 if begun is None else begun + 1 :]
    elif said == RELEASE and begun is not None:
        del held[begun:]
    if begun is None:
        held.append((said, name))


def _held(raw: Any) -> list[tuple[str, str]]:
    """The words that wait on a connection; from the first time on, whatever its driver sends brings them along."""
    held: list[tuple[str, str]] | None = getattr(raw, "held_back", None)
    if held is None:
        held = raw.held_back = []
        wait = raw.wait

        def say_first(*args: Any, **kwargs: Any) -> Any:
            words = _taken(raw)
            if words:
                raw.pgconn.exec_(words)
            return wait(*args, **kwargs)

        raw.wait = say_first
    return held


def _taken(raw: Any) -> bytes:
    held: list[tuple[str, str]] = getattr(raw, "held_back", [])
    words = "".join(f"{said} {name}; " for said, name in held).encode()
    held.clear()
    return words


def _bring_along(room: Any, name: str) -> None:
    """Let a function that sends words to the server send those that wait in front of them."""
    send = getattr(room, name)
    setattr(room, name, lambda raw, words: send(raw, _taken(raw) + words))


def _forget_with_the_transaction() -> None:
    undo = round_trip._undo

    def undone(raw: Any) -> None:
        if raw is not None:
            _taken(raw)
        undo(raw)

    round_trip._undo = undone
