"""Pages of the document library: searched list, one paper with its files, adding, a newer version, replacing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, current_app, request, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.audit import trail
from app.core.errors import Invalid, NotFound, Sentence
from app.core.policy import decide
from app.core.policy.roles import ROLES
from app.core.storage import EVIDENCE, Stored
from app.core.uploads import count_stream
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.core.web.sent_in import give_out
from app.improvement.disclosure.forms.document_library import FILES, DocumentForm, ReplacedForm, VersionForm
from app.improvement.disclosure.models import LibraryDocument
from app.improvement.disclosure.operations import document_library as operations
from app.improvement.disclosure.queries import disclosures as shown
from app.improvement.disclosure.queries import document_library as queries
from app.improvement.disclosure.queries import sendings
from app.improvement.disclosure.routes.blueprint import library_bp as bp
from app.improvement.disclosure.words import CATEGORIES, STANDINGS
from app.people.directory.words import ADDRESSEES

VIEW, MANAGE = queries.VIEW, queries.MANAGE
NO_FILE = Sentence("请选择文件", "Choose a file")
PARTS = (
    "title",
    "number",
    "category",
    "issuer",
    "summary",
    "signed_on",
    "printed_on",
    "in_force_on",
    "until_on",
    "roles",
)


@bp.get("/library")
@needs(VIEW)
def index() -> Response:
    """Papers, searched by words and narrowed by category and standing."""
    actor, after = current_actor(), request.args.get("after", "")
    words = filters.text("words", _("标题、文号或发文单位"))
    category = filters.choice("category", _("类别"), [(code, word(one)) for code, one in CATEGORIES.items()])
    standing = filters.choice("standing", _("效力"), [(code, word(one)) for code, one in STANDINGS.items()])
    waiting = filters.choice("receipt", _("签收"), [("open", _("等我签收"))])
    rows = queries.documents(actor, words.one, category.one, standing.one, after, bool(waiting.one))
    more, rows = len(rows) > queries.PAGE, rows[: queries.PAGE]
    return page(
        "improvement/disclosure/library.html",
        rows=rows,
        listing=filters.bar([words, category, standing, waiting]),
        may_manage=decide.holds(actor, MANAGE),
        next_url=filters.address(after=rows[-1].ref) if more else "",
        first_url=filters.address() if after else "",
    )


@bp.get("/library/new")
@needs(MANAGE)
def new() -> Response:
    """Put a paper in."""
    return _form_page(None, DocumentForm(formdata=None), url_for("library.add"))


@bp.post("/library")
@needs(MANAGE)
def add() -> Any:
    """Keep it with its file."""
    actor, form, made = current_actor(), DocumentForm(), []
    assert actor.county_id is not None and actor.unit_id is not None
    place = operations.LibraryPlace(actor.county_id, actor.unit_id)

    def keep() -> None:
        made.append(operations.add_document(actor, place, operations.FirstIn(form.given(), _sent())))

    if carried_out(form, keep):
        return onward(made[0].address, _("已放进文件库"))
    return _form_page(None, form, url_for("library.add"), 422)


def _sent() -> Stored:
    """The file of the form, checked and on the shelf. Raises Invalid."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("file", NO_FILE)
    count_stream(current_actor(), file.stream)
    stored: Stored = current_app.extensions["bihuan.shelf"].put(file.stream, file.filename, EVIDENCE)
    return stored


@bp.get("/library/<ref>")
@needs(VIEW)
def show(ref: str) -> Response:
    """One paper with its files."""
    actor = current_actor()
    found = queries.document_for(actor, ref)
    held = sendings.receipts(actor, found)
    return page(
        "improvement/disclosure/document.html",
        document=found,
        may_manage=decide.may(actor, MANAGE, found),
        receipts=held,
        to_sign=next((one for one in held if one.unit_id == actor.unit_id and one.signed_at is None), None),
        sent_as=ADDRESSEES,
        today=clock.today(),
        public=shown.disclosures_of(actor, found),
        may_publish=decide.may(actor, MANAGE, found) and found.is_for_everybody,
        readers=_("、").join(word(ROLES[code]) for code in found.roles if code in ROLES),
        back_url=url_for("library.index"),
    )


