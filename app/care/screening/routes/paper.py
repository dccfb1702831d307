"""Answers on paper: a class's workbook, the files that came back, what two persons typed unlike each other."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.care.screening.forms.paper import settle_form, settled, shown
from app.care.screening.models import PaperSheet
from app.care.screening.operations.paper import Place, places_of, scale_of, settle_sheet
from app.care.screening.paper_workbook import answer_workbook
from app.care.screening.queries import campaigns
from app.care.screening.queries import paper as queries
from app.care.screening.routes.blueprint import screenings_bp as bp
from app.core import clock
from app.core.audit import trail
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.storage import headers_for
from app.core.storage.kinds import XLSX
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.pages import page


@bp.get("/screenings/<ref>/classes/<group>/paper")
@needs(queries.TYPE)
def paper(ref: str, group: str) -> Response:
    """How a class's forms are typed twice, and how far that is; answers themselves are on no list."""
    actor = current_actor()
    found, here = campaigns.campaign_for(actor, ref), queries.class_to_type(actor, group)
    settles = decide.holds(actor, queries.SETTLE)
    rows = queries.unlike(actor, found, here) if settles else ()
    if rows:
        trail.saw(actor, here, "screening.paper_list", [row.ref for row in rows])
    return page(
        "care/screening/paper.html",
        campaign=found,
        group=here,
        waiting=len(queries.numbers_to_type(actor, found, here)),
        files=queries.files(actor, found),
        progress=queries.progress(actor, found, here) if settles else None,
        rows=rows,
        back_url=found.address,
    )


@bp.get("/screenings/<ref>/classes/<group>/paper.xlsx")
@needs(queries.TYPE)
@throttle.limit(COSTLY)
def paper_workbook(ref: str, group: str) -> Response:
    """The class's workbook to type into."""
    actor = current_actor()
    found, here = campaigns.campaign_for(actor, ref), queries.class_to_type(actor, group)
    numbers = queries.numbers_to_type(actor, found, here)
    trail.saw(actor, here, "screening.paper_workbook", numbers)
    data = answer_workbook(found, here.name, numbers, actor.name)
    name = "-".join((_("答卷录入"), here.name, f"{clock.today():%Y%m%d}.xlsx"))
    return Response(data, headers=headers_for(name, XLSX.media_type))


@bp.get("/screenings/paper/<ref>")
@needs(queries.SETTLE)
def sheet(ref: str) -> Response:
    """One sheet: place by place what the first and what the second person typed."""
    found = queries.sheet_for(current_actor(), ref)
    places = places_of(found)
    return _sheet_page(found, places, settle_form(places, formdata=None))


@bp.post("/screenings/paper/<ref>")
@needs(queries.SETTLE)
def settle(ref: str) -> Any:
    """Keep what the paper says."""
    actor = current_actor()
    found = queries.sheet_for(actor, ref)
    places = places_of(found)
    form = settle_form(places)
    if carried_out(form, lambda: settle_sheet(actor, found, settled(form, places))):
        return onward(_class_page(found), _("已核对"))
    return _sheet_page(found, places, form, 422)


def _class_page(found: PaperSheet) -> str:
    group = queries.class_of(found)
    if group is None:
        return str(found.campaign.address)
    return url_for("screenings.paper", ref=found.campaign.ref, group=group.ref)


def _sheet_page(found: PaperSheet, places: list[Place], form: Any, status: int = 200) -> Response:
    trail.saw(current_actor(), found, "screening.paper_sheet")
    return page(
        "care/screening/paper_sheet.html",
        status,
        sheet=found,
        scale=scale_of(found),
        places=places,
        shown=shown,
        form=form,
        action=url_for("screenings.settle", ref=found.ref),
        back_url=_class_page(found),
    )
