"""Pages of the body: the decision of its meeting, and the answer to an appeal by others."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.accountability.forms.records import AnswerForm, DecisionForm
from app.improvement.accountability.models import AccountabilityRecord
from app.improvement.accountability.numbers import accountability_numbers
from app.improvement.accountability.operations import appeals, deciding
from app.improvement.accountability.queries import choosing
from app.improvement.accountability.queries import records as queries
from app.improvement.accountability.routes.blueprint import accountability_bp as bp

DECIDE, SETTLE = "accountability.decide_record", "accountability.settle_appeal"
DECISIONS = {"decide": deciding.decide_record, "dismiss": deciding.dismiss_record}
ANSWERS = {
    "uphold": appeals.uphold_decision,
    "change": appeals.change_decision,
    "revoke": appeals.revoke_on_appeal,
}


@bp.get("/accountability/<ref>/decision")
@needs(DECIDE)
def decision(ref: str) -> Response:
    """Write down what the meeting decided."""
    actor = current_actor()
    found = queries.record_for(actor, ref)
    form = DecisionForm(formdata=None, measure=found.measure, version=found.version)
    form.offer(accountability_numbers().measures_of(found.kind), choosing.sitters(actor, choosing.DECIDERS))
    return _page("decision", found, form)


@bp.post("/accountability/<ref>/decision")
@needs(DECIDE)
def decide(ref: str) -> Any:
    """Keep it."""
    actor, form = current_actor(), DecisionForm()
    found = queries.record_for(actor, ref)
    people = choosing.sitters(actor, choosing.DECIDERS)
    form.offer(accountability_numbers().measures_of(found.kind), people)
    if carried_out(form, lambda: DECISIONS[form.outcome.data](actor, found, form.given(people))):
        return onward(found.address, _("决定已记录，决定书正在生成"))
    return _page("decision", found, form, 422)


@bp.get("/accountability/<ref>/answer")
@needs(SETTLE)
def answer(ref: str) -> Response:
    """Answer the appeal."""
    actor = current_actor()
    found = queries.record_for(actor, ref)
    form = AnswerForm(formdata=None, version=found.version)
    form.offer(accountability_numbers().measures_of(found.kind), choosing.sitters(actor, choosing.HEARERS))
    return _page("answer", found, form)


@bp.post("/accountability/<ref>/answer")
@needs(SETTLE)
def settle(ref: str) -> Any:
    """Keep the answer."""
    actor, form = current_actor(), AnswerForm()
    found = queries.record_for(actor, ref)
    people = choosing.sitters(actor, choosing.HEARERS)
    form.offer(accountability_numbers().measures_of(found.kind), people)
    if carried_out(form, lambda: ANSWERS[form.outcome.data](actor, found, form.given(people))):
        return onward(found.address, _("复核结果已记录，当事单位会收到通知"))
    return _page("answer", found, form, 422)


def _page(kind: str, found: AccountabilityRecord, form: Any, status: int = 200) -> Response:
    endpoints = {"decision": "accountability.decide", "answer": "accountability.settle"}
    return page(
        "improvement/accountability/sitting_form.html",
        status,
        kind=kind,
        record=found,
        sayings=queries.sayings_of(current_actor(), found),
        form=form,
        action=url_for(endpoints[kind], ref=found.ref),
        back_url=found.address,
    )
