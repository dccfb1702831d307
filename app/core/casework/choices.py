"""What an actor may do with a record now, and what stands in the way: the gate speaks before the click."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.core.casework.door import FOUR_EYES, takers
from app.core.errors import Sentence
from app.core.policy import decide
from app.core.policy.actor import Actor
from workflows import engine
from workflows.vocabulary import State, Step, Workflow


@dataclass(frozen=True)
class Choice:
    """One step with the sentences that keep it from being taken now; none means that it can be taken."""

    step: Step
    missing: tuple[Sentence, ...] = ()
    main: bool = False
    why: Sentence | None = None
    """Why the step is with the actor, where it has come up from the level below."""

    @property
    def allowed(self) -> bool:
        """Whether the button may be pressed."""
        return not self.missing


def choices(actor: Actor, record: Any) -> list[Choice]:
    """The steps of the record's state that the actor holds the right for, the main one first, each with what is missing."""
    found = []
    history: dict[tuple[str, ...], set[Any]] = {}
    for step in engine.steps_from(record.workflow, record.state):
        right = step.right_for(record)
        if step.system or step.creates or right is None or not decide.may(actor, right, record):
            continue
        sentences = [guard.sentence for guard in engine.missing(record.workflow, record.state, step, record)]
        others = step.others_than(record)
        if others:
            if others not in history:
                history[others] = takers(record, others)
            if actor.person_id in history[others]:
                sentences.append(FOUR_EYES)
        below = decide.instead_of(actor, right)
        why = decide.next_level_words(below, actor.role) if below else None
        found.append(Choice(step, tuple(sentences), is_main(record.workflow, step, record.standing), why))
    return sorted(found, key=lambda choice: not choice.main)


def is_main(workflow: Workflow, step: Step, state: State) -> bool:
    """Whether a step leads on along the normal path: what the record waits for, not what could also be done to it.

    Going back (taken back, refused) is not what anybody waits for; out of a side state every way back leads on.
    """
    target = step.target
    if step.system or step.aside or not isinstance(target, State) or target.side or target == state:
        return False
    return state.side or workflow.states.index(target) > workflow.states.index(state)


def choice(actor: Actor, record: Any, name: str) -> Choice | None:
    """One step by name, or None when the actor may not take it from here."""
    return next((c for c in choices(actor, record) if c.step.name == name), None)
