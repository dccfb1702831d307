"""Pages of periods: what is in force with its source, the history, a new one, its steps."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.care.retention import queries
from app.care.retention.classes import classes
from app.care.retention.forms import PeriodForm
from app.care.retention.operations import periods
from app.care.retention.operations.periods import BureauPlace
from app.care.retention.routes.blueprint import bp
from app.care.versions.forms import ReasonForm, StepForm
from app.core.policy import decide
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.asking import Ask, Asking
from app.core.web.current import current_actor, needs
from app.core.web.offers import chips_of, offers_of, story_of
from app.core.web.pages import page

ASKING = Asking(
    {
        "approve": Ask(
            _l("从今天起按新期限算，到期的名单重新列。提出的人不能自己批准。"), StepForm, periods.approve_period,
            _l("已批准，从今天起生效"),
        ),
        "refuse": Ask(_l("期限不变，理由留在历史里。"), ReasonForm, periods.refuse_period, _l("没有批准"), "x"),
        "withdraw": Ask(_l("撤回后期限不变。"), StepForm, periods.withdraw_period, _l("已撤回"), "arrow-back-up"),
    },
    "care/retention/period_step.html", "retention.ask_period", "retention.take_period",
)  # fmt: skip


@bp.get("")
@needs(queries.VIEW)
def index() -> Response:
    """Every class with its period, its law and source; what is kept by other means; the history."""
    actor = current_actor()
    history, pages = filters.paged(queries.history(actor, filters.cursor()))
    return page(
        "care/retention/periods.html", rows=queries.in_force(actor), history=history, pages=pages,
        may_propose=decide.holds(actor, queries.PROPOSE), may_see_due=decide.holds(actor, queries.DUE),
    )  # fmt: skip


@bp.get("/periods/new")
@needs(queries.PROPOSE)
def new() -> Response:
    """Propose another period; `class` of the address is chosen already."""
    form = PeriodForm(formdata=None)
    wanted = request.args.get("class", "")
    form.class_code.data = wanted if wanted in classes() else None
    return _form_page(form)


@bp.post("/periods/new")
@needs(queries.PROPOSE)
def propose() -> Any:
    """Keep the proposal."""
    actor, form, made = current_actor(), PeriodForm(), []
    assert actor.county_id is not None
    place = BureauPlace(actor.county_id, actor.county_id)
    if carried_out(form, lambda: made.append(periods.propose_period(actor, place, form.given()))):
        return onward(made[0].address, _("已提出，等另一个人批准"))
    return _form_page(form, 422)


def _form_page(form: PeriodForm, status: int = 200) -> Response:
    return page("care/retention/period_form.html", status, form=form, rows=queries.in_force(current_actor()))


@bp.get("/periods/<ref>")
@needs(queries.VIEW)
def show(ref: str) -> Response:
    """One period: years, reason, who proposed and approved it."""
    actor = current_actor()
    found = queries.period_for(actor, ref)
    proposed, approved = queries.names_of(actor, found.owner_id, found.approved_by)
    return page(
        "care/retention/period.html", one=found, about=classes()[found.class_code], proposed=proposed,
        approved=approved, clocks=chips_of([found]), offers=offers_of(actor, found, ASKING.ways(found)),
        story=story_of(actor, [found]),
    )  # fmt: skip


@bp.get("/periods/<ref>/steps/<name>")
@needs(*queries.PERIOD_STEPS)
def ask_period(ref: str, name: str) -> Response:
    """Ask before it is done."""
    return ASKING.ask(queries.period_for(current_actor(), ref), name)


@bp.post("/periods/<ref>/steps/<name>")
@needs(*queries.PERIOD_STEPS)
def take_period(ref: str, name: str) -> Any:
    """Take the step, or ask again with what was wrong."""
    return ASKING.take(queries.period_for(current_actor(), ref), name)
