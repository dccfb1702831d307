"""Pages of assessments: the list, a new one, its text and signed report, its versions, its steps."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.care.protection import operations, queries
from app.care.protection.forms import FORMS, AssessmentForm
from app.care.protection.models import PURPOSE, RECIPIENT, ImpactAssessment
from app.care.protection.operations import AssessmentPlace
from app.care.protection.routes.blueprint import bp
from app.care.versions.forms import ReasonForm, StepForm
from app.core.audit import trail
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.storage import EVIDENCE, Stored
from app.core.uploads import count_stream
from app.core.web.answers import carried_out, onward
from app.core.web.asking import Ask, Asking
from app.core.web.current import current_actor, needs
from app.core.web.offers import chips_of, notes_of, offers_of, story_of
from app.core.web.pages import page
from app.core.web.sent_in import give_out

RENEWED = ("active", "expired", "retired")
KINDS = f"<any({PURPOSE}, {RECIPIENT}):kind>"
ASKING = Asking(
    {
        "submit": Ask(_l("提交后由另一个人批准。"), StepForm, operations.submit_assessment, _l("已提交，等批准"), "send"),
        "approve": Ask(
            _l("批准后可以启用这个目的或接收方；上一版同时由它代替。起草的人不能自己批准。"), StepForm,
            operations.approve_assessment, _l("已批准，开始生效"),
        ),
        "return-assessment": Ask(
            _l("退回给起草人修改。"), ReasonForm, operations.return_assessment, _l("已退回"), "arrow-back-up"
        ),
        "withdraw": Ask(
            _l("撤回后不再送审，登记里仍然留着。"), StepForm, operations.withdraw_assessment, _l("已撤回"), "arrow-back-up"
        ),
        "stop": Ask(
            _l("停用后，凭这份评估的新征询、新筛查和新的信息提供都不能再开始；已经开始的不受影响。"), ReasonForm,
            operations.stop_assessment, _l("已停用"), "ban",
        ),
    },
    "care/protection/step.html", "protection.ask_step", "protection.take_step",
)  # fmt: skip


@bp.get("/impact-assessments")
@needs(queries.VIEW)
def index() -> Response:
    """Every version, what holds first."""
    actor = current_actor()
    rows = queries.assessments(actor)
    return page(
        "care/protection/assessments.html", rows=rows, clocks=chips_of(rows),
        may_draft=decide.holds(actor, queries.DRAFT),
    )  # fmt: skip


@bp.get(f"/impact-assessments/new/{KINDS}")
@needs(queries.DRAFT)
def new(kind: str) -> Response:
    """Write one; `subject` of the address is chosen already."""
    form = FORMS[kind](formdata=None)
    form.subject.data = request.args.get("subject", "")[:80]
    return _form_page(form, url_for("protection.draft", kind=kind))


@bp.post(f"/impact-assessments/new/{KINDS}")
@needs(queries.DRAFT)
def draft(kind: str) -> Any:
    """Keep it as a draft."""
    actor, form, made = current_actor(), FORMS[kind](), []
    assert actor.county_id is not None
    place = AssessmentPlace(actor.county_id, actor.county_id)
    if carried_out(
        form, lambda: made.append(operations.draft_assessment(actor, place, form.given(_sent(), form.about())))
    ):
        return onward(made[0].address, _("已存为草稿"))
    return _form_page(form, url_for("protection.draft", kind=kind), status=422)


def _sent() -> Stored | None:
    """The signed report that came with the form, checked and on the shelf. Raises Invalid."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return None
    count_stream(current_actor(), file.stream)
    stored: Stored = current_app.extensions["bihuan.shelf"].put(file.stream, file.filename, EVIDENCE)
    return stored


def _form_page(form: Any, action: str, one: ImpactAssessment | None = None, status: int = 200) -> Response:
    back = one.address if one else url_for("protection.index")
    return page("care/protection/form.html", status, form=form, action=action, one=one, back_url=back)


@bp.get("/impact-assessments/<ref>")
@needs(queries.VIEW)
def show(ref: str) -> Response:
    """One version: what was weighed, who approved it, its file and digest, the other versions."""
    actor = current_actor()
    found = queries.assessment_for(actor, ref)
    wrote, approved = queries.names_of(actor, found)
    return page(
        "care/protection/assessment.html", one=found, wrote=wrote, approved=approved,
        versions=queries.versions_of(actor, found), notes=notes_of(found), clocks=chips_of([found]),
        offers=offers_of(actor, found, ASKING.ways(found)), story=story_of(actor, [found]),
        may_write=found.state in operations.OPEN and decide.may(actor, queries.DRAFT, found),
        may_renew=found.state in RENEWED and decide.may(actor, queries.DRAFT, found),
    )  # fmt: skip


@bp.get("/impact-assessments/<ref>/report")
@needs(queries.VIEW)
def report(ref: str) -> Response:
    """The signed report. Raises NotFound."""
    actor = current_actor()
    found = queries.assessment_for(actor, ref)
    if found.file_sha256 is None:
        raise NotFound("report", ref)
    trail.saw(actor, found, "impact_assessment")
    return give_out(found.file_sha256, found.file_name or "report", found.media_type or "application/pdf")


@bp.get("/impact-assessments/<ref>/text")
@needs(queries.DRAFT)
def text(ref: str) -> Response:
    """Change a draft."""
    found = queries.assessment_for(current_actor(), ref)
    return _form_page(AssessmentForm(formdata=None, obj=found), url_for("protection.write", ref=ref), found)


@bp.post("/impact-assessments/<ref>/text")
@needs(queries.DRAFT)
def write(ref: str) -> Any:
    """Keep the change."""
    actor, form = current_actor(), AssessmentForm()
    found = queries.assessment_for(actor, ref)
    about = found.kind, found.subject, found.recipient_kind
    if carried_out(form, lambda: operations.write_assessment(actor, found, form.given(_sent(), about))):
        return onward(found.address, _("已保存"))
    return _form_page(form, url_for("protection.write", ref=ref), found, 422)


@bp.get("/impact-assessments/<ref>/steps/<name>")
@needs(*queries.STEPS)
def ask_step(ref: str, name: str) -> Response:
    """Ask before it is done."""
    return ASKING.ask(queries.assessment_for(current_actor(), ref), name)


@bp.post("/impact-assessments/<ref>/steps/<name>")
@needs(*queries.STEPS)
def take_step(ref: str, name: str) -> Any:
    """Take the step, or ask again with what was wrong."""
    return ASKING.take(queries.assessment_for(current_actor(), ref), name)
