"""Does the chain still hold: recomputes every hash, compares the details and the anchors, names the first bad entry."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from app.core import clock
from app.core.database import db

BEGINNING = hashlib.sha256(b"bihuan").digest()
"""What the first entry counts as the hash before it."""
A_DAY = timedelta(days=1)
ROWS = """select e.seq, e.previous, e.hash, e.body, e.written_at,
                 d.reason, d.changes::text as changes, d.seq is not null as detailed
          from audit.entries e left join audit.details d using (seq) where e.seq >= :start order by e.seq"""


@dataclass(frozen=True)
class Finding:
    """The first thing that is wrong: at which entry, and what."""

    seq: int
    what: str


@dataclass(frozen=True)
class Verdict:
    """How many entries were read, the head of the chain, and the first fault if there is one."""

    entries: int
    seq: int
    head: bytes
    fault: Finding | None


@dataclass(frozen=True)
class Anchor:
    """A line of an anchor file: when, up to which entry, and its hash."""

    at: str
    seq: int
    head: str


def next_hash(previous: bytes, seq: int, body: str) -> bytes:
    """SHA-256 over the hash before, the number and the canonical body."""
    return hashlib.sha256(previous + f"{seq}\n{body}".encode()).digest()


def verify(connection: Connection, anchors: list[Anchor] | None = None, start: int = 1) -> Verdict:
    """Walk the chain from `start`; `connection` belongs to the audit reader. Reads in portions, constant memory.

    Found are: an edited body or detail, a deleted, added or exchanged entry, a cut tail and a rewritten chain (against the
    anchors), and a clock that went back by more than a day.
    """
    wanted = {anchor.seq: anchor for anchor in anchors or []}
    previous, count, seq = BEGINNING if start == 1 else _hash_before(connection, start), 0, start - 1
    latest: datetime | None = None
    with closing(_rows(connection, start)) as rows:
        for row in rows:
            fault = _fault(row, seq, previous, wanted) or _clock_went_back(row, latest)
            if fault is not None:
                return Verdict(count, seq, previous, fault)
            previous, seq, count = bytes(row.hash), row.seq, count + 1
            latest = row.written_at if latest is None else max(latest, row.written_at)
    lost = min((number for number in wanted if number > seq), default=None)
    fault = Finding(seq + 1, f"the anchor knows entry {lost}, the chain ends at {seq}") if lost else None
    return Verdict(count, seq, previous, fault)


def _rows(connection: Connection, start: int) -> Generator[Any]:
    with connection.execution_options(yield_per=5000).execute(text(ROWS), {"start": start}) as result:
        yield from result


def _clock_went_back(row: Any, latest: datetime | None) -> Finding | None:
    if latest is None or row.written_at >= latest - A_DAY:
        return None
    return Finding(row.seq, "the clock of the database went back by more than a day")


def _hash_before(connection: Connection, start: int) -> bytes:
    found = connection.execute(text("select hash from audit.entries where seq = :n"), {"n": start - 1}).scalar()
    return bytes(found) if found else BEGINNING


def _fault(row: Any, seq: int, previous: bytes, wanted: dict[int, Anchor]) -> Finding | None:
    if row.seq != seq + 1:
        return Finding(seq + 1, f"entry {seq + 1} is missing")
    if bytes(row.previous) != previous:
        return Finding(row.seq, "does not follow the entry before it")
    if next_hash(previous, row.seq, row.body) != bytes(row.hash):
        return Finding(row.seq, "its text was changed")
    promised = _promised(row.body)
    if (promised is not None) != row.detailed:
        return Finding(row.seq, "its details are missing" if promised else "details were added to it")
    if promised is not None and promised != _digest(row.reason, row.changes):
        return Finding(row.seq, "its details were changed")
    anchor = wanted.get(row.seq)
    if anchor is not None and anchor.head != bytes(row.hash).hex():
        return Finding(row.seq, "differs from its anchor: the chain was rewritten")
    return None


def _promised(body: str) -> str | None:
    if '"details":"' not in body:
        return None
    found: str | None = json.loads(body).get("details")
    return found


def _digest(reason: str | None, changes: str) -> str:
    value = {"reason": reason, "changes": json.loads(changes)}
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def head_of(connection: Connection) -> tuple[int, bytes]:
    """Number and hash of the last entry; (0, BEGINNING) for an empty chain."""
    row = connection.execute(text("select seq, hash from audit.head()")).first()
    return (row.seq, bytes(row.hash)) if row else (0, BEGINNING)


def write_anchor(connection: Connection, places: tuple[Path, ...]) -> Anchor:
    """Append the head to every anchor file, flushed to disk; every five minutes and at stop (decision 21)."""
    seq, head = head_of(connection)
    anchor = Anchor(clock.machine_now().isoformat(timespec="seconds"), seq, head.hex())
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            file.write(f"{anchor.at} {anchor.seq} {anchor.head}\n")
            file.flush()
            os.fsync(file.fileno())
    return anchor


ANCHOR_SECONDS = 300
_anchored: dict[str, float] = {}


def anchor_when_due(places: tuple[Path, ...]) -> bool:
    """Anchor the head when five minutes have passed since this process last did (decision 21)."""
    now = clock.monotonic()
    if now - _anchored.get("at", -ANCHOR_SECONDS) < ANCHOR_SECONDS:
        return False
    _anchored["at"] = now
    with db.engine.connect() as connection:
        write_anchor(connection, places)
    return True


def read_anchors(place: Path) -> list[Anchor]:
    """Every complete line of an anchor file; an empty list when there is none yet."""
    if not place.exists():
        return []
    lines = [line.split() for line in place.read_text("utf-8").splitlines()]
    return [Anchor(at=a[0], seq=int(a[1]), head=a[2]) for a in lines if len(a) == 3 and int(a[1]) > 0]
