"""Pages of the reconciliation: every line with what it found, and the signature of another member."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect
from flask_babel import gettext as _

from app.core.casework.choices import choice
from app.core.errors import NotFound
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.monitoring import operations, queries
from app.improvement.monitoring.forms.cycles import VerifyForm
from app.improvement.monitoring.models import MonitoringCycle, Reconciliation
from app.improvement.monitoring.routes.blueprint import bp

VIEW = "monitoring.view_cycles"


@bp.get("/cycles/<ref>/reconciliation")
@needs(VIEW)
def reconciliation(ref: str) -> Response:
    """The reconciliation in force."""
    found, report = _both(ref)
    remarks = {f"remark_{code}": words for code, words in report.remarks.items()}
    return _report_page(found, report, VerifyForm(formdata=None, version=found.version, **remarks))


@bp.post("/cycles/<ref>/reconciliation")
@needs("monitoring.verify_cycle")
def sign_reconciliation(ref: str) -> Any:
    """Sign it."""
    actor, form = current_actor(), VerifyForm()
    found, report = _both(ref)
    failing = tuple(line["code"] for line in report.figures["lines"] if not line["holds"])
    whole, explained = form.validate(), form.demand(failing)
    if not (whole and explained):
        return _report_page(found, report, form, 422)
    operations.verify_cycle(actor, found, form.given())
    flash(_("已核验签名，等办公室准备发布"))
    return redirect(found.address, 303)


def _both(ref: str) -> tuple[MonitoringCycle, Reconciliation]:
    actor = current_actor()
    found = queries.cycle_for(actor, ref)
    report = queries.reconciliation_of(actor, found)
    if report is None:
        raise NotFound("reconciliation", ref)
    return found, report


def _report_page(found: MonitoringCycle, report: Reconciliation, form: VerifyForm, status: int = 200) -> Response:
    actor = current_actor()
    for line in report.figures["lines"]:
        form[f"remark_{line['code']}"].flags.required = not line["holds"]
    return page(
        "improvement/monitoring/reconciliation.html",
        status,
        cycle=found,
        report=report,
        lines=report.figures["lines"],
        form=form,
        verify=choice(actor, found, "verify"),
        refuse=choice(actor, found, "refuse_reconciliation"),
        names=queries.names_of(actor, [report.signed_by]),
        back_url=found.address,
    )
