"""One's own account: the roles one acts in, what was not sent, the fresh code of a second factor."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.core.errors import NotFound
from app.core.limits import TooSoon
from app.core.web import drafts
from app.core.web.current import SIGNED_IN, current_actor, needs
from app.core.web.pages import page
from app.people.identity import sign_in
from app.people.identity.routes import browser
from app.people.identity.routes.blueprint import bp
from app.people.identity.sign_in import SessionGone, SignInRefused


@bp.post("/me/role")
@needs(SIGNED_IN)
def switch_role() -> Any:
    """Act in another of one's roles; the first page of that role follows."""
    found = browser.signed_in()
    wanted = request.form.get("assignment", "")
    choice = next((c for c in found.choices if str(c.id) == wanted), None) if found else None
    if found is None or choice is None:
        raise NotFound("role_assignment", "")
    try:
        browser.carry(sign_in.switch_role(found.row, current_actor(), browser.token(), choice))
    except SessionGone:
        return browser.begin_again(_("登录已失效，请重新登录"))
    return redirect(browser.home(), 303)


@bp.get("/sign-in/again")
@needs(SIGNED_IN)
def ask_again() -> Response:
    """Ask for a fresh code before something that needs one."""
    return page(
        "people/identity/confirm_again.html",
        action=url_for("identity.confirm_again"),
        typed=[("then", browser.then())],
        fault="",
    )


@bp.post("/sign-in/again")
@needs(SIGNED_IN)
def confirm_again() -> Any:
    """Take the fresh code and go on."""
    fault = ""
    try:
        renewed = sign_in.confirm_again(
            browser.own_session(), current_actor(), browser.token(), request.form.get("factor_code", "")
        )
        browser.carry(renewed)
        return redirect(browser.onward(), 303)
    except SignInRefused:
        fault = _("验证码不对或已经用过。等手机上换成新的一组再输入")
    except TooSoon as soon:
        fault = _("试得太多了，请 %(n)s 分钟后再试", n=soon.minutes)
    except SessionGone:
        return browser.begin_again(_("登录已失效，请重新登录"))
    action = url_for("identity.confirm_again")
    return page("people/identity/confirm_again.html", 422, action=action, typed=[("then", browser.then())], fault=fault)


@bp.get("/me/unsent")
@needs(SIGNED_IN)
def unsent() -> Any:
    """After sign-in: a form that was sent a moment too late, to be sent now; nothing such: straight on."""
    kept = drafts.draft_of(current_actor(), browser.UNSENT)
    target = browser.local(kept[0].get("_to", [""])[0]) if kept else ""
    if not target or kept is None:
        return redirect(browser.onward(), 303)
    fields = [(name, text) for name, texts in kept[0].items() if name != "_to" for text in texts]
    return page("people/identity/unsent.html", target=target, fields=fields, saved_at=kept[1], then=browser.onward())


@bp.post("/me/unsent")
@needs(SIGNED_IN)
def drop_unsent() -> Response:
    """The person has sent it, or does not want it any more."""
    drafts.forget_draft(current_actor(), browser.UNSENT)
    flash(_("那份没发出的内容已丢弃"), "info")
    return Response("", 303, {"Location": browser.onward()})
