"""How the lead settles each problem and closes the visit."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import gettext as _

from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.visits.forms.reports import SettleForm, TextForm
from app.improvement.visits.models import SupervisionVisit, VisitFinding
from app.improvement.visits.operations import answers as operations
from app.improvement.visits.queries import visits
from app.improvement.visits.queries.candidates import became
from app.improvement.visits.routes.blueprint import bp
from app.improvement.visits.routes.findings import named

LEAD = "visits.lead_visit"


@bp.get("/visits/<ref>/findings/<visit_finding>/settlement")
@needs(LEAD)
def settlement(ref: str, visit_finding: str) -> Response:
    """How one problem ends."""
    found = visits.visit_for(current_actor(), ref)
    return _settle_page(found, named(found, visit_finding), SettleForm(formdata=None, settled_as="done"))


@bp.post("/visits/<ref>/findings/<visit_finding>/settlement")
@needs(LEAD)
def settle_finding(ref: str, visit_finding: str) -> Any:
    """Keep it."""
    actor, form = current_actor(), SettleForm()
    found = visits.visit_for(actor, ref)
    problem = named(found, visit_finding)
    if carried_out(form, lambda: operations.settle_finding(actor, found, form.given(problem.ref))):
        return onward(found.address, _("已记下核实结果"))
    return _settle_page(visits.visit_for(actor, ref), problem, form, 422)


def _settle_page(found: SupervisionVisit, problem: VisitFinding, form: SettleForm, status: int = 200) -> Response:
    return page("improvement/visits/settlement.html", status, visit=found, finding=problem, form=form)


@bp.get("/visits/<ref>/closing")
@needs(LEAD)
def closing(ref: str) -> Response:
    """What the lead says at the end."""
    return _closing_page(visits.visit_for(current_actor(), ref), TextForm(formdata=None))


@bp.post("/visits/<ref>/closing")
@needs(LEAD)
def close_visit(ref: str) -> Any:
    """Close it."""
    actor, form = current_actor(), TextForm()
    found = visits.visit_for(actor, ref)
    if carried_out(form, lambda: operations.close_visit(actor, found, form.given())):
        return onward(found.address, _("视导已办结"))
    return _closing_page(visits.visit_for(actor, ref), form, 422)


def _closing_page(found: SupervisionVisit, form: TextForm, status: int = 200) -> Response:
    return page(
        "improvement/visits/text.html",
        status,
        visit=found,
        form=form,
        became=became(current_actor(), found),
        title=_("办结视导"),
        hint=_("总的看法，会印在反馈单的“核验”一栏，可以不写"),
        verb=_("办结视导"),
        action=f"{found.address}/closing",
    )
