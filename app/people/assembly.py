"""People's pages, menu, actor loader and key ring, put in by the factory."""

from __future__ import annotations

from flask import Flask

from app.core.casework import daily
from app.core.database import db
from app.core.outbox.handlers import handles
from app.core.vault import KeyRing, MasterKeys
from app.core.vault.rows import KeyRows
from app.people import left_alone, letters
from app.people.controls import assembly as controls
from app.people.directory import assembly as directory
from app.people.identity import assembly as identity
from config.settings import Settings


def assemble(app: Flask) -> None:
    """Register identity and directory."""
    _hold_keys(app)
    identity.assemble(app)
    directory.assemble(app)
    controls.assemble(app)
    handles("step_taken", letters.step_taken)
    handles("deadline_rung", letters.deadline_rung)
    handles(left_alone.KIND, left_alone.role_over)
    daily.add(left_alone.roles_over)


def _hold_keys(app: Flask) -> None:
    """The ring that seals and opens values; it reads the master key file now, so a missing key is named at the start."""
    settings: Settings = app.extensions["bihuan.settings"]
    with app.app_context():
        app.extensions["bihuan.vault"] = KeyRing(
            MasterKeys.read(settings.master_key_file), KeyRows(db.engine), settings.suite
        )
