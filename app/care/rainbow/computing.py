"""The rule engine: one chain of SQL from facts to computations, for one student or for a whole county."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import ARRAY, Date, Integer, Numeric, Text, TextClause, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from app.care.rainbow.rule_set import TIERS, RuleSet
from app.core.database import db

CHAIN_TEXT = (Path(__file__).parent / "computing.sql").read_text(encoding="utf-8")
TYPES: dict[str, TypeEngine[Any]] = {
    "rules": JSONB(), "tiers": ARRAY(Text), "schools": ARRAY(Uuid), "student": Uuid(), "run": Uuid(), "today": Date(),
    "version": Text(), "shares": ARRAY(Numeric), "least": Numeric(),
}  # fmt: skip
"""What the chain is given besides whole numbers."""


TOLD = tuple(itertools.product((0, 1), repeat=3))
"""Whether self, teacher and roster speak of a student, from none of them to all, as binary digits count."""


def chain(statement: str = CHAIN_TEXT) -> TextClause:
    """The chain, or a rewording of it, for `given`."""
    made = text(statement)
    return made.bindparams(*(bindparam(name, type_=TYPES.get(name, Integer())) for name in made.compile().params))


def given(
    rules: RuleSet, schools: Sequence[uuid.UUID], today: date, run: uuid.UUID, student: uuid.UUID | None = None
) -> dict[str, Any]:
    """What the chain asks for: lists and steps of the rules as JSON, single numbers as themselves.

    A number that is a value of the statement costs nothing; read from a row beside the students it is joined to each of
    them at every step.
    """
    scales, floors, known, down = rules.scales, rules.floors, rules.completeness, rules.step_down
    numbers = {
        "yellow": rules.tiers["yellow"], "orange": rules.tiers["orange"], "red": rules.tiers["red"],
        "total_cap": rules.total_cap, **{f"{domain.lower()}_cap": cap for domain, cap in rules.caps.items()},
        "fresh_days": scales.fresh_days, "usable_days": scales.usable_days, "further_from": scales.further_from_band,
        "further": scales.further_points, "further_stale": scales.further_points_stale,
        "rating_days": rules.rating.days, "assessment_days": rules.assessment.days,
        "cleared_days": floors.cleared_alert.days, "leave_days": floors.returned_from_leave.days,
        "margin": down.margin, "dwell_days": down.dwell_days, "agree_days": down.agree_days,
        "care_flag_from": rules.care_flag_from,
        "conflict_rating": rules.conflict.rating_from, "conflict_band": rules.conflict.band_from,
    }  # fmt: skip
    weights = [Decimal(str(weight)) for weight in (known.SC, known.TR, known.BG)]
    return {
        **numbers, "shares": [sum(weight * there for weight, there in zip(weights, told, strict=True)) for told in TOLD],
        "least": Decimal(str(known.least)), "rules": rules.numbers(), "version": rules.version, "tiers": list(TIERS),
        "schools": list(schools), "today": today, "run": run, "student": student,
    }  # fmt: skip


CHAIN = chain()

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
    row = db.session.execute(CHAIN, given(rules, schools, today, run, student)).one()
    db.session.execute(AS_BEFORE)
    return Run(row.written, row.digest)
