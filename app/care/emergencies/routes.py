"""Pages of emergencies without an agreement: the register with its clocks, one notice, how the guardian was told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, current_app
from flask_babel import gettext as _

from app.care.emergencies import operations, queries, words
from app.care.emergencies.forms import ToldForm
from app.care.emergencies.models import EmergencyNotice
from app.core.audit import trail
from app.core.casework.records import Movable
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.offers import chips_of
from app.core.web.pages import page
from workflows.care.emergency_notice import EMERGENCY_NOTICE

bp = Blueprint("emergencies", __name__)
BESIDE: list[Callable[[Actor, EmergencyNotice], Sequence[Movable]]] = []
"""What other features know of a notice, each shown as a link; put in as they are registered."""


def beside(known: Callable[[Actor, EmergencyNotice], Sequence[Movable]]) -> None:
    """Show a feature's records on the page of a notice; the same twice changes nothing."""
    if known not in BESIDE:
        BESIDE.append(known)


@bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page its words."""
    return {"words": words}


@bp.get("/emergency-notices")
@needs(queries.VIEW)
def index() -> Response:
    """Who is still to be told first."""
    actor = current_actor()
    state = filters.choice("state", _("状态"), [(one.code, word(one)) for one in EMERGENCY_NOTICE.states], many=True)
    rows, pages = filters.paged(queries.notices(actor, state.chosen, filters.cursor()))
    trail.saw(actor, None, "emergencies.list", [row[0].ref for row in rows])
    return page(
        "care/emergencies/notices.html",
        rows=rows,
        listing=filters.bar([state]),
        clocks=chips_of([row[0] for row in rows]),
        **pages,
    )


@bp.get("/emergency-notices/<ref>")
@needs(queries.VIEW)
def one(ref: str) -> Response:
    """One notice: what went ahead, until when the guardian is told, and how it was done."""
    return _one(queries.notice_for(current_actor(), ref))


def _one(found: EmergencyNotice, status: int = 200, form: ToldForm | None = None) -> Response:
    actor = current_actor()
    student = queries.student_of(found)
    trail.saw(actor, found, "emergencies.page", [found.ref, *([student.ref] if student else [])])
    told = found.told_sealed is not None and student is not None
    ring = current_app.extensions["bihuan.vault"]
    return page(
        "care/emergencies/notice.html", status, one=found, student=student, school=queries.school_of(found),
        said=ring.open_text(operations.place_of(found), found.told_sealed) if told else "", clocks=chips_of([found]),
        beside=[record for known in BESIDE for record in known(actor, found)],
        may_tell=found.state == "due" and decide.may(actor, queries.TELL, found),
        form=form or ToldForm(formdata=None, version=found.version),
    )  # fmt: skip


@bp.post("/emergency-notices/<ref>/told")
@needs(queries.TELL)
def tell(ref: str) -> Any:
    """The guardian was told."""
    actor, form = current_actor(), ToldForm()
    found = queries.notice_for(actor, ref)
    if carried_out(form, lambda: operations.record_told(actor, found, form.given())):
        return onward(found.address, _("已登记告知"))
    return _one(found, 422, form)
