"""The lines of a checklist as they stand in reports: problem items and points of one's own, then observation points by branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.improvement.visits.models import VisitLine
from app.improvement.visits.words import SEEN


@dataclass
class Branch:
    """Lines of one branch of the tree of inspection indicators; no names: those that belong to none."""

    names: tuple[str, ...] = ()
    lines: list[VisitLine] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many were seen, partly seen, not seen; what nobody looked at or two members saw differently is left out."""
        said = [line.seen.seen for line in self.lines if line.seen is not None]
        return {code: said.count(code) for code in SEEN}

    @property
    def unsaid(self) -> int:
        """Lines without one observation that counts."""
        return sum(1 for line in self.lines if line.seen is None)


def by_branch(lines: Sequence[VisitLine]) -> list[Branch]:
    """The lines in groups, each branch once, in the order in which the lines stand; `node` of every line is loaded."""
    found: dict[tuple[str, ...], Branch] = {}
    for line in lines:
        names = line.node.branch if line.node is not None else ()
        found.setdefault(names, Branch(names)).lines.append(line)
    return list(found.values())


def inspected(lines: Sequence[VisitLine]) -> tuple[str, ...]:
    """One line a branch for the printed sheet: how many points were seen, and which were not wholly, in Chinese."""
    told = []
    for branch in by_branch(lines):
        if branch.names:
            counts = "，".join(f"{SEEN[code].zh} {number}" for code, number in branch.counts.items() if number)
            short = [one.title for one in branch.lines if one.seen is not None and one.seen.seen != "seen"]
            told.append(
                f"{' · '.join(branch.names)}：{counts or '没有记录'}" + (f"（{'；'.join(short)}）" if short else "")
            )
    return tuple(told)
