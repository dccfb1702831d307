"""查阅提醒: for the security administrator and the auditor — who read more than the budget, what to do, what came of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.policy import decide
from app.core.policy.roles import ROLES
from app.core.reading import operations, queries
from app.core.reading.budgets import budget_of
from app.core.reading.forms import FindingForm
from app.core.reading.models import DAY
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.pages import page

bp = Blueprint("readings", __name__, url_prefix="/audit/readings")


@bp.get("")
@needs(queries.VIEW)
def index() -> Response:
    """All of them, or those that wait, with the budgets in force."""
    actor, only = current_actor(), request.args.get("waiting") == "1"
    rows, pages = filters.paged(queries.alarms(actor, only, filters.cursor()))
    budgets = [budget_of(role) for role in ("homeroom_teacher", "psych_center_lead", "school_counselor")]
    return page(
        "reading/alarms.html",
        rows=rows,
        only=only,
        pages=pages,
        waiting=queries.totals(actor)[0],
        names=queries.names(actor, rows),
        roles=ROLES,
        day=DAY,
        budgets=budgets,
    )


@bp.get("/<ref>")
@needs(queries.VIEW)
def alarm(ref: str) -> Response:
    """One of them: what happened, what to do, what came of it."""
    return _drawn(ref, FindingForm(formdata=None))


@bp.post("/<ref>/settle")
@needs(queries.SETTLE)
def settle(ref: str) -> Any:
    """Write what came of it."""
    actor, form = current_actor(), FindingForm()
    found = queries.alarm_for(actor, ref)
    if carried_out(form, lambda: operations.settle(actor, found, form.given())):
        return onward(url_for("readings.index"), _("核实结果已记下"))
    return _drawn(ref, form, 422)


def _drawn(ref: str, form: FindingForm, status: int = 200) -> Response:
    actor = current_actor()
    found = queries.alarm_for(actor, ref)
    day = clock.local(found.at).date().isoformat()
    that_day: dict[str, Any] = {"from": day, "to": day}
    names = queries.names(actor, [found])
    name = names.get(found.person_id, "")
    return page(
        "reading/alarm.html",
        status,
        one=found,
        names=names,
        roles=ROLES,
        day=DAY,
        earlier=queries.earlier(actor, found),
        form=form,
        may_settle=found.settled_at is None
        and found.person_id != actor.person_id
        and decide.may(actor, queries.SETTLE, found),
        own=found.person_id == actor.person_id,
        trail_url=url_for("audit.entries", person=name, **that_day) if decide.holds(actor, "audit.read") else "",
        accounts_url=url_for("identity.accounts", q=name) if decide.holds(actor, "identity.view_accounts") else "",
    )
