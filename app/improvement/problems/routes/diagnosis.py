"""归因诊断 as a task page: the causes written so far, one form a cause."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import gettext as _

from app.core.casework.choices import choice
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.web import drafts
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.problems.forms.items import CauseForm
from app.improvement.problems.models import Cause, ProblemItem
from app.improvement.problems.operations import diagnosis as operations
from app.improvement.problems.queries import citing
from app.improvement.problems.queries import items as queries
from app.improvement.problems.queries.trace import trace
from app.improvement.problems.routes import item_page
from app.improvement.problems.routes.blueprints import items_bp as bp
from app.improvement.problems.words import cited_words


@bp.get("/items/<ref>/diagnosis")
@needs("problems.view_items")
def diagnosis(ref: str) -> Response:
    """The causes of the present round, and what is missing before the diagnosis is finished."""
    actor = current_actor()
    found = queries.item_for(actor, ref)
    earlier = [cause for cause in found.all_causes if cause.iteration < found.iteration]
    return page(
        "improvement/problems/diagnosis.html",
        item=found,
        cited={one.id: one for one in citing.what_causes_may_cite(actor, found)},
        causes=found.causes,
        earlier=earlier,
        facts=item_page.facts(found, trace(actor, found)),
        open=found.state in ("accepted", "diagnosing") and decide.may(actor, "problems.diagnose_item", found),
        finish=choice(actor, found, "finish_diagnosis"),
        start=choice(actor, found, "start_diagnosis"),
        back_url=found.address,
    )


@bp.get("/items/<ref>/causes/new")
@needs("problems.diagnose_item")
def new_cause(ref: str) -> Response:
    """Write a cause."""
    name = f"cause:{ref}"
    form, draft_at = drafts.opened(CauseForm, name)
    found = _diagnosed(ref)
    _offer(form, found)
    return _page(found, None, form, draft_at=draft_at)


def _offer(form: CauseForm, found: ProblemItem) -> None:
    form.offer([(one.code, cited_words(one)) for one in citing.what_causes_may_cite(current_actor(), found)])


@bp.post("/items/<ref>/causes")
@needs("problems.diagnose_item")
def add_cause(ref: str) -> Any:
    """One more cause."""
    actor, form = current_actor(), CauseForm()
    found = queries.item_for(actor, ref)
    _offer(form, found)
    if carried_out(form, lambda: operations.add_cause(actor, found, form.given())):
        drafts.forget_draft(actor, f"cause:{ref}")
        return onward(f"{found.address}/diagnosis", _("已记下一条原因"))
    return _page(queries.item_for(actor, ref), None, form, 422)


@bp.get("/items/<ref>/causes/<cause_ref>")
@needs("problems.diagnose_item")
def cause(ref: str, cause_ref: str) -> Response:
    """Put a cause in other words."""
    found = _diagnosed(ref)
    held = _cause(found, cause_ref)
    can = {True: "yes", False: "no", None: ""}[held.controllable]
    given = {name: getattr(held, name) for name in ("category", "statement", "evidence_note", "five_whys")}
    cited = next((one.code for one in citing.what_causes_may_cite(current_actor(), found) if one.id == held.cites), "")
    source = cited or (operations.OTHER if held.evidence_note else "")
    form = CauseForm(formdata=None, data=given | {"controllable": can, "source": source})
    _offer(form, found)
    return _page(found, held, form)


@bp.post("/items/<ref>/causes/<cause_ref>")
@needs("problems.diagnose_item")
def change_cause(ref: str, cause_ref: str) -> Any:
    """The new wording."""
    actor, form = current_actor(), CauseForm()
    found = queries.item_for(actor, ref)
    _cause(found, cause_ref)
    _offer(form, found)

    def change() -> None:
        given = operations.CauseChange(cause_ref, form.given(), form.version.data or 0)
        operations.change_cause(actor, found, given)

    if carried_out(form, change):
        return onward(f"{found.address}/diagnosis", _("已改好"))
    found = queries.item_for(actor, ref)
    return _page(found, _cause(found, cause_ref), form, 422)


@bp.post("/items/<ref>/causes/<cause_ref>/removal")
@needs("problems.diagnose_item")
def remove_cause(ref: str, cause_ref: str) -> Any:
    """Take a cause away while the diagnosis is being written."""
    actor = current_actor()
    found = queries.item_for(actor, ref)
    operations.remove_cause(actor, found, cause_ref)
    return onward(f"{found.address}/diagnosis", _("已删掉一条原因"))


def _diagnosed(ref: str) -> ProblemItem:
    """The item whose causes the actor writes down; who only sees it finds no such form."""
    found = queries.item_for(current_actor(), ref)
    if not decide.may(current_actor(), "problems.diagnose_item", found):
        raise NotFound("problem_item", ref)
    return found


def _cause(found: ProblemItem, ref: str) -> Cause:
    held = next((one for one in found.causes if one.ref == ref), None)
    if held is None:
        raise NotFound("cause", ref)
    return held


def _page(found: ProblemItem, held: Cause | None, form: CauseForm, status: int = 200, draft_at: str = "") -> Response:
    return page(
        "improvement/problems/forms/cause.html",
        status,
        item=found,
        cause=held,
        form=form,
        draft_url="" if held else drafts.address(f"cause:{found.ref}"),
        draft_at=draft_at,
        back_url=f"{found.address}/diagnosis",
    )
