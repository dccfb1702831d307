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

from tests.api.conftest import program_for
from tests.cast import Cast
from tests.policy.records import Chain

CHECKS = [not_a_server_error, response_schema_conformance, content_type_conformance]
EXAMPLES = 25
OPERATIONS = ("list_findings", "read_findings", "list_lists", "list_items", "read_items", "list_plans", "list_actions",
              "list_evidence", "list_evaluations", "list_closures", "send_results", "read_import")  # fmt: skip


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_no_request_breaks_the_interface(
    operation_id: str, app: Flask, cast: Cast, records: tuple[Chain, Chain]
) -> None:
    program = program_for(app, cast, "assessment_member")
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operation = schema.find_operation_by_id(operation_id)

    @settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(
        case=st.one_of(
            operation.as_strategy(), operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)
        )
    )
    def ask(case: schemathesis.Case) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {program.token}"})
        case.validate_response(answer, checks=CHECKS)

    ask()
