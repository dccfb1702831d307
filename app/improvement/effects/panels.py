"""What effects show on the page of a problem item: the evaluation, the closure request, the recheck, and their buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select

from app.core.casework.together import Asking, side_by_side
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web.first_page import Heap
from app.improvement.effects.models import ClosureRequest, EffectEvaluation, Recheck
from app.improvement.effects.queries import opinions, records, visiting
from app.improvement.effects.routes.evaluation_page import value_type_of
from app.improvement.effects.visiting import Followed, effect_of
from app.improvement.effects.words import (
    LOOKS,
    OPINION_LOOKS,
    OPINIONS,
    OUTCOMES,
    change_words,
    interval_words,
    percent,
)
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.panels import Panel
from app.improvement.visits.words import ANSWERS, BECOMES

LATE_STATES = ("implementing", "evaluating", "pending_closure", "closed", "reopened", "suspended")


def effects_panel(actor: Actor, item: ProblemItem) -> Asking[Panel | None]:
    """The newest evaluation, request and recheck of the item; None before there is one."""
    if item.state not in LATE_STATES:
        return None
    evaluation, closure, recheck, voices = yield from side_by_side(
        _seen(actor, EffectEvaluation, item, "effects.view_evaluations"),
        _seen(actor, ClosureRequest, item, "effects.view_closures"),
        _seen(actor, Recheck, item, "effects.view_closures"),
        opinions.newest_of_item(actor, item),
    )
    if evaluation is None and closure is None and recheck is None:
        return None
    return Panel(
        "improvement/effects/_item_effects.html",
        {
            "evaluation": evaluation,
            "closure": closure,
            "recheck": recheck,
            "voices": voices,
            "opinion_words": OPINIONS,
            "opinion_looks": OPINION_LOOKS,
            "kind": value_type_of(evaluation) if evaluation is not None else "mean",
        },
        order=30,
    )


def opinions_heap(actor: Actor) -> Heap | None:
    """Outcomes of assigned items that wait for an outside evaluator's opinion; None where there is none."""
    if not decide.holds(actor, opinions.GIVE):
        return None
    number = opinions.waiting(actor)
    return (
        Heap(_("待写评估意见的成效评价"), number, url_for("effects.evaluations", state="computed")) if number else None
    )


def visit_effect(actor: Actor, visits: Select[Any]) -> Panel | None:
    """督导问效 on the page of a visit: each problem and how far it came; None before the feedback is out."""
    rows = visiting.followed(actor, visits)
    return Panel("improvement/effects/_visit_effect.html", _told(rows, rows), "main", 40) if rows else None


def programme_effect(actor: Actor, visits: Select[Any]) -> Panel | None:
    """The same for many visits: counts of the whole, no school beside another."""
    rows = visiting.followed(actor, visits)
    return Panel("improvement/effects/_visit_effect.html", _told(rows, ()), "main", 40) if rows else None


def _told(rows: Sequence[Followed], shown: Sequence[Followed]) -> dict[str, Any]:
    tables = {"outcome": OUTCOMES, "look": LOOKS, "becomes": BECOMES, "answer": ANSWERS}
    return {"effect": effect_of(rows), "rows": shown, "tables": tables, "percent": percent,
            "change_words": change_words, "interval_words": interval_words}  # fmt: skip


def _seen(actor: Actor, model: Any, item: ProblemItem, right: str) -> Asking[Any]:
    return (yield from records.newest(actor, model, item)) if decide.holds(actor, right) else None


def effects_offers(actor: Actor, item: ProblemItem) -> Asking[Sequence[Mapping[str, Any]]]:
    """Drawing up the request once the item waits for closure, or going on with the one that is open."""
    if item.state != "pending_closure" or not decide.may(actor, "effects.draft_closure", item):
        return ()
    closure = yield from records.newest(actor, ClosureRequest, item)
    if closure is None or closure.state in ("rejected", "withdrawn", "closed"):
        return (
            {"label": _("起草销号申请"), "url": url_for("effects.new_closure", ref=item.ref), "icon": "rubber-stamp"},
        )
    if closure.state in ("draft", "returned"):
        return ({"label": _("接着办销号申请"), "url": closure.address, "icon": "rubber-stamp"},)
    return ()
