"""The rows that may be accepted, column by column: what a check found good, kept sealed until somebody accepts it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.imports.columns import Json


@dataclass(frozen=True)
class GoodRows:
    """Values by column in file order, the natural key of each row, and why measured values are missing.

    `missing`: column → number of the row among these, from 0, as text → reason.
    """

    columns: Mapping[str, Sequence[Json]]
    keys: Sequence[str | None]
    missing: Mapping[str, Mapping[str, str]]

    def __len__(self) -> int:
        return len(self.keys)

    def accepted(self, *codes: str) -> Iterator[tuple[Json, ...]]:
        """Values of these columns for every row, in file order."""
        return zip(*(self.columns[code] for code in codes), strict=True)

    def column(self, code: str) -> Sequence[Json]:
        """Values of one column."""
        return self.columns[code]

    def to_bytes(self) -> bytes:
        """One line of JSON per part: names of the columns, keys, reasons of missing values, then each column."""
        parts: list[Any] = [list(self.columns), list(self.keys), self.missing, *map(list, self.columns.values())]
        return "\n".join(json.dumps(part, ensure_ascii=False, separators=(",", ":")) for part in parts).encode()

    @classmethod
    def from_bytes(cls, kept: bytes) -> GoodRows:
        """What `to_bytes` gave."""
        names, keys, missing, *columns = map(json.loads, kept.split(b"\n"))
        return cls(dict(zip(names, columns, strict=True)), keys, missing)


def digest_of(kept: bytes) -> str:
    """SHA-256 in hexadecimal over `GoodRows.to_bytes`: every value, in the order of the rows."""
    return hashlib.sha256(kept).hexdigest()
