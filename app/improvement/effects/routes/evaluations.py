"""The list of evaluations, its export, and the page of one."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.core.limits import COSTLY, throttle
from app.core.policy.actor import Actor
from app.core.web import filters
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.effects.models import EffectEvaluation
from app.improvement.effects.queries import lists, records
from app.improvement.effects.queries.lists import Wanted
from app.improvement.effects.routes import sheets
from app.improvement.effects.routes.blueprint import bp
from app.improvement.effects.routes.evaluation_page import shown
from app.improvement.effects.words import OUTCOMES
from app.improvement.monitoring.words import EVALUATION_TYPES, OBJECT_NAMES
from workflows.improvement.effect_evaluation import EFFECT_EVALUATION

VIEW = "effects.view_evaluations"


def _filters(actor: Actor) -> tuple[filters.Filter, ...]:
    states = [(state.code, word(state)) for state in EFFECT_EVALUATION.states if state.code != "data_ready"]
    return (
        filters.choice("unit", _("单位"), lists.units_with(actor, EffectEvaluation), many=True),
        filters.choice("state", _("状态"), states, many=True),
        filters.choice("outcome", _("结论"), [(c, word(w)) for c, w in OUTCOMES.items()], many=True),
        filters.choice("flag", _("只看"), [("open", _("在办")), ("overdue", _("已超期"))], many=True),
        filters.text("q", _("编号、问题、单位或拼音")),
        filters.choice("object", _("评价对象"), [(c, word(w)) for c, w in OBJECT_NAMES.items()], more=True),
        filters.choice(
            "type", _("评价类型"), [(c, word(w)) for c, w in EVALUATION_TYPES.items()], many=True, more=True
        ),
    )


def _wanted(chosen: tuple[filters.Filter, ...]) -> Wanted:
    unit, state, outcome, flag, words, whom, kind = chosen
    return Wanted(
        words.one,
        unit.chosen,
        state.chosen,
        outcome.chosen,
        flag.chosen,
        after=filters.cursor(),
        types=kind.chosen,
        object=whom.one,
        sort=filters.order_asked(lists.ORDERS[EffectEvaluation]),
    )


@bp.get("/evaluations")
@needs(VIEW)
def evaluations() -> Response:
    """Evaluations, the newest first unless told otherwise."""
    actor = current_actor()
    chosen = _filters(actor)
    wanted = _wanted(chosen)
    found = lists.rows_of(actor, EffectEvaluation, wanted)
    return page(
        "improvement/effects/evaluations.html",
        found=found,
        clocks=sheets.chips_of(found.rows),
        listing=filters.bar(chosen),
        sort=wanted.sort,
        sort_url=lambda name: filters.order_address(name, wanted.sort),
        counts=lists.counts(actor, EffectEvaluation),
        export_url=filters.same_query(url_for("effects.export_evaluations")),
        next_url=filters.address(after=found.after) if found.after else "",
        first_url=filters.address() if filters.cursor() else "",
    )


@bp.get("/evaluations.xlsx")
@needs(VIEW)
@throttle.limit(COSTLY)
def export_evaluations() -> Response:
    """What the list shows, all pages of it, as a workbook."""
    actor = current_actor()
    rows = lists.every_row(actor, EffectEvaluation, _wanted(_filters(actor)))
    return sheets.workbook_answer(sheets.evaluation_sheet(rows, lists.objects_evaluated(actor)), "effect-evaluations")


@bp.get("/evaluations/<ref>")
@needs(VIEW)
def evaluation(ref: str) -> Response:
    """One evaluation: its design, both ends, what was computed and what people made of it."""
    actor = current_actor()
    found = records.evaluation_for(actor, ref)
    context: dict[str, Any] = shown(actor, found)
    return page("improvement/effects/evaluation.html", back_url=url_for("effects.evaluations"), **context)
