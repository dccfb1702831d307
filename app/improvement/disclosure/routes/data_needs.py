"""Pages of data needs: the list, asking, one of them, delivering, its steps and its file."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.core.audit import trail
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.storage import EVIDENCE, Stored
from app.core.uploads import count_stream
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.offers import Way, chips_of, notes_of, offers_of, story_of
from app.core.web.pages import page
from app.core.web.sent_in import give_out
from app.improvement.disclosure.forms.data_needs import DataNeedForm, DeliveryForm
from app.improvement.disclosure.forms.document_library import FILES
from app.improvement.disclosure.operations import data_needs as operations
from app.improvement.disclosure.queries import data_needs as queries
from app.improvement.disclosure.routes.asking import Ask, Asking
from app.improvement.disclosure.routes.blueprint import data_needs_bp as bp
from workflows.improvement.data_need import DATA_NEED

VIEW, ASK, ANSWER = queries.VIEW, queries.ASK, queries.ANSWER
TAKE = (ANSWER, "disclosure.confirm_data_need")
STEPS = Asking(
    {
        "accept": Ask(
            lazy_gettext("接受这份需求？"),
            lazy_gettext("要在对方要用的日期以前交付，快到期会提醒你。"),
            lazy_gettext("先不接受"),
            lazy_gettext("已接受，到期前交付"),
            operations.accept_need,
            "check",
        ),
        "refuse": Ask(
            lazy_gettext("不提供这份数据？"),
            lazy_gettext("对方会看到理由，可以改了再提。"),
            lazy_gettext("先不答复"),
            lazy_gettext("已答复，对方会看到理由"),
            operations.refuse_need,
            "x",
            reason=True,
            danger=True,
        ),
        "send-back": Ask(
            lazy_gettext("退回请对方补充？"),
            lazy_gettext("对方会看到理由，补好再交付。"),
            lazy_gettext("先不退回"),
            lazy_gettext("已退回，对方会看到理由"),
            operations.send_back_delivery,
            "arrow-back-up",
            reason=True,
        ),
        "confirm": Ask(
            lazy_gettext("确认收到？"),
            lazy_gettext("确认以后这份需求就办结了。"),
            lazy_gettext("先不确认"),
            lazy_gettext("已确认"),
            operations.confirm_delivery,
            "circle-check",
        ),
        "withdraw": Ask(
            lazy_gettext("撤回这份需求？"),
            lazy_gettext("对方不用再办。"),
            lazy_gettext("先不撤回"),
            lazy_gettext("已撤回"),
            operations.withdraw_need,
            "x",
            danger=True,
        ),
    },
    "data_needs.step",
    lazy_gettext("数据需求"),
    "data_needs.index",
)


@bp.get("/data-needs")
@needs(VIEW)
def index() -> Response:
    """Needs, the newest first."""
    actor, after = current_actor(), request.args.get("after", "")
    state = filters.choice("state", _("状态"), [(one.code, word(one)) for one in DATA_NEED.states], many=True)
    rows = queries.needs(actor, state.chosen, after)
    more, rows = len(rows) > queries.PAGE, rows[: queries.PAGE]
    return page(
        "improvement/disclosure/data_needs.html",
        rows=rows,
        listing=filters.bar([state]),
        clocks=chips_of(rows),
        may_ask=decide.holds(actor, ASK),
        next_url=filters.address(after=rows[-1].ref) if more else "",
        first_url=filters.address() if after else "",
    )


@bp.get("/data-needs/new")
@needs(ASK)
def new() -> Response:
    """Ask somebody for data."""
    form = DataNeedForm(formdata=None)
    form.offer(queries.owners_of_data(current_actor()))
    return _form_page(form)


@bp.post("/data-needs")
@needs(ASK)
def ask() -> Any:
    """Send it."""
    actor, form, made = current_actor(), DataNeedForm(), []
    units = {one.ref: one.id for one in queries.owners_of_data(actor)}
    form.offer(queries.owners_of_data(actor))
    assert actor.county_id is not None and actor.unit_id is not None
    place = operations.DataNeedPlace(actor.county_id, actor.unit_id, actor.school_id)

    def send() -> None:
        made.append(operations.ask_for_data(actor, place, form.given(units[form.owner.data or ""])))

    if carried_out(form, send):
        return onward(made[0].address, _("已提交，对方 5 个工作日内答复"))
    return _form_page(form, 422)


def _form_page(form: DataNeedForm, status: int = 200) -> Response:
    return page(
        "improvement/disclosure/data_need_form.html",
        status,
        form=form,
        action=url_for("data_needs.ask"),
        back_url=url_for("data_needs.index"),
    )


@bp.get("/data-needs/<ref>")
@needs(VIEW)
def show(ref: str) -> Response:
    """One need: what is asked, what was delivered, and what may be done with it."""
    actor = current_actor()
    found = queries.need_for(actor, ref)
    ways = STEPS.ways(found) | {"deliver": Way(url_for("data_needs.delivery", ref=found.ref), "file-export")}
    return page(
        "improvement/disclosure/data_need.html",
        need=found,
        notes=notes_of(found),
        offers=offers_of(actor, found, ways),
        sees_round=decide.holds(actor, "monitoring.view_cycles"),
        story=story_of(actor, [found]),
        back_url=url_for("data_needs.index"),
    )


@bp.get("/data-needs/<ref>/delivery")
@needs(ANSWER)
def delivery(ref: str) -> Response:
    """Hand the data over."""
    found = _to_answer(ref)
    return _delivery_page(found, DeliveryForm(formdata=None, version=found.version))


@bp.post("/data-needs/<ref>/delivery")
@needs(ANSWER)
def deliver(ref: str) -> Any:
    """Keep it."""
    actor, form, found = current_actor(), DeliveryForm(), _to_answer(ref)
    rounds = {one.ref: one.id for one in queries.rounds_out(actor)}
    form.offer(queries.rounds_out(actor))

    def hand_over() -> None:
        given = operations.DeliveryIn(
            form.note.data or "", _sent(), rounds.get(form.cycle.data or ""), form.version.data
        )
        operations.deliver_data(actor, found, given)

    if carried_out(form, hand_over):
        return onward(found.address, _("已交付，等对方确认"))
    return _delivery_page(_to_answer(ref), form, 422)


def _sent() -> Stored | None:
    """The file of the form, checked and on the shelf; None where none was sent. Raises Invalid."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return None
    count_stream(current_actor(), file.stream)
    shelf = current_app.extensions["bihuan.shelf"]
    stored: Stored = shelf.put(file.stream, file.filename, EVIDENCE)
    with shelf.open(stored.sha256) as kept:
        operations.refuse_students(kept.read(), stored.name, stored.media_type)
    return stored


