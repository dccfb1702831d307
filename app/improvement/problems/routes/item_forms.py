"""Forms of an item: signing, objecting, reassigning, handlers, checks on the spot, extending, suspending, voiding."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, request
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.core import clock
from app.core.policy.actor import Actor
from app.core.policy.roles import ROLES
from app.core.storage import EVIDENCE
from app.core.uploads import count_stream
from app.core.web import drafts
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, must_hold, needs
from app.core.web.pages import page
from app.improvement.problems.forms.items import (
    ExtendForm,
    HandlerForm,
    Ids,
    ObjectionForm,
    OnsiteForm,
    ReassignForm,
    RemarkForm,
    SuspendForm,
    VoidForm,
)
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations import handlers, notes
from app.improvement.problems.operations import items as operations
from app.improvement.problems.queries import items as queries
from app.improvement.problems.queries import people
from app.improvement.problems.queries.people import Named
from app.improvement.problems.routes import items as item_pages
from app.improvement.problems.routes.blueprints import items_bp as bp
from app.improvement.problems.words import SPANS

MOST_FILES = 5
FILES_LAST = 24 * 3600


def _form_page(found: ProblemItem, name: str, form: Any, status: int = 200, **more: Any) -> Response:
    return page(
        f"improvement/problems/forms/{name}.html", status, item=found, form=form, back_url=found.address, **more
    )


def _staff(actor: Actor, found: ProblemItem, form: HandlerForm) -> Ids:
    """Offer the unit's people; the answer knows their references."""

    def labels(some: list[Named]) -> list[tuple[str, str]]:
        comma = _("、")
        return [(one.ref, f"{one.name}（{comma.join(word(ROLES[r]) for r in one.roles)}）") for one in some]

    workers, deputies = people.staff_for(actor, found), people.staff_for(actor, found, deputies=True)
    form.offer(labels(workers), labels(deputies))
    return {one.ref: one.id for one in (*workers, *deputies)}


@bp.get("/items/<ref>/sign-for")
@needs("problems.accept_item")
def sign_for(ref: str) -> Response:
    """Sign for an item: name handler and deputy."""
    actor, form = current_actor(), HandlerForm(formdata=None)
    found = queries.item_for(actor, ref)
    _staff(actor, found, form)
    return _form_page(found, "sign_for", form)


@bp.post("/items/<ref>/sign-for")
@needs("problems.accept_item")
def accept(ref: str) -> Any:
    """The unit has signed."""
    actor, form = current_actor(), HandlerForm()
    found = queries.item_for(actor, ref)
    ids = _staff(actor, found, form)
    if carried_out(form, lambda: operations.accept_item(actor, found, form.given(ids))):
        return onward(found.address, _("已签收，经办人会收到通知"))
    return _form_page(queries.item_for(actor, ref), "sign_for", form, 422)


@bp.get("/items/<ref>/handler")
@needs("problems.name_handler")
def handler(ref: str) -> Response:
    """Name another handler or deputy."""
    actor, form = current_actor(), HandlerForm(formdata=None)
    found = queries.item_for(actor, ref)
    ids = {identity: reference for reference, identity in _staff(actor, found, form).items()}
    form.handler.data = ids.get(found.owner_id) if found.owner_id else None
    form.deputy.data = ids.get(found.deputy_id) if found.deputy_id else None
    return _form_page(found, "handler", form)


@bp.post("/items/<ref>/handler")
@needs("problems.name_handler")
def name_handler(ref: str) -> Any:
    """Another handler from now on."""
    actor, form = current_actor(), HandlerForm()
    found = queries.item_for(actor, ref)
    ids = _staff(actor, found, form)
    if carried_out(form, lambda: handlers.name_handler(actor, found, form.given(ids))):
        return onward(found.address, _("经办人已更换，原经办人的权限即刻停止"))
    return _form_page(queries.item_for(actor, ref), "handler", form, 422)


