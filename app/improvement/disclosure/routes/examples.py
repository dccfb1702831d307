"""Pages of examples for other schools: the published ones of the county, one of them, taking it up, giving it up."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.core.policy import decide
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.disclosure.forms.adoptions import AdoptionEndForm, AdoptionForm
from app.improvement.disclosure.operations import adoptions as operations
from app.improvement.disclosure.queries import adoptions as queries
from app.improvement.disclosure.routes.blueprint import examples_bp as bp
from app.improvement.disclosure.words import SCENARIOS

READ, ADOPT, END = queries.READ, queries.ADOPT, queries.END


@bp.get("/examples")
@needs(READ)
def index() -> Response:
    """Published examples of the county, the newest first."""
    actor, after = current_actor(), request.args.get("after", "")
    scenario = filters.choice("scenario", _("应用场景"), [(code, word(one)) for code, one in SCENARIOS.items()])
    rows = queries.examples(actor, scenario.one, after)
    more, rows = len(rows) > queries.PAGE, rows[: queries.PAGE]
    return page(
        "improvement/disclosure/examples.html",
        rows=rows,
        listing=filters.bar([scenario]),
        may_adopt=decide.holds(actor, ADOPT),
        next_url=filters.address(after=rows[-1].page.ref) if more else "",
        first_url=filters.address() if after else "",
    )


@bp.get("/examples/<ref>")
@needs(READ)
def show(ref: str) -> Response:
    """One example as everybody reads it, and what one's own school does with it."""
    actor = current_actor()
    found = queries.example_for(actor, ref)
    own = queries.own_adoption(actor, found)
    foreign = found.is_open and own is None and found.unit_id != actor.unit_id
    return page(
        "improvement/disclosure/example.html",
        example=found,
        content=found.content,
        own=own,
        may_adopt=foreign and decide.may(actor, ADOPT, found),
        may_end=own is not None and decide.may(actor, END, own),
        adopters=queries.adopters_of(actor, found.record_id) if queries.sees_adopters(actor, found) else None,
        back_url=url_for("examples.index"),
    )


@bp.get("/examples/<ref>/adoption")
@needs(ADOPT)
def ask(ref: str) -> Response:
    """Say what is taken up."""
    found = queries.example_for(current_actor(), ref)
    return _form_page(found, AdoptionForm(formdata=None), url_for("examples.adopt", ref=ref), _("登记借鉴"))


@bp.post("/examples/<ref>/adoption")
@needs(ADOPT)
def adopt(ref: str) -> Any:
    """Keep it."""
    actor, form = current_actor(), AdoptionForm()
    found = queries.example_for(actor, ref)
    assert actor.county_id is not None and actor.unit_id is not None
    place = operations.AdoptionPlace(actor.county_id, actor.unit_id, actor.school_id)
    if carried_out(form, lambda: operations.adopt_example(actor, place, form.given(found))):
        return onward(url_for("examples.show", ref=ref), _("已登记，案例单位和办公室能看到"))
    return _form_page(found, form, url_for("examples.adopt", ref=ref), _("登记借鉴"), 422)


@bp.get("/adoptions/<ref>/end")
@needs(END)
def ask_end(ref: str) -> Response:
    """Say why it is given up."""
    taken = queries.adoption_for(current_actor(), ref)
    form = AdoptionEndForm(formdata=None, version=taken.version)
    return _form_page(taken.page, form, url_for("examples.end", ref=ref), _("不再借鉴"))


@bp.post("/adoptions/<ref>/end")
@needs(END)
def end(ref: str) -> Any:
    """Give it up."""
    actor, form = current_actor(), AdoptionEndForm()
    taken = queries.adoption_for(actor, ref)
    if carried_out(form, lambda: operations.end_adoption(actor, taken, form.given())):
        return onward(url_for("examples.show", ref=taken.page.ref), _("已登记不再借鉴"))
    return _form_page(taken.page, form, url_for("examples.end", ref=ref), _("不再借鉴"), 422)


def _form_page(found: Any, form: Any, action: str, heading: str, status: int = 200) -> Response:
    return page(
        "improvement/disclosure/adoption_form.html",
        status,
        example=found,
        form=form,
        action=action,
        heading=heading,
        back_url=url_for("examples.show", ref=found.ref),
    )
