"""The table of units: as it stands for download, and brought in again."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.core.database import db
from app.core.errors import ImportRefused, Invalid, NotFound, Sentence
from app.core.uploads import count_upload
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.downloads import workbook_file
from app.core.web.pages import page
from app.people.directory import operations, queries
from app.people.directory.forms import UnitsForm
from app.people.directory.models import Unit
from app.people.directory.queries import UnitFilter
from app.people.directory.routes.blueprint import bp
from app.people.directory.unit_sheet import SHEET, UnitRow, read_units, units_book

MANAGE = "people.manage_units"
NO_FILE = Sentence("请选择一个文件", "Choose a file")


@bp.get("/units/sheet.xlsx")
@needs(MANAGE)
def units_sheet() -> Response:
    """The open units as a table that can be brought in again."""
    nodes = queries.tree(current_actor(), UnitFilter())
    return workbook_file(units_book([node.unit for node in nodes]), SHEET)


@bp.get("/units/sheet")
@needs(MANAGE)
def ask_units() -> Response:
    """Bring a table in."""
    return _form_page(UnitsForm(formdata=None))


@bp.post("/units/sheet")
@needs(MANAGE)
def take_units() -> Any:
    """Check it and take it, all rows or none."""
    actor, form, taken = current_actor(), UnitsForm(), []
    bureau = db.session.get(Unit, actor.county_id)
    if bureau is None:
        raise NotFound("unit", "")

    def take() -> None:
        taken.append(operations.take_units(actor, bureau, operations.UnitsIn(_rows())))

    if carried_out(form, take):
        said = _(
            "开办 %(opened)s 个，改了 %(changed)s 个，%(same)s 个没有变",
            opened=taken[0].opened, changed=taken[0].changed, same=taken[0].same,
        )  # fmt: skip
        return onward(url_for("directory.units"), said)
    return _form_page(form, 422)


def _rows() -> list[UnitRow]:
    sent = request.files.get("content")
    content = sent.read() if sent is not None else b""
    if sent is None or not content:
        raise Invalid("content", NO_FILE)
    count_upload(current_actor(), len(content))
    try:
        return read_units(content, sent.filename or "")
    except ImportRefused as refused:
        raise Invalid("content", refused.sentences[0]) from None


def _form_page(form: UnitsForm, status: int = 200) -> Response:
    return page("people/directory/units_sheet.html", status, form=form, back_url=url_for("directory.units"))
