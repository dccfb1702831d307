"""Pages of suppliers: the list and its export, one with its agreements, registering, describing, a newer agreement."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Response, current_app, request, url_for
from flask_babel import gettext as _

from app.core.audit import trail
from app.core.errors import Invalid, Sentence
from app.core.policy import decide
from app.core.spreadsheets import Head, write_workbook
from app.core.storage import AGREEMENT, Stored
from app.core.uploads import count_stream
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.downloads import workbook_file
from app.core.web.pages import page
from app.core.web.sent_in import give_out
from app.improvement.suppliers import operations, queries, words
from app.improvement.suppliers.forms import FILES, AgreementForm, SupplierForm
from app.improvement.suppliers.models import Supplier
from app.improvement.suppliers.queries import MANAGE, VIEW

bp = Blueprint("suppliers", __name__)
NO_FILE = Sentence("请选择签字盖章的协议", "Choose the signed agreement")
WORDS = SimpleNamespace(kind=words.KINDS, look=words.LOOKS, standing=words.STANDINGS)


@bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page of suppliers its words."""
    return {"words": WORDS}


def _narrowed() -> tuple[list[Supplier], list[filters.Filter]]:
    sought = filters.text("words", _("名称、数据或用途"))
    pairs = [(code, word(one)) for code, one in words.STANDINGS.items()]
    standing = filters.choice("standing", _("保密协议"), pairs)
    return queries.suppliers(current_actor(), sought.one, standing.one), [sought, standing]


@bp.get("/suppliers")
@needs(VIEW)
def index() -> Response:
    """Every supplier, narrowed by words and by how it stands with the agreement."""
    rows, bar = _narrowed()
    query = request.query_string.decode()
    return page(
        "improvement/suppliers/suppliers.html", rows=rows, listing=filters.bar(bar),
        may_manage=decide.holds(current_actor(), MANAGE),
        export_url=url_for("suppliers.export") + (f"?{query}" if query else ""),
    )  # fmt: skip


@bp.get("/suppliers/export")
@needs(VIEW)
def export() -> Response:
    """What the list shows, as a workbook."""
    heads = (
        Head(_("供应商或平台"), 28), Head(_("类别"), 16), Head(_("提供什么数据"), 40), Head(_("用来做什么"), 40),
        Head(_("协议编号"), 20), Head(_("生效日"), 14, "date"), Head(_("到期日"), 14, "date"), Head(_("保密协议"), 16),
    )  # fmt: skip
    lines = (_line(one) for one in _narrowed()[0])
    return workbook_file(write_workbook(list(heads), lines, _("数据供应商")), "suppliers")


def _line(one: Supplier) -> list[Any]:
    newest = one.agreements[0] if one.agreements else None
    days = (newest.number, newest.from_on, newest.until_on) if newest else (None, None, None)
    said = word(words.KINDS[one.kind]), one.data_brought, one.purpose
    return [one.name, *said, *days, word(words.STANDINGS[one.standing])]


@bp.get("/suppliers/new")
@needs(MANAGE)
def new() -> Response:
    """Register one."""
    return _form_page(None, SupplierForm(formdata=None), url_for("suppliers.add"))


@bp.post("/suppliers")
@needs(MANAGE)
def add() -> Any:
    """Keep it."""
    actor, form, made = current_actor(), SupplierForm(), list[Supplier]()
    assert actor.county_id is not None and actor.unit_id is not None
    place = operations.SupplierPlace(actor.county_id, actor.unit_id)
    if carried_out(form, lambda: made.append(operations.add_supplier(actor, place, form.given()))):
        return onward(made[0].address, _("已登记，请放上签好的保密协议"))
    return _form_page(None, form, url_for("suppliers.add"), 422)


@bp.get("/suppliers/<ref>")
@needs(VIEW)
def show(ref: str) -> Response:
    """One supplier with its agreements."""
    actor = current_actor()
    found = queries.supplier_for(actor, ref)
    return page(
        "improvement/suppliers/supplier.html", supplier=found, may_manage=decide.may(actor, MANAGE, found),
        back_url=url_for("suppliers.index"),
    )  # fmt: skip


@bp.get("/suppliers/<ref>/agreements/<int:number>")
@needs(VIEW)
def download(ref: str, number: int) -> Response:
    """The signed file of one agreement."""
    actor = current_actor()
    found = queries.supplier_for(actor, ref)
    kept = queries.agreement_of(actor, found, number)
    trail.saw(actor, found, "supplier_agreement")
    return give_out(kept.file_sha256, kept.file_name, kept.media_type)


@bp.get("/suppliers/<ref>/description")
@needs(MANAGE)
def description(ref: str) -> Response:
    """Change what is known of it."""
    found = queries.supplier_for(current_actor(), ref, MANAGE)
    return _form_page(found, SupplierForm(formdata=None, obj=found), url_for("suppliers.describe", ref=ref))


@bp.post("/suppliers/<ref>/description")
@needs(MANAGE)
def describe(ref: str) -> Any:
    """Keep the change."""
    actor, form = current_actor(), SupplierForm()
    found = queries.supplier_for(actor, ref, MANAGE)
    if carried_out(form, lambda: operations.describe_supplier(actor, found, form.given())):
        return onward(found.address, _("已保存"))
    return _form_page(queries.supplier_for(actor, ref), form, url_for("suppliers.describe", ref=ref), 422)


def _form_page(found: Supplier | None, form: SupplierForm, action: str, status: int = 200) -> Response:
    back = found.address if found else url_for("suppliers.index")
    return page("improvement/suppliers/form.html", status, supplier=found, form=form, action=action, back_url=back)


@bp.get("/suppliers/<ref>/agreements")
@needs(MANAGE)
def newer(ref: str) -> Response:
    """Put a signed agreement beside the older ones."""
    found = queries.supplier_for(current_actor(), ref, MANAGE)
    return _agreement_page(found, AgreementForm(formdata=None, version=found.version))


@bp.post("/suppliers/<ref>/agreements")
@needs(MANAGE)
def add_newer(ref: str) -> Any:
    """Keep it with its file."""
    actor, form = current_actor(), AgreementForm()
    found, people = queries.supplier_for(actor, ref, MANAGE), queries.people(actor)
    form.offer(people)
    if carried_out(form, lambda: operations.add_agreement(actor, found, form.given(_sent(), people))):
        return onward(found.address, _("协议已放上"))
    return _agreement_page(queries.supplier_for(actor, ref), form, 422)


def _sent() -> Stored:
    """The file of the form, checked and on the shelf. Raises Invalid."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("file", NO_FILE)
    count_stream(current_actor(), file.stream)
    stored: Stored = current_app.extensions["bihuan.shelf"].put(file.stream, file.filename, AGREEMENT)
    return stored


def _agreement_page(found: Supplier, form: AgreementForm, status: int = 200) -> Response:
    form.offer(queries.people(current_actor()))
    return page(
        "improvement/suppliers/agreement_form.html", status, supplier=found, form=form, accept=FILES,
        action=url_for("suppliers.add_newer", ref=found.ref), back_url=found.address,
    )  # fmt: skip
