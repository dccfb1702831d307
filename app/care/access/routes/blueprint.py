"""Where the pages are hung up, and what they share: words, a fresh second factor, a minute on the screen."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for

from app.care.access import words
from app.care.rainbow import words as levels
from app.core import clock
from app.core.web.current import current_actor

bp = Blueprint("access", __name__)
SECONDS = 60


@bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page its words."""
    return {"words": words, "kinds": levels.DOMAINS, "alert_kind": levels.SOURCES["alert"], "advice": levels.ADVICE}


def elsewhere_first() -> Any:
    """Where to go when the second factor is older than five minutes; None when it is fresh."""
    if current_actor().fresh_until >= clock.now().timestamp():
        return None
    return redirect(url_for("identity.ask_again", then=request.full_path.rstrip("?")), 303)
