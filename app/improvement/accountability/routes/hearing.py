"""Pages of the party: making a statement in the window, appealing against a decision."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.core.web import drafts
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.accountability.forms.records import SayingForm
from app.improvement.accountability.models import AccountabilityRecord
from app.improvement.accountability.operations.appeals import appeal_decision
from app.improvement.accountability.operations.hearing import SayingIn, state_case
from app.improvement.accountability.queries import records as queries
from app.improvement.accountability.routes.blueprint import accountability_bp as bp


@bp.get("/accountability/<ref>/statement")
@needs("accountability.make_statement")
def statement(ref: str) -> Response:
    """Write what the party has to say."""
    found = queries.record_for(current_actor(), ref)
    form, at = drafts.opened(SayingForm, f"statement:{ref}")
    form.version.data = found.version
    return _form_page(found, form, "statement", at=at)


@bp.post("/accountability/<ref>/statement")
@needs("accountability.make_statement")
def say(ref: str) -> Any:
    """Hand it in."""
    actor, form = current_actor(), SayingForm()
    found = queries.record_for(actor, ref)
    given = SayingIn(form.words.data or "", form.version.data)
    if carried_out(form, lambda: state_case(actor, found, given)):
        drafts.forget_draft(actor, f"statement:{ref}")
        return onward(found.address, _("已提交。期满以前还可以补充"))
    return _form_page(found, form, "statement", 422)


@bp.get("/accountability/<ref>/appeal")
@needs("accountability.appeal_decision")
def appeal(ref: str) -> Response:
    """Write why the decision is not accepted."""
    found = queries.record_for(current_actor(), ref)
    form, at = drafts.opened(SayingForm, f"appeal:{ref}")
    form.version.data = found.version
    return _form_page(found, form, "appeal", at=at)


@bp.post("/accountability/<ref>/appeal")
@needs("accountability.appeal_decision")
def send_appeal(ref: str) -> Any:
    """Appeal."""
    actor, form = current_actor(), SayingForm()
    found = queries.record_for(actor, ref)
    given = SayingIn(form.words.data or "", form.version.data)
    if carried_out(form, lambda: appeal_decision(actor, found, given)):
        drafts.forget_draft(actor, f"appeal:{ref}")
        return onward(found.address, _("已提出申诉，由没有参加决定的人复核"))
    return _form_page(found, form, "appeal", 422)


def _form_page(found: AccountabilityRecord, form: SayingForm, kind: str, status: int = 200, at: Any = None) -> Response:
    endpoints = {"statement": "accountability.say", "appeal": "accountability.send_appeal"}
    return page(
        "improvement/accountability/saying_form.html",
        status,
        record=found,
        kind=kind,
        form=form,
        action=url_for(endpoints[kind], ref=found.ref),
        draft_url=drafts.address(f"{kind}:{found.ref}"),
        draft_at=at,
        back_url=found.address,
    )
