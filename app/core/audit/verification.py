"""Does the chain still hold: recomputes every hash, compares the details and the anchors, names the first bad entry."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from app.core import clock
from app.core.audit.trail import digest_of_details
from app.core.database import db

BEGINNING = hashlib.sha256(b"bihuan").digest()
"""What the first entry counts as the hash before it."""
A_DAY = 86_400.0
PORTION = 5_000
DETAILED = '"details":"'
ROWS = """select e.seq, e.previous, e.hash, e.body, extract(epoch from e.written_at)::float8,
                 d.reason, d.changes::text
          from audit.entries e left join audit.details d using (seq) where e.seq >= %(start)s order by e.seq"""


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
class Stub:
    """What stays of sealed entries: the last of them, its hash, and the number of the entry that tells of the sealing."""

    last_seq: int
    last_hash: bytes
    told_at: int


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
    start, previous, sound_start = _beginning(connection, start, anchors or [])
    wanted = {anchor.seq: anchor for anchor in anchors or [] if anchor.seq >= start}
    if not sound_start:
        return Verdict(0, start - 1, previous, Finding(start - 1, "the entries before it were sealed by nobody"))
    seq, latest, sha256 = start - 1, 0.0, hashlib.sha256
    with closing(_rows(connection, start)) as rows:
        for row in rows:
            number, before, digest, body, written_at, reason, changes = row
            sound = (
                number == seq + 1
                and before == previous
                and sha256(previous + f"{number}\n{body}".encode()).digest() == digest
                and written_at >= latest - A_DAY
                and _fits(body, reason, changes)
                and (number not in wanted or wanted[number].head == digest.hex())
            )
            if not sound:
                return Verdict(seq - start + 1, seq, previous, _fault(row, seq, previous, wanted.get(number)))
            previous, seq = digest, number
            latest = max(latest, written_at)
    lost = min((number for number in wanted if number > seq), default=None)
    fault = Finding(seq + 1, f"the anchor knows entry {lost}, the chain ends at {seq}") if lost else None
    return Verdict(seq - start + 1, seq, previous, fault)


def newest_stub(connection: Connection) -> Stub | None:
    """The last sealing; None while the trail is whole."""
    row = connection.execute(
        text("select last_seq, last_hash, told_at from audit.stubs order by last_seq desc limit 1")
    ).first()
    return Stub(row.last_seq, bytes(row.last_hash), row.told_at) if row else None


def _beginning(connection: Connection, start: int, anchors: list[Anchor]) -> tuple[int, bytes, bool]:
    """Where the walk begins, the hash before it, and whether what was sealed before it was sealed lawfully."""
    stub = newest_stub(connection)
    if stub is None or start > stub.last_seq + 1:
        return start, BEGINNING if start == 1 else _hash_before(connection, start), True
    lawful = not _contradicted(stub, anchors) and _told(connection, stub)
    return stub.last_seq + 1, stub.last_hash, lawful


def _told(connection: Connection, stub: Stub) -> bool:
    """Whether an entry of the chain tells of this very sealing; the walk proves that entry itself."""
    body = connection.execute(text("select body from audit.entries where seq = :n"), {"n": stub.told_at}).scalar()
    said = json.loads(body) if body else {}
    return (said.get("step"), said.get("last"), said.get("hash")) == ("audit.seal", stub.last_seq, stub.last_hash.hex())


def _contradicted(stub: Stub, anchors: list[Anchor]) -> bool:
    """Whether an anchor knows another hash for the last sealed entry."""
    return any(anchor.seq == stub.last_seq and anchor.head != stub.last_hash.hex() for anchor in anchors)


def _rows(connection: Connection, start: int) -> Generator[Any]:
    """Portions straight from the driver, hashes as bytes: a row object for each of a million entries doubles the time."""
    raw: Any = connection.connection.dbapi_connection
    with raw.cursor("chain", binary=True) as cursor:
        cursor.itersize = PORTION
        yield from cursor.execute(ROWS, {"start": start})


def _hash_before(connection: Connection, start: int) -> bytes:
    found = connection.execute(text("select hash from audit.entries where seq = :n"), {"n": start - 1}).scalar()
    return bytes(found) if found else BEGINNING


def _fits(body: str, reason: str | None, changes: str | None) -> bool:
    """Whether what lies beside an entry is what its body promises: nothing, or these details."""
    if DETAILED not in body:
        return changes is None
    promised = json.loads(body).get("details")
    if changes is None:
        return promised is None
    return bool(promised == digest_of_details(reason, json.loads(changes)))


def _fault(row: Any, seq: int, previous: bytes, anchor: Anchor | None) -> Finding:
    """What is wrong with an entry that is not sound."""
    number, before, digest, body, _, reason, changes = row
    if number != seq + 1:
        return Finding(seq + 1, f"entry {seq + 1} is missing")
    if before != previous:
        return Finding(number, "does not follow the entry before it")
    if next_hash(previous, number, body) != digest:
        return Finding(number, "its text was changed")
    if not _fits(body, reason, changes):
        promised = json.loads(body).get("details")
        if (promised is not None) != (changes is not None):
            return Finding(number, "its details are missing" if promised else "details were added to it")
        return Finding(number, "its details were changed")
    if anchor is not None and anchor.head != digest.hex():
        return Finding(number, "differs from its anchor: the chain was rewritten")
    return Finding(number, "the clock of the database went back by more than a day")


def head_of(connection: Connection) -> tuple[int, bytes]:
    """Number and hash of the last entry; (0, BEGINNING) for an empty chain."""
    row = connection.execute(text("select seq, hash from audit.head()")).first()
    return (row.seq, bytes(row.hash)) if row else (0, BEGINNING)


def write_anchor(connection: Connection, places: tuple[Path, ...]) -> Anchor:
    """Append the head to every anchor file, flushed to disk; every five minutes (decision 21)."""
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
