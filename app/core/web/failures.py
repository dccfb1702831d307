"""Errors become pages here and nowhere else: plain words, what to do next, nothing revealed (security 57)."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Any

from flask import Flask, Response, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.core import logs
from app.core.audit import trail
from app.core.casework.records import Movable
from app.core.database import db
from app.core.errors import UNSTORABLE, ConfirmFirst, ImportRefused, Invalid, NotAllowed, NotFound, Stale, StepRefused
from app.core.policy.actor import NOBODY
from app.core.web.current import current_actor
from app.core.web.pages import plain_page, say

log = logs.get(__name__)

WAITED = {"55P03": "lock timeout", "40P01": "deadlock", "40001": "serialization", "57014": "statement timeout"}
"""States of PostgreSQL that say: somebody else was at the same rows, or it took too long. Nothing was kept."""
AGAIN_AFTER = 5
"""Seconds."""


def register(app: Flask) -> None:
    """Put the handlers in."""
    for error, handler in (
        (NotFound, _not_found),
        (404, _not_found),
        (405, _not_found),
        (NotAllowed, _not_allowed),
        (StepRefused, _refused),
        (ConfirmFirst, _confirm_first),
        (Stale, _stale),
        (Invalid, _invalid),
        (ImportRefused, _import_refused),
        (CSRFError, _form_too_old),
        (RequestEntityTooLarge, _too_large),
        (429, _too_often),
        (DataError, _unstorable),
        (OperationalError, _no_answer),
        (HTTPException, _other),
    ):
        app.register_error_handler(error, handler)
    app.register_error_handler(500, _broken)


def _not_found(error: Any) -> Response:
    actor = current_actor()
    if actor is not NOBODY and isinstance(error, NotFound):
        trail.denied(actor, f"view.{request.endpoint}", ref=error.ref)
    return plain_page("errors/not_found.html", 404, typed=_typed())


def _not_allowed(error: NotAllowed) -> Response:
    trail.denied(current_actor(), error.right, error.record)
    return plain_page("errors/not_allowed.html", 403)


def _refused(error: StepRefused) -> Response:
    db.session.rollback()
    return plain_page("errors/refused.html", 409, sentences=[say(s) for s in error.sentences], typed=_typed())


def _confirm_first(error: ConfirmFirst) -> Any:
    """To the page that asks for a code, and back; somebody who reads on is who signed in."""
    trail.denied(current_actor(), "reading.stopped")
    then = request.full_path.rstrip("?") if request.method == "GET" else None
    flash(_("你一小时内打开的学生页面较多，请输一次新的验证码，确认是你本人，然后接着看"), "info")
    return redirect(url_for("identity.ask_again", then=then), 303)


def _stale(error: Stale) -> Response:
    db.session.rollback()
    record = error.record if isinstance(error.record, Movable) else None
    return plain_page("errors/stale.html", 409, record=record, typed=_typed())


def _invalid(error: Invalid) -> Response:
    db.session.rollback()
    sentences = [say(s) for s in error.sentences.values()]
    return plain_page("errors/refused.html", 422, sentences=sentences, typed=_typed())


def _import_refused(error: ImportRefused) -> Response:
    db.session.rollback()
    return plain_page("errors/refused.html", 422, sentences=[say(s) for s in error.sentences], typed={})


def _form_too_old(error: Any) -> Response:
    return plain_page("errors/form_too_old.html", 400, typed=_typed())


def _too_large(error: Any) -> Response:
    return plain_page("errors/too_large.html", 413)


def _too_often(error: Any) -> Response:
    """A page that is the same for everybody: nothing is looked up for who asks too often."""
    return Response(_too_often_page(), 429)


@cache
def _too_often_page() -> str:
    return current_app.jinja_env.get_template("errors/too_often.html").render()


def _unstorable(error: DataError) -> Response:
    """A sign, a length or a number that no column takes: said in words, and logged, as a form should have said it by its field."""
    log.warning("unstorable", endpoint=request.endpoint)
    db.session.rollback()
    title = _("这个请求没有办成")
    return plain_page("errors/refused.html", 422, sentences=[say(UNSTORABLE)], typed=_typed(), title=title)


def _no_answer(error: OperationalError) -> Response:
    """A database that is there and kept one waiting is not one that cannot be reached."""
    state = getattr(error.orig, "sqlstate", None)
    if state in WAITED:
        log.warning("database_busy", endpoint=request.endpoint, because=WAITED[state])
        db.session.rollback()
        answer = plain_page("errors/busy.html", 503, typed=_typed_if_read())
        answer.headers["Retry-After"] = str(AGAIN_AFTER)
        return answer
    log.error("database_unreachable", endpoint=request.endpoint)
    return plain_page("errors/away.html", 503, typed=_typed_if_read())


def _other(error: HTTPException) -> Response:
    return plain_page("errors/other.html", error.code or 400, title=_("这个请求没有办成"))


def _broken(error: Any) -> Response:
    code = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}".upper()
    log.error(
        "unexpected",
        code=code,
        endpoint=request.endpoint,
        error=type(getattr(error, "original_exception", error)).__name__,
    )
    db.session.rollback()
    return plain_page("errors/broken.html", 500, code=code, typed=_typed_if_read())


def _typed_if_read() -> dict[str, list[str]]:
    """As `_typed`; a form that the fault kept from being read is not read here, where it would fail again."""
    return _typed() if "form" in vars(request) else {}


def _typed() -> dict[str, list[str]]:
    """What was typed in the refused form, so that the page can show it again."""
    hidden = {"csrf_token", "password", "code", "factor_code", "version", "new_password", "again"}
    return {k: v for k, v in request.form.to_dict(flat=False).items() if k not in hidden and any(x.strip() for x in v)}
