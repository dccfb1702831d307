"""Pages of results: the matrix of a round, one cell down to its file, sources that disagree."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.core.policy import decide
from app.core.web import filters
from app.core.web.current import current_actor, needs
from app.core.web.pages import page, say
from app.improvement.monitoring import queries
from app.improvement.monitoring.matrix import matrix_of
from app.improvement.monitoring.models import MonitoringCycle
from app.improvement.monitoring.past import measure_of_cell, rounds_of
from app.improvement.monitoring.queries import Chosen
from app.improvement.monitoring.routes.blueprint import bp
from app.improvement.monitoring.routes.past_drawing import drawing_of
from app.improvement.monitoring.routes.sheets import sheet_of_cells, with_query, workbook_answer
from app.improvement.monitoring.snapshots import own_interval
from app.improvement.monitoring.telling import unsaid
from app.improvement.monitoring.words import GRADES, SCOPES, SUBJECTS, word_of

VIEW = "monitoring.view_results"


@bp.get("/cycles/<ref>/results")
@needs(VIEW)
def results(ref: str) -> Response:
    """Schools in code order against indicators: values, never ranked."""
    actor = current_actor()
    found = queries.cycle_for(actor, ref)
    chosen, listing = _narrowed(found)
    cells = queries.result_cells(actor, found, chosen)
    return page(
        "improvement/monitoring/results.html",
        cycle=found,
        matrix=matrix_of(cells),
        rulings=queries.rulings(actor, [row[0].id for row in cells]),
        intervals={row[0].id: own_interval(row[0], found.coverage) for row in cells},
        number=len(cells),
        listing=listing,
        chosen=chosen,
        export_url=with_query(url_for("monitoring.export_results", ref=found.ref)),
        back_url=found.address,
    )


@bp.get("/cycles/<ref>/results/export")
@needs(VIEW)
def export_results(ref: str) -> Response:
    """The same cells as a workbook, with where each came from."""
    actor = current_actor()
    found = queries.cycle_for(actor, ref)
    chosen, _listing = _narrowed(found)
    cells = queries.result_cells(actor, found, chosen)
    rulings = queries.rulings(actor, [row[0].id for row in cells])
    return workbook_answer(sheet_of_cells(cells, rulings), f"{found.code}-results")


def _narrowed(found: MonitoringCycle) -> tuple[Chosen, dict[str, Any]]:
    parts = queries.parts_of(current_actor(), found)
    levels = [code for code in SCOPES if code in {part.scope_level for part in parts}]
    subjects = [code for code in SUBJECTS if code in {part.subject for part in parts}]
    grades = [code for code in GRADES if code in {part.grade for part in parts}]
    level = filters.choice("level", _("层级"), [(code, say(SCOPES[code])) for code in levels])
    subject = filters.choice("subject", _("学科"), [(code, say(SUBJECTS[code])) for code in subjects])
    grade = filters.choice("grade", _("年级"), [(code, say(word_of(GRADES, code))) for code in grades])
    words = filters.text("q", _("单位名称或拼音"))
    first = "school" if "school" in levels or not levels else levels[0]
    chosen = Chosen(level.one or first, subject.one or (subjects[0] if len(subjects) > 1 else ""), grade.one, words.one)
    return chosen, filters.bar([level, subject, grade, words])


@bp.get("/cells/<ref>")
@needs(VIEW)
def cell(ref: str) -> Response:
    """One data cell: value, benchmark, the file it stands in, its versions, what disagrees with it."""
    actor = current_actor()
    row = queries.cell_for(actor, ref)
    versions = queries.versions_of_cell(actor, row[0])
    past = rounds_of(queries.past_of(actor, measure_of_cell(row[0], row[1].code)), row[0].cycle_id)
    rulings = queries.rulings(actor, [row[0].id, *(one.cell.id for one in past)])
    return page(
        "improvement/monitoring/cell.html",
        cell=row[0],
        indicator=row[1],
        row=row,
        versions=versions,
        unsaid=unsaid(one[0] for one in versions),
        past=past,
        past_line=drawing_of(past, rulings),
        rulings=rulings,
        others=queries.cells_of_unit(actor, row[0].unit_id, row[0].cycle_id),
        conflicts=queries.conflicts_of_cell(actor, row[0].id),
        finding=queries.finding_of_cell(actor, row[0].id),
        may_ask=decide.holds(actor, "monitoring.ask_data_owner"),
        back_url=url_for("monitoring.results", ref=row.cycle_ref) if row.cycle_ref else url_for("monitoring.findings"),
    )
