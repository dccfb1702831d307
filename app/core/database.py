"""The database: one session per request, the columns every record shares, and the signed context of row-level security."""

from __future__ import annotations

import hmac
import os
import secrets
import time
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from select import select
from typing import Any, ClassVar, cast

import psycopg
from flask import g
from flask_sqlalchemy_lite import SQLAlchemy
from psycopg.pq import Escaping, ExecStatus, TransactionStatus
from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Date,
    DateTime,
    Executable,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Text,
    Uuid,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    declared_attr,
    mapped_column,
)

from app.core import clock
from app.core.errors import OutsideAct

WEB_SECONDS = 120
"""How long a signed context of a web request stays valid."""
WORK_SECONDS = 3600
"""The same for a job: a large import runs for minutes inside one transaction."""

OWED = "context owed"
"""Mark of a connection: the context that its open transaction hears of with the next statement."""
BEGUN = "begun"
"""Session mark: the transaction that the server knows of; SQLAlchemy speaks of one as soon as an attribute is set."""
HELD_BACK = "held back"
"""Session mark: the words that open the transaction are put into this list instead of being sent."""


_here = cast(Any, g)._get_current_object


class _Database(SQLAlchemy):
    """The library's, with a shorter way to a session that is open already: a step asks for it two dozen times."""

    @property
    def session(self) -> Session:
        """The session of the current application context, closed when the context ends."""
        held = _here().get("_sqlalchemy_sessions")
        found: Session | None = held.get("default") if held else None
        return self.get_session() if found is None else found


db = _Database(session_options={"expire_on_commit": False})


class Base(DeclarativeBase):
    """Common naming of constraints, so that migrations can name them, and common types."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        uuid.UUID: Uuid(as_uuid=True),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        list[str]: JSONB,
        int: Integer,
        bool: Boolean,
        str: Text,
    }
    __protection__: ClassVar[str | None] = None
    """Row-level security template: "county" (everybody in it may know), "unit" (county or school), "student"
    (school and data class), None (no private rows)."""
    __untold__: ClassVar[frozenset[str]] = frozenset()
    """Columns whose changes the trail leaves out: what is decided about a child stands under row-level security alone."""
    __outside_act__: ClassVar[bool] = False
    """True for rows of plumbing (attempts, sessions, drafts) that are written without an audit entry of their own."""


_LOW = (1 << 62) - 1


def uuid7() -> uuid.UUID:
    """A version 7 UUID (RFC 9562): ordered by time, made before the row is inserted."""
    milliseconds = time.time_ns() // 1_000_000
    chance = int.from_bytes(os.urandom(10))
    value = (milliseconds << 80) | (0x7 << 76) | (chance >> 68 << 64) | (0b10 << 62) | (chance & _LOW)
    return uuid.UUID(int=value)


def uuid7s(many: int) -> list[uuid.UUID]:
    """So many of them with one question to the system for chance: for bulk writes."""
    milliseconds = time.time_ns() // 1_000_000
    head, chance = (milliseconds << 80) | (0x7 << 76) | (0b10 << 62), os.urandom(10 * many)
    found = []
    for place in range(0, 10 * many, 10):
        drawn = int.from_bytes(chance[place : place + 10])
        found.append(uuid.UUID(int=head | (drawn >> 68 << 64) | (drawn & _LOW)))
    return found


def new_refs(many: int) -> list[str]:
    """So many opaque references with one question to the system for chance."""
    chance = secrets.token_hex(8 * many)
    return [chance[place : place + 16] for place in range(0, 16 * many, 16)]


def new_ref() -> str:
    """An opaque reference for addresses: 64 random bits as 16 hexadecimal digits."""
    return secrets.token_hex(8)


REF_DEFAULT = text("substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)")


class Record:
    """Identity of every record: an internal id, and an opaque reference that appears in addresses instead of it."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7, server_default=text("gen_random_uuid()"))
    ref: Mapped[str] = mapped_column(String(16), unique=True, default=new_ref, server_default=REF_DEFAULT)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))


class Versioned:
    """Optimistic version: an update of an older version changes no row and raises."""

    __changes_unversioned__: ClassVar[bool] = False
    """True where some statement changes such a row without its version: then an equal version does not say an equal row."""

    version: Mapped[int] = mapped_column(Integer, default=1, server_default=text("1"))

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 (SQLAlchemy's shape)
        return {"version_id_col": cls.version}


class Scoped:
    """Whose row it is. Scopes, row-level security and the audit trail all read these names."""

    county_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True)
    school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"), index=True)


@dataclass(frozen=True)
class Context:
    """What the database may show and take in this transaction; signed by the app, verified by the database (decision 11)."""

    actor: uuid.UUID | None = None
    home: uuid.UUID | None = None
    counties: tuple[uuid.UUID, ...] = ()
    schools: tuple[uuid.UUID, ...] = ()
    classes: tuple[str, ...] = ()
    system: bool = False
    act: uuid.UUID | None = None
    seconds: int = field(default=WEB_SECONDS)

    def claims(self, backend_pid: int) -> str:
        """The line that is signed: fields between bars, of which none can hold a bar; lists as PostgreSQL writes arrays.

        Raises ValueError for a data class that is no plain word.
        """
        if not all(one.isidentifier() for one in self.classes):
            raise ValueError("A data class is one word of letters, digits and underscores.")
        lists = (f"{{{','.join(map(str, one))}}}" for one in (self.counties, self.schools, self.classes))
        fields = (backend_pid, int(time.time()) + self.seconds, "t" if self.system else "f")
        return "|".join(map(str, (*fields, self.act or "", self.actor or "", self.home or "", *lists)))


