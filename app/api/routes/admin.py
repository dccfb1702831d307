"""The pages of tokens and webhooks: ask, see once, approve, end."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, url_for
from flask_babel import gettext as _

from app.api import operations, queries
from app.api.forms import EndForm, TokenForm, WebhookForm
from app.api.models import ApiToken, Webhook
from app.api.scopes import EVENTS, SCOPES
from app.core.errors import Invalid, Sentence
from app.core.policy import decide
from app.core.policy.roles import ROLES
from app.core.web.current import current_actor, needs
from app.core.web.pages import page, say
from app.people.identity.routes import browser
from app.people.identity.routes.forgotten import mark

bp = Blueprint("programs", __name__)
KINDS = "any(tokens, webhooks)"


def _words(table: dict[str, tuple[str, str]], codes: list[str]) -> str:
    comma = _("、")
    return str(comma).join(say(Sentence(*table[code])) for code in codes if code in table)


@bp.get("/programs")
@needs("api.view")
def index() -> Response:
    """Own tokens and webhooks; for the security administrator those of the county."""
    actor = current_actor()
    tokens, webhooks = queries.held(actor, ApiToken), queries.held(actor, Webhook)
    return page("api/index.html", tokens=tokens, webhooks=webhooks, roles=ROLES, can_ask=decide.holds(actor, "api.ask"))


@bp.get("/programs/tokens/new")
@needs("api.ask")
def new_token() -> Response:
    """Ask for a token."""
    return page("api/new_token.html", form=TokenForm())


@bp.get("/programs/webhooks/new")
@needs("api.ask")
def new_webhook() -> Response:
    """Ask for a webhook."""
    return page("api/new_webhook.html", form=WebhookForm())


@bp.post("/programs/tokens/new")
@needs("api.ask")
@browser.fresh
def ask_token() -> Response:
    """The token is shown once."""
    return _ask(TokenForm(), operations.ask_token, "api/new_token.html")


@bp.post("/programs/webhooks/new")
@needs("api.ask")
@browser.fresh
def ask_webhook() -> Response:
    """The secret is shown once."""
    return _ask(WebhookForm(), operations.ask_webhook, "api/new_webhook.html")


def _ask(form: Any, ask: Any, template: str) -> Response:
    actor = current_actor()
    if form.validate_on_submit():
        given = form.given()
        try:
            record = ask(actor, operations.desk_of(actor), given)
            return page("api/once.html", record=record, clear=given.clear, is_token=isinstance(record, ApiToken))
        except Invalid as invalid:
            mark(form, invalid)
    return page(template, 422, form=form)


@bp.get(f"/programs/<{KINDS}:kind>/<ref>")
@needs("api.view")
def one(kind: str, ref: str) -> Response:
    """One token or webhook."""
    return _page(kind, ref, EndForm())


def _page(kind: str, ref: str, form: EndForm, status: int = 200) -> Response:
    actor = current_actor()
    found = queries.granted_for(actor, kind, ref)
    form.version.data = found.version
    uses = _words(SCOPES, found.scopes) if kind == "tokens" else _words(EVENTS, found.machines)
    return page(
        "api/one.html",
        status,
        it=found,
        kind=kind,
        uses=uses,
        roles=ROLES,
        form=form,
        own=found.owner_id == actor.person_id,
        can_approve=decide.may(actor, "api.approve", found),
    )


@bp.post(f"/programs/<{KINDS}:kind>/<ref>/approve")
@needs("api.approve")
@browser.fresh
def approve(kind: str, ref: str) -> Response:
    """From now on it works."""
    actor = current_actor()
    operations.approve(actor, queries.granted_for(actor, kind, ref))
    flash(_("已批准，即刻可用"))
    return redirect(url_for("programs.one", kind=kind, ref=ref), 303)  # type: ignore[return-value]


@bp.post(f"/programs/<{KINDS}:kind>/<ref>/end")
@needs("api.end")
def end(kind: str, ref: str) -> Response:
    """It works no more."""
    actor, form = current_actor(), EndForm()
    try:
        operations.end(actor, queries.granted_for(actor, kind, ref), form.given())
    except Invalid as invalid:
        mark(form, invalid)
        return _page(kind, ref, form, 422)
    flash(_("已停用，下一次请求起不再有效"))
    return redirect(url_for("programs.index"), 303)  # type: ignore[return-value]
