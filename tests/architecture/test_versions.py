"""Whoever edits a record that somebody else may edit sends the version that the page showed; what has none says why."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask

from app.core.casework.door import OPERATIONS
from app.core.casework.records import Movable
from app.core.database import Versioned

OURS = ("app.improvement", "app.people")
PRINTS = "It prints what stands there and changes nothing of it."
ADDS = "It adds a line beside the others and changes none of them."
BY_ITSELF = "The system follows what another record did; nobody wrote a text on a page."
ONCE = "It happens once: the second one is refused, and no text is written over."
NO_VERSION: dict[str, str] = {
    "account.end_sessions": "Sessions end, whatever the account says by then.",
    "account.open": ONCE,
    "account.release_code": "A code is given out anew, whatever the account says by then; the one before it ends.",
    "accountability_record.keep_time": BY_ITSELF,
    "accountability_record.paper_made": PRINTS,
    "accountability_record.print": PRINTS,
    "board.freeze": BY_ITSELF,
    "citizen_letter.erase_contact": BY_ITSELF,
    "closure_request.end_with_item": BY_ITSELF,
    "closure_request.form_made": PRINTS,
    "closure_request.open": "Whoever verifies has opened it; nothing is written over.",
    "closure_request.print": PRINTS,
    "controls.take": BY_ITSELF,
    "effect_evaluation.end_with_item": BY_ITSELF,
    "effect_evaluation.follow_item": BY_ITSELF,
    "effect_evaluation.follow_plan": BY_ITSELF,
    "effect_evaluation.take_ruling": BY_ITSELF,
    "evidence.infected": BY_ITSELF,
    "evidence.open": "Whoever judges has opened it; nothing is written over.",
    "evidence.open_at_school": "Whoever judges has opened it; nothing is written over.",
    "evidence.scanned": BY_ITSELF,
    "evidence.use": ADDS,
    "letter_box.keep_true": BY_ITSELF,
    "problem_item.add_cause": ADDS,
    "problem_item.change_cause": "The cause has a version of its own, which the page sends (`of_version`).",
    "problem_item.recurred": BY_ITSELF,
    "problem_item.remark": ADDS,
    "problem_item.remove_cause": "A press at one cause while the analysis is open; the trail keeps its words.",
    "problem_list.open": "Whoever decides has opened it; nothing is written over.",
    "problem_list.print": PRINTS,
    "problem_list.print_plans": PRINTS,
    "recheck.end_with_reopening": BY_ITSELF,
    "remediation_plan.archive_with_list": BY_ITSELF,
    "remediation_plan.await_report": BY_ITSELF,
    "remediation_plan.comment": ADDS,
    "remediation_plan.end_with_item": BY_ITSELF,
    "remediation_plan.print": PRINTS,
    "remediation_plan.take_ruling": BY_ITSELF,
    "remediation_plan.report": "The report of a month has a version of its own, which the page sends (`of_version`).",
    "result_disclosure.keep_time": BY_ITSELF,
    "role.over": BY_ITSELF,
    "role.give_first": "The console gives the first administrator the role; there is no page.",
    "role.grant": ONCE,
    "role_request.make": ADDS,
    "role_request.name_deputy": ADDS,
    "role_request.take_back": ONCE,
    "showcase_entry.keep_true": BY_ITSELF,
    "supervision_visit.add_photo": ADDS,
    "supervision_visit.observe": "Phones send while they were away; two records of one line are kept side by side and chosen from.",
    "supervision_visit.print": PRINTS,
    "supervision_visit.sheet_made": PRINTS,
    "supplier_agreement.remind": BY_ITSELF,
    "unit.add_alias": ADDS,
    "unit.name_stand_in": "The newest name holds; who was named before stays in the record with the last day.",
    "unit.remove_alias": "One name is taken away, named on the button; the others stay.",
    "value_added.run": ADDS,
}  # fmt: skip
"""Operations on a versioned record that take no version, each with its reason."""
NOT_SENT: dict[tuple[str, str], str] = {
    ("disclosure.routes.sendings", "RemindIn"): "A reminder goes out; the paper does not change.",
    ("effects.routes.closure_steps", "EvaluationStep"): "Several are ticked at once: each passes the whole gate as it stands now.",
    ("monitoring.forms.findings", "SupportIn"): "Part of a confirmation, which sends the version.",
    ("monitoring.routes.meetings", "Move"): "A follow-up is done once; the second press is refused.",
    ("monitoring.routes.releases", "Move"): "A reminder goes out; the round does not change.",
    ("plans.routes.evidence_pages", "PlanStep"): "The same press has just saved the piece, with the version where there was one.",
    ("plans.routes.plan_pages", "PlanIn"): "A plan is begun.",
    ("plans.routes.topic_pages", "TopicsIn"): "The whole list is brought in as a file and compared line by line with what stands.",
    ("problems.routes.drafting", "ConversionIn"): "A line is begun that cites findings; no word of theirs changes.",
    ("problems.routes.proposals", "ItemIn"): "It fills an empty form; what is sent comes from the form.",
    ("directory.routes.unit_sheets", "UnitsIn"): "The whole list is brought in as a file and compared line by line with what stands.",
    ("identity.routes.roles", "WithReason"): "A request is answered once; the second answer is refused.",
}  # fmt: skip
"""Where a page makes such an input without a version: end of the module and name of the input → why."""


def _module(function: Any) -> ModuleType:
    return importlib.import_module(function.__module__)


def _types(function: Any) -> list[Any]:
    names = vars(_module(function))
    return list(typing.get_type_hints(function, names, {}).values())


def _has_version(kind: Any) -> bool:
    return any(
        dataclasses.is_dataclass(one) and "version" in {field.name for field in dataclasses.fields(one)}
        for one in (kind, *typing.get_args(kind))
    )


def _versioned(kind: Any) -> bool:
    return any(inspect.isclass(one) and issubclass(one, Movable | Versioned) for one in (kind, *typing.get_args(kind)))


def _without_version() -> Iterator[str]:
    for name, one in OPERATIONS.items():
        function = inspect.unwrap(one.function)
        if not function.__module__.startswith(OURS) or (one.step and (one.step.system or one.step.creates)):
            continue
        _actor, record, *rest = [*_types(function), None]
        if _versioned(record) and not _has_version(rest[0]):
            yield name


def test_whatever_edits_a_versioned_record_takes_the_version_of_the_page(app: Flask) -> None:
    found = set(_without_version())
    assert found == set(NO_VERSION), (
        f"Give the input a `version` and send it from the form, or say why not: {sorted(found - set(NO_VERSION))};"
        f" these take one by now: {sorted(set(NO_VERSION) - found)}"
    )


def _modules() -> list[str]:
    found = []
    for area in OURS:
        for module in pkgutil.walk_packages(importlib.import_module(area).__path__, f"{area}."):
            if ".routes" in module.name or ".forms" in module.name:
                found.append(module.name)
    return found


def _made_without(name: str) -> Iterator[tuple[str, int]]:
    """Inputs that have a version and are made in a module without it: name of the class and line."""
    module = importlib.import_module(name)
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text("utf-8"))):
        made = _named(node.func, module) if isinstance(node, ast.Call) else None
        if not isinstance(node, ast.Call) or made is None or not _has_version(made):
            continue
        given = {keyword.arg for keyword in node.keywords}
        place = [field.name for field in dataclasses.fields(made)].index("version")
        starred = None in given or any(isinstance(one, ast.Starred) for one in node.args)
        if "version" not in given and len(node.args) <= place and not starred:
            yield made.__name__, node.lineno


def _named(node: ast.expr, module: ModuleType) -> Any:
    found = None
    if isinstance(node, ast.Name):
        found = vars(module).get(node.id)
    elif isinstance(node, ast.Attribute):
        found = getattr(_named(node.value, module), node.attr, None)
    return found if inspect.ismodule(found) or inspect.isclass(found) else None


@pytest.mark.parametrize("name", _modules())
def test_a_page_hands_on_the_version_that_it_was_sent(name: str) -> None:
    silent = [(made, line) for made, line in _made_without(name) if (name.split(".", 2)[2], made) not in NOT_SENT]
    assert not silent, f"{name}: hand on form.version.data, or say in NOT_SENT why there is none: {silent}"
