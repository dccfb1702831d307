"""Pupils of the reference as rows of the database, and what the engine wrote about them."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, text

from app.care.rainbow.computing import Run, compute_tiers
from app.care.rainbow.duty_plan import duty_plan
from app.care.rainbow.models import (
    ChangeEvidence,
    ProfessionalAssessment,
    RainbowComputation,
    RainbowTier,
    RiskFact,
    TeacherRating,
)
from app.care.rainbow.operations import proposing
from app.care.rainbow.rule_set import RuleSet, shipped_rule_set
from app.care.screening.models import CriticalAlert, ScaleResult
from app.core import clock, round_trip, rows
from app.core.audit import trail
from app.core.database import db, uuid7
from app.core.imports.models import ImportBatch
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Student
from tests.care.rainbow.reference import Pupil, Rated
from tests.cast import Cast

RULES = shipped_rule_set()


@dataclass
class Class:
    """Pupils on the roll of one school, and the engine over them."""

    county: uuid.UUID
    school: uuid.UUID
    teacher: uuid.UUID
    import_batch: uuid.UUID

    def enrol(self, pupils: Sequence[Pupil], shuffle: random.Random | None = None) -> list[uuid.UUID]:
        """Write pupils with all they bring, in any order; their ids come back in the order of `pupils`."""
        ids = [uuid7() for _ in pupils]
        rows: dict[Any, list[dict[str, object]]] = {}
        for number, (student, pupil) in enumerate(zip(ids, pupils, strict=True)):
            self._student(rows, student, number, pupil)
            self._sources(rows, student, pupil)
        with trail.act(SYSTEM, "system", "test.enrol"):
            for model, found in rows.items():
                (shuffle or random.Random(0)).shuffle(found)  # noqa: S311 - an order, not a secret
                _write(model.__tablename__, found)
        return ids

    def compute(self, today: date, rules: RuleSet = RULES, student: uuid.UUID | None = None) -> Run:
        """Run the engine over the school."""
        with trail.act(SYSTEM, "system", "test.compute"):
            return compute_tiers(rules, [self.school], today, uuid7(), student)

    def rate(self, student: uuid.UUID, rating: Rated) -> None:
        """One more rating of a student by the class teacher."""
        values = {
            "county_id": self.county, "school_id": self.school, "student_id": student, "rated_by": self.teacher,
            "rated_on": rating.on, "items": list(rating.items),
        }  # fmt: skip
        with trail.act(SYSTEM, "system", "test.rate"):
            db.session.execute(insert(TeacherRating), [values])

    def newest(self) -> dict[uuid.UUID, RainbowComputation]:
        """The newest computation of each student."""
        told = select(RainbowComputation).where(RainbowComputation.kind != "before")
        with trail.act(SYSTEM, "system", "test.read"):
            return {row.student_id: row for row in db.session.scalars(told.order_by(RainbowComputation.number))}

    def _student(self, rows: dict[Any, list[dict[str, object]]], student: uuid.UUID, number: int, pupil: Pupil) -> None:
        rows.setdefault(Student, []).append(
            {
                "id": student, "county_id": self.county, "school_id": self.school, "class_id": None,
                "student_no": f"G{number:018d}", "name": "林同学", "gender": "1", "birth_date": date(2012, 5, 1),
                "grade": "G7", "from_on": date(2024, 9, 1), "batch_id": self.import_batch if pupil.roster_known else None,
            }
        )  # fmt: skip

    def _sources(self, rows: dict[Any, list[dict[str, object]]], student: uuid.UUID, pupil: Pupil) -> None:
        whose = {"county_id": self.county, "school_id": self.school, "student_id": student}

        def add(model: Any, **values: object) -> None:
            rows.setdefault(model, []).append({**whose, **values})

        for fact in pupil.facts:
            add(RiskFact, code=fact.code, source=fact.source, dated_on=fact.on, ended_on=fact.ended_on)
        for one in pupil.results:
            add(ScaleResult, scale_code=one.scale, scale_version="1.0.0", construct=one.construct, answered_on=one.on,
                band=one.band, scores={}, verdict="valid", usable=True, worry=one.worry)  # fmt: skip
        for rating in pupil.ratings:
            add(TeacherRating, rated_by=self.teacher, rated_on=rating.on, items=list(rating.items))
        for level, on in pupil.assessments:
            add(ProfessionalAssessment, assessed_by=self.teacher, assessed_on=on, level=level)
        for day in pupil.reviews:
            add(ChangeEvidence, kind="plan_review", percent=60, happened_on=day, recorded_by=self.teacher)
        for alert in pupil.alerts:
            add(CriticalAlert, kind=alert.kind, raised_on=alert.on, cleared_on=alert.cleared_on)
        if pupil.tier is not None:
            add(RainbowTier, tier=pupil.tier, since=pupil.tier_since)
        if pupil.fits_since is not None:
            add(RainbowComputation, run_id=uuid7(), computed_on=pupil.fits_since, rule_set="before", kind="before",
                tier=None, bg=0, ev=0, sc=0, tr=0, pa=0, total=0, completeness=0, hard_floor="green",
                soft_floor="green", flags=[], factors=[], inputs_sha256=b"", fits_since=pupil.fits_since)  # fmt: skip


def _write(table: str, found: Sequence[dict[str, object]]) -> None:
    """All rows in one statement and in their order; what they leave out is the database's own: by the ten thousand."""
    names = ", ".join(found[0])
    told = json.dumps(found, default=lambda value: f"\\x{value.hex()}" if isinstance(value, bytes) else str(value))
    statement = f"insert into {table} ({names}) select {names} from jsonb_populate_recordset(null::{table}, cast(:rows as jsonb))"  # noqa: S608 (our own names)
    db.session.execute(text(statement), {"rows": told})


def roster(cast: Cast) -> uuid.UUID:
    """An accepted roster of the school, so that its base data are known."""
    batch, owner = uuid7(), cast["school_coordinator"]
    values = {
        "id": batch, "county_id": cast.county.id, "school_id": owner.unit.id, "state": "accepted", "workflow_version": 1,
        "state_since": clock.now(), "kind": "students", "owner_id": owner.person_id, "file_name": "学生名册.xlsx",
        "file_sha256": "0" * 64, "file_size": 1,
    }  # fmt: skip
    with trail.act(SYSTEM, "system", "test.roster"):
        db.session.execute(insert(ImportBatch), [values])
    return batch


@pytest.fixture(autouse=True)
def nobody_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chance draws nobody for a talk, where a test does not say otherwise."""
    draw(monkeypatch, 0)


def draw(monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    """Of everyday support so large a share is drawn."""
    plan = duty_plan().model_copy(update={"sample": share})
    monkeypatch.setattr(proposing, "duty_plan", lambda: plan)


@pytest.fixture
def school_class(app: Flask, cast: Cast) -> Class:
    """A school whose roster is known, with nobody on it yet."""
    school, teacher = cast.units["shuangqiao"], cast["homeroom_teacher"]
    return Class(cast.county.id, school.id, teacher.person_id, roster(cast))


@pytest.fixture
def told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every deed as the database is told of it: entries of the trail, reasons, changes, letters and jobs, as one text each."""
    kept: list[str] = []

    def note(statement: round_trip.Ready, values: Sequence[Any], **more: Any) -> Any:
        if "keep_deed" in statement.text:
            kept.append("\n".join(str(value) for value in values))
        return round_trip.ask(statement, values, **more)

    for module in (trail, rows):
        monkeypatch.setattr(module, "ask", note)
    return kept
