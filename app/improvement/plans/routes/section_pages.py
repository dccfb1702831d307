"""The plan as a task list of short sections, one form a page; what is typed is kept as a draft."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from app.core.casework.choices import choice
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.web import drafts
from app.core.web.current import current_actor, needs
from app.core.web.pages import page, say
from app.improvement.plans.forms import sections as forms
from app.improvement.plans.forms.sections import BY_NAME, SECTIONS, Measured, Section
from app.improvement.plans.models import RemediationPlan
from app.improvement.plans.operations import plans as operations
from app.improvement.plans.operations.plans import PlanIn
from app.improvement.plans.queries import people, plans
from app.improvement.plans.routes import drawing, plan_page
from app.improvement.plans.routes.blueprint import plans as bp
from app.improvement.plans.routes.faults import told_in
from app.improvement.plans.words import DESIGN_NAMES, FIELDS
from workflows import engine


def editable(ref: str) -> RemediationPlan:
    """The plan, if the actor may change it now. Raises NotFound."""
    actor = current_actor()
    plan = plans.plan_for(actor, ref)
    if not plan.can_be_edited or not decide.may(actor, "plans.draft_plan", plan):
        raise NotFound("plan_section", ref)
    return plan


def measured(plan: RemediationPlan) -> Measured:
    """How the numbers of this plan are typed."""
    indicator = plans.indicator_of(current_actor(), plan)
    if indicator is None:
        return Measured(has_data=plan.baseline_result_id is not None)
    rate = indicator.value_type == "rate"
    return Measured(rate, "%" if rate else indicator.unit_word, plan.baseline_result_id is not None)


@bp.get("/<ref>/sections")
@needs("plans.draft_plan")
def sections(ref: str) -> Response:
    """The task list: every section with what it holds and what it still lacks."""
    actor, plan = current_actor(), editable(ref)
    missing = engine.missing(plan.workflow, plan.state, plan.workflow.step("submit"), plan)
    lacks: dict[str, list[Any]] = {section.name: [] for section in SECTIONS}
    for guard in missing:
        lacks[plan_page.SECTION_OF[guard.code]].append(guard.sentence)
    submit = choice(actor, plan, "submit")
    names = people.names(actor, {plan.owner_id, *(one.owner_id for one in plan.actions)})
    return page(
        "improvement/plans/sections.html",
        plan=plan,
        sections=SECTIONS,
        lacks=lacks,
        holds={section.name: _holds(plan, section, names) for section in SECTIONS},
        causes=plan_page.cause_rows(plan),
        names=names,
        submit=submit,
        missing=list(submit.missing) if submit is not None else [],
        returned=drawing.last_reason(actor, plan, "return_plan") if plan.state == "returned" else ("", ""),
    )


def _holds(plan: RemediationPlan, section: Section, names: dict[Any, str]) -> str:
    """The beginning of what a section says, "" while it is empty."""
    if section.name == "measures":
        return _("%(n)s 项", n=len(plan.live_actions)) if plan.live_actions else ""
    if section.name == "division":
        return names.get(plan.owner_id, "") if plan.owner_id is not None else ""
    if section.name == "funds":
        return _("%(sum)s 元", sum=f"{plan.budget_planned:,.0f}") if plan.budget_planned is not None else ""
    if section.name == "evaluation":
        return say(DESIGN_NAMES[plan.design]) if plan.design in DESIGN_NAMES else ""
    text = plan.goal or plan.problem if section.name == "goal" else str(getattr(plan, section.name))
    return text if len(text) <= 40 else f"{text[:40]}…"


@bp.get("/<ref>/sections/<name>")
@needs("plans.draft_plan")
def section(ref: str, name: str) -> Response:
    """One section."""
    plan = editable(ref)
    chosen = _section(name)
    assert chosen.form is not None
    form, draft_at = drafts.opened(
        chosen.form, f"plan:{ref}:{name}", data={**chosen.form.start(plan, measured(plan)), "version": plan.version}
    )
    return _shown(plan, chosen, form, draft_at=draft_at)


def _section(name: str) -> Section:
    if name not in BY_NAME or BY_NAME[name].form is None:
        raise NotFound("section", name)
    return BY_NAME[name]


def _shown(
    plan: RemediationPlan, chosen: Section, form: forms.SectionForm, status: int = 200, draft_at: str = ""
) -> Response:
    actor = current_actor()
    _fit(plan, form)
    return page(
        "improvement/plans/section.html",
        status,
        plan=plan,
        section=chosen,
        form=form,
        measured=measured(plan),
        indicator=plans.indicator_of(actor, plan),
        baseline=plan_page.baseline_words(plan, plans.baseline_of(actor, plan)),
        value=drawing.value,
        words=FIELDS,
        place=[one.name for one in SECTIONS].index(chosen.name) + 1,
        count=len(SECTIONS),
        draft_url=drafts.address(f"plan:{plan.ref}:{chosen.name}"),
        draft_at=draft_at,
    )


def _fit(plan: RemediationPlan, form: forms.SectionForm) -> None:
    actor = current_actor()
    staff = people.staff_of(actor, plan.unit_id) if isinstance(form, forms.DivisionForm) else []
    indicators = (
        [SelectChoice(str(one.id), one.name) for one in plans.indicators(actor)]
        if isinstance(form, forms.GoalForm) and plan.baseline_result_id is None
        else []
    )
    if isinstance(form, forms.GoalForm) and plan.baseline_result_id is not None:
        held = plans.indicator_of(actor, plan)
        indicators = [SelectChoice(str(held.id), held.name)] if held is not None else []
    forms.fit(form, staff, indicators, plan.fitting_designs)


@bp.post("/<ref>/sections/<name>")
@needs("plans.draft_plan")
def save_section(ref: str, name: str) -> Any:
    """Keep one section; the next empty one follows."""
    actor, plan = current_actor(), editable(ref)
    chosen = _section(name)
    assert chosen.form is not None
    form = chosen.form()
    _fit(plan, form)
    if form.validate_on_submit():
        with told_in(form):
            operations.edit_plan(actor, plan, form.filled(PlanIn.of(plan), measured(plan)))
            drafts.forget_draft(actor, f"plan:{ref}:{name}")
            flash(_("已保存“%(section)s”", section=chosen.title))
            return redirect(url_for("plans.sections", ref=ref), 303)
    return _shown(editable(ref), chosen, form, 422)
