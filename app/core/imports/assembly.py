"""What imports put into the application: their jobs, their records, their pages and their line of the menu."""

from __future__ import annotations

from flask import Flask

from app.core.casework.records import movable
from app.core.imports import jobs
from app.core.imports.models import ImportBatch
from app.core.outbox.handlers import handles


def assemble(app: Flask) -> None:
    """Register everything once per application."""
    movable(ImportBatch)
    handles("import_check", jobs.check_rows)
    handles("import_accept", jobs.take_in)
    handles("import_roll_back", jobs.take_out)
