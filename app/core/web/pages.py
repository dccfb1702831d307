"""Drawing a page: what every template is given, and parts of a page for htmx."""

from __future__ import annotations

from functools import cache
from typing import Any

from babel import Locale
from flask import Response, current_app, g, make_response, render_template, request, session
from jinja2_fragments.flask import render_block

from app.core import clock
from app.core.web import navigation, plurals, projecting
from app.core.web.current import current_actor

LANGUAGES = ("zh", "en")


def wanted_language() -> str:
    """The language of this request: named by a page without a session, chosen in the menu, else the setting."""
    chosen = g.get("language") or session.get("language")
    return chosen if chosen in LANGUAGES else str(current_app.config["BIHUAN_LOCALE"])


def wanted_locale() -> Locale:
    """The same as Flask-Babel wants it, which would look into the file system for it in every request."""
    return _locale(wanted_language())


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


def language() -> str:
    """ "zh" or "en" as it is in force now."""
    return plurals.language()


def say(thing: Any) -> str:
    """The words of a state, step, sentence, scope or role in the language of the page."""
    if thing is None:
        return ""
    if hasattr(thing, "zh"):
        return str(thing.en if language() == "en" else thing.zh)
    return str(thing)


def page(template: str, status: int = 200, **context: Any) -> Response:
    """A whole page, or only its block `part` when htmx asks for a part that the template has."""
    if request.headers.get("HX-Request") and "part" in request.args:
        return make_response(render_block(template, request.args["part"], **context), status)
    return make_response(render_template(template, **context), status)


def plain_page(template: str, status: int, **context: Any) -> Response:
    """A page in the frame without menu: what only the menu and its counts would need is not looked up."""
    g.without_menu = True
    return page(template, status, **context)


def shared() -> dict[str, Any]:
    """What every template can use."""
    actor, projecting_now, plain = current_actor(), projecting.is_projecting(), g.get("without_menu", False)
    return {
        "actor": actor,
        "language": language(),
        "navigation": () if plain else navigation.menu(actor),
        "waiting_count": None if projecting_now or plain else navigation.waiting_count(actor),
        "today": clock.today(),
        "now": clock.now,
        "projector": projecting_now,
        "notices": [] if projecting_now or plain else navigation.notices(actor),
    }
