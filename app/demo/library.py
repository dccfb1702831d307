"""Papers of the document library: laws, policies, plans and forms, one replaced, one no longer in force, one not yet."""

from __future__ import annotations

from datetime import date, timedelta

from flask import current_app

from app.core.database import use_context
from app.core.storage import Stored
from app.core.word import Paper
from app.demo.telling import Teller
from app.demo.tree import County
from app.improvement.disclosure.models import LibraryDocument
from app.improvement.disclosure.operations import document_library as library
from app.improvement.disclosure.operations.document_library import (
    DocumentIn,
    FirstIn,
    LibraryPlace,
    ReplacedIn,
    VersionIn,
)
from app.improvement.disclosure.operations.sendings import SendingIn, SignIn, send_document, sign_for
from app.improvement.disclosure.queries.sendings import receipt_for

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BUREAU = "清澜县教育局"
TEXT = (
    "为把监测结果用好，明确以下事项。",
    "各责任单位收到问题清单后，在规定时间内签收、归因、制定整改方案。",
    "整改以数据和现场为准，不搞排名，不公布学生成绩。",
)
PAPERS = (
    ("教育督导条例学习要点", "law", "", "", 400, None, ()),
    ("教育质量监测结果应用管理办法（试行）", "policy", "清教〔{year}〕12号", "已由 2026 年修订版代替", 900, None, ()),
    ("教育质量监测结果应用管理办法", "policy", "清教〔2026〕6号", "试行办法的修订版", 200, None, ()),
    ("2026 年监测结果应用实施方案", "plan", "清教〔2026〕18号", "含任务分工和时间表", 120, None, ()),
    ("责任督学视导工作指引", "guidance", "清教督〔2026〕5号", "", 90, None, ("inspector", "office_director", "evaluator")),
    ("整改方案写作指引", "guidance", "", "怎样写目标、措施和佐证", 80, None, ("principal", "school_coordinator", "dept_head", "dept_officer")),
    ("暑期集中整改安排", "notice", "清教办〔2026〕21号", "", 150, 60, ()),
    ("下一年度监测工作安排", "notice", "清教办〔2026〕40号", "明年一月起执行", -35, None, ()),
    ("专题听取汇报记录表", "form", "", "", 60, None, ()),
)  # fmt: skip
"""Title, category, number, summary, in force so many days ago, over so many days ago, readers."""


def tell(county: County, teller: Teller) -> None:
    """The office fills the library."""
    office, today = county.any("office_director"), teller.real.date()
    place = LibraryPlace(county.id, county.units["BG"])
    kept: dict[str, LibraryDocument] = {}
    for title, category, number, summary, since, over, roles in PAPERS:
        first = today - timedelta(days=since)
        teller.at(min(first, today) - timedelta(days=3), 10)
        last = today - timedelta(days=over) if over else None
        signed = min(first, today) - timedelta(days=10)
        number = number.format(year=signed.year)
        about = DocumentIn(
            title, category, BUREAU, number, summary, roles, signed, signed + timedelta(days=4), first, last
        )
        kept[title] = library.add_document(office, place, FirstIn(about, _file(title, number, signed, TEXT)))
    old, new = kept["教育质量监测结果应用管理办法（试行）"], kept["教育质量监测结果应用管理办法"]
    teller.at(today - timedelta(days=200), 15)
    library.replace_document(office, old, ReplacedIn(new))
    plan = kept["2026 年监测结果应用实施方案"]
    teller.at(today - timedelta(days=40), 10)
    newer = _file(plan.title, plan.number, today, (*TEXT, "时间表按秋季监测调整。"))
    library.add_version(office, plan, VersionIn(newer, "时间表按秋季监测调整"))
    _send(county, teller, plan)


def _send(county: County, teller: Teller, plan: LibraryDocument) -> None:
    """The plan goes to all schools and sections; a few have signed for it."""
    today = teller.real.date()
    teller.at(today - timedelta(days=2), 15)
    send_document(county.any("office_director"), plan, SendingIn(("township", "direct", "section"), "请传达到教研组"))
    for number, role in enumerate(("principal", "dept_head")):
        for which in range(4):
            player = county.any(role, which)
            teller.at(today - timedelta(days=1), 9 + number)
            use_context(player.context())
            receipt = receipt_for(player, plan)
            if receipt.signed_at is None:
                sign_for(player, receipt, SignIn())


def _file(title: str, number: str, day: date, lines: tuple[str, ...]) -> Stored:
    paper = Paper(title, number=number)
    for line in lines:
        paper.paragraph(line)
    paper.paragraph(f"{BUREAU}　{day.year}年{day.month}月{day.day}日")
    stored: Stored = current_app.extensions["bihuan.shelf"].keep(paper.content(), f"{title}.docx", WORD)
    return stored
