"""Results come in through the same door as a workbook, once per key."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.api.models import ApiRequest
from app.core.database import db, use_context
from app.core.imports.models import ImportBatch
from app.core.outbox import deliver
from app.core.policy.actor import SYSTEM
from app.improvement.monitoring.models import Indicator, MonitoringCycle
from tests.api.conftest import Program, program_for
from tests.by_hand import by_hand
from tests.cast import Cast
from tests.policy.records import Chain

Records = tuple[Chain, Chain]


@pytest.fixture
def program(app: Flask, cast: Cast, records: Records) -> Program:
    """A program that may send results of a round that is collecting."""
    own, _foreign = records
    with by_hand("test.collect"):
        db.session.execute(
            update(MonitoringCycle)
            .where(MonitoringCycle.ref == own.refs["monitoring_cycles"])
            .values(state="collecting", code="2026-JC-01")
        )
    return program_for(app, cast, "assessment_member")


def _row(cast: Cast, **changes: Any) -> dict[str, Any]:
    use_context(SYSTEM.context())
    code = db.session.scalar(select(Indicator.code).where(Indicator.county_id == cast.county.id).limit(1))
    row = {
        "scope_level": "school", "school_code": cast.units["shuangqiao"].code, "subject": "math", "indicator_code": code,
        "value_type": "mean", "direction": "higher", "value": 470, "benchmark_type": "county", "benchmark_value": 500,
        "n": 100, "n_expected": 104, "sd": 100,
    }  # fmt: skip
    return row | changes


def _batches() -> int:
    use_context(SYSTEM.context())
    return (
        db.session.scalar(select(func.count()).select_from(ImportBatch).where(ImportBatch.file_name.like("%-api.csv")))
        or 0
    )


def test_rows_become_a_file_that_the_job_checks_and_a_second_person_accepts(
    program: Program, cast: Cast, records: Records
) -> None:
    address = f"cycles/{records[0].refs['monitoring_cycles']}/results"
    good, too_many = _row(cast, n=1, n_expected=1), _row(cast, subject="chinese")
    answer = program.post(address, "k1", json={"sender": "云阅卷", "rows": [good, too_many]})
    assert answer.status_code == 202, answer.text
    deliver.drain()
    batch = program.get(f"imports/{answer.json['ref']}").json
    assert batch["state"] == "ready" and (batch["rows_good"], batch["rows_blocked"]) == (1, 1), batch
    assert len(batch["file_sha256"]) == 64


def test_the_same_key_with_the_same_body_gives_the_first_answer_and_one_batch(
    program: Program, cast: Cast, records: Records
) -> None:
    address, body = f"cycles/{records[0].refs['monitoring_cycles']}/results", {"rows": [_row(cast)]}
    first, again = program.post(address, "k2", json=body), program.post(address, "k2", json=body)
    assert first.status_code == again.status_code == 202 and first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true" and _batches() == 1


def test_the_same_key_with_another_body_is_refused_and_changes_nothing(
    program: Program, cast: Cast, records: Records
) -> None:
    address = f"cycles/{records[0].refs['monitoring_cycles']}/results"
    program.post(address, "k3", json={"rows": [_row(cast)]})
    answer = program.post(address, "k3", json={"rows": [_row(cast, value=480)]})
    assert answer.status_code == 422 and "Idempotency-Key" in answer.json["fields"] and _batches() == 1


def test_a_refused_request_leaves_its_key_free(program: Program, cast: Cast, records: Records) -> None:
    address = f"cycles/{records[0].refs['monitoring_cycles']}/results"
    program.post(address, "k4", json={"rows": [_row(cast)]})
    twice = program.post(address, "k5", json={"rows": [_row(cast)]})
    assert twice.status_code == 422 and _batches() == 1, twice.text
    use_context(SYSTEM.context())
    assert db.session.scalar(select(ApiRequest.id).where(ApiRequest.key == "k5")) is None
    assert program.post(address, "k5", json={"rows": [_row(cast, value=471)]}).status_code == 202


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"sd": "viel"}, "sd"), ({"n": -1}, "n"), ({"scope_level": "planet"}, "scope_level"), ({"grade": "7"}, "grade"),
     ({"tier": "red"}, "tier"), ({"value_type": None}, "value_type")],
)  # fmt: skip
def test_a_row_that_does_not_fit_names_its_place(
    changes: dict[str, Any], field: str, program: Program, cast: Cast, records: Records
) -> None:
    address = f"cycles/{records[0].refs['monitoring_cycles']}/results"
    answer = program.post(address, "k6", json={"rows": [_row(cast), _row(cast, **changes)]})
    assert answer.status_code == 422 and any(
        field in name or field in str(said) for name, said in answer.json["fields"].items()
    )
    assert _batches() == 0


def test_without_a_key_and_with_broken_json_nothing_is_taken(program: Program, cast: Cast, records: Records) -> None:
    address = f"cycles/{records[0].refs['monitoring_cycles']}/results"
    without = program.post(address, json={"rows": [_row(cast)]})
    assert without.status_code == 422 and "Idempotency-Key" in without.json["fields"]
    assert program.post(address, "k7", data=b"{", content_type="application/json").status_code == 400
    assert program.post(address, "k8", data=b"rows=1", content_type="text/plain").status_code in (400, 415, 422)
    assert _batches() == 0


def test_a_round_of_another_county_is_not_there(program: Program, cast: Cast, records: Records) -> None:
    answer = program.post(f"cycles/{records[1].refs['monitoring_cycles']}/results", "k9", json={"rows": [_row(cast)]})
    assert answer.status_code == 404 and _batches() == 0


def test_a_role_that_only_reads_cannot_send(app: Flask, cast: Cast, records: Records) -> None:
    program = program_for(app, cast, "leading_group_head")
    address = f"cycles/{records[0].refs['monitoring_cycles']}/results"
    assert program.post(address, "k10", json={"rows": [_row(cast)]}).status_code == 404
