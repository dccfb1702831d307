"""Two versions of one table compared by natural key: what was added, which cells changed, what vanished."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from app.core.imports.columns import Kind

Row = Mapping[str, Any]


class Change(NamedTuple):
    """One cell that differs between the versions."""

    key: str
    column: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Diff:
    """The new version against the old one: keys added and vanished, changed cells."""

    added: tuple[str, ...]
    changed: tuple[Change, ...]
    vanished: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Do both versions say the same?"""
        return not (self.added or self.changed or self.vanished)

    def to_json(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {**asdict(self), "changed": [change._asdict() for change in self.changed]}


def diff(kind: Kind, old: Iterable[tuple[str, Row]], new: Iterable[tuple[str, Row]]) -> Diff:
    """Compare (key, values) pairs; a column that one side lacks counts as empty, why a value is missing as content."""
    before, after = dict(old), dict(new)
    columns = (*kind.kept, "missing")
    changed = [
        Change(key, column, before[key].get(column), row.get(column))
        for key, row in after.items()
        if key in before and before[key] != row
        for column in columns
        if before[key].get(column) != row.get(column)
    ]
    return Diff(
        tuple(key for key in after if key not in before),
        tuple(changed),
        tuple(key for key in before if key not in after),
    )
