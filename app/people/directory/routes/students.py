"""Students: the list and one child; every look is written down with its purpose (security 32)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.audit import trail
from app.core.errors import Invalid, NotFound
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.spreadsheets import Head
from app.core.web import filters
from app.core.web.current import current_actor, needs
from app.core.web.pages import page, say
from app.people.directory import operations, queries
from app.people.directory.forms import EnrolmentAgainForm, EnrolmentEndForm, refuse
from app.people.directory.queries import StudentFilter
from app.people.directory.queries.students import PAGE, Order
from app.people.directory.routes.blueprint import bp, workbook
from app.people.directory.words import GENDERS, LEFT_BEHIND, RELATIONS, grade_name
from app.people.identity.routes import browser

MOST_EXPORTED = 5000


def _chosen() -> tuple[tuple[filters.Filter, ...], StudentFilter]:
    groups = queries.own_classes(current_actor())
    grades = sorted({group.grade for group in groups}, key=lambda grade: int(grade[1:]))
    chosen = (
        filters.text("q", _("姓名、拼音或学籍号")),
        filters.choice("grade", _("年级"), [(grade, say(grade_name(grade))) for grade in grades], many=True),
        filters.choice(
            "class", _("班级"), [(group.ref, group.name) for group in groups], many=True, more=len(groups) > 12
        ),
        filters.choice("left", _("已离校的"), [("yes", _("只看已离校"))], more=True),
    )
    words, grade, group, left = chosen
    order: Order = "name" if request.args.get("sort") == "name" else "number"
    wanted = StudentFilter(
        words.one,
        grade.chosen,
        group.chosen,
        left.one == "yes",
        order,
        request.args.get("after", ""),
    )
    return chosen, wanted


@bp.get("/students")
@needs("people.view_students")
def students() -> Response:
    """The roll of the school, or of the own classes."""
    actor, (chosen, wanted) = current_actor(), _chosen()
    found = queries.students(actor, wanted)
    gone = 0 if found or wanted.left else queries.student_count(actor, replace(wanted, left=True))
    total = queries.student_count(actor, wanted)
    shown = found[:PAGE]
    after = shown[-1][0].ref if len(found) > PAGE else ""
    trail.saw(actor, None, "students.list", [student.ref for student, _name in shown])
    return page(
        "people/directory/students.html",
        rows=shown,
        total=total,
        listing=filters.bar(chosen),
        order=wanted.order,
        left=wanted.left,
        gone=gone,
        gone_url=filters.address(left="yes"),
        genders=GENDERS,
        by_number=filters.address(sort=None),
        by_name=filters.address(sort="name"),
        may_export=actor.role == "school_coordinator",
        may_import=decide.holds(actor, "imports.upload_roster"),
        next_url=filters.address(after=after) if after else "",
        first_url=filters.address() if wanted.after else "",
    )


@bp.post("/students/export")
@needs("people.manage_students")
@browser.fresh
@throttle.limit(COSTLY)
def export_students() -> Response:
    """The own school's roll as a workbook, without anything sealed (security 17, 53); one entry with all references."""
    actor = current_actor()
    found = queries.students(actor, _chosen()[1], MOST_EXPORTED)
    trail.saw(actor, None, "students.export", [student.ref for student, _name in found])
    heads = [
        Head(_("学籍号"), 22),
        Head(_("姓名"), 12),
        Head(_("性别"), 8),
        Head(_("出生日期"), 12, "date"),
        Head(_("年级"), 10),
        Head(_("班级"), 18),
        Head(_("住校"), 8),
    ]
    rows = (
        (
            s.student_no,
            s.name,
            say(GENDERS[s.gender]),
            s.birth_date,
            say(grade_name(s.grade)),
            name or "",
            _("是") if s.boarding else _("否"),
        )
        for s, name in found
    )
    return workbook(_("学生名册"), heads, rows)


@bp.get("/students/<ref>")
@needs("people.view_students")
def student(ref: str) -> Response:
    """One child: basic facts, never a number that is sealed."""
    actor = current_actor()
    found, group = queries.student_for(actor, ref)
    trail.saw(actor, found, "student.page")
    return page(
        "people/directory/student.html",
        student=found,
        group=group,
        genders=GENDERS,
        left_behind=LEFT_BEHIND,
        relations=RELATIONS,
        grade_name=grade_name,
        may_leave=found.left_on is None and decide.may(actor, "people.manage_students", found),
        may_return=found.left_on is not None and decide.may(actor, "people.manage_students", found),
        back_url=url_for("directory.students"),
    )


def _managed(ref: str, gone: bool = False) -> Any:
    found, _group = queries.student_for(current_actor(), ref)
    if (found.left_on is not None) != gone or not decide.may(current_actor(), "people.manage_students", found):
        raise NotFound("student", ref)
    return found


LEAVING, RETURNING = "people/directory/student_leave.html", "people/directory/student_return.html"


def _form_page(template: str, found: Any, form: EnrolmentEndForm | EnrolmentAgainForm, status: int = 200) -> Response:
    back = url_for("directory.student", ref=found.ref)
    return page(template, status, student=found, form=form, back_url=back)


@bp.get("/students/<ref>/leave")
@needs("people.manage_students")
def ask_end_enrolment(ref: str) -> Response:
    """When and why a child leaves."""
    found = _managed(ref)
    return _form_page(LEAVING, found, EnrolmentEndForm(data={"version": found.version, "left_on": clock.today()}))


@bp.post("/students/<ref>/leave")
@needs("people.manage_students")
def end_enrolment(ref: str) -> Any:
    """The child leaves the roll."""
    found, form = _managed(ref), EnrolmentEndForm()
    if not form.validate():
        return _form_page(LEAVING, found, form, 422)
    try:
        operations.end_enrolment(current_actor(), found, form.given())
    except Invalid as invalid:
        refuse(form, invalid)
        return _form_page(LEAVING, _managed(ref), form, 422)
    flash(_("已登记离校"))
    return redirect(url_for("directory.students"), 303)


@bp.get("/students/<ref>/return")
@needs("people.manage_students")
def ask_enrol_again(ref: str) -> Response:
    """When a child that left comes back, and into which class."""
    found, groups = _managed(ref, gone=True), queries.classes_this_year(current_actor())
    group = next((group.ref for group in groups if group.id == found.class_id), "")
    day = max(found.left_on, clock.today())
    form = EnrolmentAgainForm(data={"version": found.version, "back_on": day, "class_id": group})
    return _form_page(RETURNING, found, form.offer(groups))


@bp.post("/students/<ref>/return")
@needs("people.manage_students")
def enrol_again(ref: str) -> Any:
    """The child is on the roll again."""
    found, groups = _managed(ref, gone=True), queries.classes_this_year(current_actor())
    form = EnrolmentAgainForm().offer(groups)
    if not form.validate():
        return _form_page(RETURNING, found, form, 422)
    try:
        operations.enrol_again(current_actor(), found, form.given(groups))
    except Invalid as invalid:
        refuse(form, invalid)
        return _form_page(RETURNING, _managed(ref, gone=True), form, 422)
    flash(_("已登记重新在籍"))
    return redirect(url_for("directory.student", ref=found.ref), 303)
