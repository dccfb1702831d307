"""Words and results of requests, sealed by the keys of the child's school."""

from __future__ import annotations

from flask import current_app

from app.care.rights.models import RightsRequest
from app.core.vault import KeyRing, Place


def _place(request: RightsRequest, column: str) -> Place:
    return Place(request.school_id or request.county_id, "rights_requests", request.id, column)


def sealed(request: RightsRequest, column: str, words: str) -> bytes:
    """`words` as they are kept in `column` of `request`."""
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    return ring.seal(_place(request, column), words)


def unsealed(request: RightsRequest, column: str) -> str:
    """The words of a column; empty where there are none."""
    kept = getattr(request, column)
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    return ring.open_text(_place(request, column), kept) if kept else ""
