"""Pages of audits: the list, beginning one, one with its parts and steps, the officer's words, the papers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.care.versions.forms import ReasonForm, StepForm
from app.care.versions.operations import VersionStep
from app.care.yearly import operations, papers, queries
from app.care.yearly.forms import FiledForm, WordsForm, YearForm
from app.care.yearly.models import OPEN, YearlyAudit
from app.care.yearly.operations import AuditPlace
from app.core import clock
from app.core.audit import trail
from app.core.errors import NotFound
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.web.answers import carried_out, onward
from app.core.web.asking import Ask, Asking
from app.core.web.current import current_actor, needs
from app.core.web.offers import chips_of, notes_of, offers_of, story_of
from app.core.web.pages import page

bp = Blueprint("yearly", __name__)
ASKING = Asking(
    {
        "submit": Ask(
            _l("送审后数字和文字都封存，由另一个人核对签署。"), StepForm, operations.submit_audit, _l("已送审"), "send"
        ),
        "sign": Ask(
            _l("看过各部分、例外和整改安排再签。签署后不能再改，更正只能另开一版。起草和送审的人不能签。"), StepForm,
            operations.sign_audit, _l("已签署，等报送"), "signature",
        ),
        "return-audit": Ask(_l("退回给负责人修改。"), ReasonForm, operations.return_audit, _l("已退回"), "arrow-back-up"),
        "file": Ask(
            _l("报送以后登记日期、部门和回执编号；登记后不能改。"), FiledForm, operations.file_audit, _l("已登记报送"), "send"
        ),
        "withdraw": Ask(
            _l("撤回后这一版不再送审，列表里仍然留着。"), StepForm, operations.withdraw_audit, _l("已撤回"), "arrow-back-up"
        ),
    },
    "care/yearly/step.html", "yearly.ask_step", "yearly.take_step",
)  # fmt: skip


@bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page its words."""
    return {"cell": papers.cell, "heading": papers.heading, "how_to_read": papers.note}


@bp.get("/yearly-audits")
@needs(queries.VIEW)
def index() -> Response:
    """Every version, the newest year first."""
    actor = current_actor()
    rows = queries.audits(actor)
    return page(
        "care/yearly/audits.html", rows=rows, clocks=chips_of(rows), may_draft=decide.holds(actor, queries.DRAFT)
    )


@bp.get("/yearly-audits/new")
@needs(queries.DRAFT)
def new() -> Response:
    """Of which year; last year's is due first."""
    form = YearForm(formdata=None)
    form.year.data = clock.today().year - 1
    return _year_page(form)


def _year_page(form: YearForm, status: int = 200) -> Response:
    return page("care/yearly/year_form.html", status, form=form)


@bp.post("/yearly-audits")
@needs(queries.DRAFT)
def begin() -> Any:
    """Begin it; the worker counts."""
    actor, form, made = current_actor(), YearForm(), []
    assert actor.county_id is not None
    place = AuditPlace(actor.county_id, actor.county_id)
    if carried_out(form, lambda: made.append(operations.begin_audit(actor, place, form.given()))):
        return onward(made[0].address, _("已开始，系统正在汇总数据，一两分钟后重新打开本页"))
    return _year_page(form, 422)


@bp.get("/yearly-audits/<ref>")
@needs(queries.VIEW)
def show(ref: str) -> Response:
    """One version: its parts, the officer's words, who signed it, where it was filed."""
    actor = current_actor()
    found = queries.audit_for(actor, ref)
    return page(
        "care/yearly/audit.html", one=found, names=queries.names_of(actor, found), notes=notes_of(found),
        versions=queries.versions_of(actor, found), clocks=chips_of([found]),
        offers=offers_of(actor, found, ASKING.ways(found)), story=story_of(actor, [found]),
        may_write=found.state in OPEN and decide.may(actor, queries.DRAFT, found),
    )  # fmt: skip


@bp.post("/yearly-audits/<ref>/recount")
@needs(queries.DRAFT)
@throttle.limit(COSTLY)
def recount(ref: str) -> Any:
    """Count it anew."""
    actor = current_actor()
    found = queries.audit_for(actor, ref)
    operations.recount_audit(actor, found, VersionStep())
    return onward(found.address, _("系统正在汇总，一两分钟后重新打开本页"))


@bp.get("/yearly-audits/<ref>/text")
@needs(queries.DRAFT)
def text(ref: str) -> Response:
    """Write conclusion and measures."""
    found = queries.audit_for(current_actor(), ref)
    return _words_page(WordsForm(formdata=None, obj=found), found)


@bp.post("/yearly-audits/<ref>/text")
@needs(queries.DRAFT)
def write(ref: str) -> Any:
    """Keep them."""
    actor, form = current_actor(), WordsForm()
    found = queries.audit_for(actor, ref)
    if carried_out(form, lambda: operations.write_audit(actor, found, form.given())):
        return onward(found.address, _("已保存"))
    return _words_page(form, found, 422)


def _words_page(form: WordsForm, found: YearlyAudit, status: int = 200) -> Response:
    return page("care/yearly/words_form.html", status, form=form, one=found)


@bp.get("/yearly-audits/<ref>/report/<any(pdf, word, table):form>")
@needs(queries.VIEW)
@throttle.limit(COSTLY)
def paper(ref: str, form: str) -> Response:
    """The report as it was signed. Raises NotFound before that, and where anything differs from its digest."""
    actor = current_actor()
    found = queries.audit_for(actor, ref)
    if found.signed_by is None or not found.is_unchanged:
        raise NotFound("report", ref)
    trail.saw(actor, found, "yearly_audit.paper")
    if form == "table":
        return papers.as_workbook(found)
    draw = papers.as_pdf if form == "pdf" else papers.as_word
    return draw(actor, found, queries.bureau(actor, found), queries.names_of(actor, found))


@bp.get("/yearly-audits/<ref>/steps/<name>")
@needs(*queries.STEPS)
def ask_step(ref: str, name: str) -> Response:
    """Ask before it is done."""
    return ASKING.ask(queries.audit_for(current_actor(), ref), name)


@bp.post("/yearly-audits/<ref>/steps/<name>")
@needs(*queries.STEPS)
def take_step(ref: str, name: str) -> Any:
    """Take the step, or ask again with what was wrong."""
    return ASKING.take(queries.audit_for(current_actor(), ref), name)
