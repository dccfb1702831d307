"""For the data protection officer: the list with its clocks, one request by code number, the answer or the refusal."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.care.rights import forms, queries
from app.care.rights.models import RightsRequest
from app.care.rights.operations import requests
from app.care.rights.routes.blueprint import bp
from app.care.rights.sealing import unsealed
from app.core.audit import trail
from app.core.policy import decide
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.offers import chips_of
from app.core.web.pages import page
from app.people.identity.routes import browser


@bp.get("/rights-requests")
@needs(queries.VIEW)
def index() -> Response:
    """The open ones, the oldest first; all of them on demand."""
    actor, every = current_actor(), request.args.get("all") == "1"
    rows, pages = filters.paged(queries.requests(actor, every, filters.cursor()))
    trail.saw(actor, None, "rights.list", [row[0].ref for row in rows])
    return page("care/rights/requests.html", rows=rows, every=every, clocks=chips_of([row[0] for row in rows]), **pages)


@bp.get("/rights-requests/<ref>")
@needs(queries.VIEW)
def one(ref: str) -> Response:
    """One request: kind, school, proof of identity, words, answer, digest of the result."""
    return _one(queries.request_for(current_actor(), ref))


def _one(found: RightsRequest, status: int = 200, **given: Any) -> Response:
    actor = current_actor()
    trail.saw(actor, found, "rights.page", [found.ref])
    told = actor.role != "security_admin"
    return page(
        "care/rights/request.html", status, one=found, school=queries.school_of(actor, found), told=told,
        asked=unsealed(found, "words_sealed") if told else "",
        answer=unsealed(found, "answer_sealed") if told else "", clocks=chips_of([found]),
        may_answer=found.state == "received" and decide.may(actor, queries.ANSWER, found),
        form=given.get("yes") or forms.AnswerForm(formdata=None, version=found.version),
        no_form=given.get("no") or forms.RefusalForm(formdata=None, version=found.version, prefix="no"),
    )  # fmt: skip


@bp.post("/rights-requests/<ref>/answer")
@needs(queries.ANSWER)
@browser.fresh
def answer(ref: str) -> Any:
    """Answer it: data go out, or are erased, so the second factor is asked for anew (security 17)."""
    actor, form = current_actor(), forms.AnswerForm()
    found = queries.request_for(actor, ref)
    if carried_out(form, lambda: requests.answer_request(actor, found, form.given())):
        return onward(url_for("rights.one", ref=ref), _("已答复，一分钟内生成结果文件"))
    return _one(found, 422, yes=form)


@bp.post("/rights-requests/<ref>/refuse")
@needs(queries.ANSWER)
def refuse(ref: str) -> Any:
    """Refuse it, with the reason."""
    actor, form = current_actor(), forms.RefusalForm(prefix="no")
    found = queries.request_for(actor, ref)
    if carried_out(form, lambda: requests.refuse_request(actor, found, form.given())):
        return onward(url_for("rights.one", ref=ref), _("已答复不予办理"))
    return _one(found, 422, no=form)
