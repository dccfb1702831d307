"""销号审批表, printed when a closure is approved: facts gathered once, drawn as PDF and as Word, kept with their digests."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import segno
from flask import current_app
from flask_babel import force_locale

from app.core import clock, pdf
from app.core.database import db, new_ref
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM, Actor
from app.core.storage import Stored
from app.core.word import Paper
from app.improvement.effects.as_approved import as_approved, day_of
from app.improvement.effects.models import ClosureRequest
from app.improvement.effects.operations.documents import MadeIn, keep_form
from app.improvement.effects.queries import records
from app.improvement.effects.words import OUTCOMES, change_words, interval_words, value_words
from app.improvement.problems.words import SEVERITIES, word_of
from app.people.directory.models import Unit
from config.settings import Settings

PDF, WORD = "application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KINDS = {"pdf": PDF, "word": WORD}
ENDINGS = {"pdf": "pdf", "word": "docx"}
TITLE = "问题销号审批表"


@dataclass(frozen=True)
class Sign:
    """Who signed, in which words, on which day."""

    label: str
    opinion: str = ""
    name: str = ""
    day: date | None = None


@dataclass(frozen=True)
class ClosureFacts:
    """Everything that stands on the form, in Chinese: facts, measures done, the comparison, evidence, opinions."""

    number: str
    issuer: str
    facts: tuple[tuple[str, str], ...]
    measures: tuple[tuple[str, str, str, str], ...]
    measures_before: tuple[tuple[int, str, str, str, str], ...]
    """Of the rounds before this one, with the edition of their plan."""
    comparison: tuple[tuple[str, str, str, str], ...]
    change: str
    evidence: tuple[tuple[str, str, str], ...]
    signs: tuple[Sign, ...]
    approved_on: date | None
    recheck_on: date | None

    @property
    def lines(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The labelled parts between the facts and the opinions, in the order of document 4; PDF and Word draw these."""
        before = tuple(
            f"方案第 {edition} 版：{_with(title, owner, span)}{_after(result)}"
            for edition, title, owner, span, result in self.measures_before
        )
        return (
            (
                "完成的措施",
                _numbered(f"{_with(t, owner, span)}{_after(result)}" for t, owner, span, result in self.measures),
            ),
            *((("前几轮整改的措施（问题项重新打开以前，不算这一轮）", before),) if before else ()),
            ("整改前后", (*(_compared(*row) for row in self.comparison), *((self.change,) if self.change else ()))),
            ("佐证清单", _numbered(_with(title, action, day) for title, action, day in self.evidence)),
        )

    @property
    def digest(self) -> str:
        """SHA-256 of everything printed."""
        text = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def _numbered(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{number}. {line}" for number, line in enumerate(lines, 1))


def _with(words: str, *beside: str) -> str:
    told = "，".join(one for one in beside if one)
    return f"{words}（{told}）" if told else words


def _after(result: str) -> str:
    return f"：{result}" if result else ""


def _compared(name: str, value: str, span: str, last: str) -> str:
    """整改前：470.0（95% 置信区间 450.4 至 489.6，100 人); a criterion with what was seen and when."""
    if not name.startswith("整改"):
        return _with(f"{name}：{value}", span, last)
    interval = f"95% 置信区间 {span}" if span and span != "—" else ""
    return _with(f"{name}：{value}", interval, f"{last} 人")


def closure_approved(row: OutboxRow) -> None:
    """Make the forms that are not there yet; where PDF is off, Word alone, and the page says so."""
    request = db.session.get(ClosureRequest, row.record_id)
    if request is None or request.state not in ("approved", "closed"):
        return
    there = records.documents_of(SYSTEM, request)
    with force_locale("zh"):
        facts, edition = facts_of(SYSTEM, request), records.edition_of(SYSTEM, request)
        for form in KINDS:
            if form not in there and (form == "word" or pdf.available()):
                _keep(request, facts, form, edition)


def _keep(request: ClosureRequest, facts: ClosureFacts, form: str, edition: int) -> None:
    ref = new_ref()
    content = word_of_form(facts, ref, edition) if form == "word" else pdf_of_form(facts, ref, edition)
    name = f"销号审批表-{facts.number}.{ENDINGS[form]}"
    stored: Stored = current_app.extensions["bihuan.shelf"].keep(content, name, KINDS[form])
    keep_form(SYSTEM, request, MadeIn(form, edition, stored, facts.digest, ref))


def facts_of(actor: Actor, request: ClosureRequest) -> ClosureFacts:
    """Gather what the form says."""
    kept = as_approved(request)
    recheck = records.recheck_of(actor, request)
    measures, before = records.measures(actor, request.item, request)
    return ClosureFacts(
        number=request.number,
        issuer=_issuer(request.county_id),
        facts=(
            ("问题编号", kept["number"]),
            ("级别", SEVERITIES[kept["severity"]].zh if kept["severity"] in SEVERITIES else ""),
            ("问题", kept["title"]),
            ("责任单位", kept["unit"]),
            ("责任人", kept["person"]),
            ("交办日期", _day(day_of(kept, "issued_on"))),
            ("整改期限", _day(day_of(kept, "due_on"))),
        ),
        measures=_told(measures),
        measures_before=tuple((row.edition, *one) for row, one in zip(before, _told(before), strict=True)),
        comparison=comparison_of(request.before_after),
        change=change_of(request.before_after),
        evidence=tuple((one["title"], one["action"], _day(day_of(one, "happened_on"))) for one in kept["evidence"]),
        signs=signs_of(actor, request),
        approved_on=request.approved_on,
        recheck_on=recheck.due_on if recheck else None,
    )


def _told(rows: Iterable[Any]) -> tuple[tuple[str, str, str, str], ...]:
    return tuple((row.title, row.owner or "", _span(row), row.result or "") for row in rows)


def _issuer(county_id: uuid.UUID) -> str:
    bureau = db.session.get(Unit, county_id)
    return bureau.name if bureau else ""


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _span(row: Any) -> str:
    return f"{_day(row.planned_start)} 至 {_day(row.planned_end)}" if row.planned_start and row.planned_end else ""


def comparison_of(kept: dict[str, Any]) -> tuple[tuple[str, str, str, str], ...]:
    """Before and after with interval and number of pupils, or each criterion with what was found."""
    if kept.get("criteria"):
        return tuple(
            (one["text"], "达到" if one.get("met") else "没有达到", one.get("note", ""), one.get("checked_on", ""))
            for one in kept["criteria"]
        )
    return tuple(
        (
            name,
            value_words(end["value"], end["value_type"]),
            f"{value_words(end['low'], end['value_type'])} 至 {value_words(end['high'], end['value_type'])}"
            if end["low"] is not None
            else "—",
            str(end["n"]),
        )
        for name, end in zip(("整改前", "整改后"), kept.get("ends") or (), strict=False)
    )


def change_of(kept: dict[str, Any]) -> str:
    """The change with its interval, and what was decided of it."""
    outcome = word_of(OUTCOMES, kept.get("outcome"))
    decided = f"成效定论：{outcome.zh}" if outcome else ""
    numbers = kept.get("estimate")
    if not numbers:
        return f"{decided}（效果无法测量）" if kept.get("not_measurable") else decided
    kind = (kept.get("ends") or [{}])[0].get("value_type")
    change, interval = change_words(numbers["delta"], kind), interval_words(numbers["ci95"], kind)
    return f"变化 {change}，95% 置信区间 {interval}。{decided}"


def signs_of(actor: Actor, request: ClosureRequest) -> tuple[Sign, ...]:
    """Opinions of unit, verifier and approver with name and day."""
    taken = records.signs(actor, request)

    def sign(label: str, opinion: str, name: str) -> Sign:
        row = taken.get(name)
        return Sign(label, opinion, (row.name or "") if row else "", clock.local(row.at).date() if row else None)

    place = "（已到现场核验）" if request.verified_on_site else ""
    return (
        sign("单位意见", request.self_summary, "submit"),
        sign("核验人意见", f"{request.verifier_opinion}{place}", "verify"),
        sign("批准人意见（盖章）", "同意销号。", "approve"),
    )


def verify_address(ref: str) -> str:
    """Where anybody who holds the paper may check it."""
    settings: Settings = current_app.extensions["bihuan.settings"]
    return f"{settings.public_url.format(port=settings.port).rstrip('/')}/verify/closures/{ref}"


def pdf_of_form(facts: ClosureFacts, ref: str, edition: int) -> bytes:
    """The form as PDF, with its number, edition, the time of printing, its digest and the code to check it by."""
    address, printed_at = verify_address(ref), f"{_day(clock.today())} {clock.local(clock.now()):%H:%M}"
    doc = {
        "title": TITLE,
        "meta": [facts.issuer, f"系统 {printed_at} 生成", f"编号 {facts.number} 第 {edition} 版"],
        "signed_by": facts.issuer,
        "issued_on": facts.approved_on,
        "qr": segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=2, light="#fff"),
        "verify_at": f"扫码核验真伪，第 {edition} 版，摘要 {facts.digest[:16]}",
    }
    template = current_app.jinja_env.get_template("documents/closure.html")
    html = template.render(doc=doc, facts=facts, language="zh")
    return pdf.render(html).content


def word_of_form(facts: ClosureFacts, ref: str, edition: int) -> bytes:
    """The same form as an editable document."""
    paper = Paper(TITLE, number=f"编号 {facts.number} 第 {edition} 版").facts(facts.facts)
    paper.facts([(label, "\n".join(lines) or "—") for label, lines in facts.lines], columns=1)
    paper.facts([(one.label, _signed(one)) for one in facts.signs], columns=1)
    paper.facts([("批准日期", _day(facts.approved_on)), ("复核日期", _day(facts.recheck_on))])
    paper.paragraph(f"核验真伪：{verify_address(ref)}（第 {edition} 版，摘要 {facts.digest[:16]}）")
    return paper.seal(facts.issuer, _day(facts.approved_on)).content()


def _signed(one: Sign) -> str:
    """The opinion above, name and day below; empty ones leave room for ink."""
    return f"{one.opinion}\n签名：{one.name or '　　　　　'}　{_day(one.day) or '　　年　　月　　日'}".strip("\n")
