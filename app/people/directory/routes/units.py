"""Units: the tree, one unit with its people, opening, changing and closing, other names."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.errors import Invalid, NotFound
from app.core.policy import decide
from app.core.policy.roles import ROLES
from app.core.spreadsheets import Head
from app.core.web import filters
from app.core.web.current import current_actor, needs
from app.core.web.pages import page, say
from app.people.directory import operations, queries
from app.people.directory.forms import AliasForm, ClassroomsForm, CloseForm, UnitForm, refuse
from app.people.directory.operations.units import MADE_HERE
from app.people.directory.queries import ClassFilter, UnitFilter
from app.people.directory.routes.blueprint import bp, workbook
from app.people.directory.words import ADDRESSEES, SCHOOL_TYPES, SUBJECTS, UNIT_KINDS


def _chosen() -> tuple[tuple[filters.Filter, ...], UnitFilter]:
    kinds = [(kind, say(words)) for kind, words in UNIT_KINDS.items()]
    chosen = (
        filters.text("q", _("名称、拼音、编码或别的叫法")),
        filters.choice("kind", _("类型"), kinds, many=True),
        filters.choice(
            "addressee", _("收文类型"), [(code, say(words)) for code, words in ADDRESSEES.items()], many=True
        ),
        filters.choice("closed", _("已关闭的"), [("yes", _("也列出"))]),
    )
    return chosen, UnitFilter(chosen[0].one, chosen[1].chosen, chosen[2].chosen, chosen[3].one == "yes")


@bp.get("/units")
@needs("people.view_units")
def units() -> Response:
    """The tree, or the units that match."""
    actor, (chosen, wanted) = current_actor(), _chosen()
    nodes = queries.tree(actor, wanted)
    return page(
        "people/directory/units.html",
        nodes=nodes,
        listing=filters.bar(chosen),
        kinds=UNIT_KINDS,
        today=clock.today(),
        may_open=decide.holds(actor, "people.manage_units"),
        flat=bool(wanted.words or wanted.kinds or wanted.addressees),
        sent_as=ADDRESSEES,
    )


@bp.post("/units/export")
@needs("people.view_units")
def export_units() -> Response:
    """The units as they are shown, as a workbook."""
    heads = [
        Head(_("编码"), 16),
        Head(_("全称"), 36),
        Head(_("简称"), 20),
        Head(_("类型"), 18),
        Head(_("收文类型"), 16),
        Head(_("岗位人数"), 10, "number"),
    ]
    nodes = queries.tree(current_actor(), _chosen()[1])
    rows = (
        (
            n.unit.code,
            n.unit.name,
            n.unit.short_name,
            say(UNIT_KINDS[n.unit.kind]),
            say(ADDRESSEES[n.unit.sent_as]) if n.unit.sent_as else "",
            n.people,
        )
        for n in nodes
    )
    return workbook(_("机构"), heads, rows)


@bp.get("/units/<ref>")
@needs("people.view_units")
def unit(ref: str) -> Response:
    """One unit: facts, people with roles and dates, deputies, classes, other names."""
    return _unit_page(ref, AliasForm())


def _unit_page(ref: str, form: AliasForm, status: int = 200) -> Response:
    actor = current_actor()
    found = queries.unit_for(actor, ref)
    nodes = queries.tree(actor, UnitFilter(closed=False))
    below = [node.unit for node in nodes if node.unit.parent_id == found.id]
    above = next((node.unit for node in nodes if node.unit.id == found.parent_id), None)
    classes: list[Any] = []
    if found.kind == "school" and decide.may(actor, "people.view_classes", found):
        years = queries.school_years(actor)
        if years:
            classes, _total = queries.classes(actor, ClassFilter(years[0], schools=[found.ref]), 100)
    return page(
        "people/directory/unit.html",
        status,
        unit=found,
        above=above,
        below=below,
        held=queries.people_of(actor, found),
        past=queries.people_of(actor, found, past=True),
        aliases=queries.aliases_of(actor, found),
        classes=classes,
        kinds=UNIT_KINDS,
        types=SCHOOL_TYPES,
        sent_as=ADDRESSEES,
        subjects=SUBJECTS,
        roles=ROLES,
        form=form,
        today=clock.today(),
        may=_may(found),
        stand_ins=queries.stand_ins(actor, found) if found.kind == "county_bureau" else [],
        back_url=url_for("directory.units"),
    )


OFFERED = (
    "declare_classrooms",
    "manage_staff",
    "manage_units",
    "name_deputy",
    "name_stand_in",
    "request_role",
    "view_staff",
)


def _may(found: Any) -> dict[str, bool]:
    return {right: decide.may(current_actor(), f"people.{right}", found) for right in OFFERED}


def _parent() -> Any:
    found = queries.unit_for(current_actor(), request.args.get("parent", ""))
    if not decide.may(current_actor(), "people.manage_units", found):
        raise NotFound("unit", found.ref)
    return found


@bp.get("/units/new")
@needs("people.manage_units")
def new_unit() -> Response:
    """A new unit below another."""
    parent = _parent()
    return _form_page(UnitForm(data={"from_on": clock.today()}).offer(_kinds_below(parent)), parent, None)


def _kinds_below(parent: Any) -> tuple[str, ...]:
    inside = ("school_group", "school_monitoring_center")
    return inside if parent.kind == "school" else tuple(kind for kind in MADE_HERE if kind not in inside)


def _form_page(form: UnitForm, parent: Any, found: Any, status: int = 200) -> Response:
    return page(
        "people/directory/unit_form.html", status, form=form, parent=parent, unit=found, back_url=_back(found, parent)
    )


def _back(found: Any, parent: Any) -> str:
    return url_for("directory.unit", ref=(found or parent).ref)


@bp.post("/units/new")
@needs("people.manage_units")
def open_unit() -> Any:
    """Open it."""
    parent = _parent()
    form = UnitForm().offer(_kinds_below(parent))
    if not form.validate():
        return _form_page(form, parent, None, 422)
    try:
        made = operations.open_unit(current_actor(), parent, form.given())
    except Invalid as invalid:
        refuse(form, invalid)
        return _form_page(form, _parent(), None, 422)
    flash(_("%(name)s 已开办", name=made.short_name))
    return redirect(url_for("directory.unit", ref=made.ref), 303)


def _managed(ref: str) -> Any:
    found = queries.unit_for(current_actor(), ref)
    if not decide.may(current_actor(), "people.manage_units", found):
        raise NotFound("unit", ref)
    return found


@bp.get("/units/<ref>/edit")
@needs("people.manage_units")
def edit_unit(ref: str) -> Response:
    """Rename it or correct its facts."""
    found = _managed(ref)
    return _form_page(UnitForm(obj=found).offer((found.kind,)), None, found)


@bp.post("/units/<ref>/edit")
@needs("people.manage_units")
def change_unit(ref: str) -> Any:
    """Keep the change."""
    found = _managed(ref)
    form = UnitForm().offer((found.kind,))
    if not form.validate():
        return _form_page(form, None, found, 422)
    try:
        operations.change_unit(current_actor(), found, form.given())
    except Invalid as invalid:
        refuse(form, invalid)
        return _form_page(form, None, _managed(ref), 422)
    flash(_("已保存"))
    return redirect(url_for("directory.unit", ref=ref), 303)


@bp.get("/units/<ref>/close")
@needs("people.manage_units")
def ask_close(ref: str) -> Response:
    """When and why it closes."""
    found = _managed(ref)
    return _close_page(found, CloseForm(data={"version": found.version}))


def _close_page(found: Any, form: CloseForm, status: int = 200) -> Response:
    return page("people/directory/unit_close.html", status, unit=found, form=form, back_url=_back(found, None))


@bp.post("/units/<ref>/close")
@needs("people.manage_units")
def close_unit(ref: str) -> Any:
    """Close it."""
    found, form = _managed(ref), CloseForm()
    if not form.validate():
        return _close_page(found, form, 422)
    try:
        operations.close_unit(current_actor(), found, form.given())
    except Invalid as invalid:
        refuse(form, invalid)
        return _close_page(_managed(ref), form, 422)
    flash(_("已登记关闭日期"))
    return redirect(url_for("directory.unit", ref=ref), 303)


@bp.post("/units/<ref>/aliases")
@needs("people.manage_units")
def add_alias(ref: str) -> Any:
    """Another name."""
    found, form = _managed(ref), AliasForm()
    if not form.validate():
        return _unit_page(ref, form, 422)
    try:
        operations.add_alias(current_actor(), found, form.given())
    except Invalid as invalid:
        refuse(form, invalid)
        return _unit_page(ref, form, 422)
    return redirect(url_for("directory.unit", ref=ref), 303)


@bp.post("/units/<ref>/aliases/remove")
@needs("people.manage_units")
def remove_alias(ref: str) -> Any:
    """A name goes."""
    found, form = _managed(ref), AliasForm()
    if not form.validate():
        return _unit_page(ref, form, 422)
    operations.remove_alias(current_actor(), found, form.given())
    return redirect(url_for("directory.unit", ref=ref), 303)


def _own_school(ref: str) -> Any:
    found = queries.unit_for(current_actor(), ref)
    if found.kind != "school" or not decide.may(current_actor(), "people.declare_classrooms", found):
        raise NotFound("unit", ref)
    return found


@bp.get("/units/<ref>/classrooms")
@needs("people.declare_classrooms")
def classrooms(ref: str) -> Response:
    """The networks of the classrooms, where projector mode is on by default."""
    found = _own_school(ref)
    return _classrooms_page(found, ClassroomsForm(data={"networks": found.declared_network, "version": found.version}))


def _classrooms_page(found: Any, form: ClassroomsForm, status: int = 200) -> Response:
    return page("people/directory/classrooms.html", status, unit=found, form=form, back_url=_back(found, None))


@bp.post("/units/<ref>/classrooms")
@needs("people.declare_classrooms")
def declare_classrooms(ref: str) -> Any:
    """Keep them."""
    found, form = _own_school(ref), ClassroomsForm()
    if not form.validate():
        return _classrooms_page(found, form, 422)
    try:
        operations.declare_classrooms(current_actor(), found, form.given())
    except Invalid as invalid:
        refuse(form, invalid)
        return _classrooms_page(_own_school(ref), form, 422)
    flash(_("已保存"))
    return redirect(url_for("directory.unit", ref=ref), 303)
