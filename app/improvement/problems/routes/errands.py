"""What other units handed to one's own for help: the list, one with what has to be known, and giving it back."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.core.policy import decide
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.problems.forms.items import GiveBackForm
from app.improvement.problems.models import ItemErrand
from app.improvement.problems.operations import hand_offs as operations
from app.improvement.problems.queries import errands as queries
from app.improvement.problems.queries import items
from app.improvement.problems.queries.errands import GIVE_BACK, VIEW
from app.improvement.problems.routes.blueprints import items_bp as bp


@bp.get("/hand-offs")
@needs(VIEW)
def errands() -> Response:
    """What lies with one's own unit, what was promised first on top."""
    rows, pages = filters.paged(queries.errands(current_actor(), filters.cursor()))
    return page("improvement/problems/errands.html", rows=rows, pages=pages)


@bp.get("/hand-offs/<ref>")
@needs(VIEW)
def errand(ref: str) -> Response:
    """One: the problem, what is asked, until when; and giving it back."""
    return _page(queries.errand_for(current_actor(), ref), GiveBackForm(formdata=None))


@bp.post("/hand-offs/<ref>")
@needs(GIVE_BACK)
def give_back(ref: str) -> Any:
    """Back to the responsible unit, with what was done."""
    actor, form = current_actor(), GiveBackForm()
    found = queries.errand_for(actor, ref, GIVE_BACK)
    if carried_out(form, lambda: operations.give_back(actor, found, form.given())):
        return onward(url_for("problem_items.errands"), _("已交回责任单位"))
    return _page(queries.errand_for(actor, ref), form, 422)


def _page(found: ItemErrand, form: GiveBackForm, status: int = 200) -> Response:
    actor = current_actor()
    return page(
        "improvement/problems/errand.html", status, errand=found, form=form,
        item_url=items.address_of(actor, found.item_id), may_give_back=decide.may(actor, GIVE_BACK, found),
        back_url=url_for("problem_items.errands"),
    )  # fmt: skip
