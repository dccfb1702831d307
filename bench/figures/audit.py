"""Figure 11: a chain of a million audit entries, verified, beside the bare chain of canonical JSON in memory."""

from __future__ import annotations

import hashlib
import json
import uuid
from itertools import chain, repeat
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import Connection, create_engine, text

from app.core.audit.trail import digest_of_details
from app.core.audit.verification import BEGINNING, verify
from bench.context import Context
from bench.rounds import figure, interleave, seconds

ENTRIES = 1_000_000
DIFFERENT = 50_000
"""Bodies that are told apart; the chain goes through them again and again under new numbers."""
STEPS = ("remediation_action.submit_evidence", "remediation_action.verify", "problem_item.start", "read", "sign_in")
Body = dict[str, Any]


def run(context: Context) -> list[dict[str, Any]]:
    """Seconds for the whole chain; a chain that does not hold, or whose head differs, raises AssertionError."""
    bodies = [body(number) for number in range(DIFFERENT)]
    engine = create_engine(context.database("chain"))
    context.at_the_end(engine.dispose)
    with engine.connect() as connection:
        written(connection, bodies)
        head = bare(bodies)
        rounds = interleave(
            lambda: seconds(lambda: _holds(connection, head)), lambda: seconds(lambda: bare(bodies)), rounds=5, warm=0
        )
        changed = _tampered(connection)
    value = median(rounds.ours)
    method = (
        f"verify() over {ENTRIES:,} entries, every third with details beside it, out of the database, {value:.1f} s; the "
        f"head is the partner's to the byte, and a changed entry is found (entry {changed:,}); partner: canonical JSON "
        f"and SHA-256 over the same bodies in memory, {median(rounds.partner):.2f} s in the same rounds"
    )
    return [figure("11 audit verification", value, "s", rounds=rounds, goal=("<=", 3), stretch=1.5, method=method)]


def body(number: int) -> Body:
    """What an entry tells, by the names that the trail uses."""
    told: Body = {
        "at": 1_700_000_000_000 + number * 1000,
        "act": str(uuid.UUID(int=number * 7919 + 1)),
        "kind": "read" if number % 5 == 3 else "step",
        "step": STEPS[number % 5],
        "entity": "remediation_actions",
        "record": str(uuid.UUID(int=number % 40_000 + (1 << 96))),
        "version": number % 9 + 1,
        "person": str(uuid.UUID(int=number % 4_000 + (1 << 97))),
        "role": "school_coordinator",
        "from": "in_progress",
        "to": "evidence_submitted",
    }
    if number % 3 == 0:
        told["details"] = digest_of_details(*_details(number))
    return told


def _details(number: int) -> tuple[str, dict[str, Any]]:
    return f"第 {number} 次：佐证不全，请补充听课记录", {"progress": [number % 100, number % 100 + 1]}


def canonical(told: Body) -> str:
    """The one text of an entry."""
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def bare(bodies: list[Body]) -> bytes:
    """The partner: nothing but the chain; returns its head."""
    head = BEGINNING
    for number, told in enumerate(chain.from_iterable(repeat(bodies, ENTRIES // len(bodies))), 1):
        head = hashlib.sha256(head + f"{number}\n{canonical(told)}".encode()).digest()
    return head


def written(connection: Connection, bodies: list[Body]) -> None:
    """The whole chain by COPY, as the owner of an empty database can: a fifth of the time that the trail's door takes.

    The rule of two persons looks a step up among the earlier ones of its record; without the indices, dropped here
    to save their time, it would read the whole table for each row, and the invented steps belong to no record.
    """
    raw: psycopg.Connection[Any] = connection.connection.dbapi_connection  # type: ignore[assignment]
    raw.execute("drop index audit.ix_entries_record, audit.ix_entries_person, audit.ix_entries_kind")
    raw.execute("alter table audit.entries disable trigger two_persons")
    before, turns, cursor = BEGINNING, ENTRIES // len(bodies), raw.cursor()
    texts = [canonical(told) for told in bodies]
    with cursor.copy("copy audit.entries (seq, previous, hash, body) from stdin with (format binary)") as copy:
        copy.set_types(("int8", "bytea", "bytea", "text"))
        for seq, told in enumerate(chain.from_iterable(repeat(texts, turns)), 1):
            digest = hashlib.sha256(before + f"{seq}\n{told}".encode()).digest()
            copy.write_row((seq, before, digest, told))
            before = digest
    details = {number: _details(number) for number, told in enumerate(bodies) if "details" in told}
    with cursor.copy("copy audit.details (seq, reason, changes) from stdin") as copy:
        for turn in range(turns):
            for number, (why, what) in details.items():
                copy.write_row((turn * len(bodies) + number + 1, why, json.dumps(what)))
    raw.execute("alter table audit.entries enable trigger two_persons")
    raw.execute("analyze audit.entries, audit.details")
    raw.commit()


def _holds(connection: Connection, head: bytes) -> None:
    verdict = verify(connection)
    connection.rollback()
    assert verdict.fault is None and verdict.entries == verdict.seq, verdict
    assert verdict.head == head, "the chain in the database is not the chain of the bodies"


def _tampered(connection: Connection) -> int:
    """Change one entry past the middle as nobody but the owner could, and see it named; the change is taken back."""
    victim = ENTRIES * 2 // 3
    connection.execute(text("alter table audit.entries disable trigger only_grows"))
    connection.execute(text("alter table audit.entries drop constraint columns_say_what_the_body_says"))
    connection.execute(
        text("update audit.entries set body = replace(body, 'evidence_submitted', 'verified') where seq = :n"),
        {"n": victim},
    )
    verdict = verify(connection, start=victim - 10)
    connection.rollback()
    assert verdict.fault is not None and verdict.fault.seq == victim, verdict
    return victim
