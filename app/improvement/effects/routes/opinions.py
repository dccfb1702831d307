"""An outside evaluator writes an opinion on an outcome, or revises it."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web import drafts
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, must_hold, needs
from app.core.web.pages import page
from app.improvement.effects.forms.opinions import OpinionForm
from app.improvement.effects.models import EffectEvaluation
from app.improvement.effects.operations import opinions as operations
from app.improvement.effects.queries import opinions as queries
from app.improvement.effects.queries import records
from app.improvement.effects.queries.opinions import GIVE
from app.improvement.effects.routes.blueprint import bp


def opinion_offers(actor: Actor, found: EffectEvaluation) -> list[dict[str, Any]]:
    """Writing an opinion is no step of the evaluation: it closes nothing."""
    if found.state != "computed" or not decide.may(actor, GIVE, found):
        return []
    written = queries.own(actor, found) is not None
    return [
        {
            "label": _("改评估意见") if written else _("写评估意见"),
            "url": url_for("effects.opinion", ref=found.ref),
            "icon": "message-2",
            "primary": not written,
            "missing": [operations.AWAY] if operations.stays_away(actor, found) else [],
        }
    ]


@bp.get("/evaluations/<ref>/opinion")
@needs(GIVE)
def opinion(ref: str) -> Response:
    """Write it; what was written before stands in the form."""
    actor = current_actor()
    found = records.evaluation_for(actor, ref)
    must_hold(found, GIVE)
    before = queries.own(actor, found)
    start = {
        "version": found.version,
        "view": before.view if before else None,
        "reasons": before.reasons if before else "",
    }
    form, draft_at = drafts.opened(OpinionForm, f"opinion:{ref}", data=start)
    return _opinion_page(actor, found, form, draft_at=draft_at)


@bp.post("/evaluations/<ref>/opinion")
@needs(GIVE)
def give_opinion(ref: str) -> Any:
    """Keep one more edition."""
    actor, form = current_actor(), OpinionForm()
    found = records.evaluation_for(actor, ref)
    must_hold(found, GIVE)
    if carried_out(form, lambda: operations.give_opinion(actor, found, form.given())):
        drafts.forget_draft(actor, f"opinion:{ref}")
        return onward(found.address, _("评估意见已交，定论以前可以再改；办公室和责任单位会收到通知"))
    return _opinion_page(actor, records.evaluation_for(actor, ref), form, 422)


def _opinion_page(
    actor: Actor, found: EffectEvaluation, form: OpinionForm, status: int = 200, draft_at: str = ""
) -> Response:
    missing: list[Any] = []
    if found.state != "computed":
        missing = [operations.DECIDED if found.state == "decided" else operations.NOT_YET]
    elif operations.stays_away(actor, found):
        missing = [operations.AWAY]
    return page(
        "improvement/effects/opinion_form.html",
        status,
        evaluation=found,
        item=found.item,
        form=form,
        missing=missing,
        draft_url=drafts.address(f"opinion:{found.ref}"),
        draft_at=draft_at,
        back_url=found.address,
    )