class ContextKey:
    """The secret shared with the database, read from its file again whenever the file was renewed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int] | None = None
        self._secret = b""

    def sign(self, claims: str) -> str:
        """`claims` behind their HMAC-SHA256 in hexadecimal."""
        status = os.stat(self.path)
        seen = (status.st_mtime_ns, status.st_ino)
        if seen != self._seen:
            self._secret, self._seen = self.path.read_bytes(), seen
        return hmac.digest(self._secret, claims.encode(), "sha256").hex() + claims


_keys: dict[str, ContextKey] = {}


def use_context_key(path: Path) -> None:
    """Name the file that holds the context secret; called once by the factory."""
    _keys["current"] = ContextKey(path)


def show(connection: Connection, context: Context | None) -> None:
    """Put the signed context into the open transaction; none at all when `context` is None."""
    connection.info.pop(OWED, None)
    raw: Any = connection.connection.dbapi_connection
    if raw.pgconn.transaction_status != TransactionStatus.INTRANS:
        connection.exec_driver_sql("select set_config('bihuan.context', %s, true)", (token_for(raw, context),))
        return
    _said(raw, words_for(raw, context))


def _said(raw: Any, words: bytes) -> None:
    answer = raw.pgconn.exec_(words)
    if answer.status != ExecStatus.TUPLES_OK:
        raise OperationalError("context", None, psycopg.OperationalError(answer.error_message.decode(errors="replace")))


def words_for(raw: Any, context: Context | None) -> bytes:
    """The question that puts `context` into the open transaction of this driver's connection, for the driver itself."""
    token = Escaping(raw.pgconn).escape_literal(token_for(raw, context).encode())
    return b"select set_config('bihuan.context', " + bytes(token) + b", true)"


def token_for(raw: Any, context: Context | None) -> str:
    """`context` as this driver's connection may say it, signed; empty for none."""
    if context is None:
        return ""
    return _keys["current"].sign(context.claims(raw.info.backend_pid))


@event.listens_for(Session, "after_begin")
def _show_context(session: Session, transaction: Any, connection: Connection) -> None:
    """With the first statement of a transaction: begin and context go to the server together.

    Whoever left a list under `HELD_BACK` sends them with a statement of its own. Inside a larger transaction, as under
    the savepoints of the tests, the context alone is said.
    """
    session.info[BEGUN] = transaction
    context, raw = session.info.get("context"), cast(Any, connection.connection.dbapi_connection)
    connection.info.pop(OWED, None)
    inside = raw.pgconn.transaction_status == TransactionStatus.INTRANS
    idle = raw.pgconn.transaction_status == TransactionStatus.IDLE
    if not inside and (not idle or raw.autocommit or raw.isolation_level is not None):
        show(connection, context)
        return
    words, held = (b"" if inside else b"begin; ") + words_for(raw, context), session.info.get(HELD_BACK)
    if held is not None:
        held.append(words + b";")
        return
    _said(raw, words)


def quiet_line(raw: Any, record: Any, proxy: Any) -> None:
    """Before a connection is taken from the pool: a server that went away has said so, or hung up; then it is replaced.

    Looks at the socket alone; a statement that only asks whether the server is there would double the waiting of a page.
    """
    if record.info.get("watched") is not raw:
        record.info["watched"] = raw
        return
    if raw.closed or select([raw.pgconn.socket], [], [], 0)[0]:
        raise DisconnectionError("the server hung up")


@event.listens_for(Session, "before_flush")
def _only_inside_an_act(session: Session, flush_context: Any, instances: Any) -> None:
    if session.info.get("act") is not None:
        return
    for record in (*session.new, *session.dirty, *session.deleted):
        if not record.__outside_act__ and (record not in session.dirty or session.is_modified(record)):
            raise OutsideAct(f"{type(record).__name__} was changed outside an act; write it in an operation.")


def at_the_server(session: Session) -> bool:
    """Whether the session has a transaction at the server, or may be about to have one inside another."""
    open_one = session.get_transaction()
    return open_one is not None and (open_one is session.info.get(BEGUN) or session.in_nested_transaction())


def use_context(context: Context | None) -> None:
    """From now on this session sees what `context` allows; an open transaction changes at once."""
    session = db.session
    session.info["context"] = context
    if session.in_transaction():
        show(session.connection(), context)


def use_context_from_next(context: Context) -> None:
    """As `use_context`, but an open transaction hears of it together with its next statement, without a question more."""
    session = db.session
    session.info["context"] = context
    if session.in_transaction():
        session.connection().info[OWED] = context


def say_what_is_owed(connection: Connection) -> None:
    """Before a statement: the context that is in force, where the transaction has not heard of it yet."""
    if OWED in connection.info:
        show(connection, connection.info[OWED])


def widen(**changes: Any) -> Context:
    """The current context with some parts replaced, put in force; returns the one before."""
    before: Context = db.session.info.get("context") or Context()
    use_context(replace(before, **changes))
    return before


def keep(statement: Executable, values: Any = None) -> Any:
    """Run one statement on plumbing rows and keep it, in or out of an act; never for records of a feature."""
    result = db.session.execute(statement, values)
    if db.session.info.get("act") is None:
        db.session.commit()
    return result


__all__ = [
    "JSONB",
    "Base",
    "BigInteger",
    "Context",
    "Date",
    "ForeignKey",
    "Mapped",
    "Record",
    "Scoped",
    "String",
    "Versioned",
    "db",
    "keep",
    "mapped_column",
    "new_ref",
    "show",
    "use_context",
    "use_context_key",
    "uuid7",
    "widen",
]
