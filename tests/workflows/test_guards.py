"""Each condition of each step once kept and once broken, on the step itself."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from tests.workflows.facts import CASES, GOOD, Changes, record
from workflows import catalogue, engine
from workflows.vocabulary import PREVIOUS, Guard, Step, StepRefused, Workflow

PLANS_BY_CRITERION = {"design": "criterion", "is_from_monitoring": False, "criteria": ["门锁已修"], "indicator": None}


def guarded_steps() -> Iterator[tuple[Step, Guard]]:
    for workflow in catalogue.ALL:
        for step in workflow.steps:
            for guard in step.guards:
                yield step, guard


def name(value: object) -> str:
    return value.key if isinstance(value, Step) else value.code if isinstance(value, Guard) else str(value)


def in_order(step: Step) -> SimpleNamespace:
    """A record on which every guard of the step holds."""
    changes: Changes = {}
    for guard in step.guards:
        changes |= CASES[step.machine][guard.code][0]
    return record(step.machine, **changes)


def previous(workflow: Workflow, step: Step) -> str | None:
    return workflow.returns_from(step.sources[0])[0].code if step.target is PREVIOUS else None


@pytest.mark.parametrize("step", [step for each in catalogue.ALL for step in each.steps], ids=name)
def test_a_step_is_taken_from_each_of_its_states_when_everything_is_in_order(step: Step) -> None:
    workflow = catalogue.workflow(step.machine)
    before = previous(workflow, step)
    for source in step.sources:
        landed = engine.landing(workflow, source.code, step, in_order(step), before)
        assert landed == (before if step.target is PREVIOUS else step.target.code)


@pytest.mark.parametrize(("step", "guard"), list(guarded_steps()), ids=name)
def test_a_step_is_refused_with_the_sentence_of_what_is_missing(step: Step, guard: Guard) -> None:
    workflow = catalogue.workflow(step.machine)
    for broken in CASES[step.machine][guard.code][1]:
        facts = SimpleNamespace(**vars(in_order(step)) | broken)
        with pytest.raises(StepRefused) as refusal:
            engine.landing(workflow, step.sources[0].code, step, facts, previous(workflow, step))
        assert guard.sentence in refusal.value.sentences, broken


@pytest.mark.parametrize("workflow", catalogue.ALL, ids=lambda each: each.name)
def test_every_guard_has_its_cases_and_every_case_its_guard(workflow: Workflow) -> None:
    assert set(CASES[workflow.name]) == {guard.code for step in workflow.steps for guard in step.guards}
    assert set(GOOD[workflow.name]) == workflow.reads


@pytest.mark.parametrize("workflow", catalogue.ALL, ids=lambda each: each.name)
def test_the_sentences_are_whole_different_and_in_both_languages(workflow: Workflow) -> None:
    guards = {guard.code: guard for step in workflow.steps for guard in step.guards}
    for guard in guards.values():
        assert not any("a" <= letter.lower() <= "z" for letter in guard.zh), guard.zh
        assert guard.en.isascii() and guard.en[0].isupper(), guard.en
        assert guard.zh[-1] not in "。！!." and guard.en[-1] not in ".!"
    assert len({guard.zh for guard in guards.values()}) == len(guards)


def test_a_plan_judged_by_criteria_needs_neither_indicator_nor_effect() -> None:
    workflow = catalogue.workflow("remediation_plan")
    plan = record("remediation_plan", **PLANS_BY_CRITERION, min_effect=None, target_effect=None)
    assert engine.landing(workflow, "draft", workflow.step("submit"), plan) == "submitted"
    assert engine.landing(workflow, "under_review", workflow.step("approve"), plan) == "approved"


def test_a_problem_from_monitoring_data_cannot_be_judged_by_criteria() -> None:
    workflow = catalogue.workflow("remediation_plan")
    plan = record("remediation_plan", **PLANS_BY_CRITERION | {"is_from_monitoring": True})
    with pytest.raises(StepRefused, match="不能按标准核验"):
        engine.landing(workflow, "draft", workflow.step("submit"), plan)


def test_a_problem_from_monitoring_data_without_a_spread_is_judged_by_criteria() -> None:
    workflow = catalogue.workflow("remediation_plan")
    index = {"is_from_monitoring": True, "has_measured_cell": False}
    plan = record("remediation_plan", **PLANS_BY_CRITERION | index)
    assert engine.landing(workflow, "draft", workflow.step("submit"), plan) == "submitted"


def test_a_plan_that_has_nothing_to_compare_leads_back_to_planning_before_any_outcome() -> None:
    workflow = catalogue.workflow("problem_item")
    item = record("problem_item", outcome=None, plan_lacks_its_cell=True)
    assert engine.landing(workflow, "evaluating", workflow.step("plan_again"), item) == "planning"


def test_a_problem_whose_effect_cannot_be_measured_may_still_ask_for_closure() -> None:
    workflow = catalogue.workflow("problem_item")
    item = record("problem_item", outcome="insufficient_evidence", effect_not_measurable=True)
    assert engine.landing(workflow, "evaluating", workflow.step("ask_for_closure"), item) == "pending_closure"


def test_after_one_extension_insufficient_evidence_leads_to_a_new_plan() -> None:
    workflow = catalogue.workflow("problem_item")
    item = record("problem_item", outcome="insufficient_evidence", extension_count=1)
    assert engine.landing(workflow, "evaluating", workflow.step("plan_again"), item) == "planning"
    with pytest.raises(StepRefused, match="已经延长过一次"):
        engine.landing(workflow, "evaluating", workflow.step("extend"), item)


def test_good_rows_of_a_roster_may_go_in_while_blocked_ones_wait_with_their_owner() -> None:
    workflow = catalogue.workflow("import_batch")
    batch = record("import_batch", all_or_nothing=False, blocked_row_count=2, blocked_rows_have_owner=True)
    assert engine.landing(workflow, "ready", workflow.step("accept"), batch) == "accepting"


def test_a_finding_cannot_be_merged_into_itself() -> None:
    workflow = catalogue.workflow("data_finding")
    finding = record("data_finding")
    finding.merged_into = finding
    with pytest.raises(StepRefused, match="并入哪一条"):
        engine.landing(workflow, "candidate", workflow.step("merge"), finding)
