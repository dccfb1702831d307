"""Sign-in in two steps, enrolment, recovery codes, signing out."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, session, url_for
from flask_babel import gettext as _

from app.core.limits import TooSoon
from app.core.policy.actor import NOBODY
from app.core.web.current import PUBLIC, current_actor, needs
from app.core.web.pages import page
from app.people.identity import factors, passwords, sign_in
from app.people.identity.forms import CodeForm, RecoveryForm, SignInForm
from app.people.identity.routes import browser
from app.people.identity.routes.blueprint import bp
from app.people.identity.sign_in import Completed, NoRole, SessionGone, SignInRefused


@bp.get("/sign-in", endpoint="sign_in")
@needs(PUBLIC)
def sign_in_page() -> Any:
    """First step: account and password."""
    if current_actor() is not NOBODY:
        return redirect(browser.onward(), 303)
    return _first_step(SignInForm())


def _first_step(form: SignInForm, status: int = 200, refused: str = "") -> Response:
    found = browser.signed_in()
    return page(
        "people/identity/sign_in.html",
        status,
        form=form,
        then=browser.then(),
        refused=refused,
        over=found.standing if found and found.standing in ("idle", "over", "gone") else "",
        end=found.row.end if found else "",
    )


@bp.post("/sign-in")
@needs(PUBLIC)
def give_password() -> Any:
    """Check account and password; the answer is the same for every reason."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _first_step(form, 422)
    try:
        token = sign_in.give_password(form.name.data, form.password.data, browser.visit())
    except SignInRefused as refused:
        return _first_step(form, 422, _tries_left(refused.left))
    except TooSoon as soon:
        return _first_step(form, 429, _wait(soon))
    except passwords.Busy:
        return _first_step(form, 429, _("现在登录的人太多，请过一会儿再试"))
    browser.carry(token, fresh_start=True)
    return redirect(url_for("identity.second_step", then=browser.then() or None), 303)


def _tries_left(left: int) -> str:
    return str(_("还可以试 %(n)s 次，之后要等几分钟。", n=left) if left else _("请过几分钟再试。"))


def _wait(soon: TooSoon) -> str:
    return str(_("试得太多了，请 %(n)s 分钟后再试。", n=soon.minutes))


@bp.get("/sign-in/code")
@needs(PUBLIC)
def second_step() -> Any:
    """Second step: the phone's code; the first time with the picture that the phone takes in."""
    found = browser.signed_in()
    if found is None or found.standing != "halfway":
        return redirect(url_for("identity.sign_in", then=browser.then() or None), 303)
    return _second_step(CodeForm())


def _second_step(form: CodeForm, status: int = 200, refused: str = "") -> Response:
    found = browser.signed_in()
    assert found is not None
    row, enrolling = found.row, found.row.totp_confirmed_at is None
    given: dict[str, Any] = {"form": form, "then": browser.then(), "refused": refused}
    if not enrolling:
        return page("people/identity/second_step.html", status, **given)
    secret = factors.unseal(row.account_id, row.account_county, row.totp_sealed)
    drawn = factors.picture(secret, row.account_name, "")
    return page("people/identity/enrol.html", status, picture=drawn, spelled=factors.spelled(secret), **given)


@bp.post("/sign-in/code")
@needs(PUBLIC)
def give_code() -> Any:
    """Check the code; on the first time this confirms the phone and shows the ten recovery codes once."""
    found, form = browser.signed_in(), CodeForm()
    if found is None or found.standing != "halfway":
        return browser.begin_again(_("登录放置太久，请重新输入账号和密码"))
    if not form.validate_on_submit():
        return _second_step(form, 422)
    try:
        done = sign_in.give_code(found.row, browser.token(), form.code.data)
    except SignInRefused as refused:
        return _second_step(form, 422, _tries_left(refused.left))
    except TooSoon as soon:
        return _second_step(form, 429, _wait(soon))
    except (NoRole, SessionGone) as why:
        return _turned_away(why)
    return _inside(done, found.row)


@bp.get("/sign-in/recovery")
@needs(PUBLIC)
def recovery() -> Any:
    """Second step without the phone."""
    found = browser.signed_in()
    if found is None or found.standing != "halfway" or found.row.totp_confirmed_at is None:
        return redirect(url_for("identity.sign_in", then=browser.then() or None), 303)
    return page("people/identity/recovery.html", form=RecoveryForm(), then=browser.then(), refused="")


@bp.post("/sign-in/recovery")
@needs(PUBLIC)
def give_recovery_code() -> Any:
    """Check a recovery code."""
    found, form = browser.signed_in(), RecoveryForm()
    if found is None or found.standing != "halfway":
        return browser.begin_again(_("登录放置太久，请重新输入账号和密码"))
    given: dict[str, Any] = {"form": form, "then": browser.then()}
    if not form.validate_on_submit():
        return page("people/identity/recovery.html", 422, refused="", **given)
    try:
        done = sign_in.give_recovery_code(found.row, browser.token(), form.code.data)
    except SignInRefused as refused:
        return page("people/identity/recovery.html", 422, refused=_tries_left(refused.left), **given)
    except TooSoon as soon:
        return page("people/identity/recovery.html", 429, refused=_wait(soon), **given)
    except (NoRole, SessionGone) as why:
        return _turned_away(why)
    return _inside(done, found.row)


def _turned_away(why: Exception) -> Any:
    if isinstance(why, NoRole):
        browser.drop()
        return page("people/identity/no_role.html", 403)
    return browser.begin_again(_("登录放置太久，请重新输入账号和密码"))


def _inside(done: Completed, row: Any) -> Response:
    """Signed in: a new token, the browser is remembered, and on to where the person wanted to go."""
    chosen = session.get("language") or row.language
    browser.carry(done.token, fresh_start=True)
    session["language"] = chosen
    if done.codes:
        text = factors.printable(done.codes, row.account_name)
        response = page("people/identity/codes.html", codes=done.codes, text=text, then=browser.onward())
    else:
        if done.codes_left is not None:
            flash(_("这个备用码已作废，还剩 %(n)s 个", n=done.codes_left), "info")
        response = Response("", 303, {"Location": url_for("identity.unsent", then=browser.onward())})
    return browser.remember_browser(response, row.account_name)


@bp.post("/sign-out")
@needs(PUBLIC)
def sign_out() -> Response:
    """End this session, and let the browser forget what it kept (security 15)."""
    found = browser.signed_in()
    if found is not None and found.row.ended_at is None:
        sign_in.sign_out(found.row, current_actor())
    browser.drop()
    response = Response("", 303, {"Location": url_for("identity.sign_in")})
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.post("/language")
@needs(PUBLIC)
def choose_language() -> Response:
    """Change between 中文 and English and come back to the same page."""
    wanted = request.form.get("language", "")
    if wanted in ("zh", "en"):
        session["language"] = wanted
        found = browser.signed_in()
        if found is not None and found.standing == "good" and found.row.language != wanted:
            sign_in.choose_language(found.row.account_id, current_actor(), wanted)
    return Response("", 303, {"Location": browser.then() or browser.home()})
