"""Tables that leave as a workbook to keep: one place that names the file, so that a name in any script is sent right."""

from __future__ import annotations

from datetime import date

from flask import Response

from app.core import clock
from app.core.storage import headers_for
from app.core.storage.kinds import XLSX


def workbook_file(content: bytes, name: str, day: date | None = None) -> Response:
    """The workbook under its name and a day, today when none is given; the name holds no personal data."""
    return Response(content, headers=headers_for(f"{name}-{day or clock.today():%Y%m%d}.xlsx", XLSX.media_type))
