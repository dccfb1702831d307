"""The security administrator's pages: requests for roles, roles in force, ending one."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.errors import Invalid
from app.core.policy.roles import ROLES
from app.core.web import filters
from app.core.web.current import current_actor, needs
from app.core.web.pages import page, say
from app.people.identity import operations, queries
from app.people.identity.forms import EndRoleForm, ReasonForm
from app.people.identity.operations import EndOfRole, WithReason
from app.people.identity.queries import RoleFilter
from app.people.identity.routes import browser
from app.people.identity.routes.blueprint import bp
from app.people.identity.routes.forgotten import mark


@bp.get("/role-requests")
@needs("identity.grant_role")
def role_requests() -> Response:
    """What units ask for."""
    actor, settled = current_actor(), request.args.get("show") == "settled"
    found, pages = filters.paged(queries.role_requests(actor, settled, filters.cursor()))
    return page("people/identity/role_requests.html", requests=found, pages=pages, settled=settled, roles=ROLES)


@bp.get("/role-requests/<ref>")
@needs("identity.grant_role")
def role_request(ref: str) -> Response:
    """One request: who asks, for whom, what that person holds already."""
    return _request(ref, ReasonForm())


def _request(ref: str, form: ReasonForm, status: int = 200) -> Response:
    actor = current_actor()
    found = queries.role_request_for(actor, ref)
    held = queries.roles_held(actor, found.person_id)
    own = actor.person_id in (found.person_id, found.requested_by)
    return page(
        "people/identity/role_request.html",
        status,
        wish=found,
        held=held,
        roles=ROLES,
        own=own,
        form=form,
        today=clock.today(),
    )


@bp.post("/role-requests/<ref>/grant")
@needs("identity.grant_role")
@browser.fresh
def grant_role(ref: str) -> Response:
    """Give the role."""
    actor = current_actor()
    operations.grant_role(actor, queries.role_request_for(actor, ref))
    flash(_("岗位已给，本人重新登录后生效"))
    return Response("", 303, {"Location": url_for("identity.role_requests")})


@bp.post("/role-requests/<ref>/decline")
@needs("identity.grant_role")
@browser.fresh
def decline_role(ref: str) -> Any:
    """Do not give it, and say why."""
    actor, form = current_actor(), ReasonForm()
    try:
        operations.decline_role(actor, queries.role_request_for(actor, ref), WithReason(form.reason.data or ""))
    except Invalid as invalid:
        mark(form, invalid)
        return _request(ref, form, 422)
    flash(_("已答复申请单位"))
    return redirect(url_for("identity.role_requests"), 303)


@bp.get("/roles")
@needs("identity.grant_role")
def roles() -> Response:
    """Who holds which role, from when to when."""
    terms = (("running", _("在任")), ("coming", _("未开始")), ("over", _("已结束")))
    actor = current_actor()
    chosen = (
        filters.text("q", _("姓名或拼音")),
        filters.choice("role", _("岗位"), [(code, say(role)) for code, role in ROLES.items()]),
        filters.choice("term", _("任期"), terms, many=True),
    )
    words, role, term = chosen
    wanted = RoleFilter(words.one, role.one, term.chosen, request.args.get("after", ""))
    found, after = queries.roles(actor, wanted)
    return page(
        "people/identity/roles.html",
        found=found,
        total=queries.roles_count(actor, wanted),
        listing=filters.bar(chosen),
        roles=ROLES,
        today=clock.today(),
        next_url=filters.address(after=after) if after else "",
        first_url=filters.address() if wanted.after else "",
    )


@bp.get("/roles/<ref>/end")
@needs("identity.end_role")
def ask_end_of_role(ref: str) -> Response:
    """When and why the role ends."""
    found = queries.role_for(current_actor(), ref)
    return page(
        "people/identity/end_role.html", held=found, roles=ROLES, form=EndRoleForm(data={"version": found.version})
    )


@bp.post("/roles/<ref>/end")
@needs("identity.end_role")
@browser.fresh
def end_role(ref: str) -> Any:
    """The role ends, and the person's sessions with it."""
    actor, form = current_actor(), EndRoleForm()
    if form.validate_on_submit():
        given = EndOfRole(form.reason.data or "", form.last_day.data, form.version.data)
        try:
            operations.end_role(actor, queries.role_for(actor, ref), given)
            flash(_("岗位已结束，本人的登录已失效"))
            return redirect(url_for("identity.roles"), 303)
        except Invalid as invalid:
            mark(form, invalid)
    return page("people/identity/end_role.html", 422, held=queries.role_for(actor, ref), roles=ROLES, form=form)
