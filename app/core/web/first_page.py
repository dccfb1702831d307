"""What a feature adds to first pages: to those who do its work a heap, how many lie on it and where it is worked off; to
those who answer for it a panel of figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from app.core.policy.actor import Actor


@dataclass(frozen=True)
class Heap:
    """Work that is taken from a list of its own, not task by task: its name, its number, its page, the nearest last day."""

    label: str
    n: int
    url: str
    until: date | None = None


HeapOf = Callable[[Actor], Heap | None]
HEAPS: list[HeapOf] = []
"""Each tells the heap of its feature; None for whom it is not, and where nothing lies on it."""


def add_heap(source: HeapOf) -> None:
    """Hand in; a second application of the same process adds nothing twice."""
    if source not in HEAPS:
        HEAPS.append(source)


def heaps_of(actor: Actor) -> list[Heap]:
    """The heaps of this actor, in the order in which the features were assembled."""
    return [heap for source in HEAPS if (heap := source(actor)) is not None]


@dataclass(frozen=True)
class PanelLine:
    """A figure of a panel: its name, the number as it is shown, its parts or why there is none, and where its rows are."""

    name: str
    shown: str
    besides: str = ""
    url: str = ""


@dataclass(frozen=True)
class Panel:
    """Figures of a feature on a first page: a title, of when and whom they are, and where the whole of them is."""

    title: str
    note: str
    lines: Sequence[PanelLine]
    url: str
    missing: str = ""
    """Why there is none yet."""


PanelOf = Callable[[Actor], Panel | None]
PANELS: list[PanelOf] = []
"""Each tells the figures of its feature; None for whom they are not (decision 71)."""


def add_panel(source: PanelOf) -> None:
    """Hand in; a second application of the same process adds nothing twice."""
    if source not in PANELS:
        PANELS.append(source)


def panels_of(actor: Actor) -> list[Panel]:
    """The panels of this actor, in the order in which the features were assembled."""
    return [panel for source in PANELS if (panel := source(actor)) is not None]
