"""Pages of alerts: what waits, one alert from taking on to the interview and its second reader, calls for help."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.care.screening.forms.alerts import InterviewForm
from app.care.screening.models import CriticalAlert
from app.care.screening.operations import alerts as operations
from app.care.screening.operations.alerts import AlertStep
from app.care.screening.queries import alerts as queries
from app.care.screening.routes.blueprint import alerts_bp as bp
from app.core.audit import trail
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.offers import Way, offers_of, story_of
from app.core.web.pages import page

STEPS = {"accept": operations.accept_alert, "read-second": operations.read_second, "close": operations.close_alert}
TAKE = (queries.HANDLE, "screening.read_second")


@bp.get("/alerts")
@needs(queries.VIEW)
def index() -> Response:
    """What waits for somebody, the most urgent first."""
    actor = current_actor()
    rows, pages = filters.paged(queries.alerts(actor, filters.cursor()))
    calls, call_pages = filters.paged(queries.calls(actor, filters.cursor("calls")), "calls")
    trail.saw(actor, None, "alerts.list", [ref for row in rows for ref in (row.ref, row.student.ref)])
    return page("care/screening/alerts.html", rows=rows, calls=calls, pages=pages, call_pages=call_pages)


@bp.get("/alerts/<ref>")
@needs(queries.VIEW)
def show(ref: str) -> Response:
    """One alert: who, until when, and what is still to be done; the answers themselves are a page of their own."""
    found = queries.alert_for(current_actor(), ref)
    return _page(found, InterviewForm(formdata=None, version=found.version))


def _page(found: CriticalAlert, form: InterviewForm, status: int = 200) -> Response:
    actor = current_actor()
    trail.saw(actor, found, "alerts.one", [found.ref, found.student.ref])
    ways = {
        name.replace("-", "_"): Way(url_for("alerts.take", ref=found.ref, name=name), "check", post=True)
        for name in STEPS
    }
    return page(
        "care/screening/alert.html",
        status,
        alert=found,
        form=form,
        offers=offers_of(actor, found, ways),
        may_record=found.state == "accepted" and decide.may(actor, queries.HANDLE, found),
        may_read=decide.may(actor, "access.read_answers", found.student),
        story=story_of(actor, [found]),
        back_url=url_for("alerts.index"),
    )


@bp.post("/alerts/<ref>/steps/<name>")
@needs(*TAKE)
def take(ref: str, name: str) -> Any:
    """Take a step at once: nothing delays an alert."""
    actor = current_actor()
    found = queries.alert_for(actor, ref)
    if name not in STEPS:
        raise NotFound("step", name)
    STEPS[name](actor, found, AlertStep(request.form.get("version", type=int)))
    return onward(found.address, _("已登记"))


@bp.post("/alerts/<ref>/interview")
@needs(queries.HANDLE)
def interview(ref: str) -> Any:
    """Record the interview."""
    actor, form = current_actor(), InterviewForm()
    found = queries.alert_for(actor, ref)
    if carried_out(form, lambda: operations.record_interview(actor, found, form.given())):
        return onward(found.address, _("已登记"))
    return _page(found, form, 422)


@bp.post("/alerts/calls/<ref>/answer")
@needs(queries.HANDLE)
def answer_call(ref: str) -> Any:
    """Somebody spoke with the student."""
    actor = current_actor()
    operations.answer_help(actor, queries.call_for(actor, ref), None)
    return onward(url_for("alerts.index"), _("已登记"))
