"""People's pages, menu and actor loader, put in by the factory."""

from __future__ import annotations

from flask import Flask


def assemble(app: Flask) -> None:
    """Register identity and directory."""
