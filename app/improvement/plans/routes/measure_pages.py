"""Measures of a draft: the form for one, taking one out."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.core.errors import NotFound
from app.core.web import drafts
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.plans.forms.measures import MeasureForm, start_of
from app.improvement.plans.forms.steps import StepForm
from app.improvement.plans.models import RemediationAction, RemediationPlan
from app.improvement.plans.numbers import plan_numbers
from app.improvement.plans.operations import measures as operations
from app.improvement.plans.operations.measures import DropIn
from app.improvement.plans.queries import people, topics
from app.improvement.plans.routes.blueprint import plans as bp
from app.improvement.plans.routes.faults import told_in
from app.improvement.plans.routes.section_pages import editable

MOST_ROWS = 12


@bp.get("/<ref>/measures/new")
@needs("plans.draft_plan")
def new_measure(ref: str) -> Response:
    """An empty measure, for a cause where one is named."""
    plan = editable(ref)
    numbers = plan_numbers()
    row = {"text": "", "minimum": numbers.criterion_minimum, "maximum": numbers.criterion_maximum}
    named = next((cause for cause in plan.item.causes if cause.ref == request.args.get("cause")), None)
    start = {"cause_id": str(named.id) if named else "", "kind": "teaching", "criteria": [row]}
    form, draft_at = drafts.opened(MeasureForm, f"measure:{ref}:new", data=start)
    return _shown(plan, None, form, draft_at=draft_at)


@bp.get("/<ref>/measures/<measure>")
@needs("plans.draft_plan")
def measure(ref: str, measure: str) -> Response:
    """One measure of a draft."""
    plan = editable(ref)
    action = _measure(plan, measure)
    form, draft_at = drafts.opened(MeasureForm, f"measure:{ref}:{measure}", data=start_of(action))
    return _shown(plan, action, form, draft_at=draft_at)


def _measure(plan: RemediationPlan, ref: str) -> RemediationAction:
    found: RemediationAction | None = next((action for action in plan.live_actions if action.ref == ref), None)
    if found is None:
        raise NotFound("measure", ref)
    return found


def _shown(
    plan: RemediationPlan, action: RemediationAction | None, form: MeasureForm, status: int = 200, draft_at: str = ""
) -> Response:
    _offer(plan, form)
    name = f"measure:{plan.ref}:{action.ref if action is not None else 'new'}"
    return page(
        "improvement/plans/measure.html",
        status,
        plan=plan,
        action=action,
        form=form,
        more={part: len(getattr(form, part).entries) < MOST_ROWS for part in ("criteria", "milestones")},
        draft_url=drafts.address(name),
        draft_at=draft_at,
    )


def _offer(plan: RemediationPlan, form: MeasureForm) -> None:
    actor = current_actor()
    form.offer(plan.item.causes, people.staff_of(actor, plan.unit_id), topics.listed(actor))


def _more(form: MeasureForm) -> bool:
    """Another empty line was asked for: nothing is kept yet."""
    part = request.form.get("more", "")
    if part not in ("criteria", "milestones"):
        return False
    if len(getattr(form, part).entries) < MOST_ROWS:
        getattr(form, part).append_entry()
    return True


@bp.post("/<ref>/measures/new")
@needs("plans.draft_plan")
def add_measure(ref: str) -> Any:
    """Put a measure into the draft."""
    actor, plan, form = current_actor(), editable(ref), MeasureForm()
    _offer(plan, form)
    if _more(form):
        return _shown(plan, None, form)
    if form.validate_on_submit():
        with told_in(form):
            operations.add_action(actor, plan, form.given())
            drafts.forget_draft(actor, f"measure:{ref}:new")
            flash(_("已列入措施"))
            return redirect(url_for("plans.sections", ref=ref) + "#measures", 303)
    return _shown(editable(ref), None, form, 422)


@bp.post("/<ref>/measures/<measure>")
@needs("plans.draft_plan")
def save_measure(ref: str, measure: str) -> Any:
    """Change a measure of the draft."""
    actor, plan, form = current_actor(), editable(ref), MeasureForm()
    action = _measure(plan, measure)
    _offer(plan, form)
    if _more(form):
        return _shown(plan, action, form)
    if form.validate_on_submit():
        with told_in(form):
            operations.edit_action(actor, action, form.given())
            drafts.forget_draft(actor, f"measure:{ref}:{measure}")
            flash(_("已保存措施"))
            return redirect(url_for("plans.sections", ref=ref) + "#measures", 303)
    plan = editable(ref)
    return _shown(plan, _measure(plan, measure), form, 422)


@bp.post("/<ref>/measures/<measure>/removal")
@needs("plans.draft_plan")
def drop_measure(ref: str, measure: str) -> Any:
    """Take a measure out of the draft."""
    actor, form = current_actor(), StepForm()
    operations.drop_action(actor, _measure(editable(ref), measure), DropIn(form.version.data))
    flash(_("已删去这项措施"))
    return redirect(url_for("plans.sections", ref=ref) + "#measures", 303)
