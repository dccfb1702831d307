"""Pages of sources that disagree: the list, asking, answering, settling."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.web import filters
from app.core.web.current import current_actor, needs
from app.core.web.pages import page, say
from app.improvement.monitoring import operations, queries
from app.improvement.monitoring.forms.findings import AnswerForm, QuestionForm, SettlementForm
from app.improvement.monitoring.models import SourceConflict
from app.improvement.monitoring.queries import Doubts
from app.improvement.monitoring.queries.conflicts import MOST_SUSPECTS, ORDERS, SUSPECTS
from app.improvement.monitoring.routes.blueprint import bp
from app.improvement.monitoring.routes.conflict_sheets import sheet_of_conflicts, sheet_of_suspects
from app.improvement.monitoring.routes.sheets import workbook_answer
from app.improvement.monitoring.words import STANDINGS, SUBJECTS

VIEW = "monitoring.view_conflicts"
ASK, ANSWER, SETTLE = "monitoring.ask_data_owner", "monitoring.answer_conflict", "monitoring.settle_conflict"


def _filters() -> tuple[filters.Filter, ...]:
    units = [(row.ref, row.short_name) for row in queries.units_in_doubt(current_actor())]
    standings = [(code, say(words)) for code, words in STANDINGS.items()]
    return (
        filters.choice("unit", _("单位"), units, many=True),
        filters.choice("state", _("状态"), standings, many=True),
        filters.choice("subject", _("学科"), [(code, say(words)) for code, words in SUBJECTS.items()], many=True),
        filters.text("q", _("单位、指标或拼音")),
    )


def _wanted(chosen: tuple[filters.Filter, ...]) -> Doubts:
    unit, state, subject, words = chosen
    sort = request.args.get("sort", "")
    return Doubts(
        unit.chosen,
        state.chosen,
        subject.chosen,
        words.one,
        sort if sort in ORDERS else "",
        request.args.get("pairs") == "widest",
        filters.cursor(),
    )


@bp.get("/conflicts")
@needs(VIEW)
def conflicts() -> Response:
    """Those on record, and pairs of cells that look as if they disagreed."""
    actor, chosen = current_actor(), _filters()
    wanted = _wanted(chosen)
    rows, pages = filters.paged(queries.conflicts(actor, wanted))
    suspects = [] if wanted.standings else queries.suspected(actor, wanted, SUSPECTS + 1)
    return page(
        "improvement/monitoring/conflicts.html",
        rows=rows,
        pages=pages,
        listing=filters.bar(chosen),
        sort=wanted.sort,
        sort_url=lambda name: filters.address(sort=None if name == wanted.sort else name),
        widest=wanted.widest,
        widest_url=filters.address(pairs=None if wanted.widest else "widest"),
        export_url=filters.same_query(url_for("monitoring.export_conflicts")),
        suspects=suspects[:SUSPECTS],
        suspects_url=filters.same_query(url_for("monitoring.export_suspected")),
        more=len(suspects) > SUSPECTS,
        may_ask=decide.holds(actor, ASK),
        back_url=url_for("monitoring.cycles") if decide.holds(actor, "monitoring.view_cycles") else "",
    )


@bp.get("/conflicts/export")
@needs(VIEW)
@throttle.limit(COSTLY)
def export_conflicts() -> Response:
    """What the list shows, all pages, as a workbook."""
    rows = queries.every_conflict(current_actor(), _wanted(_filters()))
    return workbook_answer(sheet_of_conflicts(rows), "conflicts")


@bp.get("/conflicts/suspected/export")
@needs(ASK)
@throttle.limit(COSTLY)
def export_suspected() -> Response:
    """Every pair that looks as if it disagreed, as a workbook."""
    rows = queries.suspected(current_actor(), _wanted(_filters()), MOST_SUSPECTS)
    return workbook_answer(sheet_of_suspects(rows), "conflicts-suspected")


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
