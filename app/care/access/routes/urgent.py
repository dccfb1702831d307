"""马上要安排的帮助: for the head of the school by name, for the county's centre by code number, with its experts."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.care.access import forms
from app.care.access.operations import identities
from app.care.access.queries import urgent as queries
from app.care.access.routes.blueprint import SECONDS, bp
from app.care.rainbow.models import RainbowAssessment, RainbowTier
from app.care.rainbow.routes.blueprint import asked_to_show, for_a_minute
from app.core.audit import trail
from app.core.policy import decide
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.pages import page


@bp.get("/support/urgent")
@needs(queries.VIEW)
def urgent() -> Response:
    """Who it is shows for a minute after a click; the county sees code numbers and what waits for its experts."""
    actor, shown = current_actor(), asked_to_show()
    leads = decide.holds(actor, queries.ASSIGN)
    rows, pages = filters.paged(queries.in_need(actor, filters.cursor()) if shown else [])
    waiting, waiting_pages = filters.paged(
        queries.without_expert(actor, filters.cursor("waiting")) if leads else [], "waiting"
    )
    untaken, untaken_pages = filters.paged(
        queries.unaccepted(actor, filters.cursor("untaken")) if leads else [], "untaken"
    )
    refs = [ref for one in rows for ref in (one.tier.ref, one.student_ref) if ref]
    trail.saw(actor, None, "urgent.shown" if shown else "urgent.page", refs)
    hidden = url_for("access.urgent")
    answer = page(
        "care/access/urgent.html", rows=rows, waiting=waiting, leads=leads, shown=shown, seconds=SECONDS,
        unaccepted=untaken, hidden_url=hidden, show_url=url_for("access.urgent", shown=1),
        pages=pages, waiting_pages=waiting_pages, untaken_pages=untaken_pages,
    )  # fmt: skip
    return for_a_minute(answer, hidden) if shown else answer


@bp.get("/support/urgent/<ref>/expert")
@needs(queries.ASSIGN)
def choose_expert(ref: str) -> Response:
    """Which expert takes the case."""
    return _choose(ref, RainbowTier, forms.ExpertForm(formdata=None))


@bp.post("/support/urgent/<ref>/expert")
@needs(queries.ASSIGN)
def assign_expert(ref: str) -> Any:
    """Give it to the expert."""
    return _assign(ref, RainbowTier)


@bp.get("/support/unassigned/<ref>/expert")
@needs(queries.ASSIGN)
def choose_second(ref: str) -> Response:
    """Which expert signs second where the school has none."""
    return _choose(ref, RainbowAssessment, forms.ExpertForm(formdata=None))


@bp.post("/support/unassigned/<ref>/expert")
@needs(queries.ASSIGN)
def assign_second(ref: str) -> Any:
    """Give it to the expert."""
    return _assign(ref, RainbowAssessment)


def _assign(ref: str, model: Any) -> Any:
    actor, form = current_actor(), forms.ExpertForm()
    case = queries.case_for(actor, ref, model)
    form.offer(queries.experts(actor))
    if carried_out(form, lambda: identities.assign_expert(actor, case, form.given())):
        return onward(url_for("access.urgent"), _("已交给专家，从今天起可以查看这名学生"))
    return _choose(ref, model, form, 422)


def _choose(ref: str, model: Any, form: Any, status: int = 200) -> Response:
    actor = current_actor()
    case = queries.case_for(actor, ref, model)
    form.offer(queries.experts(actor))
    endpoint = "access.assign_expert" if model is RainbowTier else "access.assign_second"
    return page(
        "care/access/asking.html", status, form=form, title=_("安排专家"), number=case.ref[:6].upper(),
        consequence=_("专家从今天起能看到这名学生的资料；原来的专家到昨天为止。"), submit=_("安排"),
        action=url_for(endpoint, ref=ref), back_url=url_for("access.urgent"), back_name=_("马上要安排的帮助"),
    )  # fmt: skip
