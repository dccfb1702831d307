"""What later features show on the page of a visit and on those of the yearly list, handed in when the app is assembled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Select

from app.core.policy.actor import Actor
from app.improvement.problems.panels import Panel

PartOf = Callable[[Actor, Select[Any]], Panel | None]
"""Actor and a select of the ids of the visits meant → a part of the page, None where there is nothing to say."""
OF_A_VISIT: list[PartOf] = []
OF_THE_LIST: list[PartOf] = []


def add(of_a_visit: Sequence[PartOf] = (), of_the_list: Sequence[PartOf] = ()) -> None:
    """Hand in; a second application of the same process adds nothing twice."""
    for held, given in ((OF_A_VISIT, of_a_visit), (OF_THE_LIST, of_the_list)):
        held.extend(one for one in given if one not in held)


def parts(actor: Actor, held: Sequence[PartOf], visits: Select[Any]) -> list[Panel]:
    """The parts of one page, in their order."""
    found = [panel for part in held if (panel := part(actor, visits)) is not None]
    return sorted(found, key=lambda panel: panel.order)
