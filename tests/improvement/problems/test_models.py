"""The models of problem lists carry everything that their machines read, and say in words what a line lacks."""

from __future__ import annotations

from typing import Any

import pytest

from app.improvement.problems.models import ProblemItem, ProblemList, Reopening
from app.improvement.problems.words import LACKS
from workflows.improvement.problem_list import PROBLEM_LIST


@pytest.mark.parametrize("model", [ProblemList, ProblemItem, Reopening])
def test_every_fact_of_the_machine_stands_on_the_model(model: Any) -> None:
    missing = {name for name in model.workflow.reads if not hasattr(model, name)}
    assert not missing


def test_what_a_line_lacks_is_what_the_machine_refuses() -> None:
    item = ProblemItem(title="问题", criteria="")
    item.target = 480.0
    assert set(item.lacks) == set(LACKS) - {"target"}
    item.target = None
    assert set(item.lacks) == set(LACKS) - {"indicator"}
    guards = {guard.code for guard in PROBLEM_LIST.step("submit").guards}
    assert len(guards) == 8, "has_items, a category and six of completeness: tell LACKS about a new one"
    item.criteria = "每周一次分层作业"
    assert "target" not in item.lacks
    item.co_units = []
    assert "co_units" not in item.lacks, "that nobody helps has been said"