@bp.get("/items/<ref>/objection")
@needs("problems.contest_item")
def object(ref: str) -> Response:
    """Object to an item."""
    actor = current_actor()
    found = queries.item_for(actor, ref)
    name = f"objection:{ref}"
    form, draft_at = drafts.opened(ObjectionForm, name)
    return _form_page(found, "objection", form, kept=[], draft_url=drafts.address(name), draft_at=draft_at)


@bp.post("/items/<ref>/objection")
@needs("problems.contest_item")
def contest(ref: str) -> Any:
    """The objection with what shows it; files that came once stay, even when the form is refused."""
    actor, form = current_actor(), ObjectionForm()
    found = queries.item_for(actor, ref)
    kept = _kept() + _stored(form)
    files = [{key: value for key, value in one.items() if key != "token"} for one in kept]
    if not form.files.errors and carried_out(form, lambda: operations.contest_item(actor, found, form.given(files))):
        drafts.forget_draft(actor, f"objection:{ref}")
        return onward(found.address, _("异议已提出，办公室 %(n)s 个工作日内答复", n=SPANS["objection"]))
    return _form_page(
        queries.item_for(actor, ref), "objection", form, 422, kept=kept, draft_url=drafts.address(f"objection:{ref}")
    )


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or b"", salt="objection-file")


def _kept() -> list[dict[str, Any]]:
    """Files that an earlier, refused answer brought: each under a signed token, so that nobody names another's file."""
    found = []
    for token in request.form.getlist("kept")[:MOST_FILES]:
        try:
            found.append(dict(_signer().loads(token, max_age=FILES_LAST)) | {"token": token})
        except BadSignature:
            continue
    return found


def _stored(form: ObjectionForm) -> list[dict[str, Any]]:
    """Put what was sent on the shelf; a file that is refused leaves its sentence at the field."""
    found: list[dict[str, Any]] = []
    sent = [one for one in request.files.getlist(form.files.name) if one.filename]
    form.validate()
    for one in sent[:MOST_FILES]:

        def put(file: Any = one) -> None:
            count_stream(current_actor(), file.stream)
            stored = current_app.extensions["bihuan.shelf"].put(file.stream, file.filename, EVIDENCE)
            told = {
                "sha256": stored.sha256,
                "name": stored.name,
                "size": stored.size,
                "media_type": stored.media_type,
            }
            found.append(told | {"token": _signer().dumps(told)})

        _carry(form, put)
    return found


def _carry(form: ObjectionForm, put: Any) -> None:
    from app.core.errors import Invalid
    from app.core.web.pages import say

    try:
        put()
    except Invalid as refused:
        form.files.errors = [*form.files.errors, *(say(sentence) for sentence in refused.sentences.values())]


@bp.get("/items/<ref>/reassignment")
@needs("problems.decide_objection")
def reassign(ref: str) -> Response:
    """Give a contested item to another unit."""
    actor, form = current_actor(), ReassignForm(formdata=None)
    found = queries.item_for(actor, ref)
    must_hold(found, "problems.decide_objection")
    _units(actor, found, form)
    return _form_page(found, "reassignment", form)


@bp.post("/items/<ref>/reassignment")
@needs("problems.decide_objection")
def give_to_another_unit(ref: str) -> Any:
    """Another unit answers for it."""
    actor, form = current_actor(), ReassignForm()
    found = queries.item_for(actor, ref)
    must_hold(found, "problems.decide_objection")
    units, persons = _units(actor, found, form)
    if carried_out(form, lambda: operations.reassign_item(actor, found, form.given_to(units, persons))):
        return onward("/items", _("已改派，两个单位都会收到通知"))
    return _form_page(queries.item_for(actor, ref), "reassignment", form, 422)


def _units(actor: Actor, found: ProblemItem, form: ReassignForm) -> tuple[Ids, Ids]:
    units = [unit for unit in people.responsible_units(actor) if unit.id != found.unit_id]
    names = {unit.id: unit.short_name for unit in units}
    heads = [one for one in people.heads(actor) if one.unit_id in names]
    form.offer(
        [(unit.ref, unit.name) for unit in units], [(one.ref, f"{one.name}（{names[one.unit_id]}）") for one in heads]
    )
    return {unit.ref: unit.id for unit in units}, {one.ref: one.id for one in heads}


