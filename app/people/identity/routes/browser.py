"""What the browser carries: the session token, the mark of a browser that signed in before, and where to go afterwards."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, current_app, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.core import clock, limits
from app.core.database import use_context
from app.core.policy.actor import NOBODY, Actor
from app.core.web import drafts
from app.core.web.addresses import local
from app.core.web.current import PUBLIC, current_actor
from app.core.web.pages import page
from app.people.identity import lookup, sessions, sign_in
from app.people.identity.lookup import SignedIn
from app.people.identity.sessions import Visit

View = TypeVar("View", bound=Callable[..., Any])
KNOWN_COOKIE = "__Host-bihuan-known"
KNOWN_SECONDS = 90 * 24 * 3600
UNSENT = "unsent"
"""The draft of a form that was sent when the session had just ended."""


def load_actor() -> Actor:
    """Who is acting, from the cookie; at most two lookup. Put into the factory's table by the assembly."""
    g.signed_in = _signed_in()
    found: SignedIn | None = g.signed_in
    if found is None:
        return NOBODY
    if found.standing == "good":
        sessions.seen(found.row.id, found.row.last_seen_at)
        actor = lookup.actor_of(found.row)
        if request.method == "POST" and "_unsent" in request.args:
            use_context(actor.context())
            drafts.forget_draft(actor, UNSENT)
        return actor
    writer = lookup.late_writer(found)
    if writer is not None and request.method == "POST" and request.form:
        _rescue(writer)
    return NOBODY


def _signed_in() -> SignedIn | None:
    token = session.get("sign_in")
    return lookup.behind(token) if token else None


def _rescue(writer: Actor) -> None:
    """A form was sent a moment too late: what was typed is kept for after the next sign-in."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.blueprint == "drafts" or getattr(view, "rights", (PUBLIC,))[0] == PUBLIC:
        return
    fields = {k: v for k, v in request.form.to_dict(flat=False).items() if k not in drafts.UNKEPT}
    use_context(writer.context())
    drafts.keep_draft(writer, UNSENT, {**fields, "_to": [request.full_path.rstrip("?")]}, whole=True)


def signed_in() -> SignedIn | None:
    """The session of this request, whatever its standing."""
    found: SignedIn | None = g.get("signed_in")
    return found


def own_session() -> Any:
    """The row of the good session of this request; routes that need it are for the signed-in only."""
    found = signed_in()
    if found is None:
        raise sign_in.SessionGone
    return found.row


def token() -> str:
    """The token as the browser carries it."""
    return str(session.get("sign_in", ""))


def carry(new_token: str, fresh_start: bool = False) -> None:
    """Give the browser its new token; at sign-in nothing of before is kept but the language."""
    if fresh_start:
        language = session.get("language")
        session.clear()
        if language:
            session["language"] = language
    session["sign_in"] = new_token


def drop() -> None:
    """Forget the session in the browser; the language stays."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language


def visit() -> Visit:
    """What this request says about its browser."""
    device, account = _known()
    return Visit(str(request.user_agent), str(request.remote_addr or ""), device, account)


def _marks() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or b"", salt="known browser")


def _known() -> tuple[str, str]:
    try:
        device, account = _marks().loads(request.cookies.get(KNOWN_COOKIE, ""), max_age=KNOWN_SECONDS)
    except (BadSignature, ValueError, TypeError):
        return "", ""
    return str(device), str(account)


def remember_browser(response: Response, account_name: str) -> Response:
    """Mark this browser as one in which the account has signed in: strangers' failures do not delay it (security 8)."""
    account = limits.hashed(current_app.secret_key or b"", account_name)
    device, before = _known()
    mark = _marks().dumps([device if before == account and device else secrets.token_hex(8), account])
    response.set_cookie(KNOWN_COOKIE, mark, max_age=KNOWN_SECONDS, secure=True, httponly=True, samesite="Lax", path="/")
    return response


def then() -> str:
    """Where to go afterwards, as the page or the form says."""
    return local(request.values.get("then"))


def onward() -> str:
    """The address after sign-in: an unsent form first, else where the person wanted to go, else the first page."""
    return then() or home()


def home() -> str:
    """The first page."""
    return url_for("home") if "home" in current_app.view_functions else "/"


def fresh(view: View) -> View:
    """A route that needs a second factor younger than five minutes (security 10, 17); put under `needs`.

    A form that was sent with an older one is not lost: the page that asks for the code carries its fields along.
    """

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if current_actor().fresh_until >= clock.now().timestamp():
            return view(*args, **kwargs)
        fault = _try_again() if "factor_code" in request.form else ""
        return view(*args, **kwargs) if fault is None else _ask_again(fault)

    guarded.fresh = True  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def _try_again() -> str | None:
    """Take the code that came with the form; None when it was right, else why not."""
    row, actor = own_session(), current_actor()
    try:
        carry(sign_in.confirm_again(row, actor, token(), request.form["factor_code"]))
    except sign_in.SignInRefused:
        return str(_("验证码不对或已经用过。等手机上换成新的一组再输入"))
    except limits.TooSoon as soon:
        return str(_("试得太多了，请 %(n)s 分钟后再试", n=soon.minutes))
    return None


def _ask_again(fault: str) -> Response:
    posted = request.method == "POST"
    hidden = {"csrf_token", "factor_code"}
    typed = [(k, v) for k, values in request.form.to_dict(flat=False).items() if k not in hidden for v in values]
    target = request.full_path.rstrip("?") if posted else url_for("identity.confirm_again")
    return page(
        "people/identity/confirm_again.html",
        422 if posted else 200,
        action=target,
        typed=typed if posted else [("then", request.full_path.rstrip("?"))],
        fault=fault,
    )


def begin_again(sentence: str) -> Any:
    """Back to the first step with a sentence that says why."""
    drop()
    flash(sentence, "info")
    return redirect(url_for("identity.sign_in", then=then() or None), 303)
