"""填报负担: files asked of each school and month, with the formula on the page."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _

from app.core.limits import COSTLY, throttle
from app.core.spreadsheets import write_workbook
from app.core.spreadsheets.writing import Head
from app.core.web.current import current_actor, needs
from app.core.web.downloads import workbook_file
from app.core.web.pages import page
from app.improvement.plans.queries.burden import burden
from app.improvement.plans.routes.blueprint import burden as bp


@bp.get("")
@needs("plans.view_burden")
def index() -> Response:
    """Schools by months."""
    months, rows = burden(current_actor())
    sums = [sum(row.months[place] for row in rows) for place in range(len(months))]
    most = max((n for row in rows for n in row.months), default=0)
    return page("improvement/plans/burden.html", months=months, rows=rows, sums=sums, most=most)


@bp.get("/export.xlsx")
@needs("plans.view_burden")
@throttle.limit(COSTLY)
def export() -> Response:
    """The same as a workbook."""
    months, rows = burden(current_actor())
    columns = [Head(_("单位"), 24), *(Head(f"{month:%Y-%m}", 10, "number") for month in months)]
    columns.append(Head(_("合计"), 10, "number"))
    content = write_workbook(columns, ((row.unit, *row.months, row.total) for row in rows), sheet=_("填报负担"))
    return workbook_file(content, "burden")
