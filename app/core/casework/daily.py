"""Jobs of each day: handed in by the factory, asked by the sweep; each knows itself whether its day is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from app.core.database import db

DAILY: list[Callable[[], int]] = []
AT_ONCE = 200


def add(job: Callable[[], int]) -> None:
    """Hand in a job that does nothing when its day is done; it answers how much it did."""
    if job not in DAILY:
        DAILY.append(job)


def each_of(wanted: Any, model: Any) -> Iterator[Any]:
    """Every record that a job takes in hand, in the order of `wanted`, loaded portion by portion.

    Which they are is known at the beginning: the job comes to its end, and none is left behind others. What somebody did
    to a record meanwhile counts: it is left out when it no longer fits.
    """
    ids = db.session.scalars(wanted.with_only_columns(model.id)).all()
    for begin in range(0, len(ids), AT_ONCE):
        yield from db.session.scalars(wanted.where(model.id.in_(ids[begin : begin + AT_ONCE]))).all()


def take_each(wanted: Any, model: Any, step: Callable[[Any], Any]) -> int:
    """Take a step with each of them; how many there were."""
    done = 0
    for record in each_of(wanted, model):
        step(record)
        done += 1
    return done


def run_daily() -> int:
    """Ask every job; how much was done."""
    return sum(job() for job in DAILY)
