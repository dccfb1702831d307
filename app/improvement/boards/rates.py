"""Rates of the board with numerator, denominator and interval (domain §9.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.intervals import FEWEST
from app.improvement.monitoring.snapshots import interval_of
from workflows.vocabulary import Sentence

ITEM_RATES = {
    "on_time": ("on_time", "due"),
    "closure": ("closed", "issued"),
    "reopened": ("reopened", "ever_closed"),
    "signed_for": ("signed", "issued"),
}
"""Rates of items: the tallies of numerator and denominator (problems/queries/tallies.py)."""


@dataclass(frozen=True)
class Definition:
    """A rate: its name, how it is counted, and the target that is looked for."""

    code: str
    name: Sentence
    counted: Sentence
    target: float | None = None

    @property
    def urls(self) -> tuple[str, str]:
        """The lists that numerator and denominator open."""
        if self.code in ITEM_RATES:
            done, whole = ITEM_RATES[self.code]
            return f"/items?level=county&tally={done}", f"/items?level=county&tally={whole}"
        return f"/boards/counted?rate={self.code}&only=done", f"/boards/counted?rate={self.code}"


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "on_time", Sentence("按期销号率", "Closed on time"),
        Sentence("到期的问题项中，在期限当天或之前销号的", "Of the items that fell due, those closed by their due date"),
    ),
    Definition(
        "closure", Sentence("销号率", "Closure rate"),
        Sentence("已交办的问题项中，现在已销号的（作废的不计）", "Of the items issued, those closed now (void ones left out)"),
    ),
    Definition(
        "reopened", Sentence("重新打开率", "Reopening rate"),
        Sentence("销过号的问题项中，24 个月内重新打开的", "Of the items ever closed, those reopened within 24 months"),
        0.10,
    ),
    Definition(
        "first_pass", Sentence("佐证一次通过率", "First-pass evidence"),
        Sentence("提交过的佐证中，没有退回就受理的", "Of the evidence submitted, pieces accepted without a return"),
    ),
    Definition(
        "signed_for", Sentence("签收率", "Signed for"),
        Sentence("已交办的问题项中，责任单位签收了的", "Of the items issued, those signed for by their unit"),
    ),
    Definition(
        "briefed", Sentence("结果签收率", "Results acknowledged"),
        Sentence("发给学校和科室的监测结果中，签收了的", "Of the results sent to schools and departments, those acknowledged"),
    ),
    Definition(
        "heard", Sentence("专题听取汇报完成率", "Briefings held"),
        Sentence("已发布的监测中，县里主要负责人听取过专题汇报的",
            "Of the rounds released, those on which the county's leaders heard a report"),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Rate:
    """One rate: `share`, `low` and `high` in 0–1; None where the denominator is below five."""

    definition: Definition
    done: int
    all: int

    @property
    def share(self) -> float | None:
        """Numerator over denominator."""
        return self.done / self.all if self.all >= FEWEST else None

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """95% interval after Wilson."""
        return interval_of("rate", self.share, self.all, None, 1.0)


def rates_of(figures: Mapping[str, Sequence[int]]) -> tuple[Rate, ...]:
    """The rates in their order."""
    return tuple(Rate(one, *(figures.get(one.code) or (0, 0))) for one in DEFINITIONS)
