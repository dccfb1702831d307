"""The engine: state first, then every condition; nothing of the record is touched."""

import ast
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.workflows.facts import record
from workflows import catalogue, engine
from workflows.vocabulary import NEW, State, Step, StepRefused, Workflow

ITEM = catalogue.workflow("problem_item")
CLOSURE = catalogue.workflow("closure_request")


def test_a_new_record_lands_where_its_creation_leads() -> None:
    assert engine.landing(ITEM, None, ITEM.step("draft"), record("problem_item")) == "draft"


def test_a_step_from_the_wrong_state_is_refused_before_any_condition_is_read() -> None:
    with pytest.raises(StepRefused) as refusal:
        engine.landing(ITEM, "implementing", ITEM.step("accept"), object())
    assert [str(each) for each in refusal.value.sentences] == ["问题项现在是“整改中”，不能“签收问题项”"]
    assert refusal.value.sentences[0].en == "Problem item is “Under repair” now, so “Sign for the item” is not possible"


def test_a_refusal_lists_everything_that_is_missing() -> None:
    request = record("closure_request", open_action_count=2, undecided_evidence_count=1, chain_gaps=["visit"])
    with pytest.raises(StepRefused) as refusal:
        engine.landing(CLOSURE, "verified", CLOSURE.step("approve"), request)
    assert [sentence.zh for sentence in refusal.value.sentences] == [
        "还有措施没有完成或取消",
        "还有佐证没有审核",
        "从数据到销号的证据链还不完整",
    ]
    assert str(refusal.value) == "还有措施没有完成或取消；还有佐证没有审核；从数据到销号的证据链还不完整"


@pytest.mark.parametrize("before", ["issued", "contested", "planning", "pending_closure", "reopened"])
def test_a_suspended_item_resumes_where_it_was(before: str) -> None:
    item = record("problem_item")
    assert engine.landing(ITEM, before, ITEM.step("suspend"), item) == "suspended"
    assert engine.landing(ITEM, "suspended", ITEM.step("resume"), item, before) == before


@pytest.mark.parametrize("before", [None, "draft", "closed", "void", "suspended", "nowhere"])
def test_a_suspended_item_resumes_nowhere_else(before: str | None) -> None:
    with pytest.raises(StepRefused):
        engine.landing(ITEM, "suspended", ITEM.step("resume"), record("problem_item"), before)


def test_the_state_before_does_not_matter_to_other_steps() -> None:
    assert engine.landing(ITEM, "issued", ITEM.step("accept"), record("problem_item"), "contested") == "accepted"


def test_a_step_of_another_workflow_is_a_mistake_of_the_programmer() -> None:
    other = catalogue.workflow("remediation_plan").step("draft")
    with pytest.raises(ValueError, match="remediation_plan.draft is no step of problem_item"):
        engine.landing(ITEM, None, other, record("problem_item"))


def test_the_record_is_left_as_it_was() -> None:
    item = record("problem_item")
    before = dict(vars(item))
    engine.landing(ITEM, "issued", ITEM.step("accept"), item)
    assert vars(item) == before


def test_what_the_form_will_ask_for_does_not_keep_the_button_from_being_pressed() -> None:
    item = record("problem_item", handler_id=None)
    assert engine.missing(ITEM, "issued", ITEM.step("accept"), item) == ()
    asked = engine.missing(ITEM, "issued", ITEM.step("accept"), item, asked=True)
    assert [guard.code for guard in asked] == ["names_its_handler"]
    with pytest.raises(StepRefused):
        engine.landing(ITEM, "issued", ITEM.step("accept"), item)


def test_what_stands_in_the_way_is_told_before_the_click() -> None:
    item = record("problem_item", action_counts=(2, 1), is_severe=True)
    step = ITEM.step("start_evaluation")
    found = [guard.zh for guard in engine.missing(ITEM, "implementing", step, item)]
    assert found == ["还有措施没有完成或取消", "严重问题差 1 次视导或现场核查，要在整改开始以后进行"]
    with pytest.raises(StepRefused):
        engine.missing(ITEM, "draft", step, item)


def test_the_steps_that_leave_a_state_are_listed_in_their_order() -> None:
    assert [step.name for step in engine.steps_from(ITEM, "contested")] == [
        "uphold",
        "reassign",
        "suspend",
        "suspend_for_withdrawal",
        "void",
    ]
    assert [step.name for step in engine.steps_from(ITEM, None)] == ["draft"]
    assert engine.steps_from(ITEM, "void") == ()


def test_two_versions_of_a_workflow_live_side_by_side() -> None:
    start, end = State("start", "始", "Start"), State("end", "终", "End", final=True)
    middle = State("middle", "中", "Middle")
    create = Step("create", "建", "Create", source=(NEW,), target=start, system=True)
    go = Step("go", "走", "Go", source=(start,), target=end, system=True)
    first = Workflow("pair", "对", "Pair", initial=start, states=(start, end), steps=(create, go))
    second = Workflow(
        "pair",
        "对",
        "Pair",
        version=2,
        initial=start,
        states=(start, middle, end),
        steps=(
            create,
            Step("go", "走", "Go", source=(start,), target=middle, system=True),
            Step("on", "再走", "Go on", source=(middle,), target=end, system=True),
        ),
    )
    assert engine.landing(first, "start", first.step("go"), SimpleNamespace()) == "end"
    assert engine.landing(second, "start", second.step("go"), SimpleNamespace()) == "middle"
    with pytest.raises(ValueError, match="version 2"):
        engine.landing(second, "start", first.step("go"), SimpleNamespace())


def test_only_the_engine_knows_the_library_and_no_machine_knows_the_application() -> None:
    root = Path(engine.__file__).parent
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                top = name.partition(".")[0]
                assert top not in {"app", "config", "flask", "sqlalchemy"}, f"{path.name} must not import {name}"
                assert top != "transitions" or path.name == "engine.py", (
                    f"only engine.py imports transitions, not {path.name}"
                )
