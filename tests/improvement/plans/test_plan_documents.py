"""Document 2 as PDF and Word, bundles of a list, and the page on which a paper is checked."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.core.audit import trail
from app.core.database import db
from app.core.outbox import deliver
from app.core.outbox.models import InboxLetter
from app.core.policy.actor import SYSTEM
from app.improvement.plans.models import PlanDocument
from app.improvement.plans.operations import plans
from app.improvement.plans.operations.plans import PlanStep
from tests.cast import Cast, sign_in
from tests.improvement.plans import world
from tests.improvement.plans.test_plan_pages import page

CHAPTERS = ("一、问题项", "二、原因", "三、目标", "四、措施", "五、保障", "六、评价设计", "七、签字")
"""Labels of document 2 in their order (domain §9.3)."""
HEADS = ("序号", "措施", "负责人", "起止", "佐证", "经费（元）")


def printed(client: Any, address: str, form: str) -> PlanDocument:
    """Ask for a printout and let the worker make it."""
    answer = client.post(address, data={"form": form})
    assert answer.status_code == 303
    shown = answer.headers["Location"]
    assert "可以离开本页" in page(client, shown)
    deliver.drain()
    document = db.session.scalars(select(PlanDocument).where(PlanDocument.ref == shown.rpartition("/")[2])).one()
    db.session.refresh(document)
    assert document.made_at is not None, document.trouble_zh
    assert "下载" in page(client, shown)
    return document


def in_order(text: str, labels: tuple[str, ...]) -> None:
    """Every label stands in the text, one behind the other."""
    places = [text.find(label) for label in labels]
    assert -1 not in places and places == sorted(places), dict(zip(labels, places, strict=True))


def test_a_plan_is_printed_as_pdf_with_its_labels_in_order_and_its_marks(client: Any, cast: Cast) -> None:
    plan = world.in_force(cast)
    sign_in(client, cast["principal"])
    document = printed(client, f"/plans/{plan.ref}/documents", "pdf")
    answer = client.get(f"/plan-documents/{document.ref}/file")
    assert answer.mimetype == "application/pdf" and "attachment" in answer.headers["Content-Disposition"]
    text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(answer.data)).pages).replace("\n", "")
    in_order(text, CHAPTERS)
    in_order(text.partition("四、措施")[2], HEADS)
    for words in (
        plan.item.number,
        "双桥中学",
        "460.0",
        "480.0",
        "分层练习与错因台账",
        "温如言",
        "12,000",
        "单元练习没有分层",
    ):
        assert words in text, words
    assert text.replace(" ", "").count("用印处") == 1 and text.index("七、签字") < text.index("用印处")
    assert "沈砚秋" in text and document.ref in text and str(document.content_sha256)[:20] in text
    told = db.session.scalars(select(InboxLetter).where(InboxLetter.kind == "plan_document")).one()
    assert told.person_id == cast["principal"].person_id


def test_the_word_paper_carries_the_same_facts(client: Any, cast: Cast) -> None:
    plan = world.in_force(cast)
    sign_in(client, cast["office_director"])
    word, paper = (printed(client, f"/plans/{plan.ref}/documents", form) for form in ("word", "pdf"))
    assert word.content_sha256 == paper.content_sha256
    opened = docx.Document(io.BytesIO(client.get(f"/plan-documents/{word.ref}/file").data))
    in_order("\n".join(one.text for one in opened.paragraphs), (*CHAPTERS, "用印处"))
    heads = [tuple(cell.text for cell in table.rows[0].cells) for table in opened.tables]
    assert HEADS in heads


def test_long_names_and_forty_measures_do_not_break_the_paper(client: Any, cast: Cast) -> None:
    plan = world.draft(cast)
    for number in range(40):
        title = f"第{number + 1}项措施" + "名称很长" * 25
        plans.add_action(cast.actor("school_coordinator"), plan, world.measure(cast, plan.item, title=title[:120]))
    sign_in(client, cast["school_coordinator"])
    document = printed(client, f"/plans/{plan.ref}/documents", "pdf")
    reader = PdfReader(io.BytesIO(client.get(f"/plan-documents/{document.ref}/file").data))
    text = "".join(sheet.extract_text() for sheet in reader.pages)
    assert "（草稿）" in text and "第40项措施" in text.replace("\n", "")
    assert document.pages == len(reader.pages) > 5


def test_all_plans_of_a_list_are_bound_under_one_cover(client: Any, cast: Cast) -> None:
    one, two = world.in_force(cast), world.draft(cast, world.item_in_planning(cast, title="七年级图形与几何偏低"))
    with trail.act(SYSTEM, "system", "test.same_list"):
        two.item.list_id = one.item.list_id
    held = one.item.problem_list
    plans.submit_plan(cast.actor("principal"), two, PlanStep())
    sign_in(client, cast["principal"])
    assert client.post(f"/plan-documents/bundles/{held.ref}", data={"form": "pdf"}).status_code == 404
    sign_in(client, cast["office_director"])
    assert f"/plan-documents/bundles/{held.ref}" in page(client, f"/plans?list={held.ref}")
    document = printed(client, f"/plan-documents/bundles/{held.ref}", "pdf")
    reader = PdfReader(io.BytesIO(client.get(f"/plan-documents/{document.ref}/file").data))
    cover = reader.pages[0].extract_text().replace("\n", "")
    assert "共 2 份方案" in cover and one.item.number in cover and two.item.number in cover
    assert (document.part_count, document.parts_done, document.pages) == (2, 2, len(reader.pages))
    assert printed(client, f"/plan-documents/bundles/{held.ref}", "word").size


def test_security_59_a_paper_is_checked_by_anybody_without_its_content(client: Any, cast: Cast) -> None:
    plan = world.in_force(cast)
    sign_in(client, cast["principal"])
    document = printed(client, f"/plans/{plan.ref}/documents", "pdf")
    stranger = client.application.test_client()
    text = page(stranger, f"/verify/plans/{document.ref}")
    assert plan.item.number in text and "由本系统生成" in text
    for secret in ("双桥", plan.item.title, "沈砚秋", "分层练习"):
        assert secret not in text, secret
    assert "一致" in page(stranger, f"/verify/plans/{document.ref}?sha256={document.content_sha256}")
    assert "不一致" in page(stranger, f"/verify/plans/{document.ref}?sha256={'0' * 64}")
    assert "查不到" in page(stranger, "/verify/plans/0123456789abcdef", 404)


def test_a_printout_belongs_to_the_one_who_asked_for_it(client: Any, cast: Cast) -> None:
    plan = world.in_force(cast)
    sign_in(client, cast["principal"])
    document = printed(client, f"/plans/{plan.ref}/documents", "word")
    for player in ("school_coordinator", "office_director", "other_principal"):
        sign_in(client, cast[player])
        for part in ("", "/file", "/progress"):
            assert client.get(f"/plan-documents/{document.ref}{part}").status_code == 404


def test_where_pdf_is_off_the_page_says_so_and_word_still_works(
    client: Any, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.core import pdf

    plan = world.in_force(cast)
    monkeypatch.setitem(pdf._settings, "on", False)
    sign_in(client, cast["principal"])
    shown = client.post(f"/plans/{plan.ref}/documents", data={"form": "pdf"}).headers["Location"]
    assert "没有打开 PDF 打印" in page(client, shown)
    deliver.drain()
    assert "可以先下载 Word 版" in page(client, shown)
    assert printed(client, f"/plans/{plan.ref}/documents", "word").size
