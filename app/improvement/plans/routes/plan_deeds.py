"""Steps of a plan: at one press, or on a page that says what follows and asks for the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from app.core.casework.choices import choice
from app.core.errors import NotFound
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.plans.forms.steps import ReasonForm, StepForm
from app.improvement.plans.models import RemediationPlan
from app.improvement.plans.operations import plans as operations
from app.improvement.plans.operations.plans import PlanStep
from app.improvement.plans.queries import people, plans
from app.improvement.plans.routes.blueprint import plans as bp
from app.improvement.plans.routes.faults import told_in

SUBMITTING = ("plans.submit_plan", "plans.submit_school_plan")
REVIEWING = ("plans.review_plan", "plans.review_school_plan")
APPROVING = ("plans.approve_plan", "plans.approve_severe_plan", "plans.approve_school_plan")


@dataclass(frozen=True)
class Deed:
    """A step as people take it: its name in the workflow, its operation, whether it asks for a reason."""

    step: str
    operation: Any
    reason: bool = False


PRESSED = {
    "submission": Deed("submit", operations.submit_plan),
    "withdrawal": Deed("take_back", operations.take_back_plan),
    "review": Deed("open_review", operations.open_review),
}
ASKED = {
    "approval": (Deed("approve", operations.approve_plan),),
    "return": (Deed("return_plan", operations.return_plan, True),),
    "amendment": (Deed("amend", operations.amend_plan, True),),
    "cancellation": (
        Deed("cancel", operations.cancel_plan, True),
        Deed("cancel_approved", operations.cancel_approved_plan, True),
    ),
}


def _done(deed: str) -> str:
    words: dict[str, str] = {
        "submission": _("已提交，评价员 3 个工作日内受理"),
        "withdrawal": _("已撤回，可以继续修改"),
        "review": _("已受理，批准人 5 个工作日内答复"),
        "approval": _("已批准，方案生效"),
        "return": _("已退回，责任单位会看到理由"),
        "amendment": _("批准已作废，可以修改"),
        "cancellation": _("方案已取消"),
    }
    return words[deed]


@bp.post("/<ref>/<any('submission','withdrawal','review'):deed>")
@needs(*SUBMITTING, *REVIEWING)
def take(ref: str, deed: str) -> Any:
    """A step at one press."""
    actor, form = current_actor(), StepForm()
    PRESSED[deed].operation(actor, plans.plan_for(actor, ref), PlanStep(form.version.data))
    flash(_done(deed))
    return redirect(url_for("plans.show", ref=ref), 303)


def _deed(plan: RemediationPlan, deed: str) -> Deed:
    """The step that the noun stands for in the plan's state."""
    for one in ASKED[deed]:
        if any(plan.standing == source for source in plan.workflow.step(one.step).sources):
            return one
    return ASKED[deed][0]


@bp.get("/<ref>/<any('approval','return','amendment','cancellation'):deed>")
@needs(*SUBMITTING, *APPROVING)
def ask(ref: str, deed: str) -> Response:
    """What will follow, and why it is done."""
    actor = current_actor()
    plan = plans.plan_for(actor, ref)
    if choice(actor, plan, _deed(plan, deed).step) is None:
        raise NotFound("plan_step", ref)
    return _asked(plan, deed, ReasonForm(data={"version": plan.version}))


def _asked(plan: RemediationPlan, deed: str, form: ReasonForm, status: int = 200) -> Response:
    actor = current_actor()
    found = choice(actor, plan, _deed(plan, deed).step)
    times = operations.times_returned(plan) + 1
    repeat = plan.workflow.step("return_plan").repeat
    return page(
        "improvement/plans/deed.html",
        status,
        plan=plan,
        deed=deed,
        form=form,
        reason=_deed(plan, deed).reason,
        missing=found.missing if found is not None else (),
        times=times,
        told_up=repeat is not None and times >= repeat.times,
        head=people.holders(actor, "leading_group_head"),
        open_measures=sum(1 for one in plan.live_actions if one.state != "completed"),
    )


@bp.post("/<ref>/<any('approval','return','amendment','cancellation'):deed>")
@needs(*SUBMITTING, *APPROVING)
def do(ref: str, deed: str) -> Any:
    """Take the step with its reason."""
    actor = current_actor()
    plan = plans.plan_for(actor, ref)
    taken = _deed(plan, deed)
    form = ReasonForm() if taken.reason else StepForm()
    if form.validate_on_submit():
        with told_in(form):
            reason = (form.reason.data or "").strip() if taken.reason else None
            taken.operation(actor, plan, PlanStep(form.version.data, reason))
            flash(_done(deed))
            return redirect(url_for("plans.show", ref=ref), 303)
    return _asked(plans.plan_for(actor, ref), deed, form, 422)
