"""How many lists a term has to be drawn and which chance takes: the same seed over the same lists draws the same ones."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence

LEAST_PERCENT = 10
"""The smallest share of the schools' own lists that is drawn in a term (decision 49)."""
Frame = Sequence[tuple[str, str]]
"""The lists that may be drawn, each as its number and edition and the code of its school."""


def least_of(count: int) -> int:
    """How many of `count` lists are drawn at least: a tenth, rounded up; none of none."""
    return -(-count * LEAST_PERCENT // 100)


def draw(frame: Frame, wanted: int, seed: str) -> list[str]:
    """`wanted` numbers out of the frame, in the order in which they came out; no school a second one before each has one.

    The order is that of SHA-256 over seed and name, so that anybody can draw it again without this program.
    """
    by_school: dict[str, list[str]] = defaultdict(list)
    for number, school in frame:
        by_school[school].append(number)
    turns = sorted(
        (turn, _place(seed, school), number)
        for school, numbers in by_school.items()
        for turn, number in enumerate(sorted(numbers, key=lambda one: _place(seed, one)))
    )
    return [number for _turn, _school, number in turns[:wanted]]


def _place(seed: str, name: str) -> str:
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()


def digest_of(frame: Frame) -> str:
    """SHA-256 over the lists of a draw, in the order of their numbers."""
    return hashlib.sha256(json.dumps(sorted(map(list, frame)), ensure_ascii=False).encode()).hexdigest()
