"""Pages of circulars: what is on public notice and what was made known, and objecting to a commendation."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.core.policy import decide
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.accountability.forms.records import SayingForm
from app.improvement.accountability.models import AccountabilityNotice
from app.improvement.accountability.operations.hearing import ObjectionIn, ObjectionPlace, object_to
from app.improvement.accountability.queries import notices as queries
from app.improvement.accountability.routes.blueprint import circulars_bp as bp
from app.improvement.accountability.words import KINDS


@bp.get("/circulars")
@needs(queries.READ)
def index() -> Response:
    """Circulars of the county, the newest first."""
    actor, after = current_actor(), request.args.get("after", "")
    about = filters.choice("about", _("类别"), [(code, word(one)) for code, one in KINDS.items()])
    rows = queries.notices(actor, about.one, after)
    more, rows = len(rows) > queries.PAGE, rows[: queries.PAGE]
    return page(
        "improvement/accountability/circulars.html",
        rows=rows,
        listing=filters.bar([about]),
        next_url=filters.address(after=rows[-1].ref) if more else "",
        first_url=filters.address() if after else "",
    )


@bp.get("/circulars/<ref>")
@needs(queries.READ)
def show(ref: str) -> Response:
    """One circular as it was put out."""
    actor = current_actor()
    found = queries.notice_for(actor, ref)
    return page(
        "improvement/accountability/circular.html",
        notice=found,
        public_page=queries.public_page_of(actor, found),
        may_object=found.takes_objections and decide.may(actor, queries.OBJECT, found),
        back_url=url_for("circulars.index"),
    )


@bp.get("/circulars/<ref>/objection")
@needs(queries.OBJECT)
def objection(ref: str) -> Response:
    """Write an objection."""
    return _form_page(queries.notice_for(current_actor(), ref), SayingForm(formdata=None))


@bp.post("/circulars/<ref>/objection")
@needs(queries.OBJECT)
def object_(ref: str) -> Any:
    """Hand it in."""
    actor, form = current_actor(), SayingForm()
    found = queries.notice_for(actor, ref)
    assert actor.county_id is not None and actor.unit_id is not None
    place = ObjectionPlace(actor.county_id, actor.unit_id, actor.school_id)
    if carried_out(form, lambda: object_to(actor, place, ObjectionIn(found, form.words.data or ""))):
        return onward(found.address, _("异议已提交，办公室核实后由领导小组研究"))
    return _form_page(found, form, 422)


def _form_page(found: AccountabilityNotice, form: SayingForm, status: int = 200) -> Response:
    return page(
        "improvement/accountability/objection_form.html",
        status,
        notice=found,
        form=form,
        action=url_for("circulars.object_", ref=found.ref),
        back_url=found.address,
    )
