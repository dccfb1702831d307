"""The one writer of the audit trail, and with it the one place where a unit of work is committed.

An *act* is one deed of one person: everything written inside it and the entries that tell of it are kept together or not
at all (security 44). Entries hold ids and codes; reasons and changed values lie beside them, under the same hash.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy import ARRAY, Text, bindparam, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.orm.attributes import History, instance_state
from sqlalchemy.orm.exc import StaleDataError

from app.core import clock, rows, short_way
from app.core.changes import Change, change_of, changed_alone, moved
from app.core.database import Base, Context, db, use_context, uuid7
from app.core.errors import Stale
from app.core.policy.actor import Actor
from app.core.round_trip import Ready, ask

APPEND = text("select audit.append(:bodies, :reasons, :changes)").bindparams(
    bindparam("bodies", type_=ARRAY(Text)),
    bindparam("reasons", type_=ARRAY(Text)),
    bindparam("changes", type_=ARRAY(JSONB)),
)
KEEP = Ready("select keep_deed(cast($1 as jsonb), cast($2 as jsonb))")
"""Clocks and letters that were put off, then the entries: one statement, whose last deed is to lock the chain."""
UNTOLD = frozenset({"version", "created_at", "updated_at", "pinyin"})


_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def canonical(value: Mapping[str, Any]) -> str:
    """The one text of a mapping that is hashed: sorted keys, no spaces, UTF-8 characters as they are."""
    return _encoder.encode(value)


def told(value: Any) -> Any:
    """A column's value as it stands in the list of changes."""
    if isinstance(value, datetime | date | uuid.UUID | Decimal):
        return str(value)
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    return value


@dataclass
class Entry:
    """One line of the trail before it gets its number."""

    kind: str
    step: str
    entity: str | None = None
    record: Any = None
    from_state: str | None = None
    to_state: str | None = None
    reason: str | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    actor: Actor | None = None


@dataclass
class Act:
    """The open deed: who, what, and the entries gathered so far; the first entry is the deed itself."""

    actor: Actor
    id: uuid.UUID
    entries: list[Entry] = field(default_factory=list)
    changes: dict[uuid.UUID, dict[str, Any]] = field(default_factory=dict)
    after: list[Any] = field(default_factory=list)
    writes: list[dict[str, Any]] = field(default_factory=list)
    """Clocks and letters that are kept with the entries, or by `write_out` before somebody would read them."""
    change: Change | None = None
    """The record's own change, likewise."""

    @property
    def main(self) -> Entry:
        """The entry of the deed itself."""
        return self.entries[0]

    def note(self, entry: Entry) -> Entry:
        """Add a line; several records may move in one act."""
        self.entries.append(entry)
        return entry


QUIET = "quiet"
"""Session mark under which steps are taken without letters: history that is loaded, not lived."""


def told_in_bulk() -> bool:
    """Whether letters are left out for now (the demo's history, a bulk load)."""
    return bool(db.session.info.get(QUIET))


def current() -> Act | None:
    """The act that is open in this session, if any."""
    found: Act | None = db.session.info.get("act")
    return found


@event.listens_for(Session, "before_flush")
def _gather_changes(session: Session, flush_context: Any, instances: Any) -> None:
    act: Act | None = session.info.get("act")
    if act is None:
        return
    for record in session.dirty:
        _note_changes(act, record, moved(record))


def _note_changes(act: Act, record: Any, found: Mapping[str, History]) -> None:
    hidden = UNTOLD | type(record).__untold__
    for key, history in found.items():
        if key not in hidden:
            kept = act.changes.setdefault(record.id, {}) if hasattr(record, "id") else {}
            before = told(history.deleted[0]) if history.deleted else None
            kept.setdefault(key, [before, None])[1] = told(history.added[0]) if history.added else None


def save(record: Any) -> None:
    """Write what was changed so far; where nothing but this record was, it leaves with the deed. Raises StaleDataError."""
    act = current()
    if act is None or not changed_alone(record):
        db.session.flush()
        return
    write_out()
    found = moved(record)
    _note_changes(act, record, found)
    act.change = change_of(record, found)


def put_off(do: str, **values: Any) -> None:
    """Leave a clock or letter to the one statement that ends the deed; `keep_deed` in the database knows what `do` says."""
    act = current()
    if act is None:
        raise RuntimeError("Clocks and letters belong inside an operation: they are kept with the deed or not at all.")
    act.writes.append({"do": do, "now": clock.now().isoformat(), **values})


def write_out() -> None:
    """Write what was put off, now: somebody is about to read it, or the context under which it belongs ends."""
    act = current()
    if act is not None and (act.writes or act.change is not None):
        if act.change is None:
            db.session.flush()
        _keep(act, [])


def _keep(act: Act, entries: list[Any], last: bool = False) -> None:
    """The record's change, clocks and letters, then the entries: one statement, whose last deed is to lock the chain."""
    writes, act.writes = _encoder.encode(act.writes), []
    change, act.change = act.change, None
    if change is None:
        short_way.settle()
        ask(KEEP, (writes, _encoder.encode(entries)), last=last)
    else:
        change.kept_with(writes, _encoder.encode(entries), last)


@event.listens_for(Session, "do_orm_execute")
def _write_before_reading(state: ORMExecuteState) -> None:
    act: Act | None = state.session.info.get("act")
    if act is not None and act.change is not None:
        write_out()


BEGINNINGS: list[Callable[[str], None]] = []
"""What is looked at as a deed of this step begins, put in by the factory; each may refuse it."""


