"""What the school fills in before and after a visit."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from app.core.policy import decide
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.visits.forms import reports
from app.improvement.visits.models import SupervisionVisit
from app.improvement.visits.operations import answers as operations
from app.improvement.visits.operations import findings
from app.improvement.visits.queries import visits
from app.improvement.visits.routes.blueprint import bp

FILL, SIGN = "visits.prepare_answers", "visits.respond_visit"


@bp.get("/visits/<ref>/self-report")
@needs(FILL)
def self_report(ref: str) -> Response:
    """自查表: where the school stands with each item; the coordinator prepares, the principal hands in."""
    found = visits.visit_for(current_actor(), ref)
    form: Any = reports.self_report_form(found)(formdata=None)
    for line in found.lines:
        if line.item_id is not None:
            form[f"state_{line.ref}"].data = line.self_state or ""
            form[f"note_{line.ref}"].data = line.self_note
    return _self_report_page(found, form)


@bp.post("/visits/<ref>/self-report")
@needs(FILL)
def keep_self_report(ref: str) -> Any:
    """Keep it, or hand it in."""
    actor = current_actor()
    found = visits.visit_for(actor, ref)
    form = reports.self_report_form(found)()
    hands_in = request.form.get("deed") == "submit"
    act = operations.hand_in_self_report if hands_in else operations.save_self_report
    if carried_out(form, lambda: act(actor, found, reports.self_report_of(form, found))):
        said = _("自查表已交，视导组会在到校前看") if hands_in else _("已保存，由校长提交")
        return onward(found.address, said)
    return _self_report_page(visits.visit_for(actor, ref), form, 422)


def _self_report_page(found: SupervisionVisit, form: Any, status: int = 200) -> Response:
    signs = decide.may(current_actor(), SIGN, found)
    return page("improvement/visits/self_report.html", status, visit=found, form=form, signs=signs)


@bp.get("/visits/<ref>/objection")
@needs(SIGN)
def objection(ref: str) -> Response:
    """申辩: what the school objects to in the draft."""
    found = visits.visit_for(current_actor(), ref)
    return page("improvement/visits/objection.html", visit=found, form=reports.ObjectionForm(formdata=None))


@bp.post("/visits/<ref>/objection")
@needs(SIGN)
def object_to_draft(ref: str) -> Any:
    """Hand it in."""
    actor, form = current_actor(), reports.ObjectionForm()
    found = visits.visit_for(actor, ref)
    if carried_out(form, lambda: findings.object_to_draft(actor, found, form.given())):
        return onward(found.address, _("申辩已交，办公室 5 个工作日内答复"))
    return page("improvement/visits/objection.html", 422, visit=visits.visit_for(actor, ref), form=form)


@bp.get("/visits/<ref>/response")
@needs(SIGN)
def response(ref: str) -> Response:
    """The school answers each problem."""
    found = visits.visit_for(current_actor(), ref)
    return page("improvement/visits/response.html", visit=found, form=reports.response_form(found)(formdata=None))


@bp.post("/visits/<ref>/response")
@needs(SIGN)
def respond(ref: str) -> Any:
    """Hand the answers in; what is accepted is carried on in the same step."""
    actor = current_actor()
    found = visits.visit_for(actor, ref)
    form = reports.response_form(found)()
    if carried_out(form, lambda: operations.respond(actor, found, reports.response_of(form, found))):
        return onward(found.address, _("已回应；接受的问题已转入后续办理"))
    return page("improvement/visits/response.html", 422, visit=visits.visit_for(actor, ref), form=form)


@bp.get("/visits/<ref>/rectification")
@needs(SIGN)
def rectification(ref: str) -> Response:
    """书面整改报告."""
    found = visits.visit_for(current_actor(), ref)
    return _report_page(found, reports.TextForm(formdata=None, text=found.rectification))


@bp.post("/visits/<ref>/rectification")
@needs(SIGN)
def report_rectification(ref: str) -> Any:
    """Hand it in."""
    actor, form = current_actor(), reports.TextForm()
    found = visits.visit_for(actor, ref)
    if carried_out(form, lambda: operations.report_rectification(actor, found, form.given())):
        return onward(found.address, _("整改报告已交，组长会核实"))
    return _report_page(visits.visit_for(actor, ref), form, 422)


def _report_page(found: SupervisionVisit, form: reports.TextForm, status: int = 200) -> Response:
    return page(
        "improvement/visits/text.html",
        status,
        visit=found,
        form=form,
        title=_("书面整改报告"),
        hint=_("改了什么、结果怎样、还差什么，至少 30 个字"),
        verb=_("提交报告"),
        action=f"{found.address}/rectification",
    )
