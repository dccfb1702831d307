"""The pages of imports: the list, sending a file, matching columns, the report, acceptance and the way back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from app.core import clock
from app.core.casework.choices import choice
from app.core.errors import ImportRefused, Invalid, NotFound
from app.core.imports import arrival, forms, operations, queries, showing
from app.core.imports.blank import blank_workbook
from app.core.imports.files import ANNOTATED, file_of
from app.core.imports.flow import kind_of, mapping_from
from app.core.imports.kinds import KINDS
from app.core.imports.models import ImportBatch
from app.core.imports.operations import CheckIn, DropIn, Relation, SameFile, StepIn
from app.core.imports.registry import REGISTERED, import_kind
from app.core.limits import COSTLY, throttle
from app.core.storage import cleaned_name, headers_for
from app.core.storage.kinds import XLSX
from app.core.web import filters
from app.core.web.current import current_actor, needs
from app.core.web.pages import page, say
from workflows.imports.import_batch import IMPORT_BATCH

bp = Blueprint("imports", __name__, url_prefix="/imports")
AT_WORK = ("checking", "accepting", "rolling_back")


def _load(ref: str) -> ImportBatch:
    return queries.batch_for(current_actor(), ref)


def _to(batch: ImportBatch) -> Response:
    return Response("", 303, {"Location": url_for("imports.batch", ref=batch.ref)})


@bp.get("/")
@needs(*queries.RIGHTS)
def batches() -> Response:
    """The files that came in, newest first."""
    actor = current_actor()
    codes = [(code, say(kind)) for code, kind in REGISTERED.items()]
    chosen = (
        filters.choice("kind", _("种类"), codes, many=True),
        filters.choice("state", _("状态"), [(s.code, say(s)) for s in IMPORT_BATCH.states], many=True),
    )
    wanted = queries.Wanted(chosen[0].chosen, chosen[1].chosen, request.args.get("after", ""))
    rows = queries.batches(actor, wanted)
    after = rows[queries.PAGE - 1][0].ref if len(rows) > queries.PAGE else ""
    return page(
        "imports/batches.html",
        rows=rows[: queries.PAGE],
        total=queries.batch_count(actor, wanted),
        listing=filters.bar(chosen),
        kinds=[kind for kind in queries.kinds_for(actor) if not (kind.versions or kind.from_record)],
        next_url=filters.address(after=after) if after else "",
        first_url=filters.address() if wanted.before else "",
    )


@bp.get("/new")
@needs(*queries.UPLOAD_RIGHTS)
def upload() -> Response:
    """Choose a file."""
    return _upload_page(_place(), forms.UploadForm())


def _place() -> ImportBatch:
    source = request.values
    return arrival.place_of(current_actor(), source.get("kind", ""), source.get("target"))


def _mended() -> ImportBatch | None:
    """The batch that the new file mends, when the page was opened from its report."""
    ref = request.values.get("mends", "")
    return _load(ref) if ref else None


def _upload_page(place: ImportBatch, form: forms.UploadForm, status: int = 200, first: Any = None) -> Response:
    actor, mends = current_actor(), _mended()
    earlier = queries.replaceable(actor, place.kind, place.target_id) if place.behind.versions else []
    form.offer([(ref, name) for ref, _id, name in place.behind.sources(actor)])
    form.supersedes.choices = [SelectChoice(ref, words) for ref, words in showing.relations(earlier)]
    return page(
        "imports/upload.html",
        status,
        place=place,
        form=form,
        kind=place.behind,
        first=first,
        earlier=earlier,
        mends=mends,
        senders=queries.senders(actor, place.kind),
        target=request.values.get("target", ""),
        back_url=url_for("imports.batches"),
    )


@bp.post("/new")
@needs(*queries.UPLOAD_RIGHTS)
@throttle.limit(COSTLY)
def send() -> Response:
    """Take the file in: opened, checked for its structure, its columns proposed."""
    actor, form, place = current_actor(), forms.UploadForm(), _place()
    if not form.validate():
        return _upload_page(place, form, 422)
    try:
        _replace(place, form)
        arrival.come_from(actor, place, form.supplier.data or "")
        file = form.file.data
        given = arrival.receive(
            actor, place, file.read(), cleaned_name(file.filename), form.sender.data or "", _mended()
        )
        batch = operations.upload(actor, place, given)
    except SameFile as same:
        form.file.errors = [say(sentence) for sentence in same.sentences]
        return _upload_page(_place(), form, 409, same.first)
    except ImportRefused as refused:
        form.file.errors = [say(sentence) for sentence in refused.sentences]
        return _upload_page(_place(), form, 422)
    except Invalid as invalid:
        for name, sentence in invalid.sentences.items():
            (form.supplier if name == "supplier" else form.file).errors = [say(sentence)]
        return _upload_page(_place(), form, 422)
    return _to(batch)


def _replace(place: ImportBatch, form: forms.UploadForm) -> None:
    relation = _relation(place, form.supersedes.data or "")
    if relation.replaces is not None:
        place.supersedes_id = relation.replaces.id


def _relation(place: ImportBatch, ref: str) -> Relation:
    """What was chosen about the files that were accepted before; one of another kind or target is not found."""
    earlier = queries.replaceable(current_actor(), place.kind, place.target_id) if place.behind.versions else []
    chosen = next((batch for batch in earlier if batch.ref == ref), None)
    if ref and chosen is None:
        raise NotFound("import_batch", ref)
    return Relation(chosen)


@bp.get("/<ref>")
@needs(*queries.RIGHTS)
def batch(ref: str) -> Response:
    """Where a file is: its columns, a job at work, or the report."""
    found = _load(ref)
    if found.state in AT_WORK:
        return page("imports/work.html", batch=found, job=showing.job(current_actor(), found), back_url=_list())
    return _mapping_page(found) if found.state == "staged" else _report_page(found)


def _list() -> str:
    return url_for("imports.batches")


def _mapping_page(found: ImportBatch, status: int = 200, fault: str = "") -> Response:
    proposal, _report = queries.report_for(current_actor(), found)
    return page(
        "imports/mapping.html",
        status,
        batch=found,
        proposal=proposal,
        kind=kind_of(found),
        fault=fault,
        trouble=showing.speaking(found.trouble),
        headers=found.mapping.get("headers", {}),
        fixed=found.mapping.get("fixed", {}),
        missing=found.mapping.get("missing", []),
        check=choice(current_actor(), found, "check"),
        back_url=_list(),
        **showing.offered_relations(current_actor(), found, request.form.get("relation")),
    )


def _report_page(found: ImportBatch, status: int = 200, fault: str = "") -> Response:
    actor = current_actor()
    _proposal, report = queries.report_for(actor, found)
    return page(
        "imports/report.html",
        status,
        batch=found,
        report=showing.speaking(report),
        kind=kind_of(found),
        fault=fault,
        shown=showing.shown(actor, found, report),
        back_url=_list(),
    )


@bp.get("/<ref>/progress")
@needs(*queries.RIGHTS)
def progress(ref: str) -> Response:
    """The row of a job at work; once it is over the browser loads the page anew."""
    found = _load(ref)
    if found.state not in AT_WORK:
        return Response("", 204, {"HX-Redirect": url_for("imports.batch", ref=ref)})
    return page("imports/_job.html", batch=found, job=showing.job(current_actor(), found))


@bp.post("/<ref>/columns")
@needs(*queries.UPLOAD_RIGHTS)
def look_again(ref: str) -> Response:
    """Find the columns with other header rows."""
    actor, found = current_actor(), _load(ref)
    proposal, _report = queries.report_for(actor, found)
    try:
        wanted = forms.matched(request.form, proposal)
    except Invalid as invalid:
        return _mapping_page(found, 422, say(next(iter(invalid.sentences.values()))))
    operations.map_again(actor, found, arrival.look_again(actor, found, wanted.header_rows, _version()))
    return _to(found)


def _version() -> int:
    typed = request.form.get("version", "")
    return int(typed) if typed.isdigit() else 0


@bp.post("/<ref>/check")
@needs(*queries.UPLOAD_RIGHTS)
def check(ref: str) -> Response:
    """Check the rows with the columns as they were matched."""
    actor, found = current_actor(), _load(ref)
    proposal, _report = queries.report_for(actor, found)
    try:
        wanted = forms.matched(request.form, proposal)
        mapping = mapping_from(kind_of(found), proposal, wanted.headers, wanted.used, wanted.fixed)
    except Invalid as invalid:
        return _mapping_page(found, 422, say(next(iter(invalid.sentences.values()))))
    if mapping["missing"]:
        return _with_choices(found, proposal, mapping)
    relation = _relation(found, request.form["relation"]) if "relation" in request.form else None
    operations.check(actor, found, CheckIn(_version(), mapping, relation=relation))
    return _to(found)


def _with_choices(found: ImportBatch, proposal: dict[str, Any], mapping: dict[str, Any]) -> Response:
    """The mapping page as it was filled in, with the columns that are still missing."""
    return page(
        "imports/mapping.html",
        422,
        batch=found,
        proposal=proposal,
        kind=kind_of(found),
        fault=_("还差 %(n)s 个必需的列没有对应", n=len(mapping["missing"])),
        headers=mapping["headers"],
        fixed=mapping["fixed"],
        missing=mapping["missing"],
        check=None,
        back_url=_list(),
        **showing.offered_relations(current_actor(), found, request.form.get("relation")),
    )


@bp.post("/<ref>/map-again")
@needs(*queries.UPLOAD_RIGHTS)
def map_again(ref: str) -> Response:
    """Back from the report to matching the columns."""
    actor, found = current_actor(), _load(ref)
    operations.map_again(actor, found, arrival.look_again(actor, found, showing.header_rows(found), _version()))
    return _to(found)


@bp.post("/<ref>/choices")
@needs(*queries.UPLOAD_RIGHTS)
def choose(ref: str) -> Response:
    """Check again with what was chosen on the report page."""
    actor, found = current_actor(), _load(ref)
    _proposal, report = queries.report_for(actor, found)
    try:
        answers = forms.chosen(request.form, report, found.choices)
    except Invalid as invalid:
        return _report_page(found, 422, say(next(iter(invalid.sentences.values()))))
    operations.check(actor, found, CheckIn(_version(), None, answers))
    return _to(found)


@bp.post("/<ref>/accept")
@needs(*queries.ACCEPT_RIGHTS)
def accept(ref: str) -> Response:
    """Take the good rows in."""
    found = _load(ref)
    operations.accept(current_actor(), found, StepIn(_version()))
    return _to(found)


@bp.get("/<ref>/<any(discard, 'roll-back'):step>")
@needs(*queries.RIGHTS)
def ask(ref: str, step: str) -> Response:
    """What giving up or taking back would do."""
    return _ask_page(_load(ref), step, forms.StepForm())


def _ask_page(found: ImportBatch, step: str, form: forms.StepForm, status: int = 200) -> Response:
    may = choice(current_actor(), found, step.replace("-", "_"))
    if may is None:
        raise NotFound("import_batch", found.ref)
    return page("imports/ask.html", status, batch=found, step=step, form=form, may=may, back_url=found.address)


@bp.post("/<ref>/discard")
@needs(*queries.UPLOAD_RIGHTS)
def discard(ref: str) -> Response:
    """Give the file up."""
    operations.discard(current_actor(), _load(ref), StepIn(_version()))
    return Response("", 303, {"Location": _list()})


@bp.post("/<ref>/roll-back")
@needs(*queries.ACCEPT_RIGHTS)
def roll_back(ref: str) -> Response:
    """Take out again what came in."""
    found, form = _load(ref), forms.StepForm()
    try:
        operations.roll_back(current_actor(), found, StepIn(form.version.data, form.reason.data))
    except Invalid as invalid:
        form.reason.errors = [say(sentence) for sentence in invalid.sentences.values()]
        return _ask_page(_load(ref), "roll-back", form, 422)
    return _to(found)


@bp.get("/<ref>/rows")
@needs(*queries.RIGHTS)
def rows(ref: str) -> Response:
    """Rows that something was said about, or that are blocked."""
    actor, found = current_actor(), _load(ref)
    statuses, code = request.args.getlist("status"), request.args.get("code", "")
    after = request.args.get("after", "")
    listed = queries.rows_for(actor, found, statuses, code, int(after) if after.isdigit() else 0)
    last = listed[queries.PAGE - 1].id if len(listed) > queries.PAGE else None
    return page(
        "imports/rows.html",
        batch=found,
        kind=kind_of(found),
        spoken=found.behind.spoken(found, [row.key for row in listed[: queries.PAGE] if row.key]),
        rows=[(row, showing.speaking(row.messages)) for row in listed[: queries.PAGE]],
        code=code,
        may_drop=choice(actor, found, "drop_row"),
        next_url=filters.address(after=last) if last else "",
        back_url=found.address,
    )


@bp.post("/<ref>/rows/<int:row>/drop")
@needs(*queries.UPLOAD_RIGHTS)
def drop_row(ref: str, row: int) -> Any:
    """Give up one row that was left behind."""
    found = _load(ref)
    operations.drop_row(current_actor(), found, DropIn(row, request.form.get("reason", ""), _version()))
    return redirect(url_for("imports.rows", ref=ref, status="blocked"), 303)


@bp.get("/<ref>/differences")
@needs(*queries.RIGHTS)
def differences(ref: str) -> Response:
    """Cell by cell: this file against the version before."""
    found = _load(ref)
    _proposal, report = queries.report_for(current_actor(), found)
    told = showing.differences(report.get("diff") or {}, request.args.get("show", ""))
    return page(
        "imports/differences.html",
        batch=found,
        kind=kind_of(found),
        diff=told,
        spoken=found.behind.spoken(found, told["keys"]),
        back_url=found.address,
    )


@bp.get("/<ref>/annotated")
@needs(*queries.RIGHTS)
@throttle.limit(COSTLY)
def annotated(ref: str) -> Response:
    """The sender's own file with what was found written into it."""
    found = _load(ref)
    name = (found.file_name.rpartition(".")[0] or found.file_name) + "-" + _("核对") + ".xlsx"
    return _download(file_of(found, ANNOTATED), name)


@bp.get("/blank/<kind>")
@needs(*queries.UPLOAD_RIGHTS)
def blank(kind: str) -> Response:
    """An empty workbook with the right headers."""
    if kind not in {each.code for each in queries.kinds_for(current_actor())}:
        raise NotFound("import_kind", kind)
    name = "-".join((import_kind(kind).zh, _("空表"), f"{clock.today():%Y}.xlsx"))
    return _download(blank_workbook(KINDS[kind]), name)


def _download(data: bytes, name: str) -> Response:
    return Response(data, headers=headers_for(name, XLSX.media_type))
