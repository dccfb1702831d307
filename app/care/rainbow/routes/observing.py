"""What people write about a student: the own class and its ratings, professional assessments, tasks that were done."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.care.rainbow import forms
from app.care.rainbow.operations import observing as operations
from app.care.rainbow.queries import observed as queries
from app.care.rainbow.queries import proposals
from app.care.rainbow.routes.blueprint import SECONDS, asked_to_show, bp, for_a_minute, refs_of
from app.core import clock
from app.core.audit import trail
from app.core.casework.next_level import above
from app.core.policy import decide
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.offers import chips_of
from app.core.web.pages import page


@bp.get("/support/class")
@needs(queries.CLASS)
def own_class() -> Response:
    """The roll of the own class: who is rated, what is to be done, and, for a minute after a click, levels of attention."""
    actor = current_actor()
    may_show = queries.CLASS_LEVELS in actor.data_classes
    shown = may_show and asked_to_show()
    rows = queries.own_class(actor)
    trail.saw(actor, None, "class.levels" if shown else "class.list", [row[0].ref for row in rows])
    hidden = url_for("support.own_class")
    answer = page(
        "care/rainbow/class.html",
        rows=rows,
        rated=sum(1 for row in rows if row[3]),
        may_show=may_show,
        shown=shown,
        seconds=SECONDS,
        hidden_url=hidden,
        show_url=url_for("support.own_class", shown=1),
    )
    return for_a_minute(answer, hidden) if shown else answer


@bp.get("/support/students/<ref>/rating")
@needs(queries.RATE)
def rating(ref: str) -> Response:
    """Eight items about one student."""
    return _rating_page(queries.student_for(current_actor(), ref, queries.RATE), forms.RatingForm(formdata=None))


@bp.post("/support/students/<ref>/rating")
@needs(queries.RATE)
def rate(ref: str) -> Any:
    """Keep the rating."""
    actor, form = current_actor(), forms.RatingForm()
    student = queries.student_for(actor, ref, queries.RATE)
    if carried_out(form, lambda: operations.rate(actor, student, form.given())):
        return onward(url_for("support.own_class"), _("已保存，谢谢你的观察"))
    return _rating_page(student, form, 422)


def _rating_page(student: Any, form: Any, status: int = 200) -> Response:
    trail.saw(current_actor(), student, "student.rating") if status == 200 else None
    return page(
        "care/rainbow/rating.html", status, student=student, form=form,
        action=url_for("support.rate", ref=student.ref), back_url=url_for("support.own_class"),
    )  # fmt: skip


@bp.get("/support/students/<ref>/assessment")
@needs(queries.ASSESS)
def assessment(ref: str) -> Response:
    """The result of an interview with one student."""
    form = forms.LookForm(formdata=None, assessed_on=clock.today())
    return _assessment_page(queries.student_for(current_actor(), ref, queries.ASSESS), form)


@bp.post("/support/students/<ref>/assessment")
@needs(queries.ASSESS)
def assess(ref: str) -> Any:
    """Keep it."""
    actor, form = current_actor(), forms.LookForm()
    student = queries.student_for(actor, ref, queries.ASSESS)
    if carried_out(form, lambda: operations.assess(actor, student, form.given())):
        return onward(url_for("support.index"), _("已保存，会重新计算"))
    return _assessment_page(student, form, 422)


def _assessment_page(student: Any, form: Any, status: int = 200) -> Response:
    trail.saw(current_actor(), student, "student.assessment") if status == 200 else None
    return page(
        "care/rainbow/assessment.html", status, student=student, form=form,
        action=url_for("support.assess", ref=student.ref), back_url=url_for("support.index"),
    )  # fmt: skip


@bp.get("/support/duties")
@needs(queries.DUTIES)
def duties() -> Response:
    """What has to be done for students, the nearest first."""
    actor = current_actor()
    rows, pages = filters.paged(queries.duties(actor, filters.cursor()))
    trail.saw(actor, None, "duties.list", refs_of(row[0] for row in rows))
    shown = [row[0] for row in rows]
    return page("care/rainbow/duties.html", rows=rows, pages=pages, clocks=chips_of(shown), up=above(shown))


@bp.get("/support/duties/<ref>")
@needs(queries.DUTIES)
def duty(ref: str) -> Response:
    """One task: what is wanted, and what was done."""
    found = queries.duty_for(current_actor(), ref)
    trail.saw(current_actor(), found, "duty.page", refs_of([found]))
    return _duty_page(found, forms.DoneForm(formdata=None, version=found.version))


@bp.post("/support/duties/<ref>")
@needs(queries.DUTIES)
def finish(ref: str) -> Any:
    """Say what was done."""
    actor, form = current_actor(), forms.DoneForm()
    found = queries.duty_for(actor, ref)
    if carried_out(form, lambda: operations.finish(actor, found, form.given())):
        return onward(url_for("support.duties"), _("已记下"))
    return _duty_page(found, form, 422)


def _duty_page(found: Any, form: Any, status: int = 200) -> Response:
    right = found.workflow.step("finish").right_for(found)
    return page(
        "care/rainbow/duty.html", status, one=found, form=form, chip=chips_of([found]).get(found.id),
        up=above([found]).get(found.id),
        may_finish=found.state == "due" and decide.may(current_actor(), str(right), found),
        action=url_for("support.finish", ref=found.ref), back_url=url_for("support.duties"),
    )  # fmt: skip


@bp.get("/support/levels")
@needs("rainbow.view_school_levels")
def levels() -> Response:
    """The school by number, with levels for a minute after a click: for who heads the school's psychological work."""
    actor, shown, after = current_actor(), asked_to_show(), request.args.get("after", "")
    rows = proposals.school_levels(actor, after)
    more, rows = len(rows) > proposals.PAGE, rows[: proposals.PAGE]
    trail.saw(actor, None, "school.levels" if shown else "school.list", [row[1].ref for row in rows])
    at: dict[str, Any] = {"after": after} if after else {}
    hidden = url_for("support.levels", **at)
    answer = page(
        "care/rainbow/levels.html",
        rows=rows,
        shown=shown,
        seconds=SECONDS,
        hidden_url=hidden,
        show_url=url_for("support.levels", shown=1, **at),
        first_url=url_for("support.levels") if after else "",
        next_url=url_for("support.levels", after=rows[-1][1].student_no) if more else "",
    )
    return for_a_minute(answer, hidden) if shown else answer
