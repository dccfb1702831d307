"""填报负担: files asked of each school and month, with the formula on the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.core import clock
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
    year = clock.today().year
    return page(
        "improvement/plans/burden.html",
        months=[_("%(month)s 月", month=m.month) if m.year == year else f"{m:%Y-%m}" for m in months],
        rows=[_line(row.months, row.unit, url_for("plans.index", unit=row.ref)) for row in rows],
        totals=_line([sum(column) for column in zip(*(row.months for row in rows), strict=True)]),
        most=max((n for row in rows for n in row.months), default=0),
    )


def _line(numbers: Sequence[int], label: str = "", url: str = "") -> dict[str, Any]:
    """A line of the matrix: the files of each month, each number with the plans of its unit, and their sum."""
    return {"label": label, "cells": [{"n": n, "url": url} for n in numbers], "after": [{"n": sum(numbers)}]}


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
