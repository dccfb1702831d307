"""月报: one month of a plan in force."""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from app.core import clock
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.web import drafts
from app.core.web.chips import short_date
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.plans.forms.steps import ReportForm
from app.improvement.plans.models import ProgressReport, RemediationPlan
from app.improvement.plans.numbers import plan_numbers
from app.improvement.plans.operations import reports as operations
from app.improvement.plans.operations.reports import ReportIn
from app.improvement.plans.queries import plans
from app.improvement.plans.routes.blueprint import plans as bp
from app.improvement.plans.routes.faults import told_in

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


def _reported(ref: str, month: str) -> tuple[RemediationPlan, date]:
    """The plan and the month, if this actor reports on it. Raises NotFound."""
    actor = current_actor()
    plan = plans.plan_for(actor, ref)
    found = MONTH.fullmatch(month)
    if found is None or plan.state != "active" or not decide.may(actor, "plans.report_progress", plan):
        raise NotFound("report", ref)
    return plan, date(int(found[1]), int(found[2]), 1)


@bp.get("/<ref>/reports/<month>")
@needs("plans.report_progress")
def report(ref: str, month: str) -> Response:
    """The report of a month, as it stands or empty."""
    return _opened(*_reported(ref, month))


def _opened(plan: RemediationPlan, month: date, status: int = 200) -> Response:
    told = _told(plan, month)
    start: dict[str, Any] = {"budget_used": plan.budget_used, "percent": _percent(plan, month), "version": 0}
    if told is not None:
        start |= {name: getattr(told, name) for name in ("percent", "text", "blockers", "version")}
    form, draft_at = drafts.opened(ReportForm, _draft(plan, month), data=start)
    return _shown(plan, month, form, status, draft_at)


def _draft(plan: RemediationPlan, month: date) -> str:
    return f"report:{plan.ref}:{month:%Y-%m}"


def _told(plan: RemediationPlan, month: date) -> ProgressReport | None:
    return next((one for one in plans.reports(current_actor(), plan) if one.month == month), None)


def _before(plan: RemediationPlan, month: date) -> list[ProgressReport]:
    """The last report before the month, if there is one."""
    return [one for one in plans.reports(current_actor(), plan) if one.month < month][:1]


def _percent(plan: RemediationPlan, month: date) -> int | None:
    """A proposal: the mean progress of the measures, and not less than what was reported last."""
    live = plan.live_actions
    known = [one.percent for one in _before(plan, month)]
    if live:
        known.append(round(sum(one.progress for one in live) / len(live)))
    return max(known, default=None)


def _offer(plan: RemediationPlan, form: ReportForm) -> None:
    open_points = [
        (point, action) for action in plan.live_actions for point in action.milestones if point.reached_on is None
    ]
    form.milestones.choices = [
        SelectChoice(str(point.id), f"{point.title}（{action.title}，{short_date(point.due_on)}）")
        for point, action in open_points
    ]


def _shown(plan: RemediationPlan, month: date, form: ReportForm, status: int = 200, draft_at: str = "") -> Response:
    _offer(plan, form)
    told, following = (
        _told(plan, month),
        date(month.year + month.month // 12, month.month % 12 + 1, plan_numbers().report_day),
    )
    return page(
        "improvement/plans/report.html",
        status,
        plan=plan,
        month=month,
        due_on=following,
        is_late=clock.today() > following,
        form=form,
        version=told.version if told is not None else 0,
        before=_before(plan, month),
        draft_url=drafts.address(_draft(plan, month)),
        draft_at=draft_at,
    )


@bp.post("/<ref>/reports/<month>")
@needs("plans.report_progress")
def save_report(ref: str, month: str) -> Any:
    """Hand the report in."""
    plan, first = _reported(ref, month)
    actor, form = current_actor(), ReportForm()
    _offer(plan, form)
    if form.validate_on_submit():
        with told_in(form), drafts.kept_if_overtaken(_draft(plan, first)):
            operations.report_progress(actor, plan, _given(form, first))
            drafts.forget_draft(actor, _draft(plan, first))
            flash(_("%(month)s 月月报已报", month=first.month))
            return redirect(url_for("plans.show", ref=ref) + "#reports", 303)
    plan, first = _reported(ref, month)
    return _shown(plan, first, form, 422) if form.errors else _opened(plan, first, 409)


def _given(form: ReportForm, month: date) -> ReportIn:
    return ReportIn(
        month=month,
        percent=form.percent.data or 0,
        text=form.text.data or "",
        blockers=form.blockers.data or "",
        budget_used=form.budget_used.data,
        milestones=tuple(uuid.UUID(one) for one in form.milestones.data or ()),
        of_version=form.version.data or 0,
    )
