"""Counting a year from the live data, in the worker, which alone sees every school's rows (decision 13)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.care.yearly.counting.families import agreements, purposes_of_the_year, requests
from app.care.yearly.counting.given import assessments, emergencies, handovers, suppliers
from app.care.yearly.counting.shape import Year, told_before
from app.care.yearly.counting.watch import access, erasures, exceptions, incidents

PARTS: tuple[Callable[[Year], dict[str, Any]], ...] = (
    purposes_of_the_year, agreements, requests, assessments, access, emergencies, handovers, suppliers, erasures,
    incidents, exceptions,
)  # fmt: skip


def counted(county: uuid.UUID, year: int, earlier: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Everything that can be told of a county's year, given all that was told of it before (contents, oldest first)."""
    asked = Year(county, year, told_before(earlier))
    return {"until": asked.last.isoformat(), "parts": [one(asked) for one in PARTS]}
