"""What makes a state machine sound: every mistake that construction of a workflow refuses, in plain"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from workflows.parts import NEW, PREVIOUS, Before, State, Step

if TYPE_CHECKING:
    from workflows.vocabulary import Workflow


def faults(workflow: Workflow) -> list[str]:
    """Everything wrong with a workflow, so that its author mends it in one go."""
    return [*_states(workflow), *_steps(workflow), *(_ways(workflow) if not [*_states(workflow)] else [])]


def _states(workflow: Workflow) -> Iterator[str]:
    known = set(workflow.states)
    for code, times in Counter(state.code for state in workflow.states).items():
        if times > 1:
            yield f"state {code} is declared {times} times"
    if workflow.initial not in known:
        yield f"unknown state {workflow.initial.code} as the initial one"
    for step in workflow.steps:
        named = [*step.sources, *([] if step.target is PREVIOUS else [step.target])]
        for state in named:
            if state is not NEW and state not in known:
                yield f"step {step.name} names the unknown state {getattr(state, 'code', state)}"


def _steps(workflow: Workflow) -> Iterator[str]:
    for name, times in Counter(step.name for step in workflow.steps).items():
        if times > 1:
            yield f"duplicate step {name}"
    names = {step.name for step in workflow.steps}
    for step in workflow.steps:
        yield from (f"step {step.name} {complaint}" for complaint in _complaints(step, names))


def _complaints(step: Step, names: set[str]) -> Iterator[str]:
    if not step.sources:
        yield "has no source"
    if step.target is NEW:
        yield "cannot lead back to before creation"
    if step.system == bool(step.rights):
        yield "needs either a right or the mark of a system step"
    if step.needs is not None and step.joint:
        yield "asks for one right and for a joint signature"
    if step.joint and step.joint.count < 2:
        yield "asks for a joint signature of fewer than two persons"
    for other in step.four_eyes:
        if "." not in other and other not in names:
            yield f"keeps out the takers of {other}, which is no step here"
    for deadline in step.deadlines:
        if deadline.met_by is None:
            yield f"starts the deadline {deadline.code} but does not say what meets it"
    for guard in {guard.code for guard in step.guards if not (guard.zh and guard.en)}:
        yield f"has a guard without a sentence: {guard}"


def _ways(workflow: Workflow) -> Iterator[str]:
    leaving = {state for step in workflow.steps for state in step.sources}
    for state in workflow.states:
        if state.final and state in leaving:
            yield f"final state {state.code} has exits"
        if not state.final and state not in leaving:
            yield f"state {state.code} is a dead end but not final"
    if workflow.creations and all(step.target != workflow.initial for step in workflow.creations):
        yield f"no step creates a record in {workflow.initial.code}"
    reached = reachable(workflow)
    for state in workflow.states:
        if state not in reached:
            yield f"state {state.code} is unreachable"


def reachable(workflow: Workflow) -> frozenset[State]:
    """Every state to which some chain of steps leads a new record."""
    reached = {workflow.initial, NEW}
    while True:
        found = {
            target
            for step in workflow.steps
            for source in step.sources
            if source in reached
            for target in ((step.target,) if not isinstance(step.target, Before) else ())
        } - reached
        if not found:
            return frozenset(reached - {NEW})
        reached |= found
