"""A table that leaves may have a name in any script: the header stays one that every server can send."""

from datetime import date

import pytest
from flask import Flask

from app.core.web.downloads import workbook_file


@pytest.mark.parametrize(("name", "sent"), [("成效评价", "____"), ("evaluations", "evaluations")])
def test_a_table_leaves_under_its_name_in_any_script(app: Flask, name: str, sent: str) -> None:
    answer = workbook_file(b"PK", f'{name}"\r\nX-Made-Up: 1', date(2026, 9, 1))
    header = answer.headers["Content-Disposition"]
    assert header.startswith(f'attachment; filename="{sent}') and "\n" not in header
    assert header.encode("latin-1").isascii() and "20260901.xlsx" in header
    assert "X-Made-Up" not in answer.headers
