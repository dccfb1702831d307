"""Pages of sources that disagree: the list, asking, answering, settling."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.core.policy import decide
from app.core.web import filters
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.monitoring import operations, queries
from app.improvement.monitoring.forms.findings import AnswerForm, QuestionForm, SettlementForm
from app.improvement.monitoring.models import SourceConflict
from app.improvement.monitoring.queries.conflicts import SUSPECTS
from app.improvement.monitoring.routes.blueprint import bp

VIEW = "monitoring.view_conflicts"
ASK, ANSWER, SETTLE = "monitoring.ask_data_owner", "monitoring.answer_conflict", "monitoring.settle_conflict"


@bp.get("/conflicts")
@needs(VIEW)
def conflicts() -> Response:
    """Those on record, and pairs of cells that look as if they disagreed."""
    actor = current_actor()
    rows, pages = filters.paged(queries.conflicts(actor, after=filters.cursor()))
    suspects = queries.suspected(actor, SUSPECTS + 1)
    return page(
        "improvement/monitoring/conflicts.html",
        rows=rows,
        pages=pages,
        suspects=suspects[:SUSPECTS],
        more=len(suspects) > SUSPECTS,
        may_ask=decide.holds(actor, ASK),
        back_url=url_for("monitoring.cycles") if decide.holds(actor, "monitoring.view_cycles") else "",
    )


@bp.get("/conflicts/new")
@needs(ASK)
def new_conflict() -> Response:
    """Two cells side by side, and the question."""
    return _ask_page(QuestionForm(formdata=None))


@bp.post("/conflicts")
@needs(ASK)
def ask() -> Any:
    """Ask the owner of the data."""
    actor, form = current_actor(), QuestionForm()
    if not form.validate():
        return _ask_page(form, 422)
    first, second = _pair()
    place = SourceConflict(
        county_id=first[0].county_id, school_id=first[0].school_id, first_id=first[0].id, second_id=second[0].id
    )
    made = operations.ask_data_owner(actor, place, form.given(first[0].unit_id))
    flash(_("已提问，对方会收到通知"))
    return redirect(url_for("monitoring.conflict", ref=made.ref), 303)


def _pair() -> tuple[Any, Any]:
    actor = current_actor()
    first, second = (request.values.get(name, "") for name in ("first", "second"))
    return queries.cell_for(actor, first), queries.cell_for(actor, second)


def _ask_page(form: QuestionForm, status: int = 200) -> Response:
    first, second = _pair()
    return page(
        "improvement/monitoring/conflict_form.html",
        status,
        form=form,
        sides=(first, second),
        back_url=url_for("monitoring.conflicts"),
    )


@bp.get("/conflicts/<ref>")
@needs(VIEW)
def conflict(ref: str) -> Response:
    """One conflict with both sides."""
    found = queries.conflict_for(current_actor(), ref)
    return _page(
        found, AnswerForm(formdata=None, version=found.version), SettlementForm(formdata=None, version=found.version)
    )


@bp.post("/conflicts/<ref>/answer")
@needs(ANSWER)
def answer(ref: str) -> Any:
    """The owner of the data answers."""
    actor, form = current_actor(), AnswerForm()
    found = queries.conflict_for(actor, ref)
    if not form.validate():
        return _page(found, form, SettlementForm(formdata=None, version=found.version), 422)
    operations.answer_conflict(actor, found, form.given())
    flash(_("已回答，办公室会裁定"))
    return redirect(url_for("monitoring.conflict", ref=ref), 303)


@bp.post("/conflicts/<ref>/settlement")
@needs(SETTLE)
def settle(ref: str) -> Any:
    """The office decides which source counts."""
    actor, form = current_actor(), SettlementForm()
    found = queries.conflict_for(actor, ref)
    if not form.validate():
        return _page(found, AnswerForm(formdata=None, version=found.version), form, 422)
    operations.settle_conflict(actor, found, form.given({"first": found.first_id, "second": found.second_id}))
    flash(_("已裁定"))
    return redirect(url_for("monitoring.conflict", ref=ref), 303)


def _page(found: SourceConflict, answering: AnswerForm, settling: SettlementForm, status: int = 200) -> Response:
    actor = current_actor()
    sides = queries.sides_of(actor, found)
    settling.chosen.choices = [
        ("first", _("以来源一为准")),
        ("second", _("以来源二为准")),
        ("both", _("两个都成立，差别有原因")),
        ("neither", _("两个都不采用")),
    ]
    is_open = found.settled_at is None
    return page(
        "improvement/monitoring/conflict.html",
        status,
        conflict=found,
        sides=sides,
        form=answering if answering.errors else settling,
        answering=answering if is_open and decide.may(actor, ANSWER, found) else None,
        settling=settling if is_open and decide.may(actor, SETTLE, found) else None,
        names=queries.names_of(actor, [found.asked_by, found.answered_by, found.settled_by]),
        back_url=url_for("monitoring.conflicts"),
    )
