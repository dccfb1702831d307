"""One class of a campaign: who has not answered yet; an exemption."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.care.screening.forms.campaigns import ExemptForm
from app.care.screening.models import ScreeningTask
from app.care.screening.operations.tasks import exempt_student
from app.care.screening.queries import campaigns as queries
from app.care.screening.queries.paper import TYPE
from app.care.screening.routes.blueprint import screenings_bp as bp
from app.core.audit import trail
from app.core.policy import decide
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.pages import page


@bp.get("/screenings/<ref>/classes/<group>")
@needs(queries.VIEW)
def chase(ref: str, group: str) -> Response:
    """Those who may answer and have not finished; nothing else is told of anybody."""
    actor = current_actor()
    found = queries.campaign_for(actor, ref)
    here = queries.class_for(actor, group)
    rows = queries.chased(actor, found, here)
    trail.saw(actor, here, "screening.chase_list", [row.ref for row in rows])
    return page(
        "care/screening/chase.html",
        campaign=found,
        group=here,
        rows=rows,
        may_exempt=decide.holds(actor, queries.EXEMPT),
        standing=queries.by_standing(actor, found, here) if decide.holds(actor, queries.EXEMPT) else {},
        may_type=decide.holds(actor, TYPE),
    )


@bp.get("/screenings/tasks/<ref>/exempt")
@needs(queries.EXEMPT)
def exemption(ref: str) -> Response:
    """Why a student need not take part."""
    task = queries.task_for(current_actor(), ref)
    return _exempt_page(task, ExemptForm(formdata=None, version=task.version))


@bp.post("/screenings/tasks/<ref>/exempt")
@needs(queries.EXEMPT)
def exempt(ref: str) -> Any:
    """Keep it."""
    actor, form = current_actor(), ExemptForm()
    task = queries.task_for(actor, ref)
    if carried_out(form, lambda: exempt_student(actor, task, form.given())):
        return onward(task.campaign.address, _("已免测"))
    return _exempt_page(task, form, 422)


def _exempt_page(task: ScreeningTask, form: ExemptForm, status: int = 200) -> Response:
    action = url_for("screenings.exempt", ref=task.ref)
    return page(
        "care/screening/exempt.html", status, task=task, form=form, action=action, back_url=task.campaign.address
    )
