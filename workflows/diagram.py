"""Draws a state machine as Mermaid text: the normal path first, wide fans of arrows gathered in one node."""

from collections.abc import Iterator

from workflows.vocabulary import ANY, NEW, PREVIOUS, State, Step, Workflow

WIDE = 4
"""Steps from more states than this are drawn once, from a node that stands for them all."""


def diagram(workflow: Workflow) -> str:
    """A fenced Mermaid block with every state and every step of the workflow."""
    lines = ["stateDiagram-v2", *(f"    {line}" for line in _lines(workflow))]
    return "\n".join(("```mermaid", *lines, "```"))


def _lines(workflow: Workflow) -> Iterator[str]:
    for state in workflow.states:
        yield f'state "{state.zh}" as {state.code}'
    yield from dict.fromkeys(_gathering(step) for step in workflow.steps if _is_wide(step))
    if any(step.target is PREVIOUS for step in workflow.steps):
        yield 'state "原来的状态" as previous'
    for step in workflow.steps:
        yield from _arrows(step)
    for state in workflow.states:
        if state.final:
            yield f"{state.code} --> [*]"


def _is_wide(step: Step) -> bool:
    return step.source is ANY or len(step.sources) > WIDE


def _gathering(step: Step) -> str:
    label = "任一未结束的状态" if step.source is ANY else "、".join(state.zh for state in step.sources)
    return f'state "{label}" as {_name(step)}'


def _name(step: Step) -> str:
    return "any" if step.source is ANY else "_".join(("from", *(state.code for state in step.sources)))


def _arrows(step: Step) -> Iterator[str]:
    target = step.target.code if isinstance(step.target, State) else "previous"
    origins = [_name(step)] if _is_wide(step) else ["[*]" if each is NEW else each.code for each in step.sources]
    for origin in origins:
        yield f"{origin} --> {target}: {step.zh}"
