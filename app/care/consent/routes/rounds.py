"""The school's rounds: the list, a new one, one with its classes."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.care.consent.forms.rounds import RoundForm
from app.care.consent.operations import rounds as operations
from app.care.consent.operations.rounds import SchoolPlace
from app.care.consent.queries import rounds as queries
from app.care.consent.routes.blueprint import consents_bp as bp
from app.core.policy import decide
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.people.directory.words import grade_name

ASK = "consent.ask_consent"


@bp.get("/consents")
@needs(queries.VIEW)
def index() -> Response:
    """Rounds of the school, the newest first; a class teacher goes on to the own class."""
    actor = current_actor()
    rows, pages = filters.paged(queries.rounds(actor, filters.cursor()))
    return page(
        "care/consent/rounds.html",
        rows=rows,
        pages=pages,
        groups=queries.own_classes(actor) if decide.holds(actor, "consent.issue_codes") else (),
        may_ask=decide.holds(actor, ASK),
    )


@bp.get("/consents/new")
@needs(ASK)
def new() -> Response:
    """Begin one."""
    form = RoundForm(formdata=None)
    return _form_page(form)


@bp.post("/consents")
@needs(ASK)
def send() -> Any:
    """Ask everybody in the grades."""
    actor, form, made = current_actor(), RoundForm(), []
    _offer(form)
    assert actor.county_id is not None and actor.school_id is not None
    place = SchoolPlace(actor.county_id, actor.school_id)
    if carried_out(form, lambda: made.append(operations.send_round(actor, place, form.given()))):
        return onward(made[0].address, _("已发出。下一步：把个人码条发给家长"))
    return _form_page(form, 422)


def _offer(form: RoundForm) -> None:
    form.offer([(grade, word(grade_name(grade))) for grade in queries.grades_of(current_actor())])


def _form_page(form: RoundForm, status: int = 200) -> Response:
    _offer(form)
    return page(
        "care/consent/round_form.html",
        status,
        form=form,
        action=url_for("consents.send"),
        back_url=url_for("consents.index"),
    )


@bp.get("/consents/<ref>")
@needs(queries.VIEW)
def show(ref: str) -> Response:
    """One round: per class how many take part, and how many have not answered."""
    actor = current_actor()
    found = queries.round_for(actor, ref)
    rows = queries.by_class(actor, found)
    total = {name: sum(getattr(row, name) for row in rows) for name in ("asked", "inside", "waiting", "outside")}
    return page("care/consent/round.html", round=found, rows=rows, total=total)
