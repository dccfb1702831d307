"""Pages of what is due: counts by class, rows by code number, holds."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.care.retention import queries
from app.care.retention.classes import classes
from app.care.retention.forms import HoldForm, LiftForm
from app.care.retention.operations import listing
from app.care.retention.operations.periods import BureauPlace
from app.care.retention.routes.blueprint import bp
from app.core.audit import trail
from app.core.policy import decide
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.offers import chips_of
from app.core.web.pages import page


@bp.get("/due")
@needs(queries.DUE)
def due() -> Response:
    """What has reached its period, by class, with what is held and the batch under way; earlier batches; holds."""
    actor = current_actor()
    batches, batch_pages = filters.paged(queries.purges(actor, filters.cursor("batches")), "batches")
    holds, hold_pages = filters.paged(queries.holds(actor, filters.cursor("holds")), "holds")
    return page(
        "care/retention/due.html", rows=queries.due_classes(actor), batches=batches, clocks=chips_of(batches),
        holds=holds, may_hold=decide.holds(actor, queries.HOLD), batch_pages=batch_pages, hold_pages=hold_pages,
    )  # fmt: skip


@bp.get("/due/rows")
@needs(queries.DUE)
def rows() -> Response:
    """One class: counts by school, and the rows by code number."""
    actor = current_actor()
    code = request.args.get("class", "")
    code = code if code in classes() else next(iter(classes()))
    found, pages = filters.paged(queries.due_rows(actor, code, filters.cursor()))
    trail.saw(actor, None, "retention.due", [row[0].ref for row in found])
    return page(
        "care/retention/rows.html", code=code, about=classes()[code], rows=found, pages=pages,
        schools=queries.due_schools(actor, code), codes=list(classes()),
    )  # fmt: skip


@bp.get("/holds/new")
@needs(queries.HOLD)
def new_hold() -> Response:
    """Hold something longer than its period."""
    return _hold_page(HoldForm(formdata=None))


@bp.post("/holds/new")
@needs(queries.HOLD)
def place_hold() -> Any:
    """Keep the hold."""
    actor = current_actor()
    form = HoldForm().with_schools(queries.schools(actor))
    assert actor.county_id is not None
    place = BureauPlace(actor.county_id, actor.county_id)
    if carried_out(form, lambda: listing.place_hold(actor, place, form.given())):
        return onward(url_for("retention.due"), _("已保留"))
    return _hold_page(form, 422)


def _hold_page(form: HoldForm, status: int = 200) -> Response:
    form.with_schools(queries.schools(current_actor()))
    return page("care/retention/hold_form.html", status, form=form)


@bp.post("/holds/<ref>/lift")
@needs(queries.HOLD)
def lift_hold(ref: str) -> Any:
    """The ground is gone."""
    actor, form = current_actor(), LiftForm()
    found = queries.hold_for(actor, ref)
    if carried_out(form, lambda: listing.lift_hold(actor, found, form.given())):
        return onward(url_for("retention.due"), _("已解除保留"))
    return onward(url_for("retention.due"))
