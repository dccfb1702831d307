"""The administrators' list of accounts and what they do with one: open, disable, end sessions, release a code, reset."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.audit import trail
from app.core.errors import Invalid
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.policy.roles import ROLES
from app.core.spreadsheets import write_workbook
from app.core.web import filters
from app.core.web.current import current_actor, needs
from app.core.web.downloads import workbook_file
from app.core.web.pages import page, say
from app.people.identity import devices, lookup, operations, queries
from app.people.identity.forms import NewAccountForm, ReasonForm, ReleaseForm
from app.people.identity.models import Account
from app.people.identity.operations import NewAccount, Release, WithReason
from app.people.identity.queries import AccountFilter, AccountLine
from app.people.identity.routes import browser
from app.people.identity.routes.blueprint import bp
from app.people.identity.routes.forgotten import mark

MOST_EXPORTED = 5000


def _bar() -> tuple[filters.Filter, ...]:
    states = (
        ("active", _("在用")),
        ("waiting", _("还没登录过")),
        ("disabled", _("已停用")),
        ("none", _("没有账号")),
    )
    return (
        filters.text("q", _("姓名、拼音或账号")),
        filters.choice("state", _("状态"), states, many=True),
        filters.choice("role", _("岗位"), [(code, say(role)) for code, role in ROLES.items()]),
    )


def _wanted(chosen: tuple[filters.Filter, ...]) -> AccountFilter:
    words, state, role = chosen
    return AccountFilter(words.one, state.chosen, role.one, request.args.get("unit", ""), request.args.get("after", ""))


@bp.get("/accounts")
@needs("identity.view_accounts")
def accounts() -> Response:
    """People and their accounts, by pinyin."""
    actor, chosen = current_actor(), _bar()
    wanted = _wanted(chosen)
    lines, after = queries.accounts(actor, wanted)
    return page(
        "people/identity/accounts.html",
        lines=lines,
        total=queries.accounts_count(actor, wanted),
        listing=filters.bar(chosen),
        roles=ROLES,
        state_of=state_of,
        next_url=filters.address(after=after) if after else "",
        first_url=filters.address() if wanted.after else "",
        export_url=filters.same_query(url_for("identity.export_accounts")),
    )


def state_of(account: Account | None) -> tuple[str, str, str]:
    """Family of the badge, icon and words of an account's state."""
    if account is None:
        return "idle", "circle-dashed", _("没有账号")
    if account.disabled_at is not None:
        return "late", "ban", _("已停用")
    if account.totp_confirmed_at is None:
        return "wait", "clock-pause", _("还没登录过")
    return "done", "circle-check", _("在用")


@bp.get("/accounts.xlsx")
@needs("identity.view_accounts")
@browser.fresh
@throttle.limit(COSTLY)
def export_accounts() -> Response:
    """What the list shows, as a workbook."""
    actor, wanted = current_actor(), _wanted(_bar())
    lines: list[AccountLine] = []
    while len(lines) < MOST_EXPORTED:
        some, after = queries.accounts(actor, wanted)
        lines += some
        if not after:
            break
        wanted = AccountFilter(wanted.words, wanted.states, wanted.role, wanted.unit, after)
    trail.saw(actor, None, "account.export", refs=[str(len(lines))])
    rows = [
        (
            line.person.name,
            line.unit,
            line.account.name if line.account else "",
            state_of(line.account)[2],
            "、".join(f"{say(ROLES[role])}（{unit}）" for role, unit in line.roles if role in ROLES),
            clock.local(line.seen_at).strftime("%Y-%m-%d %H:%M") if line.seen_at else "",
        )
        for line in lines
    ]
    heads = [_("姓名"), _("单位"), _("账号"), _("状态"), _("岗位"), _("最近使用")]
    content = write_workbook(heads, rows, sheet=_("账号"))
    return workbook_file(content, "accounts")


@bp.get("/accounts/<ref>")
@needs("identity.view_accounts")
def account(ref: str) -> Response:
    """One account: whose, its roles, where it is signed in, what may be done."""
    return _account(ref)