def _to_answer(ref: str) -> Any:
    actor = current_actor()
    found = queries.need_for(actor, ref)
    if not decide.may(actor, ANSWER, found):
        raise NotFound("data_need", ref)
    return found


def _delivery_page(found: Any, form: DeliveryForm, status: int = 200) -> Response:
    form.offer(queries.rounds_out(current_actor()))
    return page(
        "improvement/disclosure/data_delivery.html",
        status,
        need=found,
        form=form,
        action=url_for("data_needs.deliver", ref=found.ref),
        accept=FILES,
        back_url=found.address,
    )


@bp.get("/data-needs/<ref>/file")
@needs(VIEW)
def file(ref: str) -> Response:
    """The file that was delivered."""
    actor = current_actor()
    found = queries.need_for(actor, ref)
    if not found.file_sha256:
        raise NotFound("data_need", ref)
    trail.saw(actor, found, "data_need")
    return give_out(found.file_sha256, found.file_name or "data", found.media_type or "text/csv")


@bp.get("/data-needs/<ref>/steps/<name>")
@needs(*TAKE)
def step(ref: str, name: str) -> Response:
    """What the step leads to."""
    return STEPS.question(queries.need_for(current_actor(), ref), name)


@bp.post("/data-needs/<ref>/steps/<name>")
@needs(*TAKE)
def take(ref: str, name: str) -> Any:
    """Take it."""
    return STEPS.answer(queries.need_for(current_actor(), ref), name)
