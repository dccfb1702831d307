"""Staff: the list, one person, adding and changing, leaving, handing work over."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.audit import trail
from app.core.errors import Invalid, NotFound
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.policy.roles import ROLES
from app.core.spreadsheets import Head
from app.core.web import filters
from app.core.web.current import current_actor, needs
from app.core.web.pages import page, say
from app.people.directory import operations, queries
from app.people.directory.forms import HandOverForm, LeaveForm, PersonForm, refuse
from app.people.directory.operations import HandOverIn
from app.people.directory.operations.duties import WITH_SCHOOLS
from app.people.directory.queries import StaffFilter
from app.people.directory.queries.people import PAGE
from app.people.directory.routes.blueprint import bp, workbook
from app.people.directory.words import DUTIES, SUBJECTS
from app.people.identity.routes import browser

MOST_EXPORTED = 20_000


def _chosen() -> tuple[tuple[filters.Filter, ...], StaffFilter]:
    actor = current_actor()
    kinds = ("leading_group", "leading_group_office", "guidance_group", "assessment_group", "department",
             "school_district", "school")  # fmt: skip
    units = queries.units_within(actor, "people.view_staff", kinds)
    chosen = (
        filters.text("q", _("姓名、拼音或工号")),
        filters.choice("role", _("岗位"), [(code, say(role)) for code, role in ROLES.items()], many=True),
        filters.choice(
            "unit", _("单位"), [(unit.ref, unit.short_name) for unit in units], many=True, more=len(units) > 12
        ),
        filters.choice("left", _("已离任的"), [("yes", _("只看已离任"))], more=True),
    )
    words, role, unit, left = chosen
    wanted = StaffFilter(words.one, unit.chosen, role.chosen, left.one == "yes", request.args.get("after", ""))
    return chosen, wanted


@bp.get("/staff")
@needs("people.view_staff")
def staff() -> Response:
    """The list, by pinyin."""
    actor, (chosen, wanted) = current_actor(), _chosen()
    found = queries.staff(actor, wanted)
    after = found[PAGE - 1][0].ref if len(found) > PAGE else ""
    return page(
        "people/directory/staff.html",
        people=found[:PAGE],
        total=queries.staff_count(actor, wanted),
        listing=filters.bar(chosen),
        roles=ROLES,
        left=wanted.left,
        may_add=queries.units_within(actor, "people.manage_staff")
        if decide.holds(actor, "people.manage_staff")
        else [],
        next_url=filters.address(after=after) if after else "",
        first_url=filters.address() if wanted.after else "",
    )


@bp.post("/staff/export")
@needs("people.view_staff")
@browser.fresh
@throttle.limit(COSTLY)
def export_staff() -> Response:
    """The list as it is filtered, as a workbook; numbers of phones stay sealed (security 17, 53)."""
    actor = current_actor()
    found = queries.staff(actor, _chosen()[1], MOST_EXPORTED)
    trail.saw(actor, None, "staff.export", [person.ref for person, _roles in found])
    heads = [Head(_("姓名"), 12), Head(_("工号"), 14), Head(_("单位"), 30), Head(_("岗位"), 36), Head(_("邮箱"), 28)]
    rows = (
        (p.name, p.staff_no, p.unit.name, "、".join(say(ROLES[code]) for code in codes if code in ROLES), p.email or "")
        for p, codes in found
    )
    return workbook(_("教职工"), heads, rows)


@bp.get("/staff/new")
@needs("people.manage_staff")
def new_person() -> Response:
    """Somebody new at a unit."""
    return _form_page(PersonForm(), _unit(), None)


def _unit() -> Any:
    found = queries.unit_for(current_actor(), request.args.get("unit", ""))
    if not decide.may(current_actor(), "people.manage_staff", found):
        raise NotFound("unit", found.ref)
    return found


def _form_page(form: PersonForm, unit: Any, person: Any, status: int = 200) -> Response:
    back = url_for("directory.person", ref=person.ref) if person else url_for("directory.staff")
    return page("people/directory/person_form.html", status, form=form, unit=unit, person=person, back_url=back)


@bp.post("/staff/new")
@needs("people.manage_staff")
def add_person() -> Any:
    """Add them."""
    unit, form = _unit(), PersonForm()
    if not form.validate():
        return _form_page(form, unit, None, 422)
    try:
        made = operations.add_person(current_actor(), unit, form.given())
    except Invalid as invalid:
        refuse(form, invalid)
        return _form_page(form, _unit(), None, 422)
    flash(_("%(name)s 已登记", name=made.name))
    return redirect(url_for("directory.person", ref=made.ref), 303)


@bp.get("/staff/<ref>")
@needs("people.view_staff")
def person(ref: str) -> Response:
    """One member of staff: facts, roles and duties with their dates, what waits in their hands."""
    actor = current_actor()
    found = queries.person_for(actor, ref)
    records, assignments, duties = queries.open_work(actor, found)
    rights = ("manage_staff", "hand_over", "request_role", "assign_schools")
    held = queries.roles_of(actor, found)
    return page(
        "people/directory/person.html",
        person=found,
        held=held,
        schools=queries.schools_of(actor, held.roles),
        with_schools=WITH_SCHOOLS,
        records=records,
        assignments=assignments,
        duties=duties,
        roles=ROLES,
        duty_words=DUTIES,
        subjects=SUBJECTS,
        today=clock.today(),
        may={right: decide.may(actor, f"people.{right}", found) for right in rights},
        back_url=url_for("directory.staff"),
    )


def _managed(ref: str, right: str = "people.manage_staff") -> Any:
    found = queries.person_for(current_actor(), ref, right)
    if found.left_on is not None:
        raise NotFound("person", ref)
    return found


@bp.get("/staff/<ref>/edit")
@needs("people.manage_staff")
def edit_person(ref: str) -> Response:
    """Correct what is kept."""
    found = _managed(ref)
    return _form_page(PersonForm(obj=found), found.unit, found)


@bp.post("/staff/<ref>/edit")
@needs("people.manage_staff")
def change_person(ref: str) -> Any:
    """Keep the change."""
    found, form = _managed(ref), PersonForm()
    if not form.validate():
        return _form_page(form, found.unit, found, 422)
    try:
        operations.change_person(current_actor(), found, form.given())
    except Invalid as invalid:
        refuse(form, invalid)
        again = _managed(ref)
        return _form_page(form, again.unit, again, 422)
    flash(_("已保存"))
    return redirect(url_for("directory.person", ref=ref), 303)


@bp.get("/staff/<ref>/leave")
@needs("people.manage_staff")
def ask_leave(ref: str) -> Response:
    """When and why somebody leaves."""
    found = _managed(ref)
    return _leave_page(found, LeaveForm(data={"version": found.version, "left_on": clock.today()}))


def _leave_page(found: Any, form: LeaveForm, status: int = 200) -> Response:
    back = url_for("directory.person", ref=found.ref)
    return page("people/directory/person_leave.html", status, person=found, form=form, back_url=back)


@bp.post("/staff/<ref>/leave")
@needs("people.manage_staff")
def leave(ref: str) -> Any:
    """They leave."""
    found, form = _managed(ref), LeaveForm()
    if not form.validate():
        return _leave_page(found, form, 422)
    try:
        operations.leave(current_actor(), found, form.given())
    except Invalid as invalid:
        refuse(form, invalid)
        return _leave_page(_managed(ref), form, 422)
    flash(_("已登记离任"))
    return redirect(url_for("directory.person", ref=ref), 303)


@bp.get("/staff/<ref>/hand-over")
@needs("people.hand_over")
def ask_hand_over(ref: str) -> Response:
    """To whom everything open goes."""
    found = _managed(ref, "people.hand_over")
    return _hand_over_page(found, HandOverForm(data={"version": found.version}))


def _hand_over_page(found: Any, form: HandOverForm, status: int = 200) -> Response:
    actor = current_actor()
    records, assignments, duties = queries.open_work(actor, found)
    return page(
        "people/directory/hand_over.html",
        status,
        person=found,
        form=form.offer(queries.successors(actor, found)),
        records=records,
        assignments=assignments,
        duties=duties,
        back_url=url_for("directory.person", ref=found.ref),
    )


@bp.post("/staff/<ref>/hand-over")
@needs("people.hand_over")
def hand_over(ref: str) -> Any:
    """Move it."""
    actor, found = current_actor(), _managed(ref, "people.hand_over")
    people = queries.successors(actor, found)
    form = HandOverForm().offer(people)
    if not form.validate():
        return _hand_over_page(found, form, 422)
    successor = next(each for each in people if each.ref == form.successor.data)
    given = HandOverIn(successor, form.reason.data, form.duties.data, form.version.data)
    try:
        moved = operations.hand_over(actor, found, given)
    except Invalid as invalid:
        refuse(form, invalid)
        return _hand_over_page(_managed(ref, "people.hand_over"), form, 422)
    count = moved.records + moved.assignments + moved.duties
    flash(_("%(n)s 件已移交给 %(name)s", n=count, name=successor.name))
    return redirect(url_for("directory.person", ref=ref), 303)
