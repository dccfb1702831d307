"""The list of closure requests, its export, and the page of one."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.core.casework.door import FOUR_EYES
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web import filters
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.core.web.whom import whom
from app.improvement.effects.as_approved import as_approved, day_of
from app.improvement.effects.models import ClosureRequest
from app.improvement.effects.operations.closures import mark_closure_opened
from app.improvement.effects.queries import lists, records
from app.improvement.effects.queries.lists import Wanted
from app.improvement.effects.routes import sheets
from app.improvement.effects.routes.blueprint import bp
from app.improvement.effects.routes.offers import closure_ways, gate, mended_at, offers_of
from app.improvement.problems.routes.drawing import story, strip_of
from app.improvement.problems.words import SEVERITIES, codes
from workflows.improvement.closure_request import CLOSURE_REQUEST

VIEW = "effects.view_closures"
APPROVE = ("effects.approve_closure", "effects.approve_severe_closure", "effects.approve_school_closure")
SHOWN = 8
OPEN = ("draft", "submitted", "verified", "returned")


def _filters(actor: Actor) -> tuple[filters.Filter, ...]:
    states = [(state.code, word(state)) for state in CLOSURE_REQUEST.states if state.code != "approved"]
    return (
        filters.choice("unit", _("单位"), lists.units_with(actor, ClosureRequest), many=True),
        filters.choice("state", _("状态"), states, many=True),
        filters.choice("flag", _("只看"), [("open", _("在办")), ("overdue", _("已超期"))], many=True),
        filters.choice("severity", _("级别"), codes(SEVERITIES), many=True),
        filters.text("q", _("编号、问题、单位或拼音")),
    )


def _wanted(chosen: tuple[filters.Filter, ...]) -> Wanted:
    unit, state, flag, severity, words = chosen
    return Wanted(
        words.one,
        unit.chosen,
        state.chosen,
        flags=flag.chosen,
        after=filters.cursor(),
        severities=severity.chosen,
        sort=filters.order_asked(lists.ORDERS[ClosureRequest]),
    )


@bp.get("/closures")
@needs(VIEW)
def closures() -> Response:
    """Closure requests, the newest first; those verified can be ticked and approved together."""
    actor = current_actor()
    chosen = _filters(actor)
    wanted = _wanted(chosen)
    found = lists.rows_of(actor, ClosureRequest, wanted)
    tickable = {row.ref for row in found.rows if _approvable(actor, row)}
    return page(
        "improvement/effects/closures.html",
        found=found,
        clocks=sheets.chips_of(found.rows),
        listing=filters.bar(chosen),
        sort=wanted.sort,
        sort_url=lambda name: filters.order_address(name, wanted.sort),
        tickable=tickable,
        may_approve=bool(tickable) or any(decide.holds_as_own(actor, right) for right in APPROVE),
        export_url=filters.same_query(url_for("effects.export_closures")),
        next_url=filters.address(after=found.after) if found.after else "",
        first_url=filters.address() if filters.cursor() else "",
    )


def _approvable(actor: Actor, found: ClosureRequest) -> bool:
    """Whether the actor may decide on it; what else stands in the way is said by the result, request by request."""
    if found.state != "verified":
        return False
    right = CLOSURE_REQUEST.step("approve").right_for(found)
    return right is not None and decide.may(actor, right, found)


@bp.get("/closures.xlsx")
@needs(VIEW)
@throttle.limit(COSTLY)
def export_closures() -> Response:
    """What the list shows, all pages of it, as a workbook."""
    actor = current_actor()
    rows = lists.every_row(actor, ClosureRequest, _wanted(_filters(actor)))
    return sheets.workbook_answer(sheets.closure_sheet(rows), "closure-requests")


@bp.get("/closures/<ref>")
@needs(VIEW)
def closure(ref: str) -> Response:
    """One request: what was done, what changed, what shows it, what is missing, who said what."""
    actor = current_actor()
    found = records.closure_for(actor, ref)
    mended = mended_at(actor, found) if found.state in OPEN else {}
    offers = offers_of(actor, found, closure_ways(found), mended)
    entries, earlier = story(actor, [found.id], SHOWN)
    measures, measures_before = records.measures(actor, found.item, found)
    return page(
        "improvement/effects/closure.html",
        closure=found,
        opens_it=_opens(found, offers),
        item=found.item,
        clock_chip=sheets.chips_of([found]).get(found.id),
        stops=strip_of(found, CLOSURE_REQUEST.path),
        waits=whom(found, waits(found)),
        gate=gate(found, mended) if found.state in OPEN else [],
        offers=offers,
        may_edit=found.state in ("draft", "returned") and decide.may(actor, "effects.draft_closure", found),
        measures=measures,
        measures_before=measures_before,
        evidence=[one | {"happened_on": day_of(one, "happened_on")} for one in as_approved(found)["evidence"]],
        signs=records.signs(actor, found),
        documents=records.documents_of(actor, found),
        may_print=decide.may(actor, "effects.print_document", found),
        recheck=records.recheck_of(actor, found),
        entries=entries,
        earlier=earlier,
        kind=value_type(found),
        back_url=url_for("effects.closures"),
    )


@bp.post("/closures/<ref>/opening")
@needs(VIEW)
def opening(ref: str) -> Response:
    """The page of one who may verify says that it was opened (G6)."""
    actor = current_actor()
    mark_closure_opened(actor, records.closure_for(actor, ref), None)
    return Response("", 204)


def _opens(found: ClosureRequest, offers: list[dict[str, Any]]) -> bool:
    """Whether this reader is the one who could verify it: from then on it cannot be taken back (G6)."""
    verify = next((offer for offer in offers if offer["name"] == "verify"), None)
    return (
        found.state == "submitted"
        and found.opened_at is None
        and verify is not None
        and FOUR_EYES not in verify["missing"]
    )


def value_type(found: ClosureRequest) -> str:
    """mean, rate or index: how the numbers are written."""
    ends = found.before_after.get("ends") or [{}]
    return str(ends[0].get("value_type") or "mean")


def waits(found: ClosureRequest) -> tuple[str, str]:
    """Whom the request waits for, and for what."""
    head = found.is_severe or found.effect_not_measurable
    approver = _("校长") if found.is_school_level else _("领导小组组长") if head else _("领导小组办公室主任")
    unit = found.item.unit.short_name if found.item.unit else _("责任单位")
    verifier = _("本校核验人") if found.is_school_level else _("督学或评价员")
    said = {
        "draft": (unit, _("提交销号申请")),
        "returned": (unit, _("按意见修改后再提交")),
        "submitted": (verifier, _("核验")),
        "verified": (approver, _("批准销号")),
    }
    return said.get(found.state, ("", ""))
