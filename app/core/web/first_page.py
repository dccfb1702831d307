"""What a feature adds to the first page of those who do its work: a heap, how many lie on it, and where it is worked off."""

from __future__ import annotations

from collections.abc import Callable
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
