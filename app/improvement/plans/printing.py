"""Document 2, 整改方案: the same facts as PDF and as editable Word, alone or all plans of a list under one cover (decision 51)."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import segno
from flask import current_app
from flask_babel import force_locale, pgettext
from flask_babel import gettext as _

from app.core import clock, pdf
from app.core.audit.trail import canonical
from app.core.database import db
from app.core.on_demand import on_demand
from app.core.policy.actor import SYSTEM
from app.core.web.chips import long_date, word
from app.core.web.drawings import plain
from app.core.word import Paper, Signature, Value
from app.improvement.plans.arrivals import shelf
from app.improvement.plans.comparing import in_words
from app.improvement.plans.models import PlanDocument, RemediationAction, RemediationPlan
from app.improvement.plans.operations.documents import MadeIn, note_parts
from app.improvement.plans.queries import documents, people, plans
from app.improvement.plans.words import DESIGN_NAMES
from app.improvement.problems.models import ProblemList
from app.improvement.problems.words import CAUSES, value_words, word_of
from app.people.directory.models import Person, Unit

if TYPE_CHECKING:
    import pypdf
else:
    pypdf = on_demand("pypdf")

MEASURES = (5, 26, 12, 16, 28, 13)
"""Shares of the page of the table of measures: one a column."""
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Chapter:
    """One numbered part: labelled facts, paragraphs, or the table of measures."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class PlanPaper:
    """A plan as it is printed (domain §9.3): item, causes, goals, measures, assurance, evaluation design, signatures."""

    title: str
    number: str
    edition: int
    meta: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    signatures: tuple[tuple[str, str], ...]
    signed_by: str
    approved_on: date | None
    draft: bool = field(default=False)


def heads() -> list[str]:
    """The columns of the table of measures, in their order."""
    return [_("序号"), _("措施"), _("负责人"), _("起止"), _("佐证"), _("经费（元）")]


def paper_of(plan: RemediationPlan) -> PlanPaper:
    """The facts of one plan in words."""
    names = people.names(SYSTEM, {plan.owner_id, *(one.owner_id for one in plan.actions)})
    indicator = plans.indicator_of(SYSTEM, plan)
    return PlanPaper(
        title=_("关于%(item)s的整改方案", item=plan.item.title),
        number=plan.item.number,
        edition=plan.edition,
        meta=(
            _("问题项 %(number)s", number=plan.item.number),
            _("第 %(n)s 版", n=plan.edition),
            word(plan.standing),
            plan.unit.name,
        ),
        chapters=(
            Chapter(_("一、问题项"), facts=_item_facts(plan)),
            Chapter(_("二、原因"), parts=tuple(("", text) for text in _causes(plan))),
            Chapter(
                _("三、目标"),
                facts=_goal(plan, indicator),
                parts=_texts(plan, ("goal", _("目标")), ("tasks", _("任务"))),
            ),
            Chapter(
                _("四、措施"),
                rows=tuple(_measure(n, one, names) for n, one in enumerate(plan.live_actions, 1)),
                parts=_texts(plan, ("division", _("分工")), ("schedule", _("进度"))),
            ),
            Chapter(_("五、保障"), facts=_funds(plan), parts=_assurance(plan)),
            Chapter(_("六、评价设计"), facts=_evaluation(plan)),
        ),
        signatures=(
            (_("总负责人"), names.get(plan.owner_id, "") if plan.owner_id is not None else ""),
            (_("单位负责人"), ""),
            (_("批准人"), ""),
        ),
        signed_by=plan.unit.name,
        approved_on=plan.approved_on,
        draft=plan.state in ("draft", "returned", "cancelled"),
    )


def _item_facts(plan: RemediationPlan) -> tuple[tuple[str, str], ...]:
    return (
        (_("编号"), plan.item.number),
        (_("问题"), plan.item.title),
        (_("责任单位"), plan.unit.name),
        (_("整改期限"), long_date(plan.item.due_on)),
        (_("要解决的问题"), plan.problem),
    )


def _causes(plan: RemediationPlan) -> list[str]:
    told = {True: _("可控"), False: _("不可控"), None: _("未判断")}
    return [
        f"（{n}）{cause.statement}"
        + _("（%(kind)s，%(control)s）", kind=word(word_of(CAUSES, cause.category)), control=told[cause.controllable])
        for n, cause in enumerate(plan.item.causes, 1)
    ] or [_("没有写明")]


