"""On the spot: signing in, the checklist on the phone, what it sends when it can, and what two members saw differently."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, request, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.errors import Invalid, NotFound, Sentence, StepRefused
from app.core.policy import decide
from app.core.storage import EVIDENCE
from app.core.uploads import count_stream
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.forms import offered
from app.core.web.pages import page, say
from app.core.web.sent_in import give_out
from app.improvement.inspection.words import PROOFS
from app.improvement.visits.forms.planning import PressForm
from app.improvement.visits.forms.reports import ArriveForm, LineForm
from app.improvement.visits.models import SupervisionVisit, VisitPhoto
from app.improvement.visits.numbers import visit_numbers
from app.improvement.visits.operations import on_site as operations
from app.improvement.visits.queries import choosing, visits
from app.improvement.visits.routes.blueprint import bp

LEAD, OBSERVE, VIEW = "visits.lead_visit", "visits.observe_visit", "visits.view_visits"
UNREADABLE = Sentence(
    "上传的内容不完整，请刷新页面后再试", "What was sent is incomplete; reload the page and try again"
)


@bp.get("/visits/<ref>/arrival")
@needs(LEAD)
def arrival(ref: str) -> Response:
    """Who signed in; everybody is ticked."""
    found = visits.visit_for(current_actor(), ref)
    form = ArriveForm(formdata=None)
    form.members.data = [one.ref for one in found.team]
    return _arrival_page(found, form)


@bp.post("/visits/<ref>/arrival")
@needs(LEAD)
def arrive(ref: str) -> Any:
    """Begin the visit."""
    actor, form = current_actor(), ArriveForm()
    found = visits.visit_for(actor, ref)
    _offer_members(form, found)
    act = operations.arrive_unannounced if found.state == "draft" else operations.arrive
    if carried_out(form, lambda: act(actor, found, form.given())):
        return onward(url_for("visits.checklist", ref=ref), _("已签到，可以开始检查"))
    return _arrival_page(visits.visit_for(actor, ref), form, 422)


def _offer_members(form: ArriveForm, found: SupervisionVisit) -> None:
    form.members.choices = offered([(one.ref, one.person.name) for one in found.team])


def _arrival_page(found: SupervisionVisit, form: ArriveForm, status: int = 200) -> Response:
    _offer_members(form, found)
    return page("improvement/visits/arrival.html", status, visit=found, form=form)


@bp.get("/visits/<ref>/checklist")
@needs(OBSERVE)
def checklist(ref: str) -> Response:
    """The checklist as the phone shows it; it goes on working without a connection."""
    actor = current_actor()
    found = visits.visit_for(actor, ref)
    decide.require(actor, OBSERVE, found)
    if found.arrived_at is None:
        raise StepRefused((operations.NOT_ON_SITE,))
    form = LineForm(formdata=None)
    form.item.choices = offered([(one.ref, one.label) for one in _further(found)], "—")
    return page(
        "improvement/visits/checklist.html",
        visit=found,
        names=visits.observers(actor, found),
        most=visit_numbers(),
        me=hashlib.sha256(str(actor.person_id).encode()).hexdigest()[:16],
        may_write=found.state == "on_site" and decide.may(actor, LEAD, found),
        form=form,
        signed_in=clock.local(found.arrived_at),
        proofs=PROOFS,
    )


@bp.get("/visits/checklist-worker.js")
@needs(OBSERVE)
def checklist_worker() -> Response:
    """The script that answers for a checklist without a connection; it may do so for addresses of visits alone."""
    with current_app.open_resource("static/js/visit-worker.js") as script:
        return Response(script.read(), mimetype="text/javascript")


def _further(found: SupervisionVisit) -> list[Any]:
    held = choosing.lines_of(current_actor(), found)
    return [item for item in choosing.items_of(current_actor(), found.unit_id) if item.id not in held]


@bp.post("/visits/<ref>/observations")
@needs(OBSERVE)
def observe(ref: str) -> Any:
    """What the phone had waiting: the key of each record → kept, conflict or late."""
    actor = current_actor()
    found = visits.visit_for(actor, ref)

    def keep() -> Any:
        given = operations.ObserveIn(tuple(_seen(row) for row in _rows()))
        return {"records": operations.observe(actor, found, given)}

    return _said(keep)


def _said(keep: Callable[[], Any]) -> Any:
    """The answer to a script: what was kept, or in words why not."""
    try:
        return keep()
    except (Invalid, StepRefused) as refused:
        sentences = refused.sentences.values() if isinstance(refused, Invalid) else refused.sentences
        return {"sentence": "；".join(say(one) for one in sentences)}, 422


def _rows() -> list[Mapping[str, Any]]:
    sent = request.get_json(silent=True)
    rows = sent.get("records") if isinstance(sent, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Invalid("", UNREADABLE)
    return rows


def _seen(row: Mapping[str, Any]) -> operations.Seen:
    texts = {name: str(row.get(name) or "") for name in ("line", "key", "seen", "note", "knew", "at")}
    at = _moment(texts["at"])
    return operations.Seen(texts["line"], texts["key"], texts["seen"], texts["note"], at, texts["knew"])


def _moment(text: str) -> datetime:
    """The phone's time; now where it cannot be read."""
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return clock.now()
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