@bp.post("/items/<ref>/remarks")
@needs("problems.comment_item")
def remark(ref: str) -> Any:
    """Leave a message."""
    actor, form = current_actor(), RemarkForm()
    found = queries.item_for(actor, ref)
    guidance = actor.role in ("guidance_member", "subject_researcher")
    if carried_out(form, lambda: notes.remark(actor, found, form.given(guidance))):
        return onward(f"{found.address}#remarks", _("留言已发出"))
    return item_pages.show(ref, form, 422)


@bp.get("/items/<ref>/onsite-check")
@needs("problems.check_onsite")
def onsite_check(ref: str) -> Response:
    """Record what was seen on the spot."""
    name = f"onsite:{ref}"
    form, draft_at = drafts.opened(OnsiteForm, name)
    form.checked_on.data = form.checked_on.data or clock.today()
    found = queries.item_for(current_actor(), ref)
    return _form_page(found, "onsite", form, draft_url=drafts.address(name), draft_at=draft_at)


@bp.post("/items/<ref>/onsite-check")
@needs("problems.check_onsite")
def keep_onsite_check(ref: str) -> Any:
    """Keep it."""
    actor, form = current_actor(), OnsiteForm()
    found = queries.item_for(actor, ref)
    if carried_out(form, lambda: notes.check_onsite(actor, found, form.given())):
        drafts.forget_draft(actor, f"onsite:{ref}")
        return onward(f"{found.address}#onsite", _("现场核查已记下"))
    return _form_page(queries.item_for(actor, ref), "onsite", form, 422, draft_url=drafts.address(f"onsite:{ref}"))


@bp.get("/items/<ref>/extension")
@needs("problems.decide_after_evaluation")
def extend(ref: str) -> Response:
    """Wait once for newer data."""
    return _form_page(queries.item_for(current_actor(), ref), "extension", ExtendForm(formdata=None))


@bp.post("/items/<ref>/extension")
@needs("problems.decide_after_evaluation")
def extend_item(ref: str) -> Any:
    """The evaluation waits."""
    actor, form = current_actor(), ExtendForm()
    found = queries.item_for(actor, ref)
    if carried_out(form, lambda: operations.extend_item(actor, found, form.given())):
        return onward(found.address, _("已延长，新数据到位后再评价"))
    return _form_page(queries.item_for(actor, ref), "extension", form, 422)


@bp.get("/items/<ref>/suspension")
@needs("problems.suspend_item")
def suspend(ref: str) -> Response:
    """Stop the clock."""
    return _form_page(queries.item_for(current_actor(), ref), "suspension", SuspendForm(formdata=None))


@bp.post("/items/<ref>/suspension")
@needs("problems.suspend_item")
def suspend_item(ref: str) -> Any:
    """The item rests."""
    actor, form = current_actor(), SuspendForm()
    found = queries.item_for(actor, ref)
    if carried_out(form, lambda: operations.suspend_item(actor, found, form.given_until())):
        return onward(found.address, _("已挂起，计时暂停"))
    return _form_page(queries.item_for(actor, ref), "suspension", form, 422)


@bp.get("/items/<ref>/voiding")
@needs("problems.void_item")
def void(ref: str) -> Response:
    """End an item that is wrong or listed twice."""
    return _form_page(queries.item_for(current_actor(), ref), "voiding", VoidForm(formdata=None))


@bp.post("/items/<ref>/voiding")
@needs("problems.void_item")
def void_item(ref: str) -> Any:
    """The item ends here."""
    actor, form = current_actor(), VoidForm()
    found = queries.item_for(actor, ref)
    if carried_out(form, lambda: operations.void_item(actor, found, form.given_number())):
        return onward(found.address, _("已作废，责任单位会收到理由"))
    return _form_page(queries.item_for(actor, ref), "voiding", form, 422)
