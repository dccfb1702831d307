"""Measures on the phone: one's own, one measure, starting, progress, reporting it done, ending it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.core.calendar import last_day
from app.core.casework import deadlines
from app.core.casework.choices import choice
from app.core.errors import NotFound
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.spreadsheets import Head, write_workbook
from app.core.web import drafts, filters
from app.core.web.current import current_actor, must_hold, needs
from app.core.web.downloads import workbook_file
from app.core.web.pages import page, say
from app.core.web.whom import whom
from app.improvement.plans.forms.steps import CancellationForm, CompletionForm, ProgressForm, StartForm
from app.improvement.plans.models import RemediationAction
from app.improvement.plans.operations import actions as operations
from app.improvement.plans.operations.actions import CancelIn, DoneIn, ProgressIn, StartIn
from app.improvement.plans.queries import actions, people
from app.improvement.plans.queries.actions import ROWS, ActionFilter
from app.improvement.plans.routes import action_page, drawing
from app.improvement.plans.routes.blueprint import actions as bp
from app.improvement.plans.routes.faults import told_in
from app.improvement.plans.words import ACTION_KINDS
from workflows.improvement.remediation_action import REMEDIATION_ACTION

MOST_EXPORTED = 5000
TEACHERS = ("grade_leader", "subject_teacher", "homeroom_teacher")


def _bar(actor: Actor) -> tuple[filters.Filter, ...]:
    whose = [("mine", _("我负责的")), ("unit", _("本单位全部"))]
    return (
        filters.text("q", _("编号或措施")),
        filters.choice("state", _("状态"), [(s.code, say(s)) for s in REMEDIATION_ACTION.states], many=True),
        filters.choice("sort", _("排列"), [("number", _("按问题项编号")), ("state", _("停得久的在前"))]),
        *((filters.choice("whose", _("谁的"), whose),) if actor.role not in TEACHERS else ()),
    )


def _wanted(chosen: tuple[filters.Filter, ...]) -> ActionFilter:
    words, state, sort, *whose = chosen
    return ActionFilter(
        words.one, state.chosen, (whose[0].one or "unit") if whose else "mine", filters.cursor(), sort.one
    )


@bp.get("")
@needs("plans.work_on_action")
def index() -> Response:
    """My measures, the one that ends first at the top unless told otherwise."""
    actor = current_actor()
    chosen = _bar(actor)
    wanted = _wanted(chosen)
    found, pages = filters.paged(actions.own_actions(actor, wanted, ROWS), size=ROWS)
    clocks = deadlines.running(found)
    return page(
        "improvement/plans/actions.html",
        found=found,
        whose=wanted.whose,
        sort=wanted.sort,
        export_url=filters.same_query(url_for("actions.export")),
        filtering=filters.bar([one for one in chosen if one.name != "sort"]) | {"filters": chosen},
        chips={one.id: drawing.chip(clocks.get(one.id)) for one in found},
        next_url=pages["next_url"],
        first_url=pages["first_url"],
    )


@bp.get("/export.xlsx")
@needs("plans.work_on_action")
@throttle.limit(COSTLY)
def export() -> Response:
    """What the list shows, all pages of it, as a workbook."""
    actor = current_actor()
    wanted = replace(_wanted(_bar(actor)), after="")
    found = actions.own_actions(actor, wanted, MOST_EXPORTED)[:MOST_EXPORTED]
    clocks = deadlines.running(found)
    heads = [
        Head(_("措施"), 40), Head(_("编号"), 12), Head(_("问题"), 44), Head(_("负责人"), 10), Head(_("状态"), 10),
        Head(_("进度"), 8, "number"), Head(_("期限"), 12, "date"),
    ]  # fmt: skip
    rows = (
        (
            one.title, one.plan.item.number, one.plan.item.title, one.owner.name if one.owner else "", say(one.standing),
            one.progress, last_day(clocks[one.id].due_at) if one.id in clocks else None,
        )
        for one in found
    )  # fmt: skip
    return workbook_file(write_workbook(heads, rows, sheet=_("整改措施")), "measures")


@bp.get("/<ref>")
@needs("plans.view_plans")
def show(ref: str) -> Response:
    """One measure with its evidence."""
    return action_view(actions.action_for(current_actor(), ref))


def action_view(action: RemediationAction, status: int = 200, progress: ProgressForm | None = None) -> Response:
    """The page of a measure."""
    actor = current_actor()
    uses = actions.uses_of(actor, action)
    working = action.state in ("in_progress", "returned") and decide.may(actor, "plans.work_on_action", action)
    entries, earlier = drawing.story(
        actor, [action, *action.evidence], 60 if "whole" in request.args else drawing.SHOWN
    )
    names = people.names(actor, {action.owner_id, *(one.owner_id for one in action.evidence)})
    found = drawing.chip(drawing.clock_of(action), long=True)
    return page(
        "improvement/plans/action.html",
        status,
        action=action,
        plan_seen=decide.may(actor, "plans.view_plans", action.plan),
        item_seen=decide.may(actor, "problems.view_items", action.plan.item),
        kind=ACTION_KINDS.get(action.kind),
        rows=action_page.criterion_rows(action, uses),
        stops=drawing.strip(action),
        waits=whom(action, action_page.waits(action, names.get(action.owner_id, "") if action.owner_id else "")),
        clock=found,
        cause=next((one for one in action.plan.item.all_causes if one.id == action.cause_id), None),
        names=names,
        offers=action_page.offers(actor, action),
        progress=(progress or ProgressForm(data={"progress": action.progress, "version": action.version}))
        if working
        else None,
        returned=drawing.last_reason(actor, action, "return_action") if action.state == "returned" else ("", ""),
        entries=entries,
        earlier=earlier,
    )


def _step(ref: str, name: str) -> RemediationAction:
    """The measure, if this step is open to the actor. Raises NotFound."""
    actor = current_actor()
    action = actions.action_for(actor, ref)
    if choice(actor, action, name) is None:
        raise NotFound("action_step", ref)
    return action


@bp.get("/<ref>/start")
@needs("plans.work_on_action")
def ask_start(ref: str) -> Response:
    """Beginning a measure: on its day at one press, before it with a reason."""
    action = _step(ref, "start")
    return _start_view(action, StartForm(data={"version": action.version}))


def _start_view(action: RemediationAction, form: StartForm, status: int = 200) -> Response:
    found = choice(current_actor(), action, "start")
    return page(
        "improvement/plans/start.html", status, action=action, form=form, missing=found.missing if found else ()
    )


@bp.post("/<ref>/start")
@needs("plans.work_on_action")
def start(ref: str) -> Any:
    """The owner begins."""
    actor, form = current_actor(), StartForm()
    action = actions.action_in_hand(actor, ref)
    reason = (form.early_start_reason.data or "").strip()
    if not action.start_reached and not reason:
        form.validate_on_submit()
        form.early_start_reason.errors = [_("还没到计划开始日期，请写明提前开始的原因")]
        return _start_view(action, form, 422)
    if form.validate_on_submit():
        operations.start_action(actor, action, StartIn(reason, form.version.data))
        flash(_("已开始，可以添加佐证了"))
        return redirect(url_for("actions.show", ref=ref), 303)
    return _start_view(action, form, 422)


@bp.post("/<ref>/progress")
@needs("plans.work_on_action")
def progress(ref: str) -> Any:
    """Say how far it is."""
    actor, form = current_actor(), ProgressForm()
    action = actions.action_in_hand(actor, ref)
    if form.validate_on_submit():
        with told_in(form):
            operations.set_progress(actor, action, ProgressIn(form.progress.data or 0, "", form.version.data))
            flash(_("进度已更新"))
            return redirect(url_for("actions.show", ref=ref), 303)
    return action_view(actions.action_for(actor, ref), 422, form)


@bp.get("/<ref>/completion")
@needs("plans.work_on_action")
def completion(ref: str) -> Response:
    """The measure is done: what came of it."""
    action = _step(ref, "submit_evidence")
    start = {"version": action.version, "result": action.result}
    form, draft_at = drafts.opened(CompletionForm, f"completion:{ref}", data=start)
    return _completion_view(action, form, draft_at=draft_at)


def _completion_view(
    action: RemediationAction, form: CompletionForm, status: int = 200, draft_at: str = ""
) -> Response:
    actor = current_actor()
    return page(
        "improvement/plans/completion.html",
        status,
        action=action,
        form=form,
        rows=action_page.criterion_rows(action, actions.uses_of(actor, action)),
        draft_url=drafts.address(f"completion:{action.ref}"),
        draft_at=draft_at,
    )


@bp.post("/<ref>/completion")
@needs("plans.work_on_action")
def complete(ref: str) -> Any:
    """Hand the measure to the verifier."""
    actor, form = current_actor(), CompletionForm()
    action = actions.action_in_hand(actor, ref)
    if form.validate_on_submit():
        operations.report_done(actor, action, DoneIn(form.result.data or "", 100, form.version.data))
        drafts.forget_draft(actor, f"completion:{ref}")
        flash(_("已提交核验，5 个工作日内答复"))
        return redirect(url_for("actions.show", ref=ref), 303)
    return _completion_view(actions.action_for(actor, ref), form, 422)


def _others(action: RemediationAction) -> list[tuple[uuid.UUID, str]]:
    return [(one.id, one.title) for one in action.plan.live_actions if one.id != action.id]


@bp.get("/<ref>/cancellation")
@needs("plans.approve_plan", "plans.approve_severe_plan", "plans.approve_school_plan")
def cancellation(ref: str) -> Response:
    """Ending a measure: why."""
    action = _step(ref, "cancel")
    form = CancellationForm(data={"version": action.version})
    form.offer(_others(action))
    return page("improvement/plans/cancellation.html", action=action, form=form)


@bp.post("/<ref>/cancellation")
@needs("plans.approve_plan", "plans.approve_severe_plan", "plans.approve_school_plan")
def cancel(ref: str) -> Any:
    """The approver of the plan ends a measure."""
    actor, form = current_actor(), CancellationForm()
    action = actions.action_in_hand(actor, ref)
    must_hold(action, "plans.approve_plan", "plans.approve_severe_plan", "plans.approve_school_plan")
    form.offer(_others(action))
    if form.validate_on_submit():
        with told_in(form):
            other = uuid.UUID(form.replaced_by.data) if form.replaced_by.data else None
            other = other if form.ground.data == "replaced" else None
            given = CancelIn(form.ground.data, (form.reason.data or "").strip(), other, form.version.data)
            operations.cancel_action(actor, action, given)
            flash(_("措施已取消，负责人会看到理由"))
            return redirect(url_for("actions.show", ref=ref), 303)
    action = actions.action_for(actor, ref)
    form.offer(_others(action))
    return page("improvement/plans/cancellation.html", 422, action=action, form=form)
