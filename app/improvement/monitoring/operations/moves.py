"""What a step carries that asks for nothing else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Move:
    """The version of the page, and a reason where one is wanted."""

    version: int | None = None
    reason: str | None = None
