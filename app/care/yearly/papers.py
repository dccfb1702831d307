"""An audit on paper, as an editable document and as a workbook: what was frozen, its signatures, a code to check it by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response
from flask_babel import gettext as _

from app.care.yearly.models import YearlyAudit
from app.core.policy.actor import Actor
from app.core.small_cells import FEW, KEPT, LEAST_OUTSIDE
from app.core.spreadsheets import Head, write_workbook
from app.core.storage import headers_for
from app.core.web.chips import long_date
from app.core.web.downloads import workbook_file
from app.core.web.pages import language
from app.core.web.papers import WORD, readers_line
from app.core.word import Paper, Signature
from app.people.controls.papers import drawn, qr_of, verify_address

NUMERALS = "一二三四五六七八九十"


def cell(value: Any) -> str:
    """A cell in the language of the page; a small number as <10, one that was kept back as a dash."""
    if isinstance(value, dict):
        value = value["n"] if "n" in value else value[language()]
    if value == FEW:
        return f"<{LEAST_OUTSIDE}"
    return "—" if value in (KEPT, "", None) else str(value)


def heading(number: int, part: Mapping[str, Any]) -> str:
    """一、处理的目的和数据; in English 1. Purposes and data."""
    title = str(part["title"][language()])
    if language() != "zh":
        return f"{number}. {title}"
    tens = "十" + NUMERALS[number - 11] if number > 10 else NUMERALS[number - 1]
    return f"{tens}、{title}"


def title_of(one: YearlyAudit) -> str:
    """The title on paper."""
    return str(_("%(year)s年度未成年人个人信息保护合规审计报告", year=one.year))


def note() -> str:
    """How to read the numbers."""
    said = _(
        "数字由系统从在用数据汇总，没有人工填写；“<%(n)s”为不足 %(n)s（含 0）或刚过 %(n)s，“—”为不列。没有任何学生的内容。",
        n=LEAST_OUTSIDE,
    )
    return str(said)


def signs(one: YearlyAudit, names: Mapping[Any, str]) -> list[Signature]:
    """Who wrote and who signed."""
    return [
        Signature(_("起草"), names.get(one.owner_id, "")),
        Signature(_("核对签署"), names.get(one.signed_by, ""), long_date(one.signed_on)),
    ]


def _written(one: YearlyAudit) -> list[tuple[str, str]]:
    return [(_("结论"), one.conclusion), (_("整改安排"), one.measures)]


def as_pdf(actor: Actor, one: YearlyAudit, issuer: str, names: Mapping[Any, str]) -> Response:
    """The report on A4 lying, in the form of official documents."""
    content, digest = one.content or {}, one.content_sha256 or ""
    doc = {
        "title": title_of(one),
        "meta": [issuer, _("第 %(n)s 版", n=one.version_no), _("数据截至 %(day)s", day=content.get("until", ""))],
        "qr": qr_of(one.ref),
        "verify_at": _("扫码核验真伪，摘要 %(digest)s", digest=digest[:16]),
        "signed_by": issuer,
        "issued_on": one.signed_on or date(one.year + 1, 1, 31),
        "record_number": f"{one.year}-{one.version_no}",
    }
    return drawn(
        "documents/yearly_audit.html", f"yearly-audit-{one.year}-{one.version_no}.pdf", doc=doc, one=one,
        content=content, digest=digest, cell=cell, heading=heading, note=note(), written=_written(one),
        signs=signs(one, names), line=readers_line(actor, digest),
    )  # fmt: skip


def as_word(actor: Actor, one: YearlyAudit, issuer: str, names: Mapping[Any, str]) -> Response:
    """The same report as an editable document."""
    content = one.content or {"parts": []}
    paper = Paper(title_of(one), landscape=True, number=_("第 %(n)s 版", n=one.version_no)).paragraph(
        "　".join([issuer, _("数据截至 %(day)s", day=content.get("until", ""))])
    )
    paper.paragraph(note())
    for number, each in enumerate(content["parts"], 1):
        paper.heading(1, heading(number, each))
        paper.table(
            [head[language()] for head in each["heads"]], [[cell(one_) for one_ in row] for row in each["rows"]]
        )
    for label, said in _written(one):
        paper.heading(1, label).paragraph(said)
    paper.signatures(signs(one, names))
    paper.paragraph(_("内容指纹（SHA-256）：%(digest)s", digest=one.content_sha256 or ""))
    paper.paragraph(readers_line(actor, one.content_sha256 or ""))
    paper.paragraph(_("核验真伪：%(address)s", address=verify_address(one.ref)))
    paper.paragraph(_("编号 %(number)s", number=f"{one.year}-{one.version_no}"))
    paper.seal(issuer, long_date(one.signed_on or date(one.year + 1, 1, 31)) or "")
    return Response(paper.content(), headers=headers_for(f"yearly-audit-{one.year}-{one.version_no}.docx", WORD))


def as_workbook(one: YearlyAudit) -> Response:
    """Every row of every part as a workbook: part, head, row, value."""
    content = one.content or {"parts": []}
    heads = [Head(_("部分"), 24), Head(_("项目"), 36), Head(_("内容"), 24), Head(_("数值"), 60)]
    rows = [
        (each["title"][language()], cell(row[0]), head[language()], cell(value))
        for each in content["parts"]
        for row in each["rows"]
        for head, value in zip(each["heads"], row, strict=True)
    ]
    rows += [(label, "", "", said) for label, said in _written(one)]
    rows.append((_("内容指纹"), "", "", one.content_sha256 or ""))
    return workbook_file(write_workbook(heads, rows, sheet=_("年度审计")), f"yearly-audit-{one.year}-{one.version_no}")
