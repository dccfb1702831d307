"""What a form that was sent set off: one operation, whose entry tells all of it (design, architecture tests)."""

from __future__ import annotations

from flask import Flask
from werkzeug.test import TestResponse

from app.core.audit import trail

TWO_IN_ONE = {
    "api.send_results": "a program that brings rows has them checked at once",
    "actions.add_evidence": "kept and handed in by one button, where the school says so",
    "evidence.save": "corrected and handed in by one button, where the school says so",
}
"""Endpoints whose form takes two steps at once, each with why."""
ASIDE = {"sign_in.confirmed_again"}
"""What says who is there, before a deed that needs a fresh code."""
_begun: set[str] = set()


def _note(step: str) -> None:
    if step not in ASIDE:
        _begun.add(step)


def listen() -> None:
    """From now on what begins is noted; before each request."""
    if _note not in trail.BEGINNINGS:
        trail.BEGINNINGS.append(_note)
    _begun.clear()


def check(application: Flask, answer: TestResponse) -> None:
    """Raises AssertionError where a form that went through called more than the one operation that it may."""
    asked = answer.request
    if asked.method != "POST" or answer.status_code >= 400 or len(_begun) < 2:
        return
    endpoint, _given = application.url_map.bind("localhost").match(asked.path, method="POST")
    assert endpoint in TWO_IN_ONE, f"{asked.path}: a form calls one operation, which tells all of it: {sorted(_begun)}"
