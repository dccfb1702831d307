"""What imports put into the application: their jobs, their records, their pages and their line of the menu."""

from __future__ import annotations

from flask import Flask

from app.core.casework import waiting
from app.core.casework.records import movable
from app.core.imports import jobs
from app.core.imports.models import ImportBatch
from app.core.imports.queries import RIGHTS, is_ours
from app.core.imports.routes import bp
from app.core.outbox.handlers import handles
from app.core.web import navigation
from app.core.web.navigation import Entry


def assemble(app: Flask) -> None:
    """Register everything once per application."""
    app.register_blueprint(bp)
    navigation.add(Entry("people", "数据导入", "imports.batches", "file-import", RIGHTS, 60))
    movable(ImportBatch)
    for state in ImportBatch.workflow.states:
        waiting.FOR.setdefault(("import_batches", state.code), is_ours)
    handles("import_annotate", jobs.annotate)
    handles("import_check", jobs.check_rows)
    handles("import_clear_file", jobs.clear_file)
    handles("import_accept", jobs.take_in)
    handles("import_roll_back", jobs.take_out)
