"""Pages of handovers: the register, preparing one, the agreement to sign, one with its steps, the letter."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.care.rainbow.queries.observed import student_for
from app.care.rights.operations.requests import Child
from app.care.sharing import operations, queries, words
from app.care.sharing.forms import HandoverForm
from app.care.sharing.models import WRITTEN, Handover
from app.care.sharing.sealing import opened
from app.care.versions.forms import ReasonForm, StepForm
from app.core import pdf
from app.core.audit import trail
from app.core.errors import NotFound, StepRefused
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.storage import EVIDENCE, Stored, headers_for
from app.core.uploads import count_stream
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.asking import Ask, Asking
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.offers import chips_of, notes_of, offers_of, story_of
from app.core.web.pages import language, page
from app.core.web.papers import PDF, readers_line
from app.core.web.sent_in import give_out
from workflows.care.handover import HANDOVER

bp = Blueprint("sharing", __name__)
ASKING = Asking(
    {
        "submit": Ask(_l("提交给学校心理工作负责人审批。"), StepForm, operations.submit_handover, _l("已提交"), "send"),
        "approve": Ask(
            _l("看过接收方、项目和依据再批准；批准后内容封存，交付的就是这些。准备的人不能自己批准。"), StepForm,
            operations.approve_handover, _l("已批准，可以打印交付"),
        ),
        "return-handover": Ask(
            _l("退回给准备的人修改。"), ReasonForm, operations.return_handover, _l("已退回"), "arrow-back-up"
        ),
        "hand-over": Ask(
            _l("信已当面或挂号交给接收方后再登记；登记后不能撤回。"), StepForm, operations.hand_over, _l("已登记交付"), "send"
        ),
        "withdraw": Ask(
            _l("监护人收回同意，或者不再需要时撤回；不会交付任何内容。"), ReasonForm, operations.withdraw_handover,
            _l("已撤回"), "ban",
        ),
    },
    "care/sharing/step.html", "sharing.ask_step", "sharing.take_step",
)  # fmt: skip


@bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page its words."""
    return {"words": words}


@bp.get("/handovers")
@needs(queries.VIEW)
def index() -> Response:
    """The register, by code number."""
    actor = current_actor()
    state = filters.choice("state", _("状态"), [(one.code, word(one)) for one in HANDOVER.states], many=True)
    rows, pages = filters.paged(queries.handovers(actor, state.chosen, filters.cursor()))
    trail.saw(actor, None, "handovers.list", [row[0].ref for row in rows])
    return page(
        "care/sharing/handovers.html",
        rows=rows,
        listing=filters.bar([state]),
        clocks=chips_of([row[0] for row in rows]),
        **pages,
    )


@bp.get("/support/students/<ref>/handover")
@needs(queries.PREPARE)
def new(ref: str) -> Response:
    """Prepare one for a student."""
    student = student_for(current_actor(), ref, queries.PREPARE)
    return _form_page(HandoverForm(formdata=None), url_for("sharing.prepare", ref=ref), student)


@bp.post("/support/students/<ref>/handover")
@needs(queries.PREPARE)
def prepare(ref: str) -> Any:
    """Keep it as a draft."""
    actor, form, made = current_actor(), HandoverForm(), []
    student = student_for(actor, ref, queries.PREPARE)
    form.offer(queries.recipients(actor))
    child = Child.of(student)
    if carried_out(form, lambda: made.append(operations.prepare_handover(actor, child, form.given(_sent())))):
        return onward(made[0].address, _("已存为草稿"))
    return _form_page(form, url_for("sharing.prepare", ref=ref), student, status=422)