@bp.get("/library/<ref>/files/<int:number>")
@needs(VIEW)
def download(ref: str, number: int) -> Response:
    """One file of it."""
    actor = current_actor()
    found = queries.document_for(actor, ref)
    kept = queries.version_of(actor, found, number)
    trail.saw(actor, found, "library_document")
    return give_out(kept.file_sha256, kept.file_name, kept.media_type)


@bp.get("/library/<ref>/description")
@needs(MANAGE)
def description(ref: str) -> Response:
    """Change what is known of it."""
    found = _mine(ref)
    form = DocumentForm(formdata=None, **{part: getattr(found, part) for part in PARTS})
    form.version.data = found.version
    return _form_page(found, form, url_for("library.describe", ref=ref))


@bp.post("/library/<ref>/description")
@needs(MANAGE)
def describe(ref: str) -> Any:
    """Keep the change."""
    actor, form, found = current_actor(), DocumentForm(), _mine(ref)
    if carried_out(form, lambda: operations.describe_document(actor, found, form.given())):
        return onward(found.address, _("已保存"))
    return _form_page(_mine(ref), form, url_for("library.describe", ref=ref), 422)


@bp.get("/library/<ref>/versions")
@needs(MANAGE)
def newer(ref: str) -> Response:
    """Put a newer file beside the others."""
    found = _mine(ref)
    return _small_page(found, VersionForm(formdata=None, version=found.version), "library.add_newer", _("放新版本"))


@bp.post("/library/<ref>/versions")
@needs(MANAGE)
def add_newer(ref: str) -> Any:
    """Keep it."""
    form, found, actor = VersionForm(), _mine(ref), current_actor()

    def keep() -> None:
        given = operations.VersionIn(_sent(), form.note.data or "", form.version.data)
        operations.add_version(actor, found, given)

    return _kept(found, form, keep, "library.add_newer", _("放新版本"), _("新版本已放进文件库"))


@bp.get("/library/<ref>/replacement")
@needs(MANAGE)
def replacement(ref: str) -> Response:
    """Say what takes its place."""
    found = _mine(ref)
    form = ReplacedForm(formdata=None, version=found.version)
    form.offer(queries.others(current_actor(), found))
    return _small_page(found, form, "library.replace", _("由新文件代替"))


@bp.post("/library/<ref>/replacement")
@needs(MANAGE)
def replace(ref: str) -> Any:
    """Keep it."""
    actor, form, found = current_actor(), ReplacedForm(), _mine(ref)
    rows = {one.ref: one for one in queries.others(actor, found)}
    form.offer(list(rows.values()))

    def keep() -> None:
        operations.replace_document(actor, found, operations.ReplacedIn(rows[form.by.data or ""], form.version.data))

    return _kept(found, form, keep, "library.replace", _("由新文件代替"), _("已标明由新文件代替"))


def _kept(found: LibraryDocument, form: Any, keep: Callable[[], None], endpoint: str, heading: str, said: str) -> Any:
    if carried_out(form, keep):
        return onward(found.address, said)
    return _small_page(found, form, endpoint, heading, 422)


def _mine(ref: str) -> LibraryDocument:
    actor = current_actor()
    found = queries.document_for(actor, ref)
    if not decide.may(actor, MANAGE, found):
        raise NotFound("library_document", ref)
    return found


def _form_page(found: LibraryDocument | None, form: DocumentForm, action: str, status: int = 200) -> Response:
    return page(
        "improvement/disclosure/document_form.html",
        status,
        document=found,
        form=form,
        action=action,
        accept=FILES,
        back_url=found.address if found else url_for("library.index"),
    )


def _small_page(found: LibraryDocument, form: Any, endpoint: str, heading: str, status: int = 200) -> Response:
    return page(
        "improvement/disclosure/document_change.html",
        status,
        document=found,
        form=form,
        action=url_for(endpoint, ref=found.ref),
        heading=heading,
        accept=FILES,
        back_url=found.address,
    )
