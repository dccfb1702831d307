"""The boxes of the county's schools: opened by the office, each with its poster for the school gate."""

from __future__ import annotations

from typing import Any

import segno
from flask import Response, current_app, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from app.core import clock, pdf
from app.core.database import db
from app.core.errors import StepRefused
from app.core.limits import COSTLY, throttle
from app.core.storage import headers_for
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.core.web.papers import PDF
from app.improvement.citizen_letters.forms.handling import BoxesForm, BoxForm
from app.improvement.citizen_letters.models import LetterBox
from app.improvement.citizen_letters.operations import boxes as operations
from app.improvement.citizen_letters.queries import letters as queries
from app.improvement.citizen_letters.routes.blueprint import letters_bp as bp
from app.people.directory.models import Unit


@bp.get("/letter-boxes")
@needs(queries.OPEN_BOX)
def boxes() -> Response:
    """Every school's box, with its poster."""
    rows = queries.boxes(current_actor())
    form = BoxesForm(formdata=None)
    if rows:
        form.office.data, form.office_phone.data = rows[0].office, rows[0].office_phone
        form.office_hours.data = rows[0].office_hours
    return _boxes_page(rows, form)


def _boxes_page(rows: Any, form: BoxesForm, status: int = 200) -> Response:
    return page(
        "improvement/citizen_letters/boxes.html",
        status,
        rows=rows,
        form=form,
        action=url_for("citizen_letters.open_boxes"),
    )


@bp.post("/letter-boxes")
@needs(queries.OPEN_BOX)
def open_boxes() -> Any:
    """Open a box for every school, and put the office's telephone on all of them."""
    actor, form = current_actor(), BoxesForm()
    assert actor.county_id is not None
    county = db.session.get_one(Unit, actor.county_id)
    place = operations.CountyPlace(county.id, county.name)
    if carried_out(form, lambda: operations.open_boxes(actor, place, form.given())):
        return onward(url_for("citizen_letters.boxes"), _("各校信箱已开通，可以打印海报"))
    return _boxes_page(queries.boxes(actor), form, 422)


@bp.get("/letter-boxes/<ref>")
@needs(queries.OPEN_BOX)
def box(ref: str) -> Response:
    """One school's box: its address, its poster, whether it is open and shows answers."""
    found = queries.box_for(current_actor(), ref)
    form = BoxForm(formdata=None, version=found.version, is_open=found.is_open, shows_replies=found.shows_replies)
    return _box_page(found, form)


def _box_page(found: LetterBox, form: BoxForm, status: int = 200) -> Response:
    return page(
        "improvement/citizen_letters/box.html",
        status,
        box=found,
        form=form,
        address=_address(found),
        action=url_for("citizen_letters.change_box", ref=found.ref),
        back_url=url_for("citizen_letters.boxes"),
    )


@bp.post("/letter-boxes/<ref>")
@needs(queries.OPEN_BOX)
def change_box(ref: str) -> Any:
    """Keep what was decided."""
    actor, form = current_actor(), BoxForm()
    found = queries.box_for(actor, ref)
    if carried_out(form, lambda: operations.change_box(actor, found, form.given())):
        return onward(url_for("citizen_letters.boxes"), _("已保存"))
    return _box_page(found, form, 422)


@bp.get("/letter-boxes/<ref>/poster.pdf")
@needs(queries.OPEN_BOX)
@throttle.limit(COSTLY)
def poster(ref: str) -> Response:
    """A4 for the school gate: the picture to scan, the inspector's name, the office and its telephone."""
    found = queries.box_for(current_actor(), ref)
    address = _address(found)
    with force_locale("zh"):
        html = current_app.jinja_env.get_template("documents/letter_box.html").render(
            doc={"title": _("督学信箱"), "meta": [], "qr": ""},
            language="zh",
            box=found,
            address=address,
            picture=segno.make(address, error="q", micro=False).svg_data_uri(scale=8, border=2, light="#fff"),
            today=clock.today(),
        )
    try:
        content = pdf.render(html).content
    except pdf.NotPrinted as refused:
        raise StepRefused((refused.sentence,)) from None
    return Response(content, headers=headers_for(f"督学信箱-{found.school_name}.pdf", PDF))


def _address(found: LetterBox) -> str:
    return url_for("mailbox.write", box=found.ref, _external=True)
