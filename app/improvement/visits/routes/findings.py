"""Writing down what was found, and issuing it."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from app.core.casework.choices import choice
from app.core.errors import NotFound
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.visits.forms.planning import PressForm
from app.improvement.visits.forms.reports import FindingForm, IssueForm
from app.improvement.visits.models import SupervisionVisit, VisitFinding
from app.improvement.visits.operations import findings as operations
from app.improvement.visits.queries import choosing, visits
from app.improvement.visits.routes.blueprint import bp

LEAD = "visits.lead_visit"


@bp.get("/visits/<ref>/findings/new")
@needs(LEAD)
def new_finding(ref: str) -> Response:
    """One more finding; from a line of the checklist its item is chosen already."""
    found = visits.visit_for(current_actor(), ref)
    form = FindingForm(formdata=None, kind="problem")
    line = next((one for one in found.lines if one.ref == request.args.get("line", "")), None)
    if line is not None:
        form.item.data = line.item.ref if line.item is not None else None
        form.evidence.data = line.seen.note if line.seen is not None else ""
    return _page(found, form)


@bp.post("/visits/<ref>/findings/new")
@needs(LEAD)
def write_finding(ref: str) -> Any:
    """Keep it."""
    return _keep(ref)


@bp.get("/visits/<ref>/findings/<visit_finding>")
@needs(LEAD)
def finding_form(ref: str, visit_finding: str) -> Response:
    """Change a finding."""
    found = visits.visit_for(current_actor(), ref)
    finding = named(found, visit_finding)
    form = FindingForm(formdata=None, obj=finding)
    form.item.data = finding.item.ref if finding.item is not None else None
    return _page(found, form, finding)


@bp.post("/visits/<ref>/findings/<visit_finding>")
@needs(LEAD)
def change_finding(ref: str, visit_finding: str) -> Any:
    """Keep the change."""
    return _keep(ref, visit_finding)


@bp.post("/visits/<ref>/findings/<visit_finding>/removal")
@needs(LEAD)
def remove_finding(ref: str, visit_finding: str) -> Any:
    """Take it out of the draft."""
    actor, form = current_actor(), PressForm()
    found = visits.visit_for(actor, ref)
    finding = named(found, visit_finding)
    given = operations.FindingIn(finding.kind, finding.text, ref=finding.ref, version=form.version.data)
    operations.remove_finding(actor, found, given)
    return onward(found.address, _("已删掉这条发现"))


def _keep(ref: str, finding_ref: str = "") -> Any:
    actor, form = current_actor(), FindingForm()
    found = visits.visit_for(actor, ref)
    finding = named(found, finding_ref) if finding_ref else None
    items = _offer(form, found)
    if carried_out(form, lambda: operations.write_finding(actor, found, form.given(items, finding_ref))):
        return onward(found.address, _("已写入反馈稿"))
    return _page(visits.visit_for(actor, ref), form, finding, 422)


def named(found: SupervisionVisit, ref: str) -> VisitFinding:
    """The finding of a visit with that reference; raises NotFound."""
    finding = next((one for one in found.findings if one.ref == ref), None)
    if finding is None:
        raise NotFound("visit_finding", ref)
    return finding


def _offer(form: FindingForm, found: SupervisionVisit) -> dict[str, Any]:
    items, closed = choosing.items_of(current_actor(), found.unit_id), _("（已销号）")
    form.offer([(one.ref, f"{one.label}{closed if one.state == 'closed' else ''}") for one in items])
    return {one.ref: one.id for one in items}


def _page(
    found: SupervisionVisit, form: FindingForm, finding: VisitFinding | None = None, status: int = 200
) -> Response:
    _offer(form, found)
    action = f"{found.address}/findings/{finding.ref if finding else 'new'}"
    return page("improvement/visits/finding_form.html", status, visit=found, form=form, finding=finding, action=action)


@bp.get("/visits/<ref>/issuing")
@needs(LEAD)
def issue(ref: str) -> Response:
    """Issue the feedback: how far it may be shown."""
    found = visits.visit_for(current_actor(), ref)
    return _issue_page(found, IssueForm(formdata=None, disclosure=found.disclosure))


@bp.post("/visits/<ref>/issuing")
@needs(LEAD)
def issue_feedback(ref: str) -> Any:
    """Do it."""
    actor, form = current_actor(), IssueForm()
    found = visits.visit_for(actor, ref)
    if carried_out(form, lambda: operations.issue_feedback(actor, found, form.given())):
        return onward(found.address, _("已印发，学校 15 个工作日内回应；反馈单正在生成"))
    return _issue_page(visits.visit_for(actor, ref), form, 422)


def _issue_page(found: SupervisionVisit, form: IssueForm, status: int = 200) -> Response:
    offered = choice(current_actor(), found, "issue_feedback")
    missing = offered.missing if offered else ()
    return page("improvement/visits/issue.html", status, visit=found, form=form, missing=missing)
