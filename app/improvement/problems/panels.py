"""What later features show on the page of a problem item: parts, buttons and people, handed in when the app is assembled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from app.core.policy.actor import Actor
from app.improvement.problems.models import ProblemItem


@dataclass(frozen=True)
class Panel:
    """One part of the page: a template that finds its context under the name `panel`.

    `place` is the wide column or the side; smaller `order` stands higher.
    """

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    place: Literal["main", "side"] = "side"
    order: int = 50

    def __getitem__(self, name: str) -> Any:
        """What the template finds as `panel.name`."""
        return self.context[name]


PanelOf = Callable[[Actor, ProblemItem], Panel | None]
OffersOf = Callable[[Actor, ProblemItem], Sequence[Mapping[str, Any]]]
PeopleOf = Callable[[Actor, ProblemItem], Sequence[tuple[str, str, str]]]

PANELS: list[PanelOf] = []
"""Parts of the page; None where there is nothing to show to this actor."""
OFFERS: list[OffersOf] = []
"""Further buttons of 你可以, as the macro steps_block takes them: label, url, missing, post, icon, detail, primary."""
PEOPLE: list[PeopleOf] = []
"""Further lines of 谁在负责: duty, name, role."""


def add(panels: Sequence[PanelOf] = (), offers: Sequence[OffersOf] = (), people: Sequence[PeopleOf] = ()) -> None:
    """Hand in; a second application of the same process adds nothing twice."""
    for held, given in ((PANELS, panels), (OFFERS, offers), (PEOPLE, people)):
        for one in given:
            if one not in held:
                held.append(one)  # type: ignore[arg-type]


def panels_of(actor: Actor, item: ProblemItem) -> dict[str, list[Panel]]:
    """The parts of each column, in order; every feature is asked once."""
    found = [panel for panel in (draw(actor, item) for draw in PANELS) if panel is not None]
    found.sort(key=lambda panel: panel.order)
    return {place: [panel for panel in found if panel.place == place] for place in ("main", "side")}


def offers_of(actor: Actor, item: ProblemItem) -> list[Mapping[str, Any]]:
    """The buttons of later features, in the order in which those were assembled."""
    return [offer for source in OFFERS for offer in source(actor, item)]


def people_of(actor: Actor, item: ProblemItem) -> list[tuple[str, str, str]]:
    """Who else is in charge."""
    return [line for source in PEOPLE for line in source(actor, item)]