@bp.post("/visits/<ref>/photos")
@needs(OBSERVE)
def add_photo(ref: str) -> Any:
    """One photo of a line; its place is taken out before it is kept."""
    actor = current_actor()
    found = visits.visit_for(actor, ref)
    decide.require(actor, OBSERVE, found)

    def keep() -> Any:
        key = request.form.get("key", "")
        kept = _known(found, key) or _taken(found, key)
        return {"key": key, "url": url_for("visits.photo", ref=ref, photo=kept.ref)}

    return _said(keep)


def _known(found: SupervisionVisit, key: str) -> VisitPhoto | None:
    return next((photo for line in found.lines for photo in line.photos if photo.client_key == key), None)


def _taken(found: SupervisionVisit, key: str) -> VisitPhoto:
    sent, line = request.files.get("file"), request.form.get("line", "")
    operations.room_for_photo(found, line, key)
    if sent is None:
        raise Invalid("file", operations.NOT_A_PHOTO)
    shelf = current_app.extensions["bihuan.shelf"]
    count_stream(current_actor(), sent.stream)
    stored = shelf.put(sent.stream, sent.filename or "photo.jpg", EVIDENCE, visit_numbers().photo_mb)
    return operations.add_photo(current_actor(), found, operations.PhotoIn(line, key, stored))


@bp.get("/visits/<ref>/photos/<photo>")
@needs(VIEW)
def photo(ref: str, photo: str) -> Response:
    """A photo on the page."""
    actor = current_actor()
    kept = visits.photo_for(actor, visits.visit_for(actor, ref), photo)
    return give_out(kept.file_sha256, "photo", kept.media_type, inline=True)


@bp.post("/visits/<ref>/lines")
@needs(OBSERVE)
def add_line(ref: str) -> Any:
    """Something more to look at."""
    actor, form = current_actor(), LineForm()
    found = visits.visit_for(actor, ref)
    items = _further(found)
    form.item.choices = offered([(one.ref, one.label) for one in items], "—")
    operations.add_line(actor, found, form.given({one.ref: one.id for one in items}))
    return onward(url_for("visits.checklist", ref=ref), _("已加入检查清单"))


@bp.get("/visits/<ref>/conflicts")
@needs(OBSERVE)
def conflicts(ref: str) -> Response:
    """Lines that two members saw differently, side by side."""
    actor = current_actor()
    found = visits.visit_for(actor, ref)
    lines = [line for line in found.lines if len(line.standing) > 1]
    return page("improvement/visits/conflicts.html", visit=found, lines=lines, names=visits.observers(actor, found))


@bp.post("/visits/<ref>/conflicts/<line>")
@needs(OBSERVE)
def settle_conflict(ref: str, line: str) -> Any:
    """Choose which one counts."""
    actor, form = current_actor(), PressForm()
    found = visits.visit_for(actor, ref)
    if all(one.ref != line for one in found.lines):
        raise NotFound("visit_line", line)
    given = operations.SettleIn(line, request.form.get("observation", "")[:16], form.version.data)
    operations.settle_conflict(actor, found, given)
    return onward(url_for("visits.conflicts", ref=ref), _("已选定"))
