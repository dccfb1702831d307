"""Where a line that went to every unit of a type came from, and how far the lines are that came from an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Uuid, bindparam, or_, select

from app.core.casework.together import Asking, question
from app.core.policy.actor import Actor
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.queries.reach import visible_items
from app.people.directory.models import Unit
from workflows.improvement.problem_item import PROBLEM_ITEM
from workflows.vocabulary import State

ITEM, ORIGIN = bindparam("item", None, type_=Uuid()), bindparam("origin", None, type_=Uuid())


@dataclass(frozen=True)
class SpreadLine:
    """One line: number and words, its unit, where it is."""

    ref: str
    label: str
    unit: str
    of_a_school: bool
    state: State


@dataclass(frozen=True)
class SpreadLines:
    """As far as the reader may see them: the line that an item came from, and those that came from it, by unit code."""

    origin: SpreadLine | None
    lines: tuple[SpreadLine, ...]

    @property
    def counted(self) -> int:
        """Lines that are to be settled; a void one is not."""
        return sum(line.state.code != "void" for line in self.lines)

    @property
    def closed(self) -> int:
        """Those of them that are closed."""
        return sum(line.state.code == "closed" for line in self.lines)

    @property
    def schools_alone(self) -> bool:
        """Every one of them is a school's."""
        return all(line.of_a_school for line in self.lines)


def around(actor: Actor, item: ProblemItem) -> Asking[SpreadLines]:
    """A part of the page of an item, in one question; lines that the actor may not see are neither shown nor counted."""
    (rows,) = yield (question(_lines, item=item.id, origin=item.parent_item_id),)
    told = [(row.parent_item_id == item.id, _line(row)) for row in rows]
    return SpreadLines(
        next((line for came_from_it, line in told if not came_from_it), None),
        tuple(line for came_from_it, line in told if came_from_it),
    )


def _line(row: Any) -> SpreadLine:
    state = PROBLEM_ITEM.state(row.state)
    return SpreadLine(row.ref, f"{row.number} {row.title}", row.unit or "", row.school_id is not None, state)


def _lines(actor: Any) -> Select[Any]:
    one = ProblemItem
    told: Any = select(
        one.ref, one.number, one.title, one.state, one.school_id, one.parent_item_id, Unit.short_name.label("unit")
    ).outerjoin(Unit, Unit.id == one.unit_id)
    wanted = or_(one.parent_item_id == ITEM, one.id == ORIGIN)
    there = or_(one.state != "void", one.issued_on.is_not(None))
    return visible_items(actor, told).where(wanted, there).order_by(Unit.code, one.id)
