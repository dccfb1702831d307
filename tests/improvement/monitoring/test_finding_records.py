"""How findings are stored, and what the rules refuse to read."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.improvement.monitoring.cells import Cell, Cells
from app.improvement.monitoring.finding_rules import Findings, judge
from app.improvement.monitoring.rule_set import FindingRules, finding_rules
from app.improvement.provenance import read_rules

RULES = finding_rules()
LOW = Cell("low", "2019", "reading", "school", "mean", "higher", 470, 500, 100, "G7-9", sd=100)
FEW = replace(LOW, key="few", n=18)
FAIR = replace(LOW, key="fair", value=505)
RATE = Cell("rate", "2019", "pass", "school", "rate", "higher", 0.55, 0.70, 120, "G7-9")
SCHOOL = (LOW, FEW, FAIR, RATE)


def judged(*cells: Cell, rules: FindingRules = RULES) -> Findings:
    return judge(Cells.of(cells), rules)


def test_a_record_carries_everything_that_the_finding_must_show() -> None:
    record = judged(*SCHOOL).records()[3]
    assert record["key"] == "rate"
    assert (record["value"], record["benchmark"], record["n"], record["sd"]) == (0.55, 0.70, 120, None)
    assert (record["deff"], record["family_size"], record["rule_version"]) == (1.0, 3, "findings-1")
    assert record["code_version"].startswith("findings-")
    assert len(record["inputs_sha256"]) == 64
    assert (record["verdict"], record["severity"], record["eligible"]) == ("candidate", "minor", True)


def test_records_may_be_asked_for_some_cells_only() -> None:
    findings = judged(*SCHOOL)
    stored = findings.records(findings.verdict == "candidate")
    assert [record["key"] for record in stored] == ["low", "rate"]


def test_the_digest_changes_with_any_input_and_with_any_rule() -> None:
    other = RULES.model_copy(update={"false_discovery_rate": 0.1})
    digests = [
        judged(*SCHOOL).provenance()["inputs_sha256"],
        judged(*SCHOOL).provenance()["inputs_sha256"],
        judged(*SCHOOL[1:]).provenance()["inputs_sha256"],
        judged(*SCHOOL, rules=other).provenance()["inputs_sha256"],
    ]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"value_type": "median"},
        {"direction": "up"},
        {"scope_level": "village"},
        {"n": -1},
        {"n_expected": 0},
        {"deff": 0.0},
        {"benchmark_se": -1.0},
        {"value": math.inf},
        {"margin": 0.0},
    ],
)
def test_a_number_outside_its_range_is_refused_by_the_name_of_its_cell(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="cell K7"):
        Cells.of([LOW, replace(LOW, key="K7", **changes)])  # type: ignore[arg-type]


def test_no_cells_give_no_findings() -> None:
    findings = judge(Cells.of([]))
    assert findings.records() == []
    assert len(findings.verdict) == 0


def test_a_rule_file_with_an_unknown_or_a_missing_key_is_refused(tmp_path: Path) -> None:
    lines = RULES.model_dump_json()
    (tmp_path / "findings_v1.yaml").write_text(lines)
    assert read_rules(FindingRules, "findings", 1, tmp_path) == RULES
    for broken in ({"colour": "red"}, {"least_n": None}, {"severities": {"minor": -0.2, "severe": -0.5}}):
        (tmp_path / "findings_v2.yaml").write_text(json.dumps(json.loads(lines) | broken))
        with pytest.raises(ValidationError):
            read_rules(FindingRules, "findings", 2, tmp_path)