def _goal(plan: RemediationPlan, indicator: Any) -> tuple[tuple[str, str], ...]:
    if plan.design == "criterion" or indicator is None:
        lines = "；".join(plan.criteria) or "—"
        return ((_("达标标准"), lines), (_("达成日期"), long_date(plan.target_on)))
    kind = indicator.value_type
    return (
        (_("指标"), indicator.name),
        (_("基线"), value_words(plan.baseline, kind)),
        (_("目标值"), value_words(plan.target, kind)),
        (_("达成日期"), long_date(plan.target_on)),
    )


def _texts(plan: RemediationPlan, *parts: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    written = [(title, getattr(plan, name)) for name, title in parts if getattr(plan, name).strip()]
    return tuple((f"（{mark}）{title}", text) for mark, (title, text) in zip("一二三四五", written, strict=False))


def _measure(number: int, action: RemediationAction, names: dict[Any, str]) -> tuple[str, ...]:
    evidence = "；".join(
        _("%(text)s（%(least)s 至 %(most)s 份）", text=one.text, least=one.minimum, most=one.maximum)
        for one in action.criteria
    )
    dates = f"{action.planned_start or '—'}\n至 {action.planned_end or '—'}"
    owner = names.get(action.owner_id, "") if action.owner_id is not None else ""
    text = f"{action.title}\n{action.description}".strip()
    return str(number), text, owner, dates, evidence or "—", in_words(action.budget_planned) or "—"


def _funds(plan: RemediationPlan) -> tuple[tuple[str, str], ...]:
    return (
        (_("计划经费（元）"), in_words(plan.budget_planned) or "—"),
        (_("已用经费（元）"), in_words(plan.budget_used) or "—"),
        (_("经费来源"), plan.budget_source or "—"),
    )


def _assurance(plan: RemediationPlan) -> tuple[tuple[str, str], ...]:
    return _texts(plan, ("assurance", _("保障措施")), ("argumentation", _("论证")), ("risks", _("风险和应对")))


def _evaluation(plan: RemediationPlan) -> tuple[tuple[str, str], ...]:
    rows = [
        (_("评价方式"), word(DESIGN_NAMES[plan.design]) if plan.design in DESIGN_NAMES else "—"),
        (_("复测（核验）日期"), long_date(plan.follow_up_on) or "—"),
    ]
    if plan.design != "criterion":
        rows.append((_("最小效应"), plain(plan.min_effect, 2) if plan.min_effect is not None else "—"))
    return tuple(rows)


def make(document: PlanDocument) -> MadeIn:
    """The file of a printout. Raises NotPrinted where PDF is off or it is too long; runs in the worker, as the system."""
    with force_locale("zh"):
        bound = _bound(document)
        papers = [paper_of(plan) for plan in bound]
        digest = hashlib.sha256(canonical({"papers": [asdict(one) for one in papers]}).encode()).hexdigest()
        marks = _marks(document, digest)
        parts = (document.number, pgettext("one", "整改方案"), _("第 %(n)s 版", n=document.edition))
        name = "-".join(parts).replace(" ", "")
        if document.form == "word":
            content, pages = _as_word(document, papers, marks), None
            return MadeIn(shelf().keep(content, f"{name}.docx", WORD_TYPE), digest, pages)
        content, pages = _as_pdf(document, papers, marks)
        return MadeIn(shelf().keep(content, f"{name}.pdf", "application/pdf"), digest, pages)


def _bound(document: PlanDocument) -> Sequence[RemediationPlan]:
    if document.plan_id is not None:
        plan = db.session.get_one(RemediationPlan, document.plan_id)
        return [plans.plan_for(SYSTEM, plan.ref)]
    return documents.plans_to_bind(SYSTEM, db.session.get_one(ProblemList, document.list_id))


def _marks(document: PlanDocument, digest: str) -> dict[str, str]:
    """Who printed it, when, under which serial, with which fingerprint (security 59)."""
    person = db.session.get(Person, document.asked_by)
    address = f"{current_app.extensions['bihuan.settings'].public_url}/verify/plans/{document.ref}"
    return {
        "by": person.name if person is not None else "",
        "at": f"{long_date(clock.today())} {clock.local(clock.now()):%H:%M}",
        "serial": document.ref,
        "digest": digest,
        "address": address,
        "qr": segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=2, light="#fff"),
    }


