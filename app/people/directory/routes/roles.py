"""Wishes of a unit for roles and deputies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.errors import Invalid, NotFound
from app.core.policy import decide
from app.core.policy.roles import ROLES
from app.core.web.current import current_actor, needs
from app.core.web.pages import page, say
from app.people.directory import operations, queries
from app.people.directory.forms import RoleForm, SchoolsForm, StandInForm, refuse
from app.people.directory.operations import RoleWish, SchoolsIn, StandInWish
from app.people.directory.operations.duties import WITH_SCHOOLS
from app.people.directory.operations.requests import roles_at
from app.people.directory.routes.blueprint import bp


def _place(ref: str, right: str) -> Any:
    found = queries.unit_for(current_actor(), ref)
    if not decide.may(current_actor(), right, found):
        raise NotFound("unit", ref)
    return found


def _offered(form: RoleForm, unit: Any) -> RoleForm:
    actor = current_actor()
    people = [person for person in queries.people_within(actor, unit) if person.id != actor.person_id]
    return form.offer(people, [(code, say(ROLES[code])) for code in roles_at(unit.kind)], clock.today())


def _form_page(form: RoleForm, unit: Any, deputy: bool, status: int = 200) -> Response:
    return page(
        "people/directory/role_form.html",
        status,
        form=form,
        unit=unit,
        deputy=deputy,
        back_url=url_for("directory.unit", ref=unit.ref),
    )


@bp.get("/units/<ref>/role-requests/new")
@needs("people.request_role")
def new_role_request(ref: str) -> Response:
    """Who should hold which role here."""
    unit = _place(ref, "people.request_role")
    return _form_page(_offered(RoleForm(), unit), unit, False)


@bp.post("/units/<ref>/role-requests/new")
@needs("people.request_role")
def request_role(ref: str) -> Any:
    """Ask for it."""
    return _send(_place(ref, "people.request_role"), operations.request_role, deputy=False)


@bp.get("/units/<ref>/deputies/new")
@needs("people.name_deputy")
def new_deputy(ref: str) -> Response:
    """Who stands in for which role here, until when."""
    unit = _place(ref, "people.name_deputy")
    return _form_page(_offered(RoleForm(), unit), unit, True)


@bp.post("/units/<ref>/deputies/new")
@needs("people.name_deputy")
def name_deputy(ref: str) -> Any:
    """Name the deputy."""
    return _send(_place(ref, "people.name_deputy"), operations.name_deputy, deputy=True)


def _send(unit: Any, operation: Callable[..., Any], deputy: bool) -> Any:
    actor, form = current_actor(), _offered(RoleForm(), unit)
    if not form.validate():
        return _form_page(form, unit, deputy, 422)
    wish = RoleWish(
        person=queries.person_within(actor, unit, form.person.data),
        role=form.role.data,
        from_on=form.from_on.data,
        to_on=form.to_on.data,
        subjects=tuple(form.subjects.data or ()),
        note=form.note.data,
    )
    try:
        operation(actor, unit, wish)
    except Invalid as invalid:
        refuse(form, invalid)
        return _form_page(form, unit, deputy, 422)
    flash(_("申请已送安全管理员，批准后本人重新登录生效"))
    return redirect(url_for("directory.unit", ref=unit.ref), 303)


def _stand_in_page(form: StandInForm, status: int = 200) -> Response:
    bureau = queries.own_bureau(current_actor())
    back = url_for("directory.unit", ref=bureau.ref)
    return page("people/directory/stand_in_form.html", status, form=form, unit=bureau, back_url=back)


@bp.get("/stand-in/new")
@needs("people.name_stand_in")
def new_stand_in() -> Response:
    """Which member of the leading group takes what nobody in the office may."""
    return _stand_in_page(StandInForm().offer(queries.members(current_actor())))


@bp.post("/stand-in/new")
@needs("people.name_stand_in")
def name_stand_in() -> Any:
    """Name the member."""
    actor = current_actor()
    bureau, people = queries.own_bureau(actor), queries.members(actor)
    form = StandInForm().offer(people)
    if not form.validate():
        return _stand_in_page(form, 422)
    chosen = next(person for person in people if person.ref == form.person.data)
    try:
        operations.name_stand_in(actor, bureau, StandInWish(chosen, form.to_on.data))
    except Invalid as invalid:
        refuse(form, invalid)
        return _stand_in_page(form, 422)
    flash(_("已指定%(name)s", name=chosen.name))
    return redirect(url_for("directory.unit", ref=bureau.ref), 303)


@bp.post("/staff/<ref>/role-requests/<wish>/take-back")
@needs("people.request_role")
def take_back_request(ref: str, wish: str) -> Any:
    """Take a wish back before it is decided."""
    actor = current_actor()
    operations.take_back_request(actor, queries.request_for(actor, ref, wish))
    return redirect(url_for("directory.person", ref=ref), 303)


@bp.get("/roles/<ref>/schools")
@needs("people.assign_schools")
def ask_schools(ref: str) -> Response:
    """For which schools the holder of a role answers."""
    actor = current_actor()
    held = _answering(ref)
    now = [school.ref for school in queries.schools_of(actor, [held])[held.id]]
    return _schools_page(held, SchoolsForm(data={"schools": now, "version": held.version}))


def _answering(ref: str) -> Any:
    held = queries.role_held(current_actor(), ref, "people.assign_schools")
    if held.role not in WITH_SCHOOLS:
        raise NotFound("role", ref)
    return held


def _schools_page(held: Any, form: SchoolsForm, status: int = 200) -> Response:
    schools = queries.units_within(current_actor(), "people.assign_schools", ("school",))
    back = url_for("directory.person", ref=held.person.ref)
    return page(
        "people/directory/schools_form.html", status, form=form.offer(schools), held=held, roles=ROLES, back_url=back
    )


@bp.post("/roles/<ref>/schools")
@needs("people.assign_schools")
def assign_schools(ref: str) -> Any:
    """Keep the schools."""
    actor, held = current_actor(), _answering(ref)
    schools = queries.units_within(actor, "people.assign_schools", ("school",))
    form = SchoolsForm().offer(schools)
    if not form.validate():
        return _schools_page(held, form, 422)
    chosen = tuple(school for school in schools if school.ref in (form.schools.data or ()))
    operations.assign_schools(actor, held, SchoolsIn(chosen, form.version.data or 0))
    flash(_("已保存 %(n)s 所责任学校", n=len(chosen)))
    return redirect(url_for("directory.person", ref=held.person.ref), 303)
