"""紧急查看: opening, the register, one opening with its end and its review."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.care.access import forms
from app.care.access.operations import emergencies
from app.care.access.operations.emergencies import OpeningStep
from app.care.access.operations.sealing import unsealed
from app.care.access.queries import openings as queries
from app.care.access.routes.blueprint import bp, elsewhere_first
from app.care.rainbow.queries.observed import student_for
from app.core.audit import trail
from app.core.policy import decide
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.offers import Way, chips_of, offers_of
from app.core.web.pages import page
from workflows.care.break_glass import BREAK_GLASS

OPEN, REVIEW, END = "access.open_in_emergency", "access.review_opening", "access.end_opening"


@bp.get("/support/students/<ref>/emergency")
@needs(OPEN)
def emergency(ref: str) -> Any:
    """Ask before it is opened: what follows, and why it must be now."""
    student = student_for(current_actor(), ref, OPEN)
    return elsewhere_first() or _emergency(student, forms.OpenForm(formdata=None))


@bp.post("/support/students/<ref>/emergency")
@needs(OPEN)
def open_now(ref: str) -> Any:
    """Open it for an hour; whoever has to know is told."""
    actor, form = current_actor(), forms.OpenForm()
    student = student_for(actor, ref, OPEN)
    if (elsewhere := elsewhere_first()) is not None:
        return elsewhere
    if carried_out(form, lambda: emergencies.open_in_emergency(actor, student, form.given())):
        return onward(url_for("access.answers", ref=ref), _("已打开 60 分钟，并已告知相关负责人"))
    return _emergency(student, form, 422)


def _emergency(student: Any, form: Any, status: int = 200) -> Response:
    return page(
        "care/access/emergency.html", status, student=student, form=form,
        action=url_for("access.open_now", ref=student.ref), back_url=url_for("access.answers", ref=student.ref),
    )  # fmt: skip


@bp.get("/openings")
@needs(queries.OPENINGS)
def openings() -> Response:
    """The register: who opened what when, by code number."""
    actor = current_actor()
    state = filters.choice("state", _("状态"), [(one.code, word(one)) for one in BREAK_GLASS.states], many=True)
    rows, pages = filters.paged(queries.openings(actor, state.chosen, filters.cursor()))
    trail.saw(actor, None, "openings.list", [row[0].ref for row in rows])
    return page(
        "care/access/openings.html",
        rows=rows,
        listing=filters.bar([state]),
        clocks=chips_of([row[0] for row in rows]),
        **pages,
    )


@bp.get("/openings/<ref>")
@needs(queries.OPENINGS)
def opening(ref: str) -> Response:
    """One opening: who, when, until when, why, and what the review came to."""
    return _opening(queries.opening_for(current_actor(), ref))


def _opening(found: Any, form: Any = None, status: int = 200) -> Response:
    actor = current_actor()
    student = queries.student_of(found)
    trail.saw(actor, found, "opening.page", [found.ref, *([student.ref] if student else [])])
    who, school = queries.names_of(found)
    told = decide.may(actor, REVIEW, found) or found.owner_id == actor.person_id or actor.role == "school_psych_lead"
    ways = {"end": Way(url_for("access.end_opening", ref=found.ref), "lock", post=True)}
    return page(
        "care/access/opening.html", status, one=found, who=who, school=school, student=student, told=told,
        reason=unsealed(found, "reason_sealed") if told else "",
        finding=unsealed(found, "finding_sealed") if told else "",
        offers=offers_of(actor, found, ways), form=form or forms.ReviewForm(formdata=None, version=found.version),
        may_review=found.state == "ended" and decide.may(actor, REVIEW, found) and found.owner_id != actor.person_id,
    )  # fmt: skip


@bp.post("/openings/<ref>/end")
@needs(END)
def end_opening(ref: str) -> Any:
    """Close it before its hour."""
    found = queries.opening_for(current_actor(), ref)
    emergencies.end_opening(current_actor(), found, OpeningStep())
    return onward(found.address, _("已结束"))


@bp.post("/openings/<ref>/review")
@needs(REVIEW)
def review_opening(ref: str) -> Any:
    """Say whether it was needed."""
    actor, form = current_actor(), forms.ReviewForm()
    found = queries.opening_for(actor, ref)
    if carried_out(form, lambda: emergencies.review_opening(actor, found, form.given())):
        return onward(found.address, _("已核对"))
    return _opening(found, form, 422)
