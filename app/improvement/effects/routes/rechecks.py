"""Rechecks: the list by day, the page of one, and the form that lets it pass or fail."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.core.casework.choices import choice
from app.core.limits import COSTLY, throttle
from app.core.policy.actor import Actor
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.effects.forms.closures import RecheckForm
from app.improvement.effects.models import ClosureRequest, Recheck
from app.improvement.effects.operations import closures as operations
from app.improvement.effects.queries import lists, records
from app.improvement.effects.queries.lists import Wanted
from app.improvement.effects.routes import sheets
from app.improvement.effects.routes.blueprint import rechecks_bp as bp
from app.improvement.effects.routes.offers import offers_of, recheck_ways
from app.improvement.problems.routes.drawing import story, strip_of
from workflows.improvement.recheck import RECHECK

VIEW = "effects.view_closures"
TAKE = "effects.recheck_item"


def _filters(actor: Actor) -> tuple[filters.Filter, ...]:
    states = [(state.code, word(state)) for state in RECHECK.states]
    return (
        filters.choice("unit", _("单位"), lists.units_with(actor, Recheck), many=True),
        filters.choice("state", _("状态"), states, many=True),
        filters.month("month", _("复核月份")),
        filters.choice("flag", _("只看"), [("open", _("待办")), ("overdue", _("已超期"))], many=True),
        filters.text("q", _("编号、问题、单位或拼音")),
    )


def _wanted(chosen: tuple[filters.Filter, ...]) -> Wanted:
    unit, state, month, flag, words = chosen
    return Wanted(
        words.one,
        unit.chosen,
        state.chosen,
        flags=flag.chosen,
        month=month.one,
        after=filters.cursor(),
        sort=filters.order_asked(lists.ORDERS[Recheck]),
    )


@bp.get("/rechecks")
@needs(VIEW)
def index() -> Response:
    """Rechecks by the day on which they are due, unless told otherwise."""
    actor = current_actor()
    chosen = _filters(actor)
    wanted = _wanted(chosen)
    found = lists.rows_of(actor, Recheck, wanted)
    return page(
        "improvement/effects/rechecks.html",
        found=found,
        clocks=sheets.chips_of(found.rows),
        listing=filters.bar(chosen),
        sort=wanted.sort,
        sort_url=lambda name: filters.order_address(name, wanted.sort),
        export_url=filters.same_query(url_for("rechecks.export")),
        next_url=filters.address(after=found.after) if found.after else "",
        first_url=filters.address() if filters.cursor() else "",
    )


@bp.get("/rechecks.xlsx")
@needs(VIEW)
@throttle.limit(COSTLY)
def export() -> Response:
    """What the list shows, all pages of it, as a workbook."""
    actor = current_actor()
    rows = lists.every_row(actor, Recheck, _wanted(_filters(actor)))
    return sheets.workbook_answer(sheets.recheck_sheet(rows), "rechecks")


@bp.get("/rechecks/<ref>")
@needs(VIEW)
def recheck(ref: str) -> Response:
    """One recheck: what was closed and why, and what was seen since."""
    actor = current_actor()
    found = records.recheck_for(actor, ref)
    entries, earlier = story(actor, [found.id], 8)
    closure = records.latest_for_item(actor, ClosureRequest, found.item)
    offers = offers_of(actor, found, recheck_ways(found))
    for offer in offers:
        offer["label"] = _("写复核结果")
    return page(
        "improvement/effects/recheck.html",
        recheck=found,
        item=found.item,
        closure=closure,
        clock_chip=sheets.chips_of([found]).get(found.id),
        stops=strip_of(found, RECHECK.path),
        names=records.names(actor, [found.checked_by]),
        offers=offers,
        entries=entries,
        earlier=earlier,
        back_url=url_for("rechecks.index"),
    )


@bp.get("/rechecks/<ref>/result")
@needs(TAKE)
def result(ref: str) -> Response:
    """What was seen."""
    found = records.recheck_for(current_actor(), ref)
    return _result_page(found, RecheckForm(formdata=None, version=found.version))


@bp.post("/rechecks/<ref>/result")
@needs(TAKE)
def take(ref: str) -> Any:
    """Let it pass, or fail and propose to take the item up again."""
    actor, form = current_actor(), RecheckForm()
    found = records.recheck_for(actor, ref)
    failed = form.result.data == "fail"
    operation = operations.fail_recheck if failed else operations.pass_recheck
    if carried_out(form, lambda: operation(actor, found, form.given())):
        said = _("复核不通过，已提议重新打开，等决定") if failed else _("复核通过，保持销号")
        return onward(found.address, said)
    return _result_page(records.recheck_for(actor, ref), form, 422)


def _result_page(found: Recheck, form: RecheckForm, status: int = 200) -> Response:
    offered = choice(current_actor(), found, "pass_item")
    return page(
        "improvement/effects/recheck_form.html",
        status,
        recheck=found,
        item=found.item,
        form=form,
        missing=offered.missing if offered else (),
        back_url=found.address,
    )
