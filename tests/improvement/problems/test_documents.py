"""Document 1, 问题清单: forty long lines print whole, the head is repeated, Word says the same, anybody may verify the code."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import docx
import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from app.core import pdf
from app.core.database import db
from app.core.outbox.models import OutboxRow
from app.improvement.problems import documents, letters
from app.improvement.problems.models import ListDocument, ListSnapshot
from app.improvement.provenance import inputs_digest
from tests.improvement.problems.scenes import Scene

LABELS = ["项号", "类别", "问题", "数据依据", "级别", "责任单位及责任人", "协同单位", "整改目标", "期限", "签收"]
LONG = (
    "八年级数学“数与运算”显著低于县均值且连续两轮没有改善需要全校共同研究分层练习与错因统计并落实到每一个备课组第{n}项"
)


@pytest.fixture(scope="module", autouse=True)
def printer() -> Iterator[None]:
    pdf.warm()
    yield
    pdf.close()


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _issued(scene: Scene) -> ListSnapshot:
    cycle = scene.round()
    held = scene.draft(cycle_id=cycle.id, requirements="请各单位对照问题查明原因。")
    scene.converted(held, scene.finding(cycle))
    scene.add(held, title="书面作业时间超标班级占比偏高", category="management")
    scene.issue(held)
    return db.session.scalars(select(ListSnapshot).where(ListSnapshot.list_id == held.id)).one()


def test_the_worker_draws_both_forms_once_and_the_page_offers_them(scene: Scene, app: Flask, browser: object) -> None:
    snapshot = _issued(scene)
    row = OutboxRow(id=1, kind="list_issued", record_id=snapshot.list_id, data={})
    letters.list_issued(row)
    found = {one.form: (one.ref, one.file_sha256) for one in db.session.scalars(select(ListDocument))}
    letters.list_issued(row)
    assert {one.form: one.ref for one in db.session.scalars(select(ListDocument))} == {
        form: ref for form, (ref, _digest) in found.items()
    }
    office = browser("office_director")  # type: ignore[operator]
    for form, start in (("pdf", b"%PDF"), ("word", b"PK")):
        answer = office.get(f"/lists/{_ref(snapshot)}/documents/{form}")
        assert answer.status_code == 200 and answer.data.startswith(start)
        answer.close()


def _ref(snapshot: ListSnapshot) -> str:
    from app.improvement.problems.models import ProblemList

    return db.session.get_one(ProblemList, snapshot.list_id).ref


def test_the_printed_fields_are_those_of_document_1_in_their_order(scene: Scene, app: Flask) -> None:
    snapshot = _issued(scene)
    printed = documents.as_pdf(snapshot.content, snapshot.sha256, "a" * 16)
    text = _plain("".join(page.extract_text() for page in PdfReader(io.BytesIO(printed.content)).pages))
    for words in (
        "清监办〔2026〕",
        "监测周期：2026秋八年级数学监测（县级，普测）",
        "第1版",
        "共2项",
        "460.0/500.0",
        "−0.40",
        "沈砚秋",
    ):
        assert words in text, words
    assert "复测数与运算≥480.0分" in text and snapshot.sha256 in text and "本清单不作排名依据" in text
    table = docx.Document(io.BytesIO(documents.as_word(snapshot.content, snapshot.sha256, "a" * 16))).tables[0]
    heads = [cell.text for cell in table.rows[0].cells]
    assert [head.split("（")[0] for head in heads] == LABELS
    assert [row.cells[0].text for row in table.rows[1:]] == ["WT-0001", "WT-0002"]


def test_forty_long_lines_print_whole_with_the_head_on_every_page(scene: Scene, app: Flask) -> None:
    snapshot = _issued(scene)
    line = snapshot.content["items"][0]
    unit = "民族中学附属初级中学（柳河校区）小学部及幼儿园联合教研组"
    many = [line | {"number": f"WT-{n:04}", "title": LONG.format(n=n), "unit": unit} for n in range(1, 41)]
    content = snapshot.content | {"items": many}
    printed = documents.as_pdf(content, inputs_digest(content), "b" * 16)
    pages = [_plain(page.extract_text()) for page in PdfReader(io.BytesIO(printed.content)).pages]
    assert len(pages) > 4 and printed.refused == ()
    whole = "".join(pages)
    for n in range(1, 41):
        assert f"WT-{n:04}" in whole and f"第{n}项" in whole
    with_lines = [page for page in pages if "WT-00" in page]
    assert all("责任单位" in page and "整改目标" in page for page in with_lines)


def test_a_frozen_list_keeps_its_digest_when_it_is_read_back(scene: Scene) -> None:
    snapshot = _issued(scene)
    db.session.expire(snapshot)
    assert inputs_digest(snapshot.content) == snapshot.sha256