@contextmanager
def act(
    actor: Actor,
    kind: str,
    step: str,
    record: Any = None,
    reason: str | None = None,
    *,
    short: bool = False,
    kept: Mapping[str, Any] = MappingProxyType({}),
) -> Iterator[Act]:
    """Open a deed, lock and refresh its record, and on leaving flush, write the entries and commit: all or nothing.

    short: whoever asks can do the deed over when it ends with short_way.Again; kept: what Again brought along.
    Raises Stale when somebody else changed a row in between; RuntimeError when a deed is already open.
    """
    session = db.session
    if session.info.get("act") is not None:
        raise RuntimeError("An act is already open; operations never call operations.")
    for look in BEGINNINGS:
        look(step)
    before: Context | None = session.info.get("context")
    deed = Act(actor, uuid7())
    session.info["act"] = deed
    try:
        _reach(deed, record, short, kept)
        deed.note(Entry(kind, step, record=record, reason=reason))
        yield deed
        _close(deed)
    except BaseException as error:
        said = _given_up(error, record)
        if said is error:
            raise
        raise said from error
    finally:
        session.info["act"] = None
        use_context(before)
    for wish in deed.after:
        wish()


def _reach(deed: Act, record: Any, short: bool, kept: Mapping[str, Any]) -> None:
    context = replace(deed.actor.context(), act=deed.id)
    if not (isinstance(record, Base) and instance_state(record).persistent):
        use_context(context)
    elif not (short and short_way.may_wait(record, context)):
        rows.lock(record, context, kept)


def _close(deed: Act) -> None:
    session = db.session
    session.flush()
    _append(deed)
    if session.in_transaction():
        session.commit()


def _given_up(error: BaseException, record: Any) -> BaseException:
    """Nothing is kept; what is said of it."""
    unsure = short_way.given_up()
    db.session.rollback()
    if isinstance(error, StaleDataError):
        return Stale(record=record)
    return unsure if unsure is not None and isinstance(error, Exception) else error


def _append(deed: Act) -> None:
    entries = []
    for entry in deed.entries:
        identity = getattr(entry.record, "id", None)
        changed = {**(deed.changes.pop(identity, {}) if identity else {}), **entry.changes}
        changed.pop("state", None)
        entries.append([_body(deed, entry, changed), entry.reason, changed])
    _keep(deed, entries, last=True)


def _body(deed: Act, entry: Entry, changed: Mapping[str, Any]) -> str:
    actor, record = entry.actor or deed.actor, entry.record
    identity = getattr(record, "id", None)
    body: dict[str, Any] = {
        "at": int(clock.now().timestamp() * 1000),
        "act": str(deed.id),
        "kind": entry.kind,
        "step": entry.step,
        "entity": entry.entity or getattr(type(record), "__tablename__", None) if record is not None else entry.entity,
        "record": str(identity) if identity else None,
        "version": getattr(record, "version", None),
        "person": str(actor.person_id) if actor.person_id else None,
        "account": str(actor.account_id) if actor.account_id else None,
        "role": actor.role,
        "unit": str(actor.unit_id) if actor.unit_id else None,
        "county": _scope(record, "county_id", actor.county_id),
        "school": _scope(record, "school_id", None),
        "from": entry.from_state,
        "to": entry.to_state,
        **entry.extra,
    }
    if entry.reason is not None or changed:
        body["details"] = digest_of_details(entry.reason, changed)
    return canonical({key: value for key, value in body.items() if value is not None})


def digest_of_details(reason: str | None, changes: Mapping[str, Any]) -> str:
    """SHA-256 (hexadecimal) of the reason and the changed values that lie beside an entry."""
    return hashlib.sha256(canonical({"reason": reason, "changes": changes}).encode()).hexdigest()


def _scope(record: Any, name: str, otherwise: uuid.UUID | None) -> str | None:
    found = getattr(record, name, None) or otherwise
    return str(found) if found else None


def _alone(actor: Actor, entry: Entry) -> None:
    session = db.session
    if session.info.get("act") is not None:
        session.info["act"].note(entry)
        return
    deed = Act(actor, uuid7(), [entry])
    _append(deed)
    session.commit()


OPENED = "read.student"
"""The step of an entry that tells of one child's page; what the budgets of reading count (security 75)."""
LOOKS: list[Callable[[Actor], None]] = []
"""What is looked at before a child's page is shown to somebody, put in by the factory; each may refuse it."""


def saw(actor: Actor, record: Any, purpose: str, refs: Sequence[str] = ()) -> None:
    """Write that protected data were read: who, what, why; a list as one entry with the references shown (decision 20).

    The page of one child is an entry of its own kind. Raises ConfirmFirst where who reads has opened too many of them.
    """
    step = OPENED if actor.person_id is not None and _is_of_a_child(record) else "read"
    if step == OPENED:
        for look in LOOKS:
            look(actor)
    extra: dict[str, Any] = {"purpose": purpose}
    shown = list(refs) or [record.ref for record in (record,) if getattr(record, "ref", None)]
    if shown:
        extra["refs"] = shown
    _alone(actor, Entry("read", step, record=record, entity=None if record is not None else purpose, extra=extra))


def _is_of_a_child(record: Any) -> bool:
    return getattr(type(record), "__tablename__", "") == "students" or getattr(record, "student_id", None) is not None


def denied(actor: Actor, step: str, record: Any = None, ref: str = "") -> None:
    """Write that a signed-in actor was refused; whatever was open is rolled back first."""
    db.session.rollback()
    _alone(actor, Entry("denial", step, record=record, extra={"ref": ref} if ref else {}))
