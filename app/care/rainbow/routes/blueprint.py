"""Where the pages of the rainbow code are hung up, the words of their templates, and the showing of levels for a minute."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Response, request

from app.care.rainbow import words
from app.core.web.projecting import is_projecting

bp = Blueprint("support", __name__)
SECONDS = 60
"""How long a level stays on the screen (ui.md, Timed reveal)."""
WORDS = SimpleNamespace(
    level=words.LEVELS, class_level=words.CLASS_LEVELS, domain=words.DOMAINS, flag=words.FLAGS, duty=words.DUTIES,
    advice=words.ADVICE, icon=words.ICONS,
)  # fmt: skip


@bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page its words."""
    return {"words": WORDS, "said": words.said, "facts_words": words.FACTS, "source_words": words.SOURCES}


def asked_to_show() -> bool:
    """Levels were asked for by a click, and the screen is on no wall."""
    return request.args.get("shown") == "1" and not is_projecting()


def refs_of(records: Iterable[Any]) -> list[str]:
    """What the trail keeps of records that were shown: their references and those of the students they are about."""
    return [ref for record in records for ref in (record.ref, record.student.ref)]


def for_a_minute(response: Response, hidden_url: str) -> Response:
    """Send the browser on after a minute, with or without scripts, and keep the page out of every cache."""
    response.headers["Refresh"] = f"{SECONDS}; url={hidden_url}"
    response.headers["Cache-Control"] = "no-store"
    return response
