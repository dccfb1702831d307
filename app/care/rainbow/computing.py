"""The rule engine: one chain of SQL from facts to computations, for one student or for a whole county."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import ARRAY, JSON, Date, Uuid, bindparam, text

from app.care.rainbow.rule_set import RuleSet
from app.core.database import db

CHAIN_TEXT = (Path(__file__).parent / "computing.sql").read_text(encoding="utf-8")
CHAIN = text(CHAIN_TEXT).bindparams(
    bindparam("rules", type_=JSON), bindparam("today", type_=Date), bindparam("schools", type_=ARRAY(Uuid))
)

SET_BASED = text(
    "select set_config('enable_nestloop', 'off', true), set_config('work_mem', '32MB', true),"
    " set_config('datestyle', 'ISO', true)"
)
"""The planner knows nothing of how many rows a step of the chain gives; loops over thousands of them take minutes.

A county's steps fit into this memory, so that none of them is written to a file and read again. The days of facts are
written as in JSON.
"""
AS_BEFORE = text("select set_config('enable_nestloop', 'on', true), set_config('work_mem', null, true)")


@dataclass(frozen=True)
class Run:
    """What a run wrote: how many computations, and the SHA-256 over their students and inputs, in order (decision 20)."""

    written: int
    digest: str


def compute_tiers(
    rules: RuleSet, schools: Sequence[uuid.UUID], today: date, run: uuid.UUID, student: uuid.UUID | None = None
) -> Run:
    """Compute every student of `schools` (one of them when `student` is given) inside the open act.

    A computation is written only where facts or answer differ from the newest one. The same facts give the same answer
    in whatever order they were stored. Source: domain §4.1–4.3, decisions 54–64 and §6.
    """
    db.session.execute(SET_BASED)
    given = {"rules": rules.numbers(), "version": rules.version, "run": run, "student": student}
    row = db.session.execute(CHAIN, given | {"schools": list(schools), "today": today}).one()
    db.session.execute(AS_BEFORE)
    return Run(row.written, row.digest)
