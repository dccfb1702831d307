"""One question to the server and no more: begin, context and statement leave together, and so do a last statement and commit.

A statement is made ready once per connection. Only what every step asks goes this way; whatever is asked once in a while
takes SQLAlchemy's.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

import psycopg
from psycopg import _queries, generators
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core.database import HELD_BACK, OWED, Context, at_the_server, db, say_what_is_owed, words_for

NUMBERED: Dialect = cast(Any, postgresql).dialect(paramstyle="numeric_dollar")
"""Writes a statement as the server itself knows it: its values are $1, $2 …"""
_cut: Any = _queries
_cut._query2pg = lru_cache(1500)(_cut._query2pg_nocache)
"""Where a statement's values stand: the driver remembers it of 128 statements and looks through the others anew each time."""
_KNOWN = "made ready"
_GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


@dataclass(frozen=True)
class Ready:
    """A statement with places $1, $2 …; `text` is all the SQL there is, values travel as literals beside it."""

    text: str


@dataclass
class _Known:
    """What one connection has made ready, and how its values are written and read."""

    tongue: Any
    names: dict[str, bytes] = field(default_factory=dict)
    rows: dict[str, Callable[[Sequence[Any]], Any]] = field(default_factory=dict)
    """Statement → what makes a row of its answer, with the columns by name."""
    many: int = 0

    def name_of(self, raw: Any, statement: Ready) -> bytes:
        """The name under which the server knows the statement; makes it ready first where it does not."""
        name = self.names.get(statement.text)
        if name is None:
            self.many += 1
            name = b"bihuan_%d" % self.many
            _sent(raw, b"prepare %b as %b" % (name, statement.text.encode()))
            self.names[statement.text] = name
        return name

    def words_of(self, raw: Any, statement: Ready, values: Sequence[Any]) -> bytes:
        """What has the server answer a statement with these values."""
        name = self.name_of(raw, statement)
        given = b", ".join([bytes(self.tongue.as_literal(value)) for value in values])
        return b"execute %b(%b)" % (name, given) if given else b"execute " + name

    def rows_of(self, statement: Ready, answer: Any) -> list[Any]:
        """The rows of an answer, each with the columns by name as SQLAlchemy's have them."""
        if not answer.ntuples:
            return []
        make = self.rows.get(statement.text)
        if make is None:
            names = [answer.fname(place).decode() for place in range(answer.nfields)]
            make = self.rows[statement.text] = cast(Any, namedtuple)("Row", names, rename=True)._make
        self.tongue.set_pgresult(answer)
        return cast(list[Any], self.tongue.load_rows(0, answer.ntuples, make))


def ask(
    statement: Ready, values: Sequence[Any], *, context: Context | None = None, last: bool = False
) -> tuple[Any, ...] | None:
    """The first row of the answer, None when there is none; one round trip, two when the connection is new to the statement.

    context: is put in force before; last: the transaction is committed after, where it is one and no savepoint of a larger
    one. Raises sqlalchemy.exc.DBAPIError of the kind that SQLAlchemy raises for the same fault.
    """
    session = db.session
    if last and context is None and not at_the_server(session) and session.get_bind() is db.engine:
        _ask_alone(session, statement, values)
        return None
    before, line = _opening(session, context)
    return _asked(line, before, statement, values, b"; commit" if last and not line.in_nested_transaction() else b"")


def _ask_alone(session: Session, statement: Ready, values: Sequence[Any]) -> None:
    """A transaction of this one statement, on a line of its own: the session opens none and has none to end."""
    fairy: Any = db.engine.raw_connection()
    try:
        raw = fairy.dbapi_connection
        _answer(fairy, b"begin; %b;" % words_for(raw, session.info.get("context")), statement, values, b"; commit")
    finally:
        fairy.close()


def ask_on(line: Connection, before: bytes, statement: Ready, values: Sequence[Any]) -> tuple[Any, ...] | None:
    """As `ask`, on the line of a session that is just beginning a transaction; `before` opens it."""
    return _asked(line, before, statement, values)


def _asked(
    line: Any, before: bytes, statement: Ready, values: Sequence[Any], after: bytes = b""
) -> tuple[Any, ...] | None:
    known, answer = _answer(line.connection, before, statement, values, after)
    if after or not answer.ntuples:
        return None
    known.tongue.set_pgresult(answer)
    return cast(tuple[Any, ...], known.tongue.load_row(0, tuple))


