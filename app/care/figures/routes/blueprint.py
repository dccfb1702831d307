"""Where the pages of the figures are hung up, the words of their templates, and the columns of their workbooks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_babel import gettext as _

from app.care.figures import drawing
from app.core.spreadsheets import Head
from workflows.parties import PARTIES

bp = Blueprint("care_figures", __name__, url_prefix="/care-figures")


@bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """What the templates call: a cell and a figure in words, the name of a row, whom a release waits for."""
    return {
        "cell_said": drawing.said, "figure_said": drawing.figure_said, "row_label": drawing.label_of,
        "cut_name": drawing.cut_name, "party": PARTIES,
    }  # fmt: skip


def heads() -> list[Head]:
    """The columns of the workbook."""
    return [
        Head(_("指标"), 30), Head(_("分组"), 16), Head(_("组"), 26), Head(_("学生"), 10, "number"), Head(_("类别"), 24),
        Head(_("人数"), 10),
    ]  # fmt: skip
