"""How far an item of the demo gets, and the people of the school that carries it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.core.policy.actor import Actor
from app.demo.tree import County


@dataclass
class Fate:
    """How far an item gets, and how well it goes."""

    stops: str
    late: int = 0
    returns: int = 0
    reports: bool = True
    endings: Iterator[str] | None = None
    """How the items of one round end, in turn, once their effect allows closing."""

    @property
    def ending(self) -> Fate:
        """The fate with which an item asks for its closure."""
        return replace(self, stops=next(self.endings)) if self.endings is not None else self


@dataclass
class Place:
    """The people of one school who carry an item."""

    principal: Actor
    coordinator: Actor
    leader: Actor
    teacher: Actor


def place_of(county: County, school_id: uuid.UUID) -> Place:
    """The players of a school."""
    code = next(code for code, (identity, _k, _s) in county.schools.items() if identity == school_id)
    return Place(
        county.at("principal", code),
        county.at("school_coordinator", code),
        county.at("grade_leader", code),
        county.at("subject_teacher", code),
    )
