"""One question to the server and no more: begin, context and statement leave together, and so do a last statement and commit.

A deed that is one statement is a transaction by itself; the session ends its own while the server is at work.

A statement is made ready once per connection. Only what every step asks goes this way; whatever is asked once in a while
takes SQLAlchemy's.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from select import select
from typing import Any, cast

import psycopg
from psycopg import _queries, generators
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import Session

from app.core.database import HELD_BACK, OWED, Context, at_the_server, db, say_what_is_owed, token_for, words_for

NUMBERED: Dialect = cast(Any, postgresql).dialect(paramstyle="numeric_dollar")
"""Writes a statement as the server itself knows it: its values are $1, $2 …"""
_cut: Any = _queries
_cut._query2pg = lru_cache(1500)(_cut._query2pg_nocache)
"""Where a statement's values stand: the driver remembers it of 128 statements and looks through the others anew each time."""
_KNOWN = "made ready"
MOST_KNOWN = 500
"""Statements that a connection keeps ready, some tens of kilobytes each at the server; far more than one message has."""
_GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


@dataclass(frozen=True)
class Ready:
    """A statement with places $1, $2 …; `text` is all the SQL there is, values travel as literals beside it."""

    text: str


SAY = Ready("select set_config('bihuan.context', $1, true)")
"""Puts a signed context in force until the transaction ends."""


@dataclass
class _Known:
    """What one connection has made ready, and how its values are written and read."""

    tongue: Any
    names: dict[str, bytes] = field(default_factory=dict)
    rows: dict[str, Callable[[Sequence[Any]], Any]] = field(default_factory=dict)
    """Statement → what makes a row of its answer, with the columns by name."""
    many: int = 0

    def name_of(self, raw: Any, statement: Ready) -> bytes:
        """The name under which the server knows the statement; makes it ready first where it does not.

        What was not asked for the longest time makes room.
        """
        name = self.names.pop(statement.text, None)
        if name is None:
            if len(self.names) >= MOST_KNOWN:
                oldest = next(iter(self.names))
                _sent(raw, b"deallocate " + self.names.pop(oldest))
                self.rows.pop(oldest, None)
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

    def call_of(self, raw: Any, statement: Ready, values: Sequence[Any]) -> tuple[bytes, list[Any]]:
        """The statement's name and its values as the server reads them, for what leaves without being written as SQL."""
        tongue = self.tongue
        return self.name_of(raw, statement), [
            None if value is None else tongue.get_dumper(value, PyFormat.TEXT).dump(value) for value in values
        ]

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
    """A transaction of this one statement, on a line of its own: the session's own ends while the server is at work."""
    fairy: Any = db.engine.raw_connection()
    try:
        raw = fairy.dbapi_connection
        known: _Known = fairy.info.get(_KNOWN) or _begun(fairy, raw)
        said = (SAY, (token_for(raw, session.info.get("context")),))
        try:
            _kept_together(raw, [known.call_of(raw, *one) for one in (said, (statement, values))], session.commit)
        except psycopg.Error as fault:
            session.expire_all()
            raise _as_sqlalchemy_says(statement.text, fault) from fault
    finally:
        if fairy.dbapi_connection.pgconn.transaction_status != TransactionStatus.IDLE:
            fairy.invalidate()
        fairy.close()


def _as_sqlalchemy_says(told: str, fault: psycopg.Error) -> StatementError:
    return DBAPIError.instance(told, None, fault, psycopg.Error, dialect=db.engine.dialect)


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
        raise _as_sqlalchemy_says(statement.text, fault) from fault


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
        raise _as_sqlalchemy_says("; ".join(statement.text for statement, _values in asked), fault) from fault
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


def _kept_together(raw: Any, calls: Sequence[tuple[bytes, list[Any]]], meanwhile: Callable[[], object]) -> None:
    """Have the server answer these calls in one transaction of their own; `meanwhile` is done before its answer is looked at.

    The server keeps what stands before one mark (Sync) together, or nothing of it, without being told to begin and commit.
    """
    line = raw.pgconn
    line.enter_pipeline_mode()
    for name, values in calls:
        line.send_query_prepared(name, values)
    line.pipeline_sync()
    try:
        meanwhile()
    finally:
        answers = [_next_answer(line) for _ in range(2 * len(calls) + 1)]
        line.exit_pipeline_mode()
    for answer in answers[:-1:2]:
        if answer.status not in _GOOD:
            raise error_from_result(answer, raw.info.encoding)


def _next_answer(line: Any) -> Any:
    """The next result, None between two calls; other threads go on while it is waited for, which the driver's own wait forbids."""
    socket = [line.socket]
    while line.is_busy():
        unsent = socket if line.flush() else []
        if select(socket, unsent, [])[0]:
            line.consume_input()
    return line.get_result()


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
