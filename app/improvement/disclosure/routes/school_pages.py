"""Pages of schools: for the county's desks the list of them, and what one school shows."""

from __future__ import annotations

from typing import Any

from flask import redirect, url_for

from app.core.errors import NotFound
from app.core.policy import decide
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.disclosure.queries import school_pages as queries
from app.improvement.disclosure.routes.blueprint import school_pages_bp as bp

VIEW = queries.VIEW


@bp.get("/school-pages")
@needs(VIEW)
def index() -> Any:
    """Schools by code; whoever sees one school is led to it at once."""
    rows = queries.school_units(current_actor())
    if len(rows) == 1:
        return redirect(url_for("school_pages.show", ref=rows[0][0].ref), 303)
    return page("improvement/disclosure/school_pages.html", rows=rows)


@bp.get("/school-pages/<ref>")
@needs(VIEW)
def show(ref: str) -> Any:
    """What one school shows. Raises NotFound."""
    actor = current_actor()
    found = queries.school_page(actor, ref)
    if found.unit.county_id != actor.county_id:
        raise NotFound("unit", ref)
    return page(
        "improvement/disclosure/school_page.html",
        shown=found,
        unit=found.unit,
        sees_many=actor.school_id is None,
        may_draft=actor.school_id == found.unit.id and decide.holds(actor, "disclosure.draft_disclosure"),
        sees_disclosures=decide.holds(actor, "disclosure.view_disclosures"),
        back_url=url_for("school_pages.index") if actor.school_id is None else "",
    )