def _as_pdf(document: PlanDocument, papers: Sequence[PlanPaper], marks: dict[str, str]) -> tuple[bytes, int]:
    """Every plan is drawn by itself and put behind the cover: a list of eighty plans stays within the limits of one."""
    template = current_app.jinja_env.get_template("documents/plan.html")
    parts = [pdf.render(_cover(document, papers, marks))] if document.list_id is not None else []
    for number, paper in enumerate(papers, 1):
        doc = {
            "title": paper.title,
            "meta": paper.meta,
            "signed_by": paper.signed_by,
            "issued_on": paper.approved_on,
            "qr": marks["qr"],
            "record_number": f"{paper.number}-{paper.edition}",
            "draft": paper.draft,
        }
        parts.append(pdf.render(template.render(doc=doc, paper=paper, heads=heads(), marks=marks, language="zh")))
        _note_progress(document, number)
    if len(parts) == 1:
        return parts[0].content, parts[0].pages
    binder = pypdf.PdfWriter()
    for part in parts:
        binder.append(io.BytesIO(part.content))
    whole = io.BytesIO()
    binder.write(whole)
    return whole.getvalue(), sum(part.pages for part in parts)


def _note_progress(document: PlanDocument, number: int) -> None:
    """How many plans are drawn, for the page that waits; the row is written for good when all are."""
    if document.part_count > 1:
        note_parts(SYSTEM, document, number)


def _cover(document: PlanDocument, papers: Sequence[PlanPaper], marks: dict[str, str]) -> str:
    held = db.session.get_one(ProblemList, document.list_id)
    keeper = db.session.get_one(Unit, held.unit_id)
    doc = {
        "title": document.title,
        "meta": (
            keeper.short_name,
            _("清单编号 %(number)s", number=held.number),
            long_date(clock.today()),
            _("共 %(n)s 份方案", n=len(papers)),
        ),
        "signed_by": keeper.name,
        "qr": marks["qr"],
        "record_number": held.number,
    }
    template = current_app.jinja_env.get_template("documents/plan_cover.html")
    html: str = template.render(doc=doc, papers=papers, marks=marks, language="zh")
    return html


def _as_word(document: PlanDocument, papers: Sequence[PlanPaper], marks: dict[str, str]) -> bytes:
    single = len(papers) == 1 and document.list_id is None
    paper = Paper(papers[0].title if single else document.title, number=papers[0].number if single else document.number)
    if not single:
        rows: list[list[Value]] = [[n, one.number, one.title, one.edition] for n, one in enumerate(papers, 1)]
        paper.table([_("序号"), _("编号"), _("方案"), _("版本")], rows, (8, 18, 60, 10))
    for one in papers:
        if not single:
            paper.page_break().heading(1, one.title)
        _write_plan(paper, one, marks)
    return paper.content()


def _write_plan(paper: Paper, plan: PlanPaper, marks: dict[str, str]) -> None:
    """One plan, its labels in the order of the PDF."""
    paper.paragraph("　".join(plan.meta))
    for chapter in plan.chapters:
        paper.heading(1, chapter.title)
        if chapter.facts:
            paper.facts(chapter.facts)
        if chapter.rows:
            paper.table(heads(), chapter.rows, MEASURES)
        for title, text in chapter.parts:
            if title:
                paper.heading(2, title)
            paper.paragraph(text)
    paper.heading(1, _("七、签字"))
    paper.signatures([Signature(label, name) for label, name in plan.signatures])
    paper.paragraph(
        _("打印人 %(by)s，%(at)s，序列号 %(serial)s", by=marks["by"], at=marks["at"], serial=marks["serial"])
    )
    paper.paragraph(_("内容指纹（SHA-256）：%(digest)s", digest=marks["digest"]))
    paper.paragraph(_("核验真伪：%(address)s", address=marks["address"]))
    paper.paragraph(_("编号 %(number)s", number=f"{plan.number}-{plan.edition}"))
    paper.seal(plan.signed_by, long_date(plan.approved_on) or "")
