"""What the directory puts into the application: its imports, its pages and their lines of the menu."""

from __future__ import annotations

from flask import Flask

from app.core.imports.registry import imports_as
from app.core.outbox.handlers import handles
from app.people.directory import imports, letters


def assemble(app: Flask) -> None:
    """Register everything once per application."""
    for kind in imports.KINDS:
        imports_as(kind)
    handles("role_requested", letters.role_requested)
    handles("person_left", letters.person_left)
