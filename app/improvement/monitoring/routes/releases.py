"""Pages of releases: preparing the four versions, each version, who signed, and the meetings that follow."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from app.core.errors import NotFound
from app.core.policy import decide
from app.core.web.current import current_actor, needs
from app.core.web.offers import chips_of
from app.core.web.pages import page
from app.improvement.monitoring import operations, queries
from app.improvement.monitoring.audiences import READ
from app.improvement.monitoring.forms.cycles import BriefingForm, MeetingForm, ReleaseForm
from app.improvement.monitoring.models import BriefingRecord, FeedbackMeeting, MonitoringCycle
from app.improvement.monitoring.models.facts import AUDIENCES
from app.improvement.monitoring.operations import reminders
from app.improvement.monitoring.operations.moves import Move
from app.improvement.monitoring.routes.blueprint import bp
from app.improvement.monitoring.routes.sheets import sheet_of_version, workbook_answer

VIEW = "monitoring.view_cycles"
PREPARE = "monitoring.prepare_release"
MEET = "monitoring.record_meeting"


@bp.get("/cycles/<ref>/versions")
@needs(PREPARE)
def versions(ref: str) -> Response:
    """Prepare the four versions."""
    actor = current_actor()
    found = queries.cycle_for(actor, ref, PREPARE)
    kept = queries.releases_of(actor, found)
    said = {audience: release.summary for audience, release in kept.items()}
    return _versions_page(found, ReleaseForm(formdata=None, version=found.version, **said))


@bp.post("/cycles/<ref>/versions")
@needs(PREPARE)
def prepare_versions(ref: str) -> Any:
    """Cut them from the verified data."""
    actor, form = current_actor(), ReleaseForm()
    found = queries.cycle_for(actor, ref, PREPARE)
    if not form.validate():
        return _versions_page(found, form, 422)
    operations.prepare_release(actor, found, form.given())
    flash(_("四个版本和各校数据包已准备好，等领导小组组长发布"))
    return redirect(found.address, 303)


@bp.post("/cycles/<ref>/reminder")
@needs(PREPARE)
def remind_units(ref: str) -> Any:
    """Ask every unit that has not signed for its results; it leads back to the list of those."""
    actor = current_actor()
    reminders.remind_units(actor, queries.cycle_for(actor, ref, PREPARE), Move())
    flash(_("已提醒没有签收的单位"))
    return redirect("/library/unsigned", 303)


def _versions_page(found: MonitoringCycle, form: ReleaseForm, status: int = 200) -> Response:
    return page(
        "improvement/monitoring/versions.html",
        status,
        cycle=found,
        form=form,
        audiences=AUDIENCES,
        kept=queries.releases_of(current_actor(), found),
        back_url=found.address,
    )


@bp.get("/cycles/<ref>/versions/<audience>")
@needs(*READ.values())
def version(ref: str, audience: str) -> Response:
    """One version as its audience gets it."""
    actor = current_actor()
    found, release = queries.version_for(actor, ref, audience)
    sees_cycle = decide.may(actor, VIEW, found)
    return page(
        f"improvement/monitoring/version_{release.audience}.html",
        cycle=found,
        release=release,
        content=release.snapshot,
        sees_cycle=sees_cycle,
        back_url=found.address if sees_cycle else url_for("interpretations.index"),
    )


@bp.get("/cycles/<ref>/versions/<audience>/export")
@needs(*READ.values())
def export_version(ref: str, audience: str) -> Response:
    """The same as a workbook."""
    found, release = queries.version_for(current_actor(), ref, audience)
    return workbook_answer(sheet_of_version(release), f"{found.code}-{release.audience}")


@bp.get("/cycles/<ref>/acknowledgements")
@needs(VIEW)
def acknowledgements(ref: str) -> Response:
    """Who signed for the data, in code order."""
    actor = current_actor()
    found = queries.cycle_for(actor, ref)
    acks = queries.acks_of(actor, found)
    return page(
        "improvement/monitoring/acknowledgements.html",
        cycle=found,
        acks=acks,
        chips=chips_of([row[0] for row in acks if row[0].state == "pending"]),
        signed=sum(row[0].state == "acknowledged" for row in acks),
        back_url=found.address,
    )


MEETINGS = {"briefing": BriefingForm, "feedback": MeetingForm}


@bp.get("/cycles/<ref>/meetings/<kind>")
@needs(MEET)
def new_meeting(ref: str, kind: str) -> Response:
    """A form for a briefing or a feedback meeting of the county."""
    found = queries.cycle_for(current_actor(), ref)
    return _meeting_page(found, kind, _form(kind)(formdata=None))


@bp.post("/cycles/<ref>/briefings")
@needs(MEET)
def record_briefing(ref: str) -> Any:
    """Write a briefing down."""
    actor, form = current_actor(), BriefingForm()
    found = queries.cycle_for(actor, ref)
    if not form.validate():
        return _meeting_page(found, "briefing", form, 422)
    place = BriefingRecord(county_id=found.county_id, unit_id=actor.unit_id, cycle_id=found.id)
    operations.record_briefing(actor, place, form.given())
    flash(_("专题听取汇报已记下"))
    return redirect(found.address, 303)


@bp.post("/cycles/<ref>/feedback-meetings")
@needs(MEET)
def record_meeting(ref: str) -> Any:
    """Write a feedback meeting down."""
    actor, form = current_actor(), MeetingForm()
    found = queries.cycle_for(actor, ref)
    if not form.validate():
        return _meeting_page(found, "feedback", form, 422)
    place = FeedbackMeeting(county_id=found.county_id, unit_id=actor.unit_id, cycle_id=found.id)
    operations.record_meeting(actor, place, form.given())
    flash(_("反馈会议已记下"))
    return redirect(found.address, 303)


def _form(kind: str) -> Any:
    if kind not in MEETINGS:
        raise NotFound("meeting", kind)
    return MEETINGS[kind]


def _meeting_page(found: MonitoringCycle, kind: str, form: Any, status: int = 200) -> Response:
    endpoint = {"briefing": "monitoring.record_briefing", "feedback": "monitoring.record_meeting"}[kind]
    return page(
        "improvement/monitoring/meeting.html",
        status,
        place=(found.name, found.address),
        kind=kind,
        form=form,
        action=url_for(endpoint, ref=found.ref),
        back_url=found.address,
    )
