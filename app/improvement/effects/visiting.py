"""督导问效: what became of the problems that visits found, from the school's answer to the result measured again.

Counts of a whole, never a school beside another; a share stands with its interval, and below five with neither.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.intervals import FEWEST, wilson
from app.improvement.effects.outcome import ACHIEVED, IMPROVED

MEASURED = ("indicator", "small_n")
"""Designs that measure again; what is seen on the spot by criteria has no interval."""


@dataclass(frozen=True)
class Followed:
    """One problem of one visit, and how far it came.

    `answer_due`: the last day on which the school answers in time; `item_state`, `action_state`: of what it was carried
    into; `outcome`, `estimate`, `value_type`: of the newest evaluation of its item that was decided after the feedback.
    """

    ref: str
    text: str
    answer: str | None
    answered_on: date | None
    answer_due: date
    lapsed: bool
    carried_as: str | None
    settled_as: str | None
    item: Any = None
    item_state: str | None = None
    action_state: str | None = None
    outcome: str | None = None
    design: str | None = None
    estimate: Any = None
    value_type: str | None = None

    @property
    def in_time(self) -> bool:
        """The school answered on the last day or before."""
        return self.answered_on is not None and self.answered_on <= self.answer_due

    @property
    def is_due(self) -> bool:
        """It was answered, or its time ran out."""
        return self.answered_on is not None or self.lapsed

    @property
    def is_done(self) -> bool:
        """Its item is closed, its measure completed, or the team saw on the spot that it is put right."""
        if self.item_state is not None and self.carried_as != "action":
            return self.item_state == "closed"
        if self.action_state is not None:
            return self.action_state == "completed"
        return self.settled_as == "done"

    @property
    def was_measured(self) -> bool:
        """A result of its item was measured again and decided after the feedback."""
        return self.outcome is not None and self.design in MEASURED


@dataclass(frozen=True)
class Share:
    """`done` of `all`, with the interval of Wilson at 95 %; too few below five, then neither share nor interval is told."""

    done: int
    all: int

    @property
    def says(self) -> bool:
        """Enough to tell a share."""
        return self.all >= FEWEST

    @property
    def share(self) -> float | None:
        """0–1, None where there are too few."""
        return self.done / self.all if self.says else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Lower and upper end, None where there are too few."""
        return wilson(self.done / self.all, self.all) if self.says else None


@dataclass(frozen=True)
class VisitEffect:
    """What became of the problems of one or several visits."""

    problems: int
    in_time: Share
    accepted: Share
    carried: dict[str, int]
    done: Share
    improved: Share


def effect_of(rows: Sequence[Followed]) -> VisitEffect:
    """The counts of some problems.

    In time: of those answered or out of time. Accepted: of those answered. Done: of those accepted or carried on, the
    withdrawn left out. Improved: of those measured again, achieved or improved (domain §7.4).
    """
    due = [row for row in rows if row.is_due]
    answered = [row for row in rows if row.answer is not None]
    pursued = [row for row in rows if (row.answer == "accepted" or row.carried_as) and row.settled_as != "withdrawn"]
    measured = [row for row in rows if row.was_measured]
    return VisitEffect(
        len(rows),
        Share(sum(row.in_time for row in due), len(due)),
        Share(sum(row.answer == "accepted" for row in answered), len(answered)),
        dict(Counter(row.carried_as for row in rows if row.carried_as)),
        Share(sum(row.is_done for row in pursued), len(pursued)),
        Share(sum(row.outcome in (ACHIEVED, IMPROVED) for row in measured), len(measured)),
    )
