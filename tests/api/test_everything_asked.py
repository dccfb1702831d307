"""Whatever the description allows, and much that it does not, is answered without a fault of ours and as described."""

from __future__ import annotations

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)

from app.api.queries import RESOURCES
from app.improvement.chain.kinds import BY_PATH
from tests.api.conftest import program_for
from tests.cast import Cast
from tests.policy.records import Chain

CHECKS = [not_a_server_error, response_schema_conformance, content_type_conformance]
EXAMPLES = 25
TABLES = {f"read_{name}": resource.model.__tablename__ for name, resource in RESOURCES.items()} | {
    f"trace_{path}": kind.model.__tablename__ for path, kind in BY_PATH.items()
}
"""Operations that name one record → its table."""
OPERATIONS = (*(f"list_{name}" for name in RESOURCES), *TABLES, "open_items", "send_results", "read_import")
ASKED_BY = {"send_results": "assessment_member", "read_import": "assessment_member"}
"""Who asks where the office may not; a batch is sent and read in test_results_in."""


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_no_request_breaks_the_interface(
    operation_id: str, app: Flask, cast: Cast, records: tuple[Chain, Chain]
) -> None:
    program = program_for(app, cast, ASKED_BY.get(operation_id, "office_director"))
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operation = schema.find_operation_by_id(operation_id)
    headers = {"Authorization": f"Bearer {program.token}"}

    @settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(
        case=st.one_of(
            operation.as_strategy(), operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)
        )
    )
    def ask(case: schemathesis.Case) -> None:
        case.validate_response(case.call(headers=headers), checks=CHECKS)

    ask()
    if operation_id in TABLES and TABLES[operation_id] in records[0].refs:
        for chain, status in zip(records, (200, 404), strict=True):
            one = operation.Case(path_parameters={"ref": chain.refs[TABLES[operation_id]]})
            answer = one.call(headers=headers)
            assert answer.status_code == status, "our record is read, the other county's is not"
            one.validate_response(answer, checks=CHECKS)


def test_every_operation_of_the_description_is_asked(app: Flask) -> None:
    paths = app.test_client().get("/api/v1/openapi.json").json["paths"]
    described = [operation["operationId"] for path in paths.values() for operation in path.values()]
    assert sorted(described) == sorted(OPERATIONS)
