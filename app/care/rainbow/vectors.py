"""Worked cases inside a rule set: the very chain of the engine runs over them, on tables that live for a moment only."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from app.care.rainbow.computing import CHAIN_TEXT, chain, given
from app.care.rainbow.rule_set import RuleSet, RuleVector
from app.core import clock
from app.core.database import db, uuid7
from app.core.round_trip import forget

TABLES = (
    "students", "risk_facts", "scale_results", "teacher_ratings", "professional_assessments", "critical_alerts",
    "rainbow_tiers", "rainbow_computations", "change_evidence",
)  # fmt: skip
CONSTRUCTS = (("phq9", "depression"), ("gad7", "anxiety"), ("who5", "wellbeing"), ("dass21", "distress"))
MAKE = (
    "create temporary table students (id uuid, county_id uuid, school_id uuid, batch_id uuid, left_on date)",
    (
        "create temporary table risk_facts (student_id uuid, school_id uuid, code text, source text, dated_on date,"
        " ended_on date)"
    ),
    (
        "create temporary table scale_results (student_id uuid, school_id uuid, scale_code text, construct text,"
        " answered_on date, band smallint, worry boolean, usable boolean)"
    ),
    "create temporary table teacher_ratings (student_id uuid, school_id uuid, rated_on date, items smallint[])",
    "create temporary table professional_assessments (student_id uuid, school_id uuid, assessed_on date, level text)",
    "create temporary table critical_alerts (student_id uuid, school_id uuid, kind text, raised_on date, cleared_on date)",
    "create temporary table change_evidence (student_id uuid, school_id uuid, kind text, happened_on date)",
    "create temporary table rainbow_tiers (student_id uuid, tier text, since date)",
    "create temporary table rainbow_computations (like public.rainbow_computations including identity)",
)
ADD = {
    "students": "insert into pg_temp.students values (:student, :school, :school, :school, null)",
    "risk_facts": "insert into pg_temp.risk_facts values (:student, :school, :code, 'guardian', :day, null)",
    "scale_results": "insert into pg_temp.scale_results values (:student, :school, :scale, :construct, :day, :band,"
    " false, true)",
    "teacher_ratings": "insert into pg_temp.teacher_ratings values (:student, :school, :day, :items)",
    "professional_assessments": "insert into pg_temp.professional_assessments values (:student, :school, :day, :level)",
    "critical_alerts": "insert into pg_temp.critical_alerts values (:student, :school, :kind, :day, null)",
    "rainbow_tiers": "insert into pg_temp.rainbow_tiers values (:student, :tier, :day)",
    "rainbow_computations": "insert into pg_temp.rainbow_computations (county_id, school_id, student_id, run_id,"
    " computed_on, rule_set, kind, bg, ev, sc, tr, pa, total, completeness, hard_floor, soft_floor, flags, factors,"
    " inputs_sha256, fits_since) values (:school, :school, :student, :school, :day, 'before', 'before', 0, 0, 0, 0, 0, 0,"
    " 0, 'green', 'green', '[]', '[]', '', :day)",
}
ON_MOMENTARY = chain(re.sub(rf"\b(from|join|into) ({'|'.join(TABLES)})\b", r"\1 pg_temp.\2", CHAIN_TEXT))
"""The engine's own statement, reading and writing the momentary tables and no others."""
FOUND = text(
    "select student_id, kind, tier, total, completeness, flags from pg_temp.rainbow_computations where kind <> 'before'"
)


@contextmanager
def _tables() -> Iterator[None]:
    for statement in MAKE:
        db.session.execute(text(statement))
    yield
    for table in TABLES:
        db.session.execute(DROP[table])
    forget(db.session.connection())


DROP = {table: text("drop table pg_temp." + table) for table in TABLES}


def failed_vectors(rules: RuleSet) -> list[str]:
    """What the embedded vectors expect and do not get, a sentence each that names the vector; empty when all pass."""
    school, today = uuid7(), clock.today()
    ids = [uuid7() for _ in rules.test_vectors]
    with _tables():
        for student, vector in zip(ids, rules.test_vectors, strict=True):
            _put(student, school, vector, today)
        db.session.execute(ON_MOMENTARY, given(rules, [school], today, uuid7())).one()
        rows = {row.student_id: row for row in db.session.execute(FOUND)}
    return [
        f"{vector.name}：{said}"
        for student, vector in zip(ids, rules.test_vectors, strict=True)
        for said in _differences(vector, rows[student])
    ]


def _put(student: uuid.UUID, school: uuid.UUID, vector: RuleVector, today: date) -> None:
    def add(table: str, ago: int, **values: Any) -> None:
        place = {"student": student, "school": school, "day": today - timedelta(days=ago)}
        db.session.execute(text(ADD[table]), place | values)

    add("students", 0)
    for code in vector.facts:
        add("risk_facts", 10, code=code)
    if vector.returned_days is not None:
        add("risk_facts", vector.returned_days, code="returned_from_leave")
    for (scale, construct), band in zip(CONSTRUCTS, vector.scales, strict=False):
        add("scale_results", vector.scale_days, scale=scale, construct=construct, band=band)
    if vector.rating is not None:
        items = [vector.rating // 6 + (place < vector.rating % 6) for place in range(6)]
        add("teacher_ratings", 3, items=[*items, vector.danger, 0])
    if vector.assessed is not None:
        add("professional_assessments", vector.assessed_days, level=vector.assessed)
    for kind in vector.alerts:
        add("critical_alerts", 5, kind=kind)
    if vector.tier is not None:
        add("rainbow_tiers", vector.dwell_days, tier=vector.tier)
        add("rainbow_computations", min(20, vector.dwell_days - 1))


def _differences(vector: RuleVector, row: Any) -> Iterator[str]:
    wanted = vector.expect
    pairs = (
        ("结论", row.kind, wanted.kind), ("层级", row.tier, wanted.tier), ("合计", row.total, wanted.total),
        ("提示", sorted(row.flags), sorted(wanted.flags)),
    )  # fmt: skip
    for name, got, expected in pairs:
        if got != expected:
            yield f"{name}应为 {expected}，算出 {got}"
