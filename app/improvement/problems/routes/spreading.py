"""A line of a draft for all units of one type: first to whom, then done."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.core.errors import Invalid, NotFound
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.forms import offered
from app.core.web.pages import page
from app.improvement.problems.forms.lists import SpreadForm
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations import spreading as operations
from app.improvement.problems.queries import items as item_queries
from app.improvement.problems.queries import lists as queries
from app.improvement.problems.queries.spreading import receivers
from app.improvement.problems.routes import list_page
from app.improvement.problems.routes.blueprints import lists_bp as bp
from app.people.directory.words import ADDRESSEES

FIRST = next(iter(ADDRESSEES))


@bp.get("/items/<ref>/spread")
@needs("problems.edit_item")
def spread(ref: str) -> Response:
    """Choose the type and see to whom it goes."""
    found = _line(ref)
    form = SpreadForm(formdata=None, version=found.version)
    chosen = request.args.get("addressee", "")
    form.addressee.data = chosen if chosen in ADDRESSEES else FIRST
    return _page(found, form)


@bp.post("/items/<ref>/spread")
@needs("problems.edit_item")
def spread_line(ref: str) -> Any:
    """A line for each of them."""
    actor, form, found = current_actor(), SpreadForm(), _line(ref)
    _offer(form)
    address, made = found.problem_list.address, list[int]()
    if carried_out(form, lambda: made.append(operations.spread_item(actor, found, form.given()))):
        return onward(address, _("已列入 %(n)s 个单位", n=made[0]))
    return _page(item_queries.item_for(actor, ref), form, 422)


def _line(ref: str) -> ProblemItem:
    """A line of a list that the actor drafts and that is open. Raises NotFound, Invalid."""
    actor = current_actor()
    found = item_queries.item_for(actor, ref)
    if not list_page.may_draft(actor, queries.list_for(actor, found.problem_list.ref)):
        raise NotFound("problem_item", ref)
    refusal = operations.may_spread(found)
    if refusal is not None:
        raise Invalid("", refusal)
    return found


def _offer(form: SpreadForm) -> None:
    form.addressee.choices = offered([(code, word(said)) for code, said in ADDRESSEES.items()])


def _page(found: ProblemItem, form: SpreadForm, status: int = 200) -> Response:
    _offer(form)
    chosen = form.addressee.data if form.addressee.data in ADDRESSEES else FIRST
    return page(
        "improvement/problems/forms/spread.html", status, item=found, form=form, chosen=chosen,
        chosen_word=ADDRESSEES[chosen], types=list(ADDRESSEES.items()),
        receivers=receivers(current_actor(), found, chosen), address=url_for("problem_lists.spread", ref=found.ref),
        back_url=found.problem_list.address,
    )  # fmt: skip
