"""What was typed of a child in a row that does not fit: afterwards in no column, file, key, job or log line in clear."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.core import queue
from app.core.database import Base, db, use_context
from app.core.imports import operations as imports
from app.core.imports.models import ImportBatch
from app.core.imports.operations import StepIn
from app.core.outbox import deliver
from app.core.policy.actor import SYSTEM
from tests.care.access.test_canary import lines
from tests.care.screening.papers import COUNSELLOR, send, workbook
from tests.care.terms import GOOD, Term

__all__ = ["lines"]
NAME, SAID, TIER = "金丝雀小雨", "金丝雀说不想活了", "金丝雀重点关注红色"
PLANTED = (NAME, SAID, TIER)


def everywhere(app: Flask, said: str) -> dict[str, bytes]:
    """Place → all its bytes: each table in all its columns, the trail, the shelf, the queue's server, the log."""
    use_context(SYSTEM.context())
    statements = {name: f"select row_to_json(t)::text from {name} t" for name in Base.metadata.tables} | {
        "trail": "select body::text from audit.access_log",
        "reasons": "select coalesce(reason, '') || coalesce(changes::text, '') from audit.transition_log",
    }
    found = {name: "\n".join(db.session.execute(text(one)).scalars()).encode() for name, one in statements.items()}
    root: Path = app.extensions["bihuan.shelf"].root
    found["shelf"] = b"\n".join(path.read_bytes() for path in root.rglob("*") if path.is_file())
    server = queue.connect(app.config["REDIS_URL"])
    found["queue"] = b"\n".join(key + (server.dump(key) or b"") for key in server.scan_iter("*"))
    server.close()
    return found | {"log": said.encode()}


def planted_file(term: Term) -> ImportBatch:
    """The class's workbook with one good row and one in which words stand where a number belongs."""
    campaign = term.opened()
    for child in (0, 1):
        term.agree(f"学生{child:02d}")
    words = {"phq9": [SAID, TIER, *GOOD["phq9"][2:]], "gad7": [NAME, *GOOD["gad7"][1:]]}
    return send(term, campaign, COUNSELLOR, workbook(campaign, "周老师", {0: GOOD, 1: words}))


def _taken_back(term: Term, batch: ImportBatch) -> None:
    imports.roll_back(term.cast.actor(COUNSELLOR), batch, StepIn(reason="录错了班级，整份重新录入"))
    deliver.drain()


@pytest.mark.parametrize("after", ["accepted", "rolled back"])
def test_security_79_words_typed_into_a_bad_row_of_answers_stand_nowhere_in_clear(
    app: Flask, term: Term, lines: Callable[[], str], after: str
) -> None:
    batch = planted_file(term)
    assert (batch.state, batch.rows_blocked) == ("accepted", 2), (batch.state, batch.rows_blocked, batch.trouble)
    if after == "rolled back":
        _taken_back(term, batch)
    found = [
        (place, word) for place, held in everywhere(app, lines()).items() for word in PLANTED if word.encode() in held
    ]
    assert not found
    told: Any = db.session.execute(text("select messages from import_rows where status = 'blocked'")).scalars().all()
    assert sorted(one["address"] for row in told for one in row) == ["H3", "H3", "I3"]
    assert {one["zh"] for row in told for one in row} == {"“••••”不是数字"}
