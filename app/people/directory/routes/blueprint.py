"""The blueprint of the directory, and how its lists leave as workbooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, Response

from app.core import clock
from app.core.spreadsheets import Head, write_workbook

bp = Blueprint("directory", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(name: str, heads: Sequence[Head], rows: Iterable[Sequence[Any]]) -> Response:
    """A list as an xlsx for download; its texts are never formulas (security 53)."""
    response = Response(write_workbook(heads, rows, name), mimetype=XLSX)
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}-{clock.today():%Y%m%d}.xlsx")
    return response
