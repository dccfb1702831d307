"""The blueprint of the directory, and how its lists leave as workbooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, Response

from app.core.spreadsheets import Head, write_workbook
from app.core.web.downloads import workbook_file

bp = Blueprint("directory", __name__)


def workbook(name: str, heads: Sequence[Head], rows: Iterable[Sequence[Any]]) -> Response:
    """A list as an xlsx for download; its texts are never formulas (security 53)."""
    return workbook_file(write_workbook(heads, rows, name), name)
