"""Who had an item and for how long, and passing it to a unit that helps."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.policy import decide
from app.core.spreadsheets import Head, write_workbook
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.downloads import workbook_file
from app.core.web.forms import offered
from app.core.web.pages import page
from app.improvement.problems.forms.items import Ids, PassForm
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations import hand_offs as operations
from app.improvement.problems.queries import hand_offs, items
from app.improvement.problems.routes.blueprints import items_bp as bp
from app.improvement.problems.words import HAND_OFFS

VIEW, PASS = "problems.view_items", "problems.pass_item"


@bp.get("/items/<ref>/hand-offs")
@needs(VIEW)
def held(ref: str) -> Response:
    """Units that had it, each with its working days."""
    return _page(items.item_for(current_actor(), ref), PassForm(formdata=None))


@bp.post("/items/<ref>/hand-offs")
@needs(PASS)
def pass_on(ref: str) -> Any:
    """To a unit that helps, or back."""
    actor, form = current_actor(), PassForm()
    found = items.item_for(actor, ref)
    ids = _offer(form, found)
    if carried_out(form, lambda: operations.pass_item(actor, found, form.given(ids))):
        return onward(url_for("problem_items.held", ref=ref), _("已转交，从今天起计时"))
    return _page(items.item_for(actor, ref), form, 422)


@bp.post("/items/<ref>/hand-offs/export")
@needs(VIEW)
def export_held(ref: str) -> Response:
    """The same as a workbook."""
    actor = current_actor()
    found = items.item_for(actor, ref)
    heads = [
        Head(_("单位"), 26), Head(_("怎么到的"), 14), Head(_("从"), 12, "date"), Head(_("到"), 12, "date"),
        Head(_("工作日"), 8, "number"), Head(_("办什么"), 40), Head(_("经手人"), 12),
    ]  # fmt: skip
    rows = [
        (one.unit, word(HAND_OFFS[one.kind]), one.from_on, one.to_on, one.working_days, one.note, one.by)
        for one in hand_offs.stretches(actor, [found]).get(found.id, [])
    ]
    return workbook_file(write_workbook(heads, rows, _("各单位经手")), found.number, clock.today())


def _offer(form: PassForm, found: ProblemItem) -> Ids:
    takers = operations.takers_of(found)
    names = items.unit_names(current_actor(), set(takers))
    rows = sorted((name, one) for one, name in names.items())
    form.unit.choices = offered([(str(number), name) for number, (name, _one) in enumerate(rows, 1)], _("请选择"))
    return {str(number): one for number, (_name, one) in enumerate(rows, 1)}


def _page(found: ProblemItem, form: PassForm, status: int = 200) -> Response:
    actor = current_actor()
    open_now = found.issued_on is not None and found.state not in ("closed", "void", "contested")
    if open_now:
        _offer(form, found)
    told = hand_offs.stretches(actor, [found]).get(found.id, [])
    return page(
        "improvement/problems/hand_offs.html", status, item=found, form=form, stretches=told,
        totals=hand_offs.totals(told), kinds=HAND_OFFS, back_url=found.address,
        may_pass=open_now and decide.may(actor, PASS, found) and len(form.unit.choices or ()) > 1,
    )  # fmt: skip
