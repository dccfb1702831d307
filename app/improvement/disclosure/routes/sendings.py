"""A paper for all units of some types: to whom it would go, sending it, signing for it, and who has signed."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.spreadsheets import Head, write_workbook
from app.core.web.answers import carried_out, onward
from app.core.web.chips import moment, word
from app.core.web.current import current_actor, needs
from app.core.web.downloads import workbook_file
from app.core.web.pages import page
from app.improvement.disclosure.forms.sendings import SendingForm, SignForm
from app.improvement.disclosure.models import LibraryDocument
from app.improvement.disclosure.operations import reminders
from app.improvement.disclosure.operations import sendings as operations
from app.improvement.disclosure.queries import document_library, sendings
from app.improvement.disclosure.queries import unsigned as waiting
from app.improvement.disclosure.routes.blueprint import library_bp as bp
from app.people.directory.words import ADDRESSEES

MANAGE, VIEW, SIGN = document_library.MANAGE, sendings.VIEW, sendings.SIGN


@bp.get("/library/<ref>/sending")
@needs(MANAGE)
def ask_sending(ref: str) -> Response:
    """Choose the types; below each stands to whom it goes."""
    found = _mine(ref)
    return _page(found, SendingForm(formdata=None, version=found.version, days=3))


@bp.post("/library/<ref>/sending")
@needs(MANAGE)
def send(ref: str) -> Any:
    """Send it; the receivers of this moment are written down."""
    actor, form, found = current_actor(), SendingForm(), _mine(ref)
    if carried_out(form, lambda: operations.send_document(actor, found, form.given())):
        return onward(found.address, _("已发出，谁签收了看文件页"))
    return _page(_mine(ref), form, 422)


@bp.get("/library/unsigned")
@needs(VIEW)
def unsigned() -> Response:
    """Papers and results with the units that have not signed."""
    actor = current_actor()
    return page(
        "improvement/disclosure/unsigned.html", papers=waiting.papers(actor), results=waiting.results(actor),
        may_ask_papers=decide.holds(actor, MANAGE), may_ask_results=decide.holds(actor, "monitoring.prepare_release"),
        back_url=url_for("library.index"),
    )  # fmt: skip


@bp.post("/library/<ref>/reminder")
@needs(MANAGE)
def remind(ref: str) -> Any:
    """Ask every unit that has not signed for the paper."""
    actor, found = current_actor(), _mine(ref)
    reminders.remind_units(actor, found, reminders.RemindIn())
    return onward(url_for("library.unsigned"), _("已提醒没有签收的单位"))


@bp.post("/library/<ref>/receipt")
@needs(SIGN)
def sign(ref: str) -> Any:
    """The actor's unit has it."""
    actor, form = current_actor(), SignForm()
    found = document_library.document_for(actor, ref)
    operations.sign_for(actor, sendings.receipt_for(actor, found), form.given())
    return onward(found.address, _("已签收"))


@bp.post("/library/<ref>/receipts/export")
@needs(VIEW)
def export_receipts(ref: str) -> Response:
    """To whom it went and who signed, as a workbook."""
    actor = current_actor()
    found = document_library.document_for(actor, ref)
    heads = [
        Head(_("单位"), 36), Head(_("收文类型"), 20), Head(_("签收期限"), 14, "date"), Head(_("签收时间"), 20),
        Head(_("签收人"), 14),
    ]  # fmt: skip
    rows = [
        (
            one.unit.name, word(ADDRESSEES[one.addressee]), one.sign_by,
            moment(one.signed_at) if one.signed_at else _("没有签收"), one.signer.name if one.signer else "",
        )
        for one in sendings.receipts(actor, found)
    ]  # fmt: skip
    return workbook_file(write_workbook(heads, rows, _("签收情况")), _("签收情况"), clock.today())


def _mine(ref: str) -> LibraryDocument:
    actor = current_actor()
    found = document_library.document_for(actor, ref)
    if not decide.may(actor, MANAGE, found):
        raise NotFound("library_document", ref)
    return found


def _page(found: LibraryDocument, form: SendingForm, status: int = 200) -> Response:
    receivers = sendings.receivers(current_actor(), found, tuple(ADDRESSEES))
    groups = [(said, [unit for unit in receivers if unit.sent_as == code]) for code, said in ADDRESSEES.items()]
    return page(
        "improvement/disclosure/sending_form.html", status, document=found, form=form, groups=groups,
        action=url_for("library.send", ref=found.ref), back_url=found.address,
    )  # fmt: skip
