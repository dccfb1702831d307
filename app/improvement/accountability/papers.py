"""告知书、决定书: what stands on them gathered once, drawn as PDF and as Word with number, edition and a code to check."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date

import segno
from flask import current_app

from app.core import clock, pdf
from app.core.database import db
from app.core.policy.roles import ROLES
from app.core.word import Paper
from app.improvement.accountability.models import AccountabilityRecord, AccountabilitySaying
from app.improvement.accountability.numbers import accountability_numbers
from app.improvement.accountability.words import APPEALS, LEVELS
from app.people.directory.models import Unit
from config.settings import Settings

KINDS = {
    "pdf": "application/pdf",
    "word": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
ENDINGS = {"pdf": "pdf", "word": "docx"}
TITLES = {
    ("notice", "accountability"): "问责事项告知书",
    ("notice", "commendation"): "表彰事项公示书",
    ("decision", "accountability"): "问责决定书",
    ("decision", "commendation"): "表彰决定书",
}


@dataclass(frozen=True)
class PaperFacts:
    """Everything that stands on a paper, in Chinese: to whom, one or several lines per label, who signs, which day."""

    title: str
    number: str
    issuer: str
    to: str
    lines: tuple[tuple[str, tuple[str, ...]], ...]
    closing: str
    signer: str
    day: date | None

    @property
    def digest(self) -> str:
        """SHA-256 of everything printed."""
        text = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def facts_of(record: AccountabilityRecord, paper: str, sayings: list[AccountabilitySaying]) -> PaperFacts:
    """Gather what a paper says; `paper` is notice or decision."""
    bureau = db.session.get(Unit, record.county_id)
    issuer = bureau.name if bureau else ""
    decision = paper == "decision"
    return PaperFacts(
        title=TITLES[paper, record.kind],
        number=record.number,
        issuer=issuer,
        to="、".join(part for part in (record.unit.name, record.person.name if record.person else "") if part),
        lines=_decision(record, sayings) if decision else _notice(record),
        closing=_rights_after(record) if decision else _rights_before(record),
        signer=record.body if decision else issuer,
        day=(record.appeal_settled_on or record.decided_on) if decision else record.notified_on,
    )


def _shared(record: AccountabilityRecord) -> list[tuple[str, tuple[str, ...]]]:
    cited = tuple(f"{number}. {fact.said}" for number, fact in enumerate(record.facts, 1))
    return [
        ("事由", (record.title,)),
        ("查明的事实", tuple(line for line in record.account.splitlines() if line.strip())),
        ("引用的记录", cited),
        ("依据", (record.basis,)),
    ]


def _notice(record: AccountabilityRecord) -> tuple[tuple[str, tuple[str, ...]], ...]:
    label = "陈述申辩期" if record.is_accountability else "公示期"
    span = f"{_day(record.notified_on)}至{_day(record.statement_until)}"
    return (*_shared(record), ("拟作出的处理", (_measure(record.considered),)), (label, (span,)))


def _decision(
    record: AccountabilityRecord, sayings: list[AccountabilitySaying]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    said = tuple(f"{_day(one.said_on)}：{one.words}" for one in sayings if one.kind == "statement")
    present = "、".join(
        f"{seat.name}（{ROLES[seat.role].zh if seat.role in ROLES else seat.role}{'，主持' if seat.is_chair else ''}）"
        for seat in record.sat("decision")
    )
    lines = [
        *_shared(record),
        ("陈述申辩", said or (("期满没有人陈述或提出异议。",) if record.unheard else ("收到异议，已核查。",))),
        ("对陈述的意见", (record.weighed,) if record.weighed else ()),
        ("会议", (f"{_day(record.met_on)}，{record.body}", f"到会：{present}")),
        ("决定", (_measure(None if record.state == "dismissed" else record.measure),)),
        ("理由", (record.reasons,)),
        ("公开范围", (LEVELS[record.level or "party"].zh,)),
        ("失效日期", (_day(record.lapses_on),)),
    ]
    if record.appeal_outcome:
        lines.append(("申诉复核", (f"{APPEALS[record.appeal_outcome].zh}：{record.appeal_reasons}",)))
    return tuple(lines)


def _rights_before(record: AccountabilityRecord) -> str:
    until = _day(record.statement_until)
    if record.is_accountability:
        return f"你单位（你）可以在{until}以前登录系统提交陈述申辩，也可以书面提交；期满以前不会作出决定。"
    return f"公示到{until}。有异议的，可以在公示期内登录系统提出。"


def _rights_after(record: AccountabilityRecord) -> str:
    if record.is_accountability and record.appeal_until:
        return f"对决定不服的，可以在{_day(record.appeal_until)}以前提出申诉，由没有参加决定的人复核。"
    return ""


def _measure(code: str | None) -> str:
    measure = accountability_numbers().measure(code)
    return measure.zh if measure else "不作处理"


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def verify_address(ref: str) -> str:
    """Where anybody who holds the paper may check it."""
    settings: Settings = current_app.extensions["bihuan.settings"]
    return f"{settings.public_url.format(port=settings.port).rstrip('/')}/verify/accountability/{ref}"


def as_pdf(facts: PaperFacts, ref: str, edition: int) -> bytes:
    """The paper as PDF, with number, edition, digest and the code to check it by."""
    printed_at = f"{_day(clock.today())} {clock.local(clock.now()):%H:%M}"
    doc = {
        "title": facts.title,
        "meta": [facts.issuer, f"系统 {printed_at} 生成", f"编号 {facts.number} 第 {edition} 版"],
        "qr": segno.make(verify_address(ref), error="m", micro=False).svg_data_uri(scale=4, border=2, light="#fff"),
        "verify_at": f"扫码核验真伪，第 {edition} 版，摘要 {facts.digest[:16]}",
    }
    template = current_app.jinja_env.get_template("documents/accountability.html")
    return pdf.render(template.render(doc=doc, facts=facts, language="zh")).content


def as_word(facts: PaperFacts, ref: str, edition: int) -> bytes:
    """The same paper as an editable document."""
    paper = Paper(facts.title, number=f"编号 {facts.number} 第 {edition} 版")
    paper.paragraph(f"{facts.to}：")
    closing = "\n".join(part for part in (facts.closing, f"{facts.signer}　{_day(facts.day)}") if part)
    lines = [(label, "\n".join(told) or "—") for label, told in facts.lines]
    paper.facts([*lines, ("落款", closing)], columns=1)
    paper.paragraph(f"核验真伪：{verify_address(ref)}（第 {edition} 版，摘要 {facts.digest[:16]}）")
    return paper.content()
