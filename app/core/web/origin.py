"""Unsafe requests must come from our own pages: Origin and Sec-Fetch-Site beside the CSRF token (security 19)."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import abort, request

SAFE = ("GET", "HEAD", "OPTIONS")


def refuse_foreign_origin() -> None:
    """400 for an unsafe request that another site caused."""
    if request.method in SAFE:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(400)
    origin = request.headers.get("Origin")
    if origin and origin != "null" and urlsplit(origin).netloc != request.host:
        abort(400)
