"""Writing down the meetings that follow a release, the county's and a school's own, and that a follow-up is done."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.core.errors import NotFound
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.monitoring import operations, queries
from app.improvement.monitoring.forms.meetings import MOST_ROWS, BriefingForm, MeetingForm
from app.improvement.monitoring.models import BriefingRecord, FeedbackMeeting, MonitoringCycle, ReleaseAck
from app.improvement.monitoring.operations import Move
from app.improvement.monitoring.routes.blueprint import bp

MEET = "monitoring.record_meeting"
MEETINGS = {"briefing": BriefingForm, "feedback": MeetingForm}


@bp.get("/cycles/<ref>/meetings/<kind>")
@needs(MEET)
def new_meeting(ref: str, kind: str) -> Response:
    """A form for a briefing or a feedback meeting of the county."""
    found = queries.cycle_for(current_actor(), ref)
    return _county_page(found, kind, _form(kind)(formdata=None))


@bp.post("/cycles/<ref>/briefings")
@needs(MEET)
def record_briefing(ref: str) -> Any:
    """Write a briefing down."""
    actor, form = current_actor(), BriefingForm()
    found = queries.cycle_for(actor, ref)
    place = BriefingRecord(county_id=found.county_id, unit_id=actor.unit_id, cycle_id=found.id)
    if _wants_more(form):
        return _county_page(found, "briefing", form)
    if carried_out(form, lambda: operations.record_briefing(actor, place, form.given())):
        return onward(found.address, _("专题听取汇报已记下"))
    return _county_page(found, "briefing", form, 422)


@bp.post("/cycles/<ref>/feedback-meetings")
@needs(MEET)
def record_meeting(ref: str) -> Any:
    """Write a feedback meeting down."""
    actor, form = current_actor(), MeetingForm()
    found = queries.cycle_for(actor, ref)
    place = FeedbackMeeting(county_id=found.county_id, unit_id=actor.unit_id, cycle_id=found.id)
    if carried_out(form, lambda: operations.record_meeting(actor, place, form.given())):
        return onward(found.address, _("反馈会议已记下"))
    return _county_page(found, "feedback", form, 422)


@bp.get("/school-results/<ref>/meetings/<kind>")
@needs(MEET)
def new_school_meeting(ref: str, kind: str) -> Response:
    """A form for the school's own briefing or feedback meeting."""
    ack = _school_of(ref)
    return _school_page(ack, kind, _form(kind)(formdata=None, **({} if kind == "briefing" else {"level": "school"})))


@bp.post("/school-results/<ref>/briefings")
@needs(MEET)
def record_school_briefing(ref: str) -> Any:
    """Write the school's briefing down."""
    actor, form = current_actor(), BriefingForm()
    ack = _school_of(ref)
    place = BriefingRecord(county_id=ack.county_id, school_id=ack.school_id, unit_id=ack.unit_id, cycle_id=ack.cycle_id)
    if _wants_more(form):
        return _school_page(ack, "briefing", form)
    if carried_out(form, lambda: operations.record_briefing(actor, place, form.given())):
        return onward(ack.address, _("专题听取汇报已记下"))
    return _school_page(ack, "briefing", form, 422)


@bp.post("/school-results/<ref>/feedback-meetings")
@needs(MEET)
def record_school_meeting(ref: str) -> Any:
    """Write the school's feedback meeting down."""
    actor, form = current_actor(), MeetingForm()
    ack = _school_of(ref)
    place = FeedbackMeeting(
        county_id=ack.county_id, school_id=ack.school_id, unit_id=ack.unit_id, cycle_id=ack.cycle_id
    )
    if carried_out(form, lambda: operations.record_meeting(actor, place, form.given())):
        return onward(ack.address, _("反馈会议已记下"))
    return _school_page(ack, "feedback", form, 422)


@bp.post("/follow-ups/<ref>/done")
@needs(MEET)
def finish_follow_up(ref: str) -> Any:
    """What a hearing asked for is done."""
    actor = current_actor()
    found, back = queries.follow_up_for(actor, ref)
    operations.finish_follow_up(actor, found, Move())
    return onward(back, _("已记办结"))


def _school_of(ref: str) -> ReleaseAck:
    """The package of a school: a department holds no meetings of its own."""
    ack = queries.ack_for(current_actor(), ref)
    if ack.school_id is None:
        raise NotFound("release_ack", ref)
    return ack


def _form(kind: str) -> Any:
    if kind not in MEETINGS:
        raise NotFound("meeting", kind)
    return MEETINGS[kind]


def _wants_more(form: BriefingForm) -> bool:
    """One more empty line was asked for; what was typed stays."""
    asked = request.form.get("more") == "follow_ups"
    if asked and len(form.follow_ups) < MOST_ROWS:
        form.follow_ups.append_entry()
    return asked


def _county_page(found: MonitoringCycle, kind: str, form: Any, status: int = 200) -> Response:
    endpoint = {"briefing": "monitoring.record_briefing", "feedback": "monitoring.record_meeting"}[kind]
    if kind == "feedback":
        form.offer(queries.findings_to_discuss(current_actor(), found.id))
    return _page(found.name, found.address, kind, form, url_for(endpoint, ref=found.ref), status)


def _school_page(ack: ReleaseAck, kind: str, form: Any, status: int = 200) -> Response:
    endpoint = {"briefing": "monitoring.record_school_briefing", "feedback": "monitoring.record_school_meeting"}[kind]
    if kind == "feedback":
        form.offer(queries.findings_to_discuss(current_actor(), ack.cycle_id, ack.school_id))
    return _page(ack.cycle_name, ack.address, kind, form, url_for(endpoint, ref=ack.ref), status)


def _page(name: str, address: str, kind: str, form: Any, action: str, status: int) -> Response:
    return page(
        "improvement/monitoring/meeting.html",
        status,
        place=(name, address),
        kind=kind,
        form=form,
        action=action,
        may_add=kind == "briefing" and len(form.follow_ups) < MOST_ROWS,
        back_url=address,
    )
