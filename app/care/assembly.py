"""What the factory puts in of the care area."""

from __future__ import annotations

from flask import Flask

from app.care.screening import commands


def assemble(app: Flask) -> None:
    """Its commands; pages and menu follow with the first page."""
    for command in commands.COMMANDS:
        app.cli.add_command(command)
