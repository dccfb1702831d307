"""视导反馈单 (document 3 of domain §9.3): its facts gathered once, drawn as PDF and as Word, labels in the same order."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date

import segno
from flask import current_app

from app.core import clock, pdf
from app.core.database import db
from app.core.policy.actor import Actor
from app.core.word import Paper
from app.improvement.problems.words import SEVERITIES, word_of
from app.improvement.visits.branches import inspected
from app.improvement.visits.models import SupervisionVisit, VisitFinding
from app.improvement.visits.words import FOCUS, SETTLED
from app.improvement.visits.words import KINDS as VISIT_KINDS
from app.people.directory.models import Unit
from config.settings import Settings

KINDS = {
    "pdf": "application/pdf",
    "word": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
ENDINGS = {"pdf": "pdf", "word": "docx"}
TITLE = "视导反馈单"
LABELS = ("学校", "类型", "视导组", "日期", "范围", "亮点", "问题（依据、期限）", "建议", "学校回应", "核验")
"""The fields of the sheet in the order of domain §9.3, document 3."""
INSPECTED = "督导指标观测"
"""A further field where the visit looked at observation points of the county's tree."""


@dataclass(frozen=True)
class SheetFacts:
    """Everything that stands on the sheet, in Chinese: one or several lines per label."""

    number: str
    issuer: str
    lines: tuple[tuple[str, tuple[str, ...]], ...]
    lead: str
    issued_on: date | None

    @property
    def digest(self) -> str:
        """SHA-256 of everything printed."""
        text = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def facts_of(actor: Actor, visit: SupervisionVisit) -> SheetFacts:
    """Gather what the sheet says."""
    bureau = db.session.get(Unit, visit.county_id)
    said = (
        (visit.unit.name,),
        (f"{VISIT_KINDS[visit.kind].zh}（{FOCUS[visit.focus].zh}）",),
        (_team(visit),),
        (_day(clock.local(visit.arrived_at).date() if visit.arrived_at else visit.visit_on),),
        (visit.scope,),
        _texts(visit, "strength"),
        tuple(_problem(number, one) for number, one in enumerate(visit.to_answer, 1)),
        _texts(visit, "suggestion"),
        _response(visit),
        _verification(visit),
    )
    points = inspected(visit.lines)
    return SheetFacts(
        number=visit.number,
        issuer=bureau.name if bureau else "",
        lines=tuple(zip(LABELS, said, strict=True)) + (((INSPECTED, points),) if points else ()),
        lead=visit.owner.name,
        issued_on=visit.feedback_on,
    )


def _team(visit: SupervisionVisit) -> str:
    lead = [f"{visit.owner.name}（组长）"]
    return "、".join(lead + [one.person.name for one in visit.team if one.person_id != visit.owner_id])


def _texts(visit: SupervisionVisit, kind: str) -> tuple[str, ...]:
    found = [one.text for one in visit.findings if one.kind == kind]
    return tuple(f"{number}. {text}" for number, text in enumerate(found, 1))


def _problem(number: int, one: VisitFinding) -> str:
    level = word_of(SEVERITIES, one.severity)
    again = "（复发）" if one.kind == "recurrence" else ""
    grade = f"级别{level.zh}，" if level else ""
    return f"{number}. {again}{one.text}（依据：{one.evidence}；{grade}期限 {_day(one.due_on)}）"


def _response(visit: SupervisionVisit) -> tuple[str, ...]:
    if visit.is_unanswered:
        return ("到期没有回应。",)
    words = {"accepted": "接受", "objected": "有不同意见"}
    return tuple(
        f"{number}. {words[one.answer]}：{one.measure}"
        for number, one in enumerate(visit.to_answer, 1)
        if one.answer in words
    )


def _verification(visit: SupervisionVisit) -> tuple[str, ...]:
    lines = [
        f"{number}. {SETTLED[one.settled_as].zh}：{one.settled_note}"
        for number, one in enumerate(visit.to_answer, 1)
        if one.settled_as and one.settled_note
    ]
    return tuple(lines + ([visit.closing_note] if visit.closing_note else []))


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def verify_address(ref: str) -> str:
    """Where anybody who holds the paper may check it."""
    settings: Settings = current_app.extensions["bihuan.settings"]
    return f"{settings.public_url.format(port=settings.port).rstrip('/')}/verify/visits/{ref}"


def as_pdf(facts: SheetFacts, ref: str, edition: int) -> bytes:
    """The sheet as PDF, with number, edition, digest and the code to check it by."""
    printed_at = f"{_day(clock.today())} {clock.local(clock.now()):%H:%M}"
    doc = {
        "title": TITLE,
        "meta": [facts.issuer, f"系统 {printed_at} 生成", f"编号 {facts.number} 第 {edition} 版"],
        "signed_by": facts.issuer,
        "issued_on": facts.issued_on,
        "qr": segno.make(verify_address(ref), error="m", micro=False).svg_data_uri(scale=4, border=2, light="#fff"),
        "verify_at": f"扫码核验真伪，第 {edition} 版，摘要 {facts.digest[:16]}",
    }
    template = current_app.jinja_env.get_template("documents/visit_feedback.html")
    return pdf.render(template.render(doc=doc, facts=facts, language="zh")).content


def as_word(facts: SheetFacts, ref: str, edition: int) -> bytes:
    """The same sheet as an editable document."""
    paper = Paper(TITLE, number=f"编号 {facts.number} 第 {edition} 版")
    signed = f"视导组组长：{facts.lead}　{_day(facts.issued_on)}\n校长：　　　　　　　　年　　月　　日"
    lines = [(label, "\n".join(told) or "—") for label, told in facts.lines]
    paper.facts([*lines, ("签名", signed)], columns=1)
    paper.paragraph(f"核验真伪：{verify_address(ref)}（第 {edition} 版，摘要 {facts.digest[:16]}）")
    return paper.seal(facts.issuer, _day(facts.issued_on)).content()
