"""Jobs of each day: handed in by the factory, asked by the sweep; each knows itself whether its day is done."""

from __future__ import annotations

from collections.abc import Callable

DAILY: list[Callable[[], int]] = []


def add(job: Callable[[], int]) -> None:
    """Hand in a job that does nothing when its day is done; it answers how much it did."""
    if job not in DAILY:
        DAILY.append(job)


def run_daily() -> int:
    """Ask every job; how much was done."""
    return sum(job() for job in DAILY)
