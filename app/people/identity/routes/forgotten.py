"""A forgotten password and the first sign-in, in the browser of the person who asks."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, session, url_for
from flask_babel import gettext as _

from app.core.errors import Invalid
from app.core.limits import TooSoon
from app.core.web.current import PUBLIC, needs
from app.core.web.pages import page, say
from app.people.identity import access
from app.people.identity.forms import ForgottenForm, NewPasswordForm
from app.people.identity.routes import browser
from app.people.identity.routes.blueprint import bp


@bp.get("/sign-in/forgotten")
@needs(PUBLIC)
def forgotten() -> Response:
    """Ask for a new password, or for the first one."""
    return page("people/identity/forgotten.html", form=ForgottenForm(), refused="")


@bp.post("/sign-in/forgotten")
@needs(PUBLIC)
def ask_access() -> Any:
    """Keep the request; the next page shows its number, whether the name exists or not."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return page("people/identity/forgotten.html", 422, form=form, refused="")
    try:
        session["asked"] = access.ask(form.name.data, browser.visit())
    except TooSoon as soon:
        refused = _("试得太多了，请 %(n)s 分钟后再试。", n=soon.minutes)
        return page("people/identity/forgotten.html", 429, form=form, refused=refused)
    return redirect(url_for("identity.new_password"), 303)


@bp.get("/sign-in/new-password")
@needs(PUBLIC)
def new_password() -> Any:
    """The number to read to the administrator, and the form for the code that comes back."""
    request = access.asked(session.get("asked", ""))
    if request is None:
        return redirect(url_for("identity.forgotten"), 303)
    return page("people/identity/new_password.html", form=NewPasswordForm(), asked=request, refused="")


@bp.post("/sign-in/new-password")
@needs(PUBLIC)
def set_password() -> Any:
    """Take the code and the new password; then sign in with it, and with the phone."""
    form, token = NewPasswordForm(), session.get("asked", "")
    request = access.asked(token)
    if request is None:
        flash(_("这次申请已过期，请重新申请"), "info")
        return redirect(url_for("identity.forgotten"), 303)
    given: dict[str, Any] = {"form": form, "asked": request}
    if not form.validate_on_submit():
        return page("people/identity/new_password.html", 422, refused="", **given)
    try:
        access.use(token, form.code.data, form.new_password.data, form.again.data)
    except Invalid as invalid:
        mark(form, invalid)
        return page("people/identity/new_password.html", 422, refused="", **given)
    except TooSoon as soon:
        refused = _("试得太多了，请 %(n)s 分钟后再试。", n=soon.minutes)
        return page("people/identity/new_password.html", 429, refused=refused, **given)
    session.pop("asked", None)
    flash(_("新密码已设好，请用它登录"))
    return redirect(url_for("identity.sign_in"), 303)


def mark(form: Any, invalid: Invalid) -> None:
    """Put the sentences of a refusal at their fields."""
    for name, sentence in invalid.sentences.items():
        field = form[name] if name in form else next(iter(form))
        field.errors = [*field.errors, say(sentence)]
