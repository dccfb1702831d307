"""Sealing what is older than the trail must be kept: the entries go, a stub with the last hash stays, the chain tells of it.

Five years (decision 77). Whoever verifies begins at the stub: its hash must be the one that the first remaining entry
follows, and an entry further on must tell of this very sealing, so that nobody shortens the trail unseen (security 48).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, text

from app.core import clock
from app.core.audit.trail import APPEND, canonical
from app.core.audit.verification import Stub, newest_stub, verify

KEPT_YEARS = 5
SEALED = "audit.seal"
LAST_OF = text(
    """select max(e.seq) from audit.entries e
       where e.seq < coalesce((select min(seq) from audit.entries where at >= :day), 9223372036854775807)"""
)


class NotSealed(Exception):
    """Why nothing was sealed."""


@dataclass(frozen=True)
class Sealing:
    """What went: from which entry to which."""

    first_seq: int
    last_seq: int


def latest_day(today: date) -> date:
    """The last day before which entries may be sealed."""
    return today.replace(year=today.year - KEPT_YEARS, day=min(today.day, 28))


def seal_before(connection: Connection, day: date, anchors: list[Any] | None = None) -> Sealing:
    """Seal everything before `day`; `connection` belongs to the owner, in a transaction of its own.

    Raises NotSealed for a day that is too young, for a chain that does not hold, and where nothing is that old.
    """
    if day > latest_day(clock.today()):
        raise NotSealed(f"the trail is kept {KEPT_YEARS} years: {latest_day(clock.today())} is the latest day")
    midnight = datetime.combine(day, time(), clock.SHANGHAI)
    connection.execute(text("select pg_advisory_xact_lock(771102026)"))
    last = connection.execute(LAST_OF, {"day": midnight}).scalar()
    if last is None:
        raise NotSealed(f"nothing is older than {day}")
    fault = verify(connection, anchors).fault
    if fault is not None:
        raise NotSealed(f"entry {fault.seq}: {fault.what}; the evidence stays as it is")
    before = newest_stub(connection)
    first = before.last_seq + 1 if before else 1
    digest = bytes(connection.execute(text("select hash from audit.entries where seq = :n"), {"n": last}).scalar_one())
    told = connection.execute(
        APPEND, {"bodies": [_body(first, last, digest)], "reasons": [None], "changes": [{}]}
    ).scalar_one()
    connection.execute(
        text(
            "insert into audit.stubs (last_seq, first_seq, last_hash, told_at) values (:last, :first, :digest, :told)"
        ),
        {"last": last, "first": first, "digest": digest, "told": told},
    )
    connection.execute(text("select set_config('bihuan.sealing', :last, true)"), {"last": str(last)})
    for sealed in ("delete from audit.details where seq <= :last", "delete from audit.entries where seq <= :last"):
        connection.execute(text(sealed), {"last": last})
    return Sealing(first, last)


def _body(first: int, last: int, digest: bytes) -> str:
    """The entry that tells of a sealing."""
    at = int(clock.now().timestamp() * 1000)
    told = {"at": at, "kind": "system", "step": SEALED, "role": "system"}
    return canonical(told | {"first": first, "last": last, "hash": digest.hex()})


__all__ = ["KEPT_YEARS", "NotSealed", "Sealing", "Stub", "latest_day", "seal_before"]
