"""One's own account: the roles one acts in, what was not sent, the fresh code of a second factor."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.core.errors import Invalid, NotFound, Sentence
from app.core.limits import TooSoon
from app.core.web import drafts
from app.core.web.addresses import local
from app.core.web.current import SIGNED_IN, current_actor, needs
from app.core.web.pages import page
from app.people.identity import bureau, devices, factors, lookup, sign_in
from app.people.identity import own_account as own
from app.people.identity.forms import ChangeFactorForm, ChangePasswordForm
from app.people.identity.routes import browser
from app.people.identity.routes.blueprint import bp
from app.people.identity.routes.forgotten import mark
from app.people.identity.sign_in import SessionGone, SignInRefused
from workflows.wording import plural


@bp.get("/me")
@needs(SIGNED_IN)
def own_account() -> Response:
    """Password, phone, recovery codes, and where one is signed in."""
    row = browser.own_session()
    return page(
        "people/identity/own_account.html",
        row=row,
        changed_at=lookup.password_changed_at(row.account_id),
        codes_left=factors.codes_left(row.account_id),
        running=lookup.sessions_of(row.account_id),
        describe=devices.described,
        linked=bureau.is_linked(row),
    )


@bp.post("/me/sessions/<ref>/end")
@needs(SIGNED_IN)
def end_session(ref: str) -> Response:
    """End one of one's sessions elsewhere."""
    own.end_own_session(browser.own_session(), current_actor(), ref)
    flash(_("那一处已退出登录"))
    return Response("", 303, {"Location": url_for("identity.own_account")})


@bp.post("/me/sessions/end-others")
@needs(SIGNED_IN)
def end_other_sessions() -> Response:
    """End all of one's sessions but this one."""
    count = own.end_other_sessions(browser.own_session(), current_actor())
    flash(_("其他 %(n)s 处已退出登录", n=count))
    return Response("", 303, {"Location": url_for("identity.own_account")})


@bp.get("/me/password")
@needs(SIGNED_IN)
def password() -> Response:
    """The form for a new password."""
    return page("people/identity/change_password.html", form=ChangePasswordForm())


@bp.post("/me/password")
@needs(SIGNED_IN)
def change_password() -> Any:
    """Take the new password; the present one and a fresh code come with the form."""
    form = ChangePasswordForm()
    if form.validate_on_submit() and form.new_password.data != form.again.data:
        mark(form, Invalid("again", own.NOT_THE_SAME))
    elif not form.errors:
        row, actor = browser.own_session(), current_actor()
        given = (form.password.data, form.new_password.data, form.code.data)
        try:
            browser.carry(own.change_password(row, actor, browser.token(), *given))
            flash(_("密码已改，其他地方的登录都已退出"))
            return redirect(url_for("identity.own_account"), 303)
        except Invalid as invalid:
            mark(form, invalid)
        except TooSoon as soon:
            mark(form, Invalid("code", _too_soon(soon)))
    return page("people/identity/change_password.html", 422, form=form)


def _too_soon(soon: TooSoon) -> Sentence:
    return Sentence(
        f"试得太多了，请 {soon.minutes} 分钟后再试", f"Too many tries. Try again in {plural(soon.minutes, 'minute')}."
    )


@bp.get("/me/phone")
@needs(SIGNED_IN)
@browser.fresh
def phone() -> Response:
    """Another phone for the second factor."""
    return _phone(ChangeFactorForm(), *own.offer_factor(browser.own_session()))


def _phone(form: ChangeFactorForm, secret: str, offered: str, status: int = 200) -> Response:
    form.offered.data = offered
    drawn = factors.picture(secret, browser.own_session().account_name, "")
    return page("people/identity/phone.html", status, form=form, picture=drawn, spelled=factors.spelled(secret))


@bp.post("/me/phone")
@needs(SIGNED_IN)
@browser.fresh
def change_phone() -> Any:
    """The new phone counts from now on; its ten recovery codes are shown once."""
    form, row = ChangeFactorForm(), browser.own_session()
    offered = form.offered.data or ""
    secret = own.offered_secret(row, offered)
    if form.validate_on_submit():
        try:
            token, codes = own.change_factor(row, current_actor(), browser.token(), offered, form.code.data)
            browser.carry(token)
            return _show_codes(row, codes)
        except Invalid as invalid:
            mark(form, invalid)
        except TooSoon as soon:
            mark(form, Invalid("code", _too_soon(soon)))
    return _phone(form, secret, offered, 422)


@bp.post("/me/recovery-codes")
@needs(SIGNED_IN)
@browser.fresh
def renew_codes() -> Response:
    """Ten new recovery codes in place of the old ones."""
    row = browser.own_session()
    return _show_codes(row, own.renew_codes(row, current_actor()))


def _show_codes(row: Any, codes: tuple[str, ...]) -> Response:
    text = factors.printable(codes, row.account_name)
    return page("people/identity/codes.html", codes=codes, text=text, then=url_for("identity.own_account"))


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
    target = local(kept[0].get("_to", [""])[0]) if kept else ""
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
