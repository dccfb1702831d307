"""Draws a state machine as Mermaid text: the normal path first, wide fans of arrows gathered in one node."""

from collections.abc import Iterator

from workflows.vocabulary import ANY, NEW, PREVIOUS, State, Step, Workflow

WIDE = 4
"""A step from more states than this is drawn once, from a node that stands for them all."""


def diagram(workflow: Workflow) -> str:
    """A fenced Mermaid block with every state and every step of the workflow."""
    lines = ["stateDiagram-v2", *(f"    {line}" for line in _lines(workflow))]
    return "\n".join(("```mermaid", *lines, "```"))


def _lines(workflow: Workflow) -> Iterator[str]:
    for state in workflow.states:
        yield f'state "{state.zh}" as {state.code}'
    for step in workflow.steps:
        if step.source is ANY:
            yield f'state "任一未结束的状态" as from_{step.name}'
        elif len(step.sources) > WIDE:
            yield f'state "{"、".join(state.zh for state in step.sources)}" as from_{step.name}'
        if step.target is PREVIOUS:
            yield f'state "原来的状态" as before_{step.name}'
    for step in workflow.steps:
        yield from _arrows(step)
    for state in workflow.states:
        if state.final:
            yield f"{state.code} --> [*]"


def _arrows(step: Step) -> Iterator[str]:
    target = step.target.code if isinstance(step.target, State) else f"before_{step.name}"
    if step.source is ANY or len(step.sources) > WIDE:
        yield f"from_{step.name} --> {target}: {step.zh}"
        return
    for source in step.sources:
        yield f"{'[*]' if source is NEW else source.code} --> {target}: {step.zh}"
