"""Before the processes of the web server part, they are given what all of them need."""

from __future__ import annotations

import runpy
from pathlib import Path

from flask import Flask

from app.beforehand import FRAME, make_ready
from app.people.identity import lookup
from tests.counting import counted_statements

ROOT = Path(__file__).parents[2]


def test_the_web_server_begins_with_an_application_made_ready() -> None:
    assert runpy.run_path(str(ROOT / "config" / "gunicorn.py"))["wsgi_app"] == "wsgi:served()"
    assert "def served() -> Flask:" in (made := (ROOT / "wsgi.py").read_text("utf-8")) and "make_ready(app)" in made


def test_what_pages_have_in_common_is_loaded_and_the_database_is_asked_nothing(app: Flask) -> None:
    assert app.jinja_env.cache is not None
    app.jinja_env.cache.clear()
    lookup._asked.cache_clear()
    with app.app_context(), counted_statements() as asked:
        served = make_ready(app)
    assert served is app and asked == []
    loaded = {key[1] for key in app.jinja_env.cache}
    assert {"layout.html", "layout_public.html", "_parts/page.html", "_parts/shell/menu.html"} <= loaded
    assert all(name.startswith(FRAME) for name in loaded), "the rest takes seconds"
    assert lookup._asked.cache_info().currsize == 1
