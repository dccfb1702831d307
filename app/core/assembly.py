"""Core's own pages and letters, put in by the factory."""

from __future__ import annotations

from flask import Flask


def assemble(app: Flask) -> None:
    """Register the pages that every area shares."""
