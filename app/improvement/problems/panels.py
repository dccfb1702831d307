"""What later features show on the page of a problem item: parts, buttons and people, handed in when the app is assembled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from app.core.casework.together import Asking, side_by_side
from app.core.policy.actor import Actor
from app.improvement.problems.models import ProblemItem, ProblemList


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


PanelOf = Callable[[Actor, ProblemItem], Asking[Panel | None]]
OffersOf = Callable[[Actor, ProblemItem], Asking[Sequence[Mapping[str, Any]]]]
PeopleOf = Callable[[Actor, ProblemItem], Asking[Sequence[tuple[str, str, str]]]]
"""Parts of the page, which asks what all of them want to know together."""

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


LIST_PANELS: list[Callable[[Actor, ProblemList], Panel | None]] = []
"""Parts of the page of a list; None where there is nothing to show to this actor."""


def add_to_lists(source: Callable[[Actor, ProblemList], Panel | None]) -> None:
    """Hand in a part of the page of a list; a second application of the same process adds nothing twice."""
    if source not in LIST_PANELS:
        LIST_PANELS.append(source)


def beside_a_list(actor: Actor, held: ProblemList) -> list[Panel]:
    """What later features show on the page of a list."""
    return [panel for source in LIST_PANELS if (panel := source(actor, held)) is not None]


@dataclass(frozen=True)
class Beside:
    """What later features show: the panels of each column in order, buttons and people as the features were assembled."""

    panels: Mapping[str, Sequence[Panel]]
    offers: Sequence[Mapping[str, Any]]
    people: Sequence[tuple[str, str, str]]


def beside(actor: Actor, item: ProblemItem) -> Asking[Beside]:
    """All that later features show of an item; every feature is asked once."""
    sources = (*PANELS, *OFFERS, *PEOPLE)
    told = yield from side_by_side(*(source(actor, item) for source in sources))
    drawn, rest = told[: len(PANELS)], told[len(PANELS) :]
    offers, people = rest[: len(OFFERS)], rest[len(OFFERS) :]
    found = sorted((panel for panel in drawn if panel is not None), key=lambda panel: panel.order)
    return Beside(
        {place: [panel for panel in found if panel.place == place] for place in ("main", "side")},
        [offer for some in offers for offer in some],
        [line for some in people for line in some],
    )
