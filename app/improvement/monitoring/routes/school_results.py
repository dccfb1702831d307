"""What a school or a department was sent: its own results with the county's value, the signature, its meetings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.core.policy import decide
from app.core.web import filters
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.offers import Way, chips_of, offers_of, story_of
from app.core.web.pages import page
from app.improvement.monitoring import operations, queries
from app.improvement.monitoring.forms.choices import MoveForm
from app.improvement.monitoring.models import ReleaseAck
from app.improvement.monitoring.past import mark_in_package, measure_in_package, rounds_of
from app.improvement.monitoring.queries import Wanted
from app.improvement.monitoring.routes.blueprint import bp
from app.improvement.monitoring.routes.past_drawing import drawing_of
from app.improvement.monitoring.spread import beside_classes
from workflows.improvement.release_ack import RELEASE_ACK

OWN = ("monitoring.view_release", "monitoring.view_results")
MEET = "monitoring.record_meeting"


@bp.get("/school-results")
@needs(*OWN)
def school_results() -> Response:
    """What was sent to my unit, or to the schools that I answer for."""
    actor = current_actor()
    sent = queries.sent_to(actor)
    chosen = (
        filters.choice("unit", _("单位"), dict.fromkeys((row.ref, row.name) for row in sent), many=True),
        filters.choice("round", _("监测"), _rounds(sent), many=True),
        filters.choice("state", _("状态"), [(state.code, word(state)) for state in RELEASE_ACK.states], many=True),
    )
    unit, cycle, state = (part.chosen for part in chosen)
    wanted = queries.Sent(unit, cycle, state, filters.cursor())
    acks, pages = filters.paged(queries.own_acks(actor, wanted))
    return page(
        "improvement/monitoring/school_results.html",
        acks=acks,
        several=len({row.ref for row in sent}) > 1,
        listing=filters.bar(chosen),
        **pages,
        chips=chips_of([row[0] for row in acks if row[0].state == "pending"]),
        unheard=queries.packages_without_hearing(actor, [row[0] for row in acks]),
    )


def _rounds(sent: Sequence[Any]) -> list[tuple[str, str]]:
    """Names of the rounds, the newest first."""
    newest = sorted(sent, key=lambda row: row.sent_on, reverse=True)
    return [(name, name) for name in dict.fromkeys(row.cycle_name for row in newest)]


@bp.get("/school-results/<ref>")
@needs(*OWN)
def school_result(ref: str) -> Response:
    """One package: own values with their intervals beside the county's."""
    actor = current_actor()
    ack = queries.ack_for(actor, ref)
    briefings, meetings = _meetings(ack)
    analysis = queries.analysis_behind(actor, ack)
    open_here = Wanted(unit=ack.unit.ref, states=queries.OPEN_FINDINGS)
    findings = queries.finding_rows(actor, open_here, whole=True)
    return page(
        "improvement/monitoring/school_result.html",
        ack=ack,
        cells=queries.package_cells(actor, ack),
        about=ack.package.get("about", {}),
        analysis=analysis,
        **_past(ack),
        classes=beside_classes(ack.package) if ack.school_id else [],
        offers=offers_of(
            actor, ack, {"acknowledge": Way(url_for("monitoring.acknowledge", ref=ack.ref), "signature", True)}
        ),
        chip=chips_of([ack]).get(ack.id),
        move=ack.version,
        signer=queries.names_of(actor, [ack.acknowledged_by]),
        findings=findings if ack.school_id else (),
        briefings=briefings,
        meetings=meetings,
        discussed=queries.discussed_at(actor, meetings),
        may_meet=ack.school_id is not None and decide.may(actor, MEET, ack),
        story=story_of(actor, [ack]),
        back_url=url_for("monitoring.school_results"),
    )


def _past(ack: ReleaseAck) -> dict[str, Any]:
    """The measure that the address names, else the first of the whole school or grade, through all rounds."""
    cells = {mark_in_package(cell): cell for cell in ack.package.get("cells", [])}
    if ack.school_id is None or not cells:
        return {"past": None}
    mark = request.args.get("of", "")
    mark = mark if mark in cells else min(cells, key=lambda one: cells[one]["class_no"] is not None)
    measure = measure_in_package(ack.school_id, ack.package["about"], cells[mark])
    past = rounds_of(queries.past_of(current_actor(), measure), ack.cycle_id)
    rulings = queries.rulings(current_actor(), [one.cell.id for one in past])
    return {
        "past": past,
        "past_line": drawing_of(past, rulings),
        "past_cell": cells[mark],
        "past_mark": mark,
        "rulings": rulings,
    }


def _meetings(ack: ReleaseAck) -> tuple[Any, Any]:
    actor = current_actor()
    if ack.school_id is None or not decide.holds(actor, MEET):
        return (), ()
    return queries.meetings_of(actor, ack.cycle_id, ack.school_id)


@bp.post("/school-results/<ref>/signature")
@needs("monitoring.acknowledge_release")
def acknowledge(ref: str) -> Any:
    """Sign for the data."""
    actor, form = current_actor(), MoveForm()
    ack = queries.ack_for(actor, ref)
    operations.acknowledge_release(actor, ack, operations.Move(form.version.data))
    flash(_("已签收"))
    return redirect(ack.address, 303)
