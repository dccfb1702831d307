"""Classes: the list of a school year, one class with its teachers."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.errors import Invalid
from app.core.imports.grades import school_year
from app.core.policy import decide
from app.core.spreadsheets import Head
from app.core.web import filters
from app.core.web.current import current_actor, needs
from app.core.web.pages import page, say
from app.people.directory import operations, queries
from app.people.directory.forms import DutyEndForm, DutyForm, refuse
from app.people.directory.operations import DutyEnd, DutyIn
from app.people.directory.queries import ClassFilter
from app.people.directory.queries.classes import PAGE
from app.people.directory.routes.blueprint import bp, workbook
from app.people.directory.words import DUTIES, SUBJECTS, grade_name

GRADES = tuple(f"G{number}" for number in range(1, 13))


def _chosen() -> tuple[tuple[filters.Filter, ...], ClassFilter]:
    actor, today = current_actor(), clock.today()
    years = queries.school_years(actor) or [school_year(today.year, today.month)]
    schools = queries.units_within(actor, "people.view_classes", ("school",))
    chosen: tuple[filters.Filter, ...] = (
        filters.choice("year", _("学年"), [(str(year), f"{year}–{year + 1}") for year in years]),
        filters.choice("grade", _("年级"), [(grade, say(grade_name(grade))) for grade in GRADES], many=True),
    )
    if len(schools) > 1:
        chosen += (filters.choice("school", _("学校"), [(s.ref, s.short_name) for s in schools], many=True, more=True),)
    after = request.args.get("after", "")
    wanted = ClassFilter(
        int(chosen[0].one or years[0]),
        chosen[1].chosen,
        chosen[2].chosen if len(chosen) > 2 else (),
        int(after) if after.isdigit() and len(after) < 6 else 0,
    )
    return chosen, wanted


@bp.get("/classes")
@needs("people.view_classes")
def classes() -> Response:
    """The classes in code order."""
    actor, (chosen, wanted) = current_actor(), _chosen()
    rows, total = queries.classes(actor, wanted)
    return page(
        "people/directory/classes.html",
        rows=rows[:PAGE],
        total=total,
        listing=filters.bar(chosen),
        year=wanted.year,
        grade_name=grade_name,
        next_url=filters.address(after=wanted.after + PAGE) if len(rows) > PAGE else "",
        first_url=filters.address() if wanted.after else "",
    )


@bp.post("/classes/export")
@needs("people.view_classes")
def export_classes() -> Response:
    """The classes as they are filtered, as a workbook."""
    heads = [
        Head(_("学校"), 30),
        Head(_("年级"), 10),
        Head(_("班级"), 8, "number"),
        Head(_("名称"), 18),
        Head(_("班主任"), 14),
    ]
    wanted = _chosen()[1]
    rows, _total = queries.classes(current_actor(), wanted, 5000)
    lines = ((unit.name, say(grade_name(c.grade)), c.class_no, c.name, teacher or "") for c, unit, teacher, _n in rows)
    return workbook(_("班级"), heads, lines)


@bp.get("/classes/<ref>")
@needs("people.view_classes")
def school_class(ref: str) -> Any:
    """One class."""
    return _class_page(ref, None)


def _class_page(ref: str, form: DutyForm | None, status: int = 200) -> Response:
    actor = current_actor()
    found, unit, duties = queries.class_for(actor, ref)
    may = decide.may(actor, "people.manage_classes", found)
    if may:
        form = (form or DutyForm()).offer(queries.people_within(actor, unit), clock.today())
    return page(
        "people/directory/class.html",
        status,
        group=found,
        unit=unit,
        duties=duties,
        form=form if may else None,
        duty_words=DUTIES,
        subjects=SUBJECTS,
        grade_name=grade_name,
        today=clock.today(),
        back_url=url_for("directory.classes"),
    )


@bp.post("/classes/<ref>/duties")
@needs("people.manage_classes")
def begin_duty(ref: str) -> Any:
    """Give the class a teacher."""
    actor = current_actor()
    found, unit, _duties = queries.class_for(actor, ref)
    form = DutyForm().offer(queries.people_within(actor, unit), clock.today())
    if not form.validate():
        return _class_page(ref, form, 422)
    person = queries.person_within(actor, unit, form.person.data)
    given = DutyIn(person, form.duty.data, form.from_on.data, form.subject.data or None)
    try:
        operations.begin_duty(actor, found, given)
    except Invalid as invalid:
        refuse(form, invalid)
        return _class_page(ref, form, 422)
    flash(_("已登记"))
    return redirect(url_for("directory.school_class", ref=ref), 303)


@bp.post("/classes/<ref>/duties/<duty>/end")
@needs("people.manage_classes")
def end_duty(ref: str, duty: str) -> Any:
    """Let a duty end."""
    actor = current_actor()
    found, _unit, _duties = queries.class_for(actor, ref)
    form = DutyEndForm()
    if not form.validate():
        return _class_page(ref, None, 422)
    operations.end_duty(actor, queries.duty_for(actor, found, duty), DutyEnd(form.to_on.data))
    return redirect(url_for("directory.school_class", ref=ref), 303)
