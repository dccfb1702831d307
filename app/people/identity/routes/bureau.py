"""Going to the bureau's identity service and coming back: for signing in, or for linking one's account."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, redirect, session, url_for
from flask_babel import gettext as _

from app.core.errors import Invalid, NotFound
from app.core.limits import TooSoon
from app.core.policy.actor import NOBODY
from app.core.web.current import PUBLIC, SIGNED_IN, current_actor, needs
from app.core.web.pages import page, say
from app.people.identity import bureau
from app.people.identity.bureau import Identity, NotLinked
from app.people.identity.routes import browser
from app.people.identity.routes.blueprint import bp

LINKING = "bureau_linking"
THEN = "bureau_then"


def _away() -> Any:
    service = bureau.service()
    if service is None:
        raise NotFound("bureau")
    settings = current_app.extensions["bihuan.settings"]
    return service.authorize_redirect(settings.public_url.rstrip("/") + url_for("identity.back_from_bureau"))


@bp.get("/sign-in/bureau")
@needs(PUBLIC)
def bureau_sign_in() -> Any:
    """To the identity service, for signing in."""
    session.pop(LINKING, None)
    session[THEN] = browser.then()
    return _reached(_away)


@bp.post("/me/bureau")
@needs(SIGNED_IN)
@browser.fresh
def link_bureau() -> Response:
    """Before linking: a page that leads to the identity service; a form may not lead off our site."""
    if bureau.service() is None:
        raise NotFound("bureau")
    session[LINKING] = True
    return page("people/identity/bureau_link.html", title=bureau.title())


@bp.get("/me/bureau")
@needs(SIGNED_IN)
def go_to_bureau() -> Any:
    """To the identity service, for linking one's account."""
    if LINKING not in session:
        return redirect(url_for("identity.own_account"), 303)
    return _reached(_away)


def _refusals() -> tuple[type[Exception], ...]:
    """What the libraries raise when the identity service is away or answers wrongly; imported where there is one."""
    from authlib.integrations.base_client import OAuthError
    from joserfc.errors import JoseError
    from requests import RequestException

    return RequestException, OAuthError, JoseError


def _reached(go: Any) -> Any:
    try:
        return go()
    except _refusals():
        return _failed(_("现在连不上统一认证，请用账号和密码登录，或过一会儿再试。"), 503)


def _failed(why: str, status: int = 422) -> Response:
    return page("people/identity/bureau_failed.html", status, why=why, title=bureau.title())


@bp.get("/sign-in/bureau/back")
@needs(PUBLIC)
def back_from_bureau() -> Any:
    """Back from the identity service: link the account, or go on to the second factor."""
    service = bureau.service()
    if service is None:
        raise NotFound("bureau")
    try:
        told = service.authorize_access_token().get("userinfo") or {}
    except _refusals():
        return _failed(_("统一认证没有给出可用的回答，请重新开始。"))
    identity = Identity(str(told.get("iss", "")), str(told.get("sub", "")))
    if session.pop(LINKING, False) and current_actor() is not NOBODY:
        return _linked(identity)
    return _entered(identity)


def _linked(identity: Identity) -> Any:
    try:
        bureau.link(browser.own_session(), current_actor(), identity)
    except Invalid as invalid:
        return _failed(say(invalid.sentences["link"]))
    flash(_("已关联，下次可以从统一认证登录"))
    return redirect(url_for("identity.own_account"), 303)


def _entered(identity: Identity) -> Any:
    then = session.pop(THEN, "")
    try:
        token = bureau.enter(identity, browser.visit())
    except NotLinked:
        return _failed(_("这个统一认证账号还没有关联。请先用账号和密码登录，在“账号与安全”里关联。"))
    except TooSoon as soon:
        return _failed(_("试得太多了，请 %(n)s 分钟后再试。", n=soon.minutes), 429)
    browser.carry(token, fresh_start=True)
    return redirect(url_for("identity.second_step", then=then or None), 303)


@bp.post("/me/bureau/unlink")
@needs(SIGNED_IN)
def unlink_bureau() -> Response:
    """One's account is no longer linked."""
    bureau.unlink(browser.own_session(), current_actor())
    flash(_("已取消关联"))
    return Response("", 303, {"Location": url_for("identity.own_account")})
