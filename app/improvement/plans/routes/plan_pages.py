"""Pages of plans: the list with its export, one plan, its editions side by side, beginning one, remarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.core.casework.timeline import timeline as told
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.spreadsheets import write_workbook
from app.core.spreadsheets.writing import Head
from app.core.web import filters
from app.core.web.current import current_actor, needs
from app.core.web.downloads import workbook_file
from app.core.web.pages import page, say
from app.core.web.whom import whom
from app.improvement.monitoring.words import SEVERITIES
from app.improvement.plans import comparing
from app.improvement.plans.forms.steps import RemarkForm
from app.improvement.plans.models import RemediationPlan
from app.improvement.plans.operations import plans as operations
from app.improvement.plans.operations.plans import CommentIn, PlanIn
from app.improvement.plans.queries import people, plans
from app.improvement.plans.queries.lights import lights
from app.improvement.plans.queries.plans import ROWS, PlanFilter, PlanLine
from app.improvement.plans.routes import drawing, plan_page
from app.improvement.plans.routes.blueprint import plans as bp
from app.improvement.plans.routes.faults import told_in
from app.improvement.plans.words import COMMENT_PARTS, LIGHTS
from app.improvement.problems.words import CAUSES
from workflows.improvement.remediation_plan import REMEDIATION_PLAN

MOST_EXPORTED = 5000
BEING_WORKED_ON = operations.BEING_WORKED_ON


def _bar() -> tuple[filters.Filter, ...]:
    actor = current_actor()
    return (
        filters.text("q", _("编号、问题或单位")),
        filters.choice("state", _("状态"), [(s.code, say(s)) for s in REMEDIATION_PLAN.states], many=True),
        filters.choice("unit", _("单位"), plans.units_with_plans(actor)),
        filters.choice("light", _("亮灯"), [(code, say(words)) for code, words in LIGHTS.items()]),
        filters.choice("severity", _("级别"), [(c, say(w)) for c, w in SEVERITIES.items()], many=True, more=True),
        filters.choice("list", _("问题清单"), plans.lists_with_plans(actor), more=True),
        filters.choice("edition", _("版本"), [("later", _("第 2 版及以后"))], more=True),
    )


def _wanted(chosen: tuple[filters.Filter, ...]) -> PlanFilter:
    words, state, unit, light, severity, of_list, edition = chosen
    return PlanFilter(
        words.one,
        state.chosen,
        unit.one,
        light.one,
        of_list.one,
        severity.chosen,
        bool(edition.one),
        filters.cursor(),
        filters.order_asked(plans.ORDERS),
    )


@bp.get("")
@needs("plans.view_plans")
def index() -> Response:
    """Plans that the actor sees, by code of the unit unless told otherwise."""
    actor, chosen = current_actor(), _bar()
    wanted = _wanted(chosen)
    lines, pages = filters.paged(plans.plan_lines(actor, wanted, ROWS), size=ROWS)
    return page(
        "improvement/plans/list.html",
        groups=_grouped(lines, by_unit=not wanted.sort),
        sort=wanted.sort,
        sort_url=lambda name: filters.order_address(name, wanted.sort),
        total=plans.plan_count(actor, wanted),
        states={state.code: state for state in REMEDIATION_PLAN.states},
        severities=SEVERITIES,
        filtering=filters.bar(chosen),
        lit=lights(actor),
        chip=drawing.chip,
        light_chip=drawing.light_chip,
        of_list=wanted.list_ref if decide.holds(actor, "plans.print_bundle") else "",
        pages=pages,
        export_url=filters.same_query(url_for("plans.export")),
    )


def _grouped(lines: Sequence[PlanLine], by_unit: bool) -> list[tuple[str, list[PlanLine]]]:
    """Lines under the names of their units; in another order all together, each with its own."""
    if not by_unit:
        return [("", list(lines))] if lines else []
    units = ((unit, list(group)) for unit, group in groupby(lines, key=lambda line: (line.unit_code, line.unit)))
    return [(unit, group) for (_code, unit), group in units]


@bp.get("/export.xlsx")
@needs("plans.view_plans")
@throttle.limit(COSTLY)
def export() -> Response:
    """What the list shows, all pages of it, as a workbook."""
    lines = plans.plan_lines(current_actor(), replace(_wanted(_bar()), after=""), MOST_EXPORTED)[:MOST_EXPORTED]
    columns = [
        Head(_("编号"), 12),
        Head(_("问题"), 48),
        Head(_("单位"), 20),
        Head(_("级别"), 8),
        Head(_("版本"), 8, "number"),
        Head(_("状态"), 12),
        Head(_("完成措施"), 10, "number"),
        Head(_("全部措施"), 10, "number"),
        Head(_("达成日期"), 12, "date"),
        Head(_("整改期限"), 12, "date"),
        Head(_("亮灯"), 12),
        Head(_("缺报月数"), 10, "number"),
    ]
    rows = (
        (
            line.number,
            line.title,
            line.unit,
            say(SEVERITIES[line.severity]) if line.severity in SEVERITIES else "",
            line.edition,
            say(REMEDIATION_PLAN.state(line.state)),
            line.done,
            line.measures,
            line.target_on,
            line.due_on,
            say(LIGHTS[line.light.colour]) if line.light else "",
            len(line.light.missed) if line.light else None,
        )
        for line in lines
    )
    return workbook_file(write_workbook(columns, rows, sheet=_("整改方案")), "plans")


@bp.get("/<ref>")
@needs("plans.view_plans")
def show(ref: str) -> Response:
    """One plan."""
    return plan_view(plans.plan_for(current_actor(), ref))


def plan_view(plan: RemediationPlan, status: int = 200, remark: RemarkForm | None = None) -> Response:
    """The page of a plan."""
    actor = current_actor()
    editions, told_reports = plans.editions(actor, plan), plans.reports(actor, plan)
    names = people.names(actor, _persons(plan, told_reports))
    open_edition = next((one.edition for one in editions if one.state in BEING_WORKED_ON), None)
    records = [plan, *plan.actions]
    entries, earlier = drawing.story(actor, records, 60 if "whole" in request.args else drawing.SHOWN)
    lit = lights(actor, ids=[plan.id])
    return page(
        "improvement/plans/plan.html",
        status,
        plan=plan,
        editions=editions,
        names=names,
        stops=drawing.strip(plan),
        waits=whom(plan, plan_page.waits(plan, names.get(plan.item.owner_id, "") if plan.item.owner_id else "")),
        clock=drawing.chip(drawing.clock_of(plan), long=True),
        indicator=plans.indicator_of(actor, plan),
        goal=plan_page.goal_facts(
            plan, plans.indicator_of(actor, plan), plans.baseline_of(actor, plan), plans.ruling_of(actor, plan)
        ),
        causes=plan_page.cause_rows(plan),
        cause_words=CAUSES,
        reports=plan_page.report_lines(plan, told_reports, names),
        offers=plan_page.offers(actor, plan, open_edition),
        light=drawing.light_chip(lit[0] if lit else None),
        entries=entries,
        earlier=earlier,
        returned=drawing.last_reason(actor, plan, "return_plan") if plan.state == "returned" else ("", ""),
        remark=_remark(actor, plan, remark),
        parts=COMMENT_PARTS,
        may_report=plan.state == "active" and decide.may(actor, "plans.report_progress", plan),
        severities=SEVERITIES,
    )


def _persons(plan: RemediationPlan, reports: Any) -> set[Any]:
    return {
        plan.owner_id,
        plan.item.owner_id,
        plan.item.deputy_id,
        plan.item.responsible_person_id,
        *(action.owner_id for action in plan.actions),
        *(comment.written_by for comment in plan.comments),
        *(report.reported_by for report in reports),
    } - {None}


def _remark(actor: Any, plan: RemediationPlan, remark: RemarkForm | None) -> RemarkForm | None:
    if plan.state in ("draft", "cancelled") or not decide.may(actor, "plans.comment_plan", plan):
        return None
    return remark or RemarkForm()


@bp.post("/new/<item>")
@needs("plans.draft_plan")
def begin(item: str) -> Any:
    """Begin a plan, or its next edition, for an item."""
    actor = current_actor()
    plan = operations.draft_plan(actor, plans.item_for(actor, item), PlanIn())
    flash(_("已建好草稿，指标和基线来自数据"))
    return redirect(url_for("plans.sections", ref=plan.ref), 303)


@bp.post("/<ref>/remarks")
@needs("plans.comment_plan")
def remark(ref: str) -> Any:
    """A guidance member or researcher comments."""
    actor, form = current_actor(), RemarkForm()
    plan = plans.plan_for(actor, ref)
    if form.validate_on_submit():
        with told_in(form):
            operations.comment_plan(actor, plan, CommentIn(form.text.data or ""))
            flash(_("意见已发给责任单位和办公室"))
            return redirect(url_for("plans.show", ref=ref) + "#remarks", 303)
    return plan_view(plans.plan_for(actor, ref), 422, form)


@bp.get("/<ref>/comparison")
@needs("plans.view_plans")
def comparison(ref: str) -> Response:
    """Two editions side by side, with what changed between them."""
    actor = current_actor()
    plan = plans.plan_for(actor, ref)
    editions = plans.editions(actor, plan)
    wanted = request.args.get("with", "")
    other = next((one for one in editions if str(one.edition) == wanted and one.id != plan.id), None)
    if other is None:
        other = next((one for one in editions if one.edition < plan.edition), None)
    names = people.names(
        actor, {one.owner_id for one in editions} | {a.owner_id for one in editions for a in one.actions}
    )
    indicator = plans.indicator_of(actor, plan)
    return page(
        "improvement/plans/comparison.html",
        plan=plan,
        other=other,
        editions=editions,
        rows=comparing.fields(other, plan, indicator, names) if other is not None else [],
        measures=comparing.measures(other, plan, names) if other is not None else [],
        story=[entry for entry in told(actor, [plan]).entries if entry.reason],
    )
