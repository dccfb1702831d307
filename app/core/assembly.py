"""Core's own pages, jobs and pipes that every area shares, put in by the factory."""

from __future__ import annotations

from flask import Flask

from app.core.audit import assembly as audit
from app.core.imports import assembly as imports
from app.core.reading import assembly as reading
from app.core.storage import Clamd, Shelf
from config.settings import Settings


def assemble(app: Flask) -> None:
    """Register the pages that every area shares."""
    _hold_shelf(app)
    audit.assemble(app)
    imports.assemble(app)
    reading.assemble(app)


def _hold_shelf(app: Flask) -> None:
    """Where files lie, with the scanner of the settings."""
    settings: Settings = app.extensions["bihuan.settings"]
    scanner = Clamd(settings.clamd_address) if settings.scanner == "clamd" else None
    app.extensions["bihuan.shelf"] = Shelf(settings.storage, scanner)
