"""A student's answers to one scale as one sealed array: packed, opened, merged by the phone's own sequence (decision 23, 70)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app

from app.care.screening.models import ScaleResponse
from app.care.screening.scales.definition import Scale
from app.care.screening.scales.scoring import Answers, first_hit, score
from app.core.vault import KeyRing, Place

RATHER_NOT = -1
"""Kept in place of an answer: "I prefer not to answer", offered on critical items only (domain B3)."""


@dataclass
class Sheet:
    """Answers in the order of the items (None: not yet, -1: rather not), each with the sequence of the save that brought it."""

    values: list[int | None]
    order: list[int]

    @classmethod
    def empty(cls, scale: Scale) -> Sheet:
        """Nothing answered."""
        return cls([None] * len(scale.items), [0] * len(scale.items))

    def put(self, place: int, value: int, sequence: int) -> bool:
        """Take an answer unless a later one of the same question is there; whether it was taken.

        Two devices may count alike: then the one that is there stays, as the other waited somewhere without a network.
        """
        there, before = self.values[place], self.order[place]
        if sequence < before or (sequence == before and there not in (None, value)):
            return False
        self.values[place], self.order[place] = value, sequence
        return True

    @property
    def answered(self) -> int:
        """How many questions have an answer, or the wish to give none."""
        return sum(value is not None for value in self.values)

    def answers(self, scale: Scale) -> Answers:
        """Item number → answer as scoring reads it; a wish to give none is a blank."""
        pairs = zip(scale.items, self.values, strict=True)
        return {item.id: None if value == RATHER_NOT else value for item, value in pairs}


def place_of(response: ScaleResponse) -> Place:
    """Where the sealed array belongs."""
    assert response.school_id is not None
    return Place(response.school_id, "scale_responses", response.id, "sealed")


def opened(response: ScaleResponse, scale: Scale) -> Sheet:
    """The array in the clear; an empty one before the first save."""
    if response.sealed is None:
        return Sheet.empty(scale)
    kept: dict[str, Any] = json.loads(ring().open_text(place_of(response), response.sealed))
    return Sheet(list(kept["a"]), list(kept["q"]))


def packed(sheet: Sheet) -> str:
    """The array as it is sealed."""
    return json.dumps({"a": sheet.values, "q": sheet.order}, separators=(",", ":"))


def ring() -> KeyRing:
    """The vault."""
    found: KeyRing = current_app.extensions["bihuan.vault"]
    return found


def override_of(scale: Scale, sheet: Sheet) -> tuple[str | None, bool]:
    """What the answers so far ask for ("O1a" before "O1b", None), and whether a critical question was left unanswered.

    Read from the answers as given, whatever their number, time or validity (decisions 58, 59).
    """
    found = score(scale, sheet.answers(scale))
    kinds = {hit.override for hit in found.hits}
    kind = "O1a" if "O1a" in kinds else "O1b" if "O1b" in kinds else None
    places = {item.id: place for place, item in enumerate(scale.items)}
    return kind, any(sheet.values[places[number]] == RATHER_NOT for number in found.blank_critical)


def sealed_as(values: Sequence[int | None]) -> str:
    """Answers in the order of the items as they are sealed; of paper no order of saves is known."""
    return f'{{"a":[{",".join(map(_WRITTEN.__getitem__, values))}],"q":[{("0," * len(values))[:-1]}]}}'


class _Written(dict[int | None, str]):
    """Every answer as JSON has it, written once: three million of them are a few dozen different ones."""

    def __missing__(self, value: int | None) -> str:
        written = self[value] = "null" if value is None else str(value)
        return written


_WRITTEN = _Written()


def values_in(kept: str) -> list[int | None]:
    """The answers that `sealed_as` or `packed` gave."""
    return list(json.loads(kept)["a"])


def critical_in(scale: Scale, values: Sequence[int | None]) -> tuple[str | None, bool]:
    """`override_of` for answers on paper, where a critical question left empty is one that nobody answered.

    Looks at the critical questions alone: thirty thousand forms need no score for it.
    """
    kinds, blank = set(), False
    for place, item in scale.critical:
        hit = first_hit(item, values[place])
        blank = blank or values[place] is None
        if hit is not None:
            kinds.add(hit.override)
    return "O1a" if "O1a" in kinds else "O1b" if "O1b" in kinds else None, blank


def graver(before: str | None, now: str | None) -> tuple[str | None, bool]:
    """The graver of two ("O1a" before "O1b" before none), and whether the second made it graver."""
    worst = min((one for one in (before, now) if one is not None), default=None)
    return worst, worst != before
