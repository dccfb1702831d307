"""The yearly list: its entries, the programme of one, and what the office does to them."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.policy import decide
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.inspection import queries as inspection
from app.improvement.visits import beside
from app.improvement.visits.forms.planning import EntryForm, ReasonForm
from app.improvement.visits.models import SupervisionEntry
from app.improvement.visits.numbers import visit_numbers
from app.improvement.visits.operations import programme as operations
from app.improvement.visits.queries import choosing, programme
from app.improvement.visits.queries.visits import SCHOOL_ROLES, under
from app.improvement.visits.routes.blueprint import programme_bp as bp

VIEW, MANAGE = "visits.view_list", "visits.manage_list"


@bp.get("/visit-programme")
@needs(VIEW)
def index() -> Response:
    """The entries of one year with planned and done, and the routine visits of each school this term."""
    actor = current_actor()
    years = programme.years(actor)
    wanted = request.args.get("year", "")
    year = int(wanted) if wanted in {str(one) for one in years} else clock.today().year
    rows = programme.entries(actor, year)
    return page(
        "improvement/visits/programme.html",
        year=year,
        years=years,
        rows=rows,
        parts=beside.parts(actor, beside.OF_THE_LIST, under(actor, [row.entry.id for row in rows])) if rows else [],
        coverage=[] if actor.role in SCHOOL_ROLES else programme.coverage(actor),
        mine=programme.counted_schools(actor) is not None,
        per_term=visit_numbers().routine_per_term,
        may_manage=decide.holds(actor, MANAGE),
    )


@bp.get("/visit-programme/new")
@needs(MANAGE)
def new_entry() -> Response:
    """Put a visit on the list."""
    return _form_page(EntryForm(formdata=None, planned_count=1))


@bp.post("/visit-programme/new")
@needs(MANAGE)
def add_entry() -> Any:
    """Keep it."""
    actor, form = current_actor(), EntryForm()
    schools = _offer(form)
    assert actor.county_id is not None
    place, made = operations.ListPlace(actor.county_id), list[SupervisionEntry]()
    if carried_out(form, lambda: made.append(operations.add_entry(actor, place, form.given(schools)))):
        return onward(made[0].address, _("已列入年度督导清单"))
    return _form_page(form, status=422)


@bp.get("/visit-programme/<ref>")
@needs(VIEW)
def entry(ref: str) -> Response:
    """The programme of one entry: each school with its visits."""
    actor = current_actor()
    found = programme.entry_for(actor, ref)
    rows = programme.programme(actor, found)
    return page(
        "improvement/visits/entry.html",
        entry=found,
        rows=rows,
        opened=decide.among(actor, "visits.view_visits", [visit for _unit, held, _told in rows for visit in held]),
        branches=_named(found),
        parts=beside.parts(actor, beside.OF_THE_LIST, under(actor, [found.id])),
        may_manage=found.withdrawn_on is None and decide.may(actor, MANAGE, found),
        may_plan={unit.ref for unit in choosing.schools(actor)} if found.withdrawn_on is None else set(),
    )


@bp.get("/visit-programme/<ref>/edit")
@needs(MANAGE)
def entry_form(ref: str) -> Response:
    """Change an entry."""
    found = programme.entry_for(current_actor(), ref)
    form = EntryForm(formdata=None, obj=found)
    ids = {str(unit.id): unit.ref for unit in choosing.county_schools(current_actor())}
    form.schools.data = [ids[one] for one in found.schools if one in ids]
    return _form_page(form, found)


@bp.post("/visit-programme/<ref>/edit")
@needs(MANAGE)
def edit_entry(ref: str) -> Any:
    """Keep the change."""
    actor, form = current_actor(), EntryForm()
    found = programme.entry_for(actor, ref)
    schools = _offer(form)
    if carried_out(form, lambda: operations.edit_entry(actor, found, form.given(schools))):
        return onward(found.address, _("已保存"))
    return _form_page(form, programme.entry_for(actor, ref), 422)


@bp.get("/visit-programme/<ref>/withdrawal")
@needs(MANAGE)
def withdrawal(ref: str) -> Response:
    """Take an entry off the list, with the reason."""
    return _withdrawal_page(programme.entry_for(current_actor(), ref), ReasonForm(formdata=None))


@bp.post("/visit-programme/<ref>/withdrawal")
@needs(MANAGE)
def withdraw_entry(ref: str) -> Any:
    """Do it."""
    actor, form = current_actor(), ReasonForm()
    found = programme.entry_for(actor, ref)
    if carried_out(form, lambda: operations.withdraw_entry(actor, found, form.withdrawal())):
        return onward(found.address, _("已从清单撤下"))
    return _withdrawal_page(programme.entry_for(actor, ref), form, 422)


def _named(found: SupervisionEntry) -> list[str]:
    """The chosen branches with their titles, as far as they are in force."""
    titles = {one.number: one.label for one in inspection.branches(current_actor())} if found.branches else {}
    return [titles.get(number, number) for number in found.branches]


def _offer(form: EntryForm) -> dict[str, Any]:
    units = choosing.county_schools(current_actor())
    branches = [(one.number, f"{'　' * (one.level - 1)}{one.label}") for one in inspection.branches(current_actor())]
    form.offer([(unit.ref, unit.short_name) for unit in units], branches, inspection.topics(current_actor()))
    return {unit.ref: unit.id for unit in units}


def _form_page(form: EntryForm, found: SupervisionEntry | None = None, status: int = 200) -> Response:
    _offer(form)
    action = url_for("visit_programme.edit_entry", ref=found.ref) if found else url_for("visit_programme.add_entry")
    return page("improvement/visits/entry_form.html", status, form=form, entry=found, action=action)


def _withdrawal_page(found: SupervisionEntry, form: ReasonForm, status: int = 200) -> Response:
    return page(
        "improvement/visits/step.html",
        status,
        crumbs=[(_("年度督导清单"), url_for("visit_programme.index")), (found.number, found.address), (_("撤下"), "")],
        heading=found.title,
        meta=[found.number],
        title=_("从清单撤下这一条？"),
        consequence=_("还没有通知学校的视导不能再引用它；已通知的照常进行。"),
        verb=_("撤下"),
        keep=_("先不撤"),
        form=form,
        action=url_for("visit_programme.withdraw_entry", ref=found.ref),
        version=found.version,
        missing=(),
        danger=True,
        back_url=found.address,
    )
