"""What monitoring puts into the application: its pages, its lines of the menu, its kind of import, its letters."""

from __future__ import annotations

from flask import Flask

from app.core.imports.registry import imports_as
from app.improvement.monitoring.results_import import RESULTS


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    imports_as(RESULTS)
