"""Which areas the factory puts in, in order; each area registers its pages, menu, letters and movable records itself."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from app.api import assembly as api
from app.care import assembly as care
from app.core import assembly as core
from app.dashboards import assembly as dashboards
from app.improvement import assembly as improvement
from app.people import assembly as people

AREAS: tuple[Callable[[Flask], None], ...] = (
    core.assemble,
    people.assemble,
    improvement.assemble,
    care.assemble,
    dashboards.assemble,
    api.assemble,
)