def _account(ref: str, status: int = 200, **given: Any) -> Response:
    actor = current_actor()
    found = queries.account_for(actor, ref)
    return page(
        "people/identity/account.html",
        status,
        account=found,
        state=state_of(found),
        held=queries.roles_held(actor, found.person_id),
        running=lookup.sessions_of(found.id),
        waiting=queries.open_requests(actor, found.id),
        roles=ROLES,
        today=clock.today(),
        describe=devices.described,
        may={right: decide.may(actor, f"identity.{right}", found) for right in RIGHTS},
        own=found.person_id == actor.person_id,
        release_form=given.pop("release_form", None) or ReleaseForm(),
        **given,
    )


RIGHTS = ("disable_account", "end_sessions", "release_code", "reset_factor", "end_role")


@bp.get("/accounts/new/<person>")
@needs("identity.open_account")
def new_account(person: str) -> Response:
    """Open an account for a person."""
    actor = current_actor()
    found = queries.person_for(actor, person)
    form = NewAccountForm(data={"name": queries.free_name(actor, found)})
    return page("people/identity/new_account.html", person=found, form=form)


@bp.post("/accounts/new/<person>")
@needs("identity.open_account")
def open_account(person: str) -> Any:
    """The account is open; its owner sets the password with a code."""
    actor, form = current_actor(), NewAccountForm()
    found = queries.person_for(actor, person)
    if form.validate_on_submit():
        try:
            made = operations.open_account(actor, found, NewAccount((form.name.data or "").strip()))
            flash(_("账号已开。请本人在登录页点“第一次登录”，再把申请号告诉你"))
            return redirect(url_for("identity.account", ref=made.ref), 303)
        except Invalid as invalid:
            mark(form, invalid)
    return page("people/identity/new_account.html", 422, person=queries.person_for(actor, person), form=form)


@bp.post("/accounts/<ref>/release-code")
@needs("identity.release_code")
@browser.fresh
def release_code(ref: str) -> Response:
    """A one-time code for the browser whose number was read aloud; shown here once."""
    actor, form = current_actor(), ReleaseForm()
    if not form.validate_on_submit():
        return _account(ref, 422, release_form=form)
    try:
        code = operations.release_code(actor, queries.account_for(actor, ref), Release(form.number.data or ""))
    except Invalid as invalid:
        mark(form, invalid)
        return _account(ref, 422, release_form=form)
    return page("people/identity/released.html", account=queries.account_for(actor, ref), code=code)


DEEDS = {
    "disable": ("identity.disable_account", operations.disable_account),
    "enable": ("identity.disable_account", operations.enable_account),
    "reset-factor": ("identity.reset_factor", operations.reset_factor),
}


@bp.get("/accounts/<ref>/<any('disable', 'enable', 'reset-factor'):deed>")
@needs("identity.disable_account", "identity.reset_factor")
def ask_reason(ref: str, deed: str) -> Response:
    """What will happen, and why it is done."""
    actor = current_actor()
    found = queries.account_for(actor, ref)
    decide.require(actor, DEEDS[deed][0], found)
    return page(
        "people/identity/account_deed.html", account=found, deed=deed, form=ReasonForm(data={"version": found.version})
    )


@bp.post("/accounts/<ref>/<any('disable', 'enable', 'reset-factor'):deed>")
@needs("identity.disable_account", "identity.reset_factor")
@browser.fresh
def do_deed(ref: str, deed: str) -> Any:
    """Disable, enable, or reset the second factor; the reason is kept."""
    actor, form = current_actor(), ReasonForm()
    found = queries.account_for(actor, ref)
    if form.validate_on_submit():
        try:
            DEEDS[deed][1](actor, found, WithReason(form.reason.data or "", form.version.data))
            flash({"disable": _("账号已停用"), "enable": _("账号已恢复"), "reset-factor": _("验证器已重置")}[deed])
            return redirect(url_for("identity.account", ref=ref), 303)
        except Invalid as invalid:
            mark(form, invalid)
    found = queries.account_for(actor, ref)
    return page("people/identity/account_deed.html", 422, account=found, deed=deed, form=form)


@bp.post("/accounts/<ref>/end-sessions")
@needs("identity.end_sessions")
def end_sessions(ref: str) -> Response:
    """End every session of the account."""
    actor = current_actor()
    count = operations.end_sessions(actor, queries.account_for(actor, ref))
    flash(_("已结束 %(n)s 处登录", n=count))
    return Response("", 303, {"Location": url_for("identity.account", ref=ref)})
