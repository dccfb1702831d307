"""May a record take a step, and where does it land: the one door to the `transitions` library."""

from functools import cache
from typing import Any

from transitions import Machine

from workflows.vocabulary import NEW, PREVIOUS, Guard, Sentence, State, Step, StepRefused, Workflow


class _Token:
    """Stands in for a record inside the machine, which would otherwise graft methods onto it; thrown away."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


def landing(workflow: Workflow, state_code: str | None, step: Step, record: Any, previous: str | None = None) -> str:
    """The code of the state in which the record lands.

    `state_code` is where it is now, None before its creation; `previous` is where it was before, for steps that
    lead back. The state is checked first, then every guard. Raises StepRefused with all that stands in the way,
    and ValueError for a step of another workflow.
    """
    here = state_code or "new"
    arrows = _arrows(workflow)
    arrow = arrows.get((step.name, here, previous if step.target is PREVIOUS else None))
    if arrow is None:
        raise StepRefused((_not_from_here(workflow, here, step),))
    declared, landed = arrow
    if declared is not step:
        raise ValueError(f"{step.key} is no step of {workflow.name} version {workflow.version}")
    for guard in step.guards:
        if not guard.test(record):
            raise StepRefused(tuple(guard.sentence for guard in step.guards if not guard.test(record)))
    return landed


def missing(
    workflow: Workflow, state_code: str | None, step: Step, record: Any, *, asked: bool = False
) -> tuple[Guard, ...]:
    """The guards that do not hold; what the step's own form will ask for is left out unless `asked`.

    Meant for buttons: an empty answer means that the form may be opened. Raises StepRefused where the state
    does not allow the step at all.
    """
    here = state_code or NEW.code
    if workflow.state(here) not in step.sources:
        raise StepRefused((_not_from_here(workflow, here, step),))
    return tuple(guard for guard in step.guards if (asked or not guard.asked) and not guard.test(record))


def steps_from(workflow: Workflow, state_code: str | None) -> tuple[Step, ...]:
    """The steps that leave a state, in the order in which the workflow declares them."""
    state = workflow.state(state_code or NEW.code)
    return tuple(step for step in workflow.steps if state in step.sources)


def _not_from_here(workflow: Workflow, here: str, step: Step) -> Sentence:
    state = workflow.state(here)
    return Sentence(
        f"{workflow.zh}现在是“{state.zh}”，不能“{step.zh}”",
        f"{workflow.en} is “{state.en}” now, so “{step.en}” is not possible",
    )


def ways(workflow: Workflow) -> frozenset[tuple[str, str, bool]]:
    """Every lawful (state, next state, only when it came from there): what a database may be told to hold to."""
    return frozenset(
        (source.code, target.code, step.target is PREVIOUS)
        for step in workflow.steps
        for source in step.sources
        if source is not NEW
        for target in _targets(workflow, step, source)
    )


@cache
def _arrows(workflow: Workflow) -> dict[tuple[str, str, str | None], tuple[Step, str]]:
    """Every lawful (step, state, previous state) of a workflow with where its machine lands, walked once for each."""
    machine = Machine(
        model=None,
        states=[state.code for state in (NEW, *workflow.states)],
        initial=workflow.initial.code,
        auto_transitions=False,
        send_event=False,
    )
    arrows: dict[tuple[str, str, str | None], tuple[Step, str]] = {}
    for step in workflow.steps:
        for source in step.sources:
            for target in _targets(workflow, step, source):
                name = f"{step.name}:{source.code}:{target.code}"
                machine.add_transition(name, source.code, target.code)
                previous = target.code if step.target is PREVIOUS else None
                token = _Token(source.code)
                machine.events[name].trigger(token)
                arrows[step.name, source.code, previous] = (step, token.state)
    return arrows


def _targets(workflow: Workflow, step: Step, source: State) -> tuple[State, ...]:
    return (step.target,) if isinstance(step.target, State) else workflow.returns_from(source)
