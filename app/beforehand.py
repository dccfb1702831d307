"""What every web process needs from its first page on, made once before the processes part: they share the memory it takes."""

from __future__ import annotations

from flask import Flask
from flask_babel import force_locale, get_translations

from app.core import registers
from app.core.web.pages import LANGUAGES
from app.people.identity import lookup

FRAME = ("layout", "_parts/")
"""Templates that pages of all kinds are made of. The others take seconds to read, and each process needs some of them."""


def make_ready(app: Flask) -> Flask:
    """The application as the processes of the web server begin with it; the database is not asked."""
    app.url_map.update()
    with app.test_request_context():
        for language in LANGUAGES:
            with force_locale(language):
                get_translations()
        for name in app.jinja_env.list_templates(filter_func=lambda name: name.startswith(FRAME)):
            app.jinja_env.get_template(name)
        registers.prepare()
        lookup.prepare()
    return app
