"""What later features put beside findings: actions on ticked rows, handed in when the application is assembled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.core.policy import decide
from app.core.policy.actor import Actor


@dataclass(frozen=True)
class FindingAction:
    """A button above the list: posts the references of ticked findings (`ref`, repeated) to `endpoint`.

    `states`: which rows can be ticked for it.
    """

    label: Any
    endpoint: str
    right: str
    states: tuple[str, ...] = ("confirmed",)
    primary: bool = True


FINDING_ACTIONS: list[FindingAction] = []


def add(*actions: FindingAction) -> None:
    """Hand in; a second application of the same process adds nothing twice."""
    known = {(action.endpoint, action.right) for action in FINDING_ACTIONS}
    FINDING_ACTIONS.extend(action for action in actions if (action.endpoint, action.right) not in known)


def actions_for(actor: Actor) -> list[FindingAction]:
    """The actions that the actor's role may take."""
    return [action for action in FINDING_ACTIONS if decide.holds(actor, action.right)]
