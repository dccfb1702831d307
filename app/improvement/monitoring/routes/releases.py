"""Pages of releases: preparing the four versions, each version, and who signed."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from app.core.policy import decide
from app.core.web.current import current_actor, needs
from app.core.web.offers import chips_of
from app.core.web.pages import page
from app.improvement.monitoring import operations, queries
from app.improvement.monitoring.audiences import READ
from app.improvement.monitoring.forms.cycles import ReleaseForm
from app.improvement.monitoring.models import MonitoringCycle
from app.improvement.monitoring.models.facts import AUDIENCES
from app.improvement.monitoring.operations import reminders
from app.improvement.monitoring.operations.moves import Move
from app.improvement.monitoring.routes.blueprint import bp
from app.improvement.monitoring.routes.sheets import sheet_of_version, workbook_answer

VIEW = "monitoring.view_cycles"
PREPARE = "monitoring.prepare_release"


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
        cells=queries.version_cells(actor, release.snapshot, found.id),
        sees_cycle=sees_cycle,
        back_url=found.address if sees_cycle else url_for("interpretations.index"),
    )


@bp.get("/cycles/<ref>/versions/<audience>/export")
@needs(*READ.values())
def export_version(ref: str, audience: str) -> Response:
    """The same as a workbook."""
    actor = current_actor()
    found, release = queries.version_for(actor, ref, audience)
    return workbook_answer(
        sheet_of_version(release, queries.version_cells(actor, release.snapshot, found.id)),
        f"{found.code}-{release.audience}",
    )


@bp.get("/cycles/<ref>/acknowledgements")
@needs(VIEW)
def acknowledgements(ref: str) -> Response:
    """Who signed for the data and whose leaders heard a report, in code order, and how long it took."""
    actor = current_actor()
    found = queries.cycle_for(actor, ref)
    acks, heard = queries.acks_of(actor, found), queries.heard_on(actor, found)
    return page(
        "improvement/monitoring/acknowledgements.html",
        cycle=found,
        acks=acks,
        chips=chips_of([row[0] for row in acks if row[0].state == "pending"]),
        signed=sum(row[0].state == "acknowledged" for row in acks),
        heard=heard,
        unheard=[row for row in acks if row[0].school_id is not None and row[0].school_id not in heard],
        took=next(iter(queries.answering(actor, found)), None),
        back_url=found.address,
    )
