"""The system administrator's page: what waits, what failed, what needs a hand."""

from __future__ import annotations

import hmac
from typing import Any

from flask import Response, current_app, flash, request, url_for
from flask_babel import gettext as _

from app.core.errors import NotFound
from app.core.limits import COSTLY, throttle
from app.core.web.answers import carried_out, onward
from app.core.web.current import PUBLIC, current_actor, needs
from app.core.web.pages import page
from app.people.identity import operations, state_of_system
from app.people.identity import workdays as calendar
from app.people.identity.forms import WorkdaysForm
from app.people.identity.operations import FailedMessage
from app.people.identity.routes.blueprint import bp
from config.settings import Settings


@bp.get("/system")
@needs("identity.configure")
def system() -> Response:
    """The state of the installation."""
    return page("people/identity/system.html", state=state_of_system.system_state(current_actor()))


@bp.get("/workdays")
@needs("casework.set_workdays")
def workdays() -> Response:
    """Days declared as worked or free, and the form that declares them."""
    return _workdays(WorkdaysForm())


def _workdays(form: WorkdaysForm, status: int = 200) -> Response:
    return page(
        "people/identity/workdays.html", status, form=form, rows=calendar.declared(), known_until=calendar.known_until()
    )


@bp.post("/workdays")
@needs("casework.set_workdays")
def declare_workdays() -> Any:
    """Declare them."""
    actor, form = current_actor(), WorkdaysForm()
    works = {"free": False, "worked": True}.get(form.kind.data)

    def act() -> None:
        first = form.first.data
        calendar.declare(actor, None, calendar.Declared(first, form.last.data or first, works))

    if carried_out(form, act):
        return onward(url_for("identity.workdays"), _("已登记"))
    return _workdays(form, 422)


@bp.post("/system/messages/<int:number>/redrive")
@needs("identity.configure")
def redrive(number: int) -> Response:
    """Try a failed message again."""
    actor = current_actor()
    found = state_of_system.dead_row_for(actor, number)
    operations.redrive(actor, None, FailedMessage(found.id))
    flash(_("已放回队列，会再试 8 次"))
    return Response("", 303, {"Location": url_for("identity.system")})


@bp.get("/metrics")
@needs(PUBLIC)
@throttle.limit(COSTLY)
def metrics() -> Response:
    """Figures for a monitor that holds the word of the metrics file; without that file there is no such page."""
    settings: Settings = current_app.extensions["bihuan.settings"]
    place = settings.metrics_token_file
    word = place.read_bytes().strip() if place.is_file() else b""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    if len(word) < 16 or not hmac.compare_digest(word, given):
        raise NotFound("metrics")
    return Response(state_of_system.metrics(settings), mimetype="text/plain")