def _answer(fairy: Any, before: bytes, statement: Ready, values: Sequence[Any], after: bytes) -> tuple[_Known, Any]:
    raw = fairy.dbapi_connection
    known: _Known = fairy.info.get(_KNOWN) or _begun(fairy, raw)
    try:
        return known, _sent(raw, b"%b %b%b" % (before, known.words_of(raw, statement, values), after))
    except psycopg.Error as fault:
        dialect = db.engine.dialect
        raise DBAPIError.instance(statement.text, None, fault, psycopg.Error, dialect=dialect) from fault


def ask_all(asked: Sequence[tuple[Ready, Sequence[Any]]], *, context: Context | None = None) -> list[list[Any]]:
    """The rows of each answer, in the order of the questions: all of them leave in one message and come back together.

    Each is a statement and its values. Raises sqlalchemy.exc.DBAPIError for the first that fails; those behind it are not
    asked then.
    """
    if not asked:
        return []
    session = db.session
    before, line = _opening(session, context)
    fairy = cast(Any, line.connection)
    raw = fairy.dbapi_connection
    known: _Known = fairy.info.get(_KNOWN) or _begun(fairy, raw)
    try:
        words = before + b"; ".join([known.words_of(raw, statement, values) for statement, values in asked])
        answers = _all_sent(raw, words)
    except psycopg.Error as fault:
        told = "; ".join(statement.text for statement, _values in asked)
        raise DBAPIError.instance(told, None, fault, psycopg.Error, dialect=line.dialect) from fault
    return [
        known.rows_of(statement, answer)
        for (statement, _values), answer in zip(asked, answers[-len(asked) :], strict=True)
    ]


def _begun(fairy: Any, raw: Any) -> _Known:
    """What a new connection knows: nothing yet, and nothing again whenever its driver has the server forget everything.

    The driver does so after a DROP, an ALTER or a ROLLBACK that it sees, as copying in bulk brings them.
    """
    known = fairy.info[_KNOWN] = _Known(Transformer(raw))
    whole = raw._prepared.clear

    def clear() -> bool:
        known.names.clear()
        return bool(whole())

    raw._prepared.clear = clear
    return known


def _opening(session: Session, context: Context | None) -> tuple[bytes, Any]:
    """What has to be said first, and the connection: begin where no transaction is open, context where it changes."""
    if context is not None:
        session.info["context"] = context
    if session.in_transaction():
        line = session.connection()
        owed = line.info.pop(OWED, None)
        said = owed if context is None else context
        return (words_for(line.connection.dbapi_connection, said) + b";" if said is not None else b""), line
    held: list[bytes] = []
    session.info[HELD_BACK] = held
    try:
        line = session.connection()
    finally:
        del session.info[HELD_BACK]
    return b"".join(held), line


def _sent(raw: Any, words: bytes) -> Any:
    answer = raw.pgconn.exec_(words)
    if answer.status not in _GOOD:
        raise error_from_result(answer, raw.info.encoding)
    return answer


def _all_sent(raw: Any, words: bytes) -> list[Any]:
    raw.pgconn.send_query(words)
    answers: list[Any] = raw.wait(generators.execute(raw.pgconn))
    for answer in answers:
        if answer.status not in _GOOD:
            raise error_from_result(answer, raw.info.encoding)
    return answers


def keep_what_is_ready(engine: Engine) -> None:
    """Statements of this engine's connections stay ready when a transaction ends without commit, as every reading page does.

    The driver would let the server forget them all at each rollback and plan each page's questions anew; it does not see
    a transaction that is over already.

    A context that a transaction still owes is said before its next statement, and ends with it at the latest.
    """
    event.listen(engine, "rollback", lambda line: _undo(line.connection.dbapi_connection))
    event.listen(engine, "reset", _end)
    event.listen(engine, "before_cursor_execute", lambda line, *rest: say_what_is_owed(line))
    event.listen(engine, "rollback_savepoint", forget)


def _end(raw: Any, record: Any, state: Any) -> None:
    record.info.pop(OWED, None)
    _undo(raw)


def _undo(raw: Any) -> None:
    if raw is not None and raw.pgconn.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
        raw.pgconn.exec_(b"rollback")


def forget(line: Connection, *rest: Any) -> None:
    """Back to a savepoint, or a table was dropped: there the driver itself has the server forget all that is ready."""
    known: _Known | None = line.connection.info.get(_KNOWN)
    if known is not None:
        known.names.clear()
