"""Puts the application together: a recipe, read from top to bottom."""

from __future__ import annotations

import logging
from datetime import timedelta
from inspect import iscoroutinefunction
from pathlib import Path

from apiflask import APIFlask
from flask import Flask
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import event
from whitenoise import WhiteNoise

from app import models  # noqa: F401 (every table is known before the first query)
from app.assembly import AREAS
from app.cli import commands
from app.core import clock, limits, logs, pdf
from app.core.audit import trail
from app.core.database import db, quiet_line, use_context_key
from app.core.round_trip import keep_what_is_ready
from app.core.sound_start import refuse_unsound_start
from app.core.web import (
    chips,
    current,
    drafts,
    failures,
    headers,
    kept,
    origin,
    pages,
    plurals,
    projecting,
    sent_in,
    typed,
)
from app.core.web.trusted_proxy import TrustedProxy
from config.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Settings | None = None) -> Flask:
    """The whole application for web, worker, relay and command line.

    Raises SettingsRefused naming the item that is missing or unsafe, in the settings or in the database.
    """
    settings = settings or Settings.from_env()
    settings.check()
    app = APIFlask(
        "app",
        title="闭环 Bihuan",
        version="1.0.0",
        spec_path=None,
        docs_path=None,
        json_errors=False,
        root_path=str(ROOT / "app"),
        template_folder=str(ROOT / "templates"),
        static_folder="static",
    )
    logs.configure()
    logging.getLogger("transitions").setLevel(logging.WARNING)
    _configure(app, settings)
    _connect(app, settings)
    _speak(app)
    pdf.configure(documents=settings.documents, on=settings.pdf)
    _guard(app, settings)
    failures.register(app)
    for area in AREAS:
        area(app)
    for command in commands():
        app.cli.add_command(command)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.extensions["bihuan.settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key(),
        SESSION_COOKIE_NAME="__Host-bihuan",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        MAX_CONTENT_LENGTH=settings.request_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # our pages send no Referer; origin.py looks at Origin and Sec-Fetch-Site instead
        REDIS_URL=settings.redis_url,
        BIHUAN_LOCALE=settings.locale,
        OPENAPI_VERSION="3.1.0",
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
        TEMPLATES_AUTO_RELOAD=settings.environment == "development",
    )
    app.jinja_options = {
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": [kept.Kept],
        "cache_size": -1,  # all five hundred stay: Jinja keeps 400, and looks through them in order at every part of a page
    }


def _connect(app: Flask, settings: Settings) -> None:
    app.config["SQLALCHEMY_ENGINES"] = {
        "default": {
            "url": settings.database_url,
            "query_cache_size": 1500,  # as many as all pages together ask; of SQLAlchemy's 500 the rest is composed anew
            "pool_size": settings.web_threads,
            "max_overflow": 4,
            "pool_use_lifo": True,  # the connection used last knows its statements and is warm in the server's caches
        }
    }
    db.init_app(app)
    with app.app_context():
        event.listen(db.engine, "checkout", quiet_line)
        keep_what_is_ready(db.engine)
    # Flask-SQLAlchemy-Lite also closes asynchronous sessions, in an event loop and two threads of each request; there are none.
    app.teardown_appcontext_funcs = [one for one in app.teardown_appcontext_funcs if not iscoroutinefunction(one)]
    # Nor are there coroutines of ours: Flask need not look at every view and hook in every request whether it is one.
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]
    use_context_key(settings.context_key_file)
    if settings.steerable_clock:
        from app.core.steering import offset_of

        clock.set_offset_source(lambda: offset_of(app))
    if settings.environment != "test":
        with app.app_context():
            refuse_unsound_start()


def _speak(app: Flask) -> None:
    plurals.speak(
        app,
        default_locale="zh",
        default_translation_directories=str(ROOT / "app" / "translations"),
        locale_selector=pages.wanted_locale,
        timezone_selector=lambda: "Asia/Shanghai",
    )
    app.jinja_env.filters["say"] = pages.say
    chips.register(app)
    projecting.register(app)
    drafts.register(app)
    app.context_processor(pages.shared)


def _guard(app: Flask, settings: Settings) -> None:
    app.before_request(limits.refuse_early)
    app.after_request(limits.remember_shut)
    CSRFProtect(app)
    app.request_class = typed.FormRequest
    if typed.refuse_unread not in trail.BEGINNINGS:
        trail.BEGINNINGS.append(typed.refuse_unread)
    app.before_request(origin.refuse_foreign_origin)
    sent_in.register(app)
    app.before_request(current.load_actor)
    app.after_request(headers.add_headers)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(ROOT / "app" / "static"),
        prefix="static/",
        max_age=31536000,
        add_headers_function=headers.for_static_files,
    )
    if settings.tls_proxy:
        app.wsgi_app = TrustedProxy(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]
