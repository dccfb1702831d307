"""谁看过: the auditor's pages of an incident — who saw a record, the pack as a workbook, the notices, the drills."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.audit import incidents, notices, queries, trail
from app.core.audit.forms import DrillForm
from app.core.audit.incidents import Asked, DrillIn
from app.core.audit.routes import _day
from app.core.audit.words import KINDS, step_words
from app.core.errors import NotFound
from app.core.limits import COSTLY, throttle
from app.core.policy.roles import ROLES
from app.core.spreadsheets import Head, write_workbook
from app.core.storage import headers_for
from app.core.web.current import current_actor, needs
from app.core.web.downloads import workbook_file
from app.core.web.pages import page, say

bp = Blueprint("incidents", __name__, url_prefix="/audit/incidents")
REFERENCE = re.compile(r"[0-9a-f]{16}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
A_MONTH = timedelta(days=30)


def _asked() -> Asked | None:
    """What the address asks; None without a reference that could be one."""
    typed = request.args.get("record", "").strip().lower()
    today = clock.today()
    first, last = _day("from") or today - A_MONTH, _day("to") or today
    return Asked(typed, min(first, last), max(first, last)) if REFERENCE.fullmatch(typed) else None


def _drawn(form: DrillForm, status: int = 200) -> Response:
    actor, asked = current_actor(), _asked()
    found = incidents.onlookers(actor, asked) if asked is not None else []
    drills = incidents.drills(actor)
    today = clock.today()
    return page(
        "audit/incident.html",
        status,
        asked=asked,
        typed=request.args.get("record", "").strip()[:40],
        first_day=_day("from") or today - A_MONTH,
        last_day=_day("to") or today,
        found=found,
        names=queries.names(actor, found),
        roles=ROLES,
        purposes=lambda one: [step_words(code) for code in one.purposes],
        keep=request.args.to_dict(),
        papers=notices.TITLES,
        drills=drills,
        form=form,
    )


@bp.get("")
@needs("audit.read")
def index() -> Response:
    """Who saw a record between two days."""
    return _drawn(DrillForm(data={"held_on": clock.today()}))


@bp.post("/drills")
@needs("audit.read")
def drill() -> Any:
    """Write a drill down."""
    form = DrillForm()
    if not form.validate_on_submit():
        return _drawn(form, 422)
    given = DrillIn(form.held_on.data, form.minutes.data, form.found.data or "")
    incidents.record_drill(current_actor(), None, given)
    flash(_("演练已记下"))
    return redirect(url_for("incidents.index"), 303)


def _stale() -> Any:
    """Where to go when the second factor is older than five minutes; None when it is fresh."""
    if current_actor().fresh_until >= clock.now().timestamp():
        return None
    return redirect(url_for("identity.ask_again", then=request.full_path.rstrip("?")), 303)


@bp.get("/pack.xlsx")
@needs("audit.read")
@throttle.limit(COSTLY)
def pack() -> Any:
    """Each single time as a workbook; needs a fresh second factor, and is itself in the trail."""
    actor, asked = current_actor(), _asked()
    if asked is None:
        raise NotFound("record", request.args.get("record", ""))
    if (elsewhere := _stale()) is not None:
        return elsewhere
    rows = incidents.occasions(actor, asked)
    names = queries.names(actor, rows)
    trail.saw(actor, None, "audit.incident", refs=[asked.record])
    heads = [Head(_("序号"), form="number"), _("时间"), _("种类"), _("姓名"), _("身份"), _("事由")]
    lines = (
        (
            row.seq,
            clock.local(row.at).strftime("%Y-%m-%d %H:%M:%S"),
            say(KINDS.get(row.kind)),
            names.get(row.person_id, ""),
            say(ROLES.get(row.role)) if row.role in ROLES else row.role,
            say(step_words(row.why)),
        )
        for row in rows
    )
    return workbook_file(write_workbook(heads, lines, sheet=_("谁看过")), "incident")


@bp.get("/notices/<any(guardian, person, authority):kind>")
@needs("audit.read")
@throttle.limit(COSTLY)
def notice(kind: str) -> Response:
    """One notice as a Word paper to fill in."""
    actor, asked = current_actor(), _asked()
    if asked is None:
        raise NotFound("notice", kind)
    found = incidents.onlookers(actor, asked)
    people = len({one.person_id for one in found})
    known = notices.Known(
        asked.record, asked.first_day, asked.last_day, people, sum(one.times for one in found), clock.today()
    )
    return Response(notices.notice(kind, known), headers=headers_for(f"{notices.TITLES[kind].zh}.docx", WORD))
