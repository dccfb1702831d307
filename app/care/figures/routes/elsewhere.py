"""Pages for those who look from beside and from above: an inspector at process facts, city and province at what was released."""

from __future__ import annotations

from flask import Response

from app.care.figures import drawing, queries, region
from app.care.figures.routes.blueprint import bp
from app.core.web.current import current_actor, needs
from app.core.web.pages import page


@bp.get("/process")
@needs(queries.PROCESS_VIEW)
def process() -> Response:
    """How far screening and support are at the inspector's schools, and whether in time: no level, no student."""
    actor = current_actor()
    day, found = queries.process_of_schools(actor)
    rows = [(school, drawing.process_cells(found.get(str(school.id)))) for school in queries.own_schools(actor)]
    return page("care/figures/process.html", day=day, rows=rows, heads=drawing.process_heads())


@bp.get("/region")
@needs(queries.REGION_VIEW)
def of_region() -> Response:
    """The county's newest release as city and province may know it."""
    rows = queries.region_figures(current_actor())
    return page("care/figures/region.html", release=rows[0] if rows else None, figures=region.figures_from(rows))
