"""Behind the personal code: ask, see how it stands, take it back, open the result."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, url_for
from flask_babel import gettext as _

from app.care.consent.entrance import Holder
from app.care.consent.routes.door import inside
from app.care.rights import queries
from app.care.rights.forms import RequestForm
from app.care.rights.operations import requests
from app.care.rights.operations.requests import Child, RequestStep
from app.care.rights.operations.results import erased_by
from app.care.rights.routes.blueprint import bp
from app.care.rights.sealing import unsealed
from app.core.audit import trail
from app.core.errors import NotFound
from app.core.limits import COSTLY, throttle
from app.core.storage import headers_for
from app.core.web.answers import carried_out, onward
from app.core.web.current import PUBLIC, needs
from app.core.web.pages import page


def links(holder: Holder) -> list[dict[str, Any]]:
    """What the page behind the door offers everybody."""
    return [
        {"title": _("查阅、更正、删除个人信息"), "url": url_for("rights.own_requests"), "said": _("提请求、看结果")}
    ]


@bp.get("/code/rights")
@needs(PUBLIC)
def own_requests() -> Any:
    """What may be asked, and what was."""
    holder = inside()
    return _out() if holder is None else _own(holder, RequestForm(formdata=None))


def _out() -> Any:
    return redirect(url_for("code.door"), 303)


def _own(holder: Holder, form: RequestForm, status: int = 200) -> Response:
    rows = queries.own_requests(holder.actor, holder.code.kind)
    return page("care/rights/own.html", status, holder=holder, rows=rows, form=form)


@bp.post("/code/rights")
@needs(PUBLIC)
def ask_request() -> Any:
    """Ask."""
    holder, form = inside(), RequestForm()
    if holder is None:
        return _out()
    if carried_out(form, lambda: requests.ask_request(holder.actor, Child.of(holder.student), form.given(holder.code))):
        return onward(url_for("rights.own_requests"), _("已收到，15 个工作日内答复"))
    return _own(holder, form, 422)


@bp.get("/code/rights/<ref>")
@needs(PUBLIC)
def own_request(ref: str) -> Any:
    """One request, its answer, and the file."""
    holder = inside()
    if holder is None:
        return _out()
    found = queries.own_request(holder.actor, holder.code.kind, ref)
    trail.saw(holder.actor, found, "rights.own", [holder.student.ref])
    return page(
        "care/rights/own_request.html", holder=holder, one=found, asked=unsealed(found, "words_sealed"),
        answer=unsealed(found, "answer_sealed") if found.state in ("fulfilled", "refused") else "",
        erased=erased_by(found) if found.state == "fulfilled" else {},
    )  # fmt: skip


@bp.post("/code/rights/<ref>/take-back")
@needs(PUBLIC)
def take_back(ref: str) -> Any:
    """Not needed any more."""
    holder = inside()
    if holder is None:
        return _out()
    found = queries.own_request(holder.actor, holder.code.kind, ref)
    requests.take_back_request(holder.actor, found, RequestStep())
    return onward(url_for("rights.own_requests"), _("已撤回"))


@bp.get("/code/rights/<ref>/result.json")
@needs(PUBLIC)
@throttle.limit(COSTLY)
def result(ref: str) -> Any:
    """The result as a file that a machine can read; its digest stands on the page."""
    holder = inside()
    if holder is None:
        return _out()
    found = queries.own_request(holder.actor, holder.code.kind, ref)
    if found.state != "fulfilled":
        raise NotFound("rights_request", ref)
    trail.saw(holder.actor, found, "rights.result", [holder.student.ref])
    return Response(unsealed(found, "result_sealed"), headers=headers_for(_("办理结果.json"), "application/json"))
