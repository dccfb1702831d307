"""Pages of the figures of care: the newest week, its tables, its charts, workbook and paper."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from app.care.figures import drawing, queries
from app.care.figures.models import FigureSnapshot
from app.care.figures.papers import paper
from app.care.figures.rates import figures_of, gaps
from app.care.figures.routes.blueprint import bp, heads
from app.core.audit import trail
from app.core.errors import NotFound
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.spreadsheets import write_workbook
from app.core.web.chips import long_date
from app.core.web.current import current_actor, needs
from app.core.web.downloads import workbook_file
from app.core.web.pages import page

VIEWS = (queries.COUNTY_VIEW, queries.SCHOOL_VIEW)


@bp.get("")
@needs(*VIEWS)
def index() -> Response:
    """The newest week: the figures with their denominators and intervals; for a school its own rows."""
    actor = current_actor()
    week = queries.newest_week(actor)
    if not decide.holds(actor, queries.COUNTY_VIEW):
        return page("care/figures/school.html", week=week, parts=drawing.own_parts(week.content) if week else ())
    names = queries.school_names(actor, week.county_id) if week else {}
    found = drawing.parts(week.content, names) if week else []
    return page(
        "care/figures/county.html",
        week=week,
        figures=figures_of(week.content) if week else (),
        gaps=gaps(week.content) if week else (),
        confirmed=gaps(week.content, "confirmed") if week else (),
        parts={part.code: part for part in found},
        moves=[part for part in found if part.measure.code == "moved"],
        proposals=[part for part in found if part.measure.code == "proposed"],
        may_prepare=decide.holds(actor, queries.PREPARE),
    )


def _county_week() -> FigureSnapshot:
    actor = current_actor()
    week = queries.newest_week(actor) if decide.holds(actor, queries.COUNTY_VIEW) else None
    if week is None:
        raise NotFound("figure_snapshot", "newest")
    return week


@bp.get("/tables")
@needs(queries.COUNTY_VIEW)
def tables() -> Response:
    """One measure by all its cuts."""
    actor = current_actor()
    week = queries.newest_week(actor)
    names = queries.school_names(actor, week.county_id) if week else {}
    found = drawing.parts(week.content, names) if week else []
    wanted = request.args.get("measure", "")
    chosen = next((part for part in found if part.code == wanted), found[0] if found and not wanted else None)
    if wanted and chosen is None:
        raise NotFound("measure", wanted)
    return page("care/figures/tables.html", week=week, parts=found, chosen=chosen)


@bp.get("/coverage.json")
@needs(queries.COUNTY_VIEW)
def coverage_chart() -> Any:
    """Coverage of each school, in code order."""
    week = _county_week()
    return drawing.coverage_chart(week.content, queries.school_names(current_actor(), week.county_id))


@bp.get("/levels.json")
@needs(queries.COUNTY_VIEW)
def levels_chart() -> Any:
    """Levels by grade."""
    week = _county_week()
    return drawing.levels_chart(week.content, {})


@bp.get("/export.xlsx")
@needs(queries.COUNTY_VIEW)
@throttle.limit(COSTLY)
def export() -> Response:
    """All cells of the week as a workbook: what the pages show, and nothing else."""
    actor, week = current_actor(), _county_week()
    trail.saw(actor, week, "figures_export")
    rows = drawing.sheet(week.content, queries.school_names(actor, week.county_id))
    return workbook_file(write_workbook(heads(), rows, _("心理工作数据")), "figures", week.taken_on)


@bp.get("/print.pdf")
@needs(queries.COUNTY_VIEW)
@throttle.limit(COSTLY)
def printed() -> Response:
    """The week on paper."""
    actor, week = current_actor(), _county_week()
    trail.saw(actor, week, "figures_print")
    names = queries.school_names(actor, week.county_id)
    return paper(actor, _("心理工作数据"), [long_date(week.taken_on)], week.content, names, week.content_sha256)