def _sent() -> Stored | None:
    """The signed agreement that came with the form, checked and on the shelf. Raises Invalid."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return None
    count_stream(current_actor(), file.stream)
    stored: Stored = current_app.extensions["bihuan.shelf"].put(file.stream, file.filename, EVIDENCE)
    return stored


def _form_page(
    form: HandoverForm, action: str, student: Any, one: Handover | None = None, status: int = 200
) -> Response:
    form.offer(queries.recipients(current_actor()))
    back = one.address if one else url_for("sharing.index")
    trail.saw(current_actor(), student, "handovers.form")
    return page("care/sharing/form.html", status, form=form, action=action, student=student, one=one, back_url=back)


@bp.get("/handovers/<ref>")
@needs(queries.VIEW)
def show(ref: str) -> Response:
    """One handover; its words are for the school alone."""
    actor = current_actor()
    found = queries.handover_for(actor, ref)
    student = found.student if decide.may(actor, queries.READ, found) else None
    trail.saw(actor, found, "handovers.page", [found.ref, *([student.ref] if student else [])])
    carried = opened(found, "packet_sealed") or found.words if student else {}
    return page(
        "care/sharing/handover.html", one=found, student=student, school=queries.school_of(found), carried=carried,
        why=opened(found, "reason_sealed").get("why", "") if student else "", notes=notes_of(found),
        clocks=chips_of([found]), offers=offers_of(actor, found, ASKING.ways(found)), story=story_of(actor, [found]),
        notice=queries.notice_of(actor, found),
        may_write=found.state in operations.OPEN and decide.may(actor, queries.PREPARE, found),
    )  # fmt: skip


@bp.get("/handovers/<ref>/text")
@needs(queries.PREPARE)
def text(ref: str) -> Response:
    """Change a draft."""
    found, student = _own(current_actor(), ref)
    form = HandoverForm(formdata=None, obj=found)
    form.recipient.data = found.assessment.ref
    form.why.data = opened(found, "reason_sealed").get("why", "")
    for name in WRITTEN:
        getattr(form, name).data = found.words.get(name, "")
    return _form_page(form, url_for("sharing.write", ref=ref), student, found)


@bp.post("/handovers/<ref>/text")
@needs(queries.PREPARE)
def write(ref: str) -> Any:
    """Keep the change."""
    actor, form = current_actor(), HandoverForm()
    found, student = _own(actor, ref)
    form.offer(queries.recipients(actor))
    if carried_out(form, lambda: operations.write_handover(actor, found, form.given(_sent()))):
        return onward(found.address, _("已保存"))
    return _form_page(form, url_for("sharing.write", ref=ref), student, found, 422)


def _own(actor: Actor, ref: str) -> tuple[Handover, Any]:
    """A handover whose words the actor may read, and its student. Raises NotFound."""
    found = queries.handover_for(actor, ref)
    if not decide.may(actor, queries.READ, found) or (student := found.student) is None:
        raise NotFound("handover", ref)
    return found, student


@bp.get("/handovers/<ref>/agreement.pdf")
@needs(queries.READ)
@throttle.limit(COSTLY)
def agreement(ref: str) -> Response:
    """The agreement to sign: it names recipient and fields, and nothing of what they hold."""
    found, student = _own(current_actor(), ref)
    trail.saw(current_actor(), found, "handovers.agreement", [student.ref])
    return _paper("documents/handover_agreement.html", found, _("向接收方提供信息同意书"), {}, student)


@bp.get("/handovers/<ref>/letter.pdf")
@needs(queries.READ)
@throttle.limit(COSTLY)
def letter(ref: str) -> Response:
    """The letter: the named fields as they were approved. Raises NotFound before that."""
    found, student = _own(current_actor(), ref)
    if found.state not in ("approved", "handed") or not found.is_unchanged:
        raise NotFound("letter", ref)
    trail.saw(current_actor(), found, "handovers.letter", [student.ref])
    return _paper("documents/handover_letter.html", found, _("情况说明"), opened(found, "packet_sealed"), student)


def _paper(template: str, found: Handover, title: str, carried: dict[str, Any], student: Any) -> Response:
    digest = found.packet_sha256 or ""
    doc = {
        "title": title, "meta": [_("保密"), found.label], "to": found.assessment.subject, "qr": "",
        "verify_at": readers_line(current_actor(), digest or found.ref),
    }  # fmt: skip
    html = render_template(
        template, doc=doc, one=found, carried=carried, names=words.FIELDS, student=student, digest=digest,
        school=queries.school_of(found), language=language(),
    )  # fmt: skip
    try:
        content = pdf.render(html).content
    except pdf.NotPrinted as refused:
        raise StepRefused((refused.sentence,)) from None
    return Response(content, headers=headers_for(f"{found.ref[:6]}.pdf", PDF))


@bp.get("/handovers/<ref>/consent")
@needs(queries.READ)
def consent(ref: str) -> Response:
    """The scan of the signed agreement. Raises NotFound."""
    found, student = _own(current_actor(), ref)
    if found.consent_sha256 is None:
        raise NotFound("consent", ref)
    trail.saw(current_actor(), found, "handovers.consent", [student.ref])
    return give_out(found.consent_sha256, found.consent_name or "consent", found.consent_type or PDF)


@bp.get("/handovers/<ref>/steps/<name>")
@needs(*queries.STEPS)
def ask_step(ref: str, name: str) -> Response:
    """Ask before it is done."""
    return ASKING.ask(queries.handover_for(current_actor(), ref), name)


@bp.post("/handovers/<ref>/steps/<name>")
@needs(*queries.STEPS)
def take_step(ref: str, name: str) -> Any:
    """Take the step, or ask again with what was wrong."""
    return ASKING.take(queries.handover_for(current_actor(), ref), name)
