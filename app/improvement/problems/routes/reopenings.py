"""Proposals to take up a closed item again: made, listed, decided."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.core.casework.choices import choices
from app.core.limits import COSTLY, throttle
from app.core.web import drafts, filters
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, must_hold, needs
from app.core.web.downloads import workbook_file
from app.core.web.pages import page
from app.improvement.problems.export import reopening_workbook
from app.improvement.problems.forms.items import DecisionForm, ReasonForm, ReopeningForm
from app.improvement.problems.models import Reopening
from app.improvement.problems.operations import reopenings as operations
from app.improvement.problems.queries import items as item_queries
from app.improvement.problems.queries import reopenings as queries
from app.improvement.problems.queries.reopenings import ReopeningFilter
from app.improvement.problems.routes.blueprints import items_bp as bp
from app.improvement.problems.routes.drawing import chips_of, story
from app.improvement.problems.words import SEVERITIES, SPANS, TRIGGERS, codes
from workflows.improvement.reopening import REOPENING

DECIDING = ("effects.decide_reopening", "effects.decide_severe_reopening")


@bp.get("/items/<ref>/reopening")
@needs("effects.propose_reopening")
def propose_reopening(ref: str) -> Response:
    """Say why a closed item should be taken up again."""
    name = f"reopening:{ref}"
    form, draft_at = drafts.opened(ReopeningForm, name)
    return _proposal(ref, form, draft_at=draft_at)


@bp.post("/items/<ref>/reopening")
@needs("effects.propose_reopening")
def keep_proposal(ref: str) -> Any:
    """The proposal goes to the office, for severe problems to the group head."""
    actor, form = current_actor(), ReopeningForm()
    found, made = item_queries.item_for(actor, ref), []

    def propose() -> None:
        made.append(operations.propose_reopening(actor, found, form.given_trigger()))

    if carried_out(form, propose):
        drafts.forget_draft(actor, f"reopening:{ref}")
        return onward(found.address, _("已提议，%(n)s 个工作日内决定", n=SPANS["reopening"]))
    return _proposal(ref, form, 422)


def _proposal(ref: str, form: ReopeningForm, status: int = 200, draft_at: str = "") -> Response:
    found = item_queries.item_for(current_actor(), ref)
    return page(
        "improvement/problems/forms/reopening.html",
        status,
        item=found,
        form=form,
        draft_url=drafts.address(f"reopening:{ref}"),
        draft_at=draft_at,
        back_url=found.address,
    )


@bp.get("/reopenings")
@needs("problems.view_reopenings")
def reopenings() -> Response:
    """Proposals, those that wait for their decision first."""
    actor, chosen = current_actor(), _bar()
    wanted = _wanted(chosen)
    found, pages = filters.paged(queries.reopenings(actor, wanted))
    return page(
        "improvement/problems/reopenings.html",
        found=found,
        pages=pages,
        listing=filters.bar(chosen),
        clocks=chips_of(found),
        sort=wanted.sort,
        sort_url=filters.address(sort=None if wanted.sort == "new" else "new"),
        export_url=filters.same_query(url_for("problem_items.export_reopenings")),
    )


def _bar() -> tuple[filters.Filter, ...]:
    return (
        filters.choice("state", _("状态"), [(s.code, word(s)) for s in REOPENING.states], many=True),
        filters.choice("trigger", _("因为"), codes(TRIGGERS), many=True),
        filters.choice("severity", _("级别"), codes(SEVERITIES), many=True),
    )


def _wanted(chosen: tuple[filters.Filter, ...]) -> ReopeningFilter:
    state, trigger, severity = chosen
    sort = request.args.get("sort", "")
    known = sort if sort in queries.ORDERS else "waiting"
    return ReopeningFilter(state.chosen, trigger.chosen, severity.chosen, known, filters.cursor())


@bp.get("/reopenings.xlsx")
@needs("problems.view_reopenings")
@throttle.limit(COSTLY)
def export_reopenings() -> Response:
    """What the list shows, all pages of it."""
    found = queries.reopenings(current_actor(), _wanted(_bar()), whole=True)
    return workbook_file(reopening_workbook(found), "reopenings")


@bp.get("/reopenings/<ref>")
@needs("problems.view_reopenings")
def reopening(ref: str) -> Response:
    """One proposal with what it rests on; those who decide find their form here."""
    return _page(ref, DecisionForm(formdata=None))


@bp.post("/reopenings/<ref>/approval")
@needs(*DECIDING)
def approve_reopening(ref: str) -> Any:
    """The item is taken up again."""
    actor, form = current_actor(), DecisionForm()
    found = queries.reopening_for(actor, ref)
    must_hold(found, *DECIDING)
    if carried_out(form, lambda: operations.approve_reopening(actor, found, form.given_due())):
        return onward(found.item.address, _("已重新打开，责任单位会收到通知"))
    return _page(ref, form, 422)


@bp.post("/reopenings/<ref>/dismissal")
@needs(*DECIDING)
def dismiss_reopening(ref: str) -> Any:
    """The item stays closed."""
    actor, form = current_actor(), ReasonForm()
    found = queries.reopening_for(actor, ref)
    must_hold(found, *DECIDING)
    if carried_out(form, lambda: operations.dismiss_reopening(actor, found, form.given())):
        return onward(found.address, _("已决定不重新打开，提议人会收到理由"))
    return _page(ref, DecisionForm(formdata=None), 422, refused=form)


def _page(ref: str, form: DecisionForm, status: int = 200, refused: ReasonForm | None = None) -> Response:
    actor = current_actor()
    found: Reopening = queries.reopening_for(actor, ref)
    entries, _earlier = story(actor, [found.id], 20)
    return page(
        "improvement/problems/reopening.html",
        status,
        reopening=found,
        item=found.item,
        form=refused or form,
        approving=form,
        dismissing=refused or ReasonForm(formdata=None),
        steps={choice.step.name: choice for choice in choices(actor, found)},
        clock_chip=chips_of([found]).get(found.id),
        entries=entries,
        trigger=TRIGGERS.get(found.trigger),
        back_url=found.item.address,
        **queries.background(actor, found),
    )
