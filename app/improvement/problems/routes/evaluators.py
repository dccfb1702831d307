"""Opening an item to an outside evaluator."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.core.policy.actor import Actor
from app.core.web.answers import carried_out, onward
from app.core.web.chips import long_date
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.problems.forms.items import EvaluatorForm, Ids
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations import evaluators
from app.improvement.problems.queries import items as queries
from app.improvement.problems.queries import people
from app.improvement.problems.routes.blueprints import items_bp as bp

RIGHT = "problems.name_evaluator"


def _named(row: Any) -> str:
    """The name, and until when the contract runs."""
    if row.to_on is None:
        return str(row.name)
    return str(_("%(name)s（合同到 %(day)s）", name=row.name, day=long_date(row.to_on)))


def _offer(actor: Actor, form: EvaluatorForm) -> Ids:
    rows = people.outside_evaluators(actor)
    form.offer([(row.ref, _named(row)) for row in rows])
    return {row.ref: row.person_id for row in rows}


@bp.get("/items/<ref>/evaluator")
@needs(RIGHT)
def evaluator(ref: str) -> Response:
    """Choose the evaluator and the last day."""
    actor, form = current_actor(), EvaluatorForm(formdata=None)
    found = queries.item_for(actor, ref)
    _offer(actor, form)
    return _shown(found, form)


@bp.post("/items/<ref>/evaluator")
@needs(RIGHT)
def name_evaluator(ref: str) -> Any:
    """The item is open to the evaluator from now on."""
    actor, form = current_actor(), EvaluatorForm()
    found = queries.item_for(actor, ref)
    ids = _offer(actor, form)
    if carried_out(form, lambda: evaluators.name_evaluator(actor, found, form.given(ids))):
        return onward(found.address, _("第三方评估员现在看得到这一项和它的方案、佐证、评价"))
    return _shown(queries.item_for(actor, ref), form, 422)


def _shown(found: ProblemItem, form: EvaluatorForm, status: int = 200) -> Response:
    return page(
        "improvement/problems/forms/evaluator.html", status, item=found, form=form, back_url=found.address,
        action=url_for("problem_items.name_evaluator", ref=found.ref),
    )  # fmt: skip
