"""Planning a visit: to which school, then kind, day, scope, items and lead."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.errors import NotFound
from app.core.web import drafts
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.visits.forms.planning import VisitForm
from app.improvement.visits.models import SupervisionVisit
from app.improvement.visits.operations import planning as operations
from app.improvement.visits.queries import choosing, visits
from app.improvement.visits.routes.blueprint import bp
from app.improvement.visits.words import rotation_words
from app.people.directory.models import Unit

PLAN = "visits.plan_visit"


@bp.get("/visits/new")
@needs(PLAN)
def choose_school() -> Response:
    """To which school: the ones the actor may plan a visit to."""
    entry = request.args.get("entry", "")[:16]
    return page("improvement/visits/choose_school.html", schools=choosing.schools(current_actor()), entry=entry)


@bp.get("/visits/new/<school>")
@needs(PLAN)
def new_visit(school: str) -> Response:
    """Plan a visit to one school; its open items are ticked."""
    unit = _school(school)
    form, draft_at = drafts.opened(VisitForm, f"visit:{school}")
    if not draft_at:
        _prefill(form, unit, request.args.get("entry", ""))
    return _form_page(form, unit, draft_at=draft_at)


def _prefill(form: VisitForm, unit: Unit, entry_ref: str) -> None:
    items = choosing.items_of(current_actor(), unit.id)
    form.items.data = [item.ref for item in items if item.state != "closed"]
    form.focus.data = "school"
    entry = next((one for one in choosing.entries_for(current_actor(), unit.id) if one.ref == entry_ref), None)
    if entry is not None:
        form.entry.data, form.kind.data, form.scope.data = entry.ref, entry.kind, entry.title
        form.visit_on.data = max(entry.from_on, clock.today())


@bp.post("/visits/new/<school>")
@needs(PLAN)
def plan_visit(school: str) -> Any:
    """Keep it as a draft."""
    actor, form, unit = current_actor(), VisitForm(), _school(school)
    given = _offer(form, unit)
    assert unit.county_id is not None
    place, made = operations.VisitPlace(unit.county_id, unit.id, unit.id), list[SupervisionVisit]()
    if carried_out(form, lambda: made.append(operations.plan_visit(actor, place, form.given(*given)))):
        drafts.forget_draft(actor, f"visit:{school}")
        return onward(made[0].address, _("已安排，请确定视导组，再通知学校"))
    return _form_page(form, _school(school), status=422)


@bp.get("/visits/<ref>/plan")
@needs(PLAN)
def plan_form(ref: str) -> Response:
    """Change the plan of a draft."""
    found = visits.visit_for(current_actor(), ref)
    form = VisitForm(formdata=None, obj=found)
    people = {one.id: one.ref for one in choosing.candidates(current_actor()) if one.role == "inspector"}
    form.lead.data = people.get(found.owner_id)
    form.entry.data = found.entry.ref if found.entry else None
    form.items.data = [line.item.ref for line in found.lines if line.item is not None]
    form.points.data = "\n".join(line.title for line in found.lines if line.item_id is None and line.node_id is None)
    return _form_page(form, found.unit, found)


@bp.post("/visits/<ref>/plan")
@needs(PLAN)
def edit_visit(ref: str) -> Any:
    """Keep the change."""
    actor, form = current_actor(), VisitForm()
    found = visits.visit_for(actor, ref)
    given = _offer(form, found.unit)
    if carried_out(form, lambda: operations.edit_visit(actor, found, form.given(*given))):
        return onward(found.address, _("已保存"))
    found = visits.visit_for(actor, ref)
    return _form_page(form, found.unit, found, status=422)


def _school(ref: str) -> Unit:
    unit = choosing.place_of(current_actor(), ref)
    if unit is None:
        raise NotFound("school", ref)
    return unit


def _offer(form: VisitForm, unit: Unit) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    actor = current_actor()
    leads = [one for one in choosing.candidates(actor, unit.id) if one.role == "inspector"]
    entries, items = choosing.entries_for(actor, unit.id), choosing.items_of(actor, unit.id)
    away, again = _("（要回避）"), _("（已销号，看有没有复发）")
    form.offer(
        [(one.ref, f"{one.name}{away if one.has_interest else ''}") for one in leads],
        [(one.ref, f"{one.label} {one.from_on:%m-%d} – {one.to_on:%m-%d}") for one in entries],
        [(one.ref, f"{one.label}{again if one.state == 'closed' else ''}") for one in items],
    )
    return tuple({one.ref: one.id for one in rows} for rows in (leads, entries, items))  # type: ignore[return-value]


def _form_page(
    form: VisitForm, unit: Unit, found: SupervisionVisit | None = None, status: int = 200, draft_at: str = ""
) -> Response:
    _offer(form, unit)
    address = found.address + "/plan" if found is not None else url_for("visits.plan_visit", school=unit.ref)
    return page(
        "improvement/visits/visit_form.html",
        status,
        form=form,
        unit=unit,
        visit=found,
        rotation=rotation_words(),
        action=address,
        draft_url="" if found else drafts.address(f"visit:{unit.ref}"),
        draft_at=draft_at,
    )
