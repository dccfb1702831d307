"""What makes a state machine sound: every mistake that construction of a workflow refuses, in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from workflows.parts import NEW, PREVIOUS, Before, State, Step


def faults(initial: State, states: tuple[State, ...], steps: tuple[Step, ...]) -> list[str]:
    """Everything wrong with a machine of these parts, so that its author mends it in one go."""
    unknown = [*_states(initial, states, steps)]
    return [*unknown, *_steps(steps), *(_ways(initial, states, steps) if not unknown else [])]


def _states(initial: State, states: tuple[State, ...], steps: tuple[Step, ...]) -> Iterator[str]:
    known = set(states)
    for code, times in Counter(state.code for state in states).items():
        if times > 1:
            yield f"state {code} is declared {times} times"
    if initial not in known:
        yield f"unknown state {initial.code} as the initial one"
    for step in steps:
        named = [*step.sources, *([] if step.target is PREVIOUS else [step.target])]
        for state in named:
            if state is not NEW and state not in known:
                yield f"step {step.name} names the unknown state {getattr(state, 'code', state)}"


def _steps(steps: tuple[Step, ...]) -> Iterator[str]:
    for name, times in Counter(step.name for step in steps).items():
        if times > 1:
            yield f"duplicate step {name}"
    names = {step.name for step in steps}
    for step in steps:
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


def _ways(initial: State, states: tuple[State, ...], steps: tuple[Step, ...]) -> Iterator[str]:
    leaving = {state for step in steps for state in step.sources}
    for state in states:
        if state.final and state in leaving:
            yield f"final state {state.code} has exits"
        if not state.final and state not in leaving:
            yield f"state {state.code} is a dead end but not final"
    creations = [step for step in steps if step.creates]
    if creations and all(step.target != initial for step in creations):
        yield f"no step creates a record in {initial.code}"
    reached = reachable(initial, steps)
    for state in states:
        if state not in reached:
            yield f"state {state.code} is unreachable"


def reachable(initial: State, steps: tuple[Step, ...]) -> frozenset[State]:
    """Every state to which some chain of steps leads a new record."""
    reached = {initial, NEW}
    while True:
        found = {
            target
            for step in steps
            for source in step.sources
            if source in reached
            for target in ((step.target,) if not isinstance(step.target, Before) else ())
        } - reached
        if not found:
            return frozenset(reached - {NEW})
        reached |= found
