"""What holds of every machine whatever is tried: no way in from nowhere, no way out of the end, no undeclared step."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as any_of

from tests.workflows.facts import CASES, record
from tests.workflows.test_guards import previous
from tests.workflows.test_specification import SPECIFICATION
from workflows import catalogue, engine
from workflows.soundness import reachable
from workflows.vocabulary import Step, StepRefused, Workflow

STEPS = [step for workflow in catalogue.ALL for step in workflow.steps]
WALKS, COMMANDS = 1_000, 100


@pytest.mark.parametrize("workflow", catalogue.ALL, ids=lambda each: each.name)
def test_every_state_is_reached_and_every_one_that_is_not_final_is_left(workflow: Workflow) -> None:
    assert reachable(workflow.initial, workflow.steps) == frozenset(workflow.states)
    left = {source for step in workflow.steps for source in step.sources}
    for state in workflow.states:
        assert state.final != (state in left), state.code


@pytest.mark.parametrize("workflow", catalogue.ALL, ids=lambda each: each.name)
def test_every_open_state_waits_for_somebody_or_for_the_system(workflow: Workflow) -> None:
    for state in workflow.states:
        if state.open and state.waits_for is None:
            assert any(step.system for step in engine.steps_from(workflow, state.code)), state.code


@pytest.mark.parametrize("workflow", catalogue.ALL, ids=lambda each: each.name)
def test_every_open_state_can_come_to_an_end(workflow: Workflow) -> None:
    ending = {state.code for state in workflow.states if not state.open}
    while (
        found := {
            state.code
            for state in workflow.states
            for step in engine.steps_from(workflow, state.code)
            if getattr(step.target, "code", None) in ending
        }
        - ending
    ):
        ending |= found
    assert ending >= {state.code for state in workflow.states if state.open}


def declared(workflow: Workflow) -> set[tuple[str, str, str]]:
    rows = SPECIFICATION[workflow.name]["steps"]
    return {(source, row["step"], row["to"]) for row in rows for source in row["from"]}


@given(any_of.sampled_from(catalogue.ALL), any_of.integers(0, 2**32))
@settings(max_examples=WALKS, deadline=None, derandomize=True)
def test_security_66_a_hundred_thousand_random_commands_never_take_an_undeclared_step(
    workflow: Workflow, seed: int
) -> None:
    allowed, dice = declared(workflow), random.Random(seed)
    state, before = "new", None
    for _ in range(COMMANDS):
        step = dice.choice(engine.steps_from(workflow, state) if dice.random() < 0.5 else workflow.steps)
        try:
            landed = engine.landing(workflow, state, step, perhaps_in_order(step, dice), before)
        except StepRefused:
            continue
        target = "previous" if landed == before and (state, step.name, "previous") in allowed else landed
        assert (state, step.name, target) in allowed
        state, before = landed, (state if landed != state else before)
        if workflow.state(state).final:
            state, before = "new", None


def perhaps_in_order(step: Step, dice: random.Random) -> object:
    """A record on which the guards hold, or, one time in three, on which a chosen one fails."""
    facts = record(step.machine)
    for guard in step.guards:
        vars(facts).update(CASES[step.machine][guard.code][0])
    if step.guards and dice.random() < 1 / 3:
        vars(facts).update(dice.choice(CASES[step.machine][dice.choice(step.guards).code][1]))
    return facts


@given(any_of.sampled_from([step for step in STEPS if step.guards]), any_of.data())
@settings(max_examples=300, deadline=None, derandomize=True)
def test_a_refusal_names_exactly_the_conditions_that_do_not_hold(step: Step, data: any_of.DataObject) -> None:
    workflow = catalogue.workflow(step.machine)
    facts = record(step.machine)
    for guard in data.draw(any_of.lists(any_of.sampled_from(step.guards), unique=True)):
        vars(facts).update(data.draw(any_of.sampled_from(CASES[step.machine][guard.code][1])))
    failing = tuple(guard.sentence for guard in step.guards if not guard(facts))
    try:
        engine.landing(workflow, step.sources[0].code, step, facts, previous(workflow, step))
    except StepRefused as refusal:
        assert refusal.sentences == failing != ()
    else:
        assert failing == ()


@given(any_of.sampled_from(catalogue.ALL), any_of.sampled_from(STEPS), any_of.data())
@settings(max_examples=300, deadline=None, derandomize=True)
def test_a_step_is_never_taken_from_a_state_it_does_not_leave(
    workflow: Workflow, step: Step, data: any_of.DataObject
) -> None:
    state = data.draw(any_of.sampled_from(workflow.states))
    if step.machine == workflow.name and state in step.sources:
        return
    with pytest.raises((StepRefused, ValueError)):
        engine.landing(workflow, state.code, step, object())


def test_what_was_suspended_comes_back_to_where_it_was_after_any_detour() -> None:
    workflow = catalogue.workflow("problem_item")
    for source in workflow.step("suspend").sources:
        for name in ("suspend", "suspend_for_withdrawal"):
            landed = engine.landing(workflow, source.code, workflow.step(name), record("problem_item"))
            back = engine.landing(workflow, landed, workflow.step("resume"), record("problem_item"), source.code)
            assert back == source.code
