"""Word documents open in python-docx again, keep what was written, and look like an official paper."""

import io
import time
from datetime import UTC, datetime

import docx
import pytest
from docx.oxml.ns import qn
from docx.section import Section

from app.core import clock
from app.core.word import Paper, Signature, Value


def opened(paper: Paper) -> "docx.document.Document":
    return docx.Document(io.BytesIO(paper.content()))


def cells(paper: Paper, number: int = 0) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in opened(paper).tables[number].rows]


def size_of(section: Section) -> tuple[int, int]:
    assert section.page_width and section.page_height
    return round(section.page_width.mm), round(section.page_height.mm)


def test_a_paper_has_the_margins_of_an_official_document_and_a_page_number() -> None:
    section = opened(Paper("问题整改方案")).sections[0]

    assert [round(side.mm) for side in (section.top_margin, section.bottom_margin)] == [37, 35]  # type: ignore[union-attr]
    assert [round(side.mm) for side in (section.left_margin, section.right_margin)] == [28, 26]  # type: ignore[union-attr]
    assert size_of(section) == (210, 297)
    assert "PAGE" in section.footer._element.xml and section.footer.paragraphs[0].text == "—  —"


def test_a_wide_list_lies_on_its_side() -> None:
    section = opened(Paper("问题清单", landscape=True)).sections[0]

    assert size_of(section) == (297, 210)


def test_title_headings_and_paragraphs_follow_in_order_with_their_typefaces() -> None:
    paper = Paper("问题整改方案", number="〔2026〕17号").heading(1, "一、基本情况").paragraph("第一段。\n\n第二段。")
    written = [p for p in opened(paper).paragraphs if p.text]

    assert [p.text for p in written] == ["问题整改方案", "〔2026〕17号", "一、基本情况", "第一段。", "第二段。"]
    fonts = [p.runs[0]._element.xpath("w:rPr/w:rFonts")[0].get(qn("w:eastAsia")) for p in written]
    assert fonts == ["方正小标宋简体", "仿宋_GB2312", "黑体", "仿宋_GB2312", "仿宋_GB2312"]
    assert [p.runs[0].font.size.pt for p in written] == [22, 16, 16, 16, 16]  # type: ignore[union-attr]


def test_facts_stand_in_a_grid_and_a_long_one_has_a_row_of_its_own() -> None:
    long = "数学运算能力低于县均值零点四个标准差，连续两次监测出现"
    facts: list[tuple[str, Value]] = [
        ("编号", "2026-017"),
        ("学校", "实验小学"),
        ("问题", long),
        ("期限", None),
        ("人数", 120),
    ]

    assert cells(Paper("x").facts(facts)) == [
        ["编号", "2026-017", "学校", "实验小学"],
        ["问题", long, long, long],
        ["期限", "", "人数", "120"],
    ]


def test_a_list_repeats_its_header_and_never_splits_a_row() -> None:
    rows = [(n, f"学校{n}", 0.4) for n in range(40)]
    paper = Paper("问题清单").table(["序号", "学校", "差值"], rows, widths=[1, 3, 1])
    table = opened(paper).tables[0]

    assert len(table.rows) == 41 and [cell.text for cell in table.rows[40].cells] == ["39", "学校39", "0.4"]
    assert table.rows[0]._tr.trPr is not None and table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr is not None and row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    widths = [cell.width.mm for cell in table.rows[0].cells if cell.width]
    assert [round(width) for width in widths] == [31, 94, 31]


def test_an_empty_list_prints_its_header() -> None:
    assert cells(Paper("x").table(["序号", "学校"], [])) == [["序号", "学校"]]


def test_a_row_of_another_length_is_an_error() -> None:
    with pytest.raises(ValueError):
        Paper("x").table(["序号", "学校"], [(1,)])


def test_signature_lines_leave_room_for_the_pen() -> None:
    paper = Paper("x").signatures([Signature("经办人", "李文", "2026年11月25日"), Signature("审批人")])

    assert cells(paper) == [["经办人：", "李文", "2026年11月25日"], ["审批人：", "（签名）", "　　年　月　日"]]


@pytest.mark.parametrize("hostile", ["a\x00b", "a\x0bb", "a\ud800b", "a\ufffeb", "a\x1b[2Jb"])
def test_signs_that_xml_cannot_hold_are_left_out(hostile: str) -> None:
    paper = Paper(hostile).paragraph(hostile).table([hostile], [(hostile,)])

    assert opened(paper).paragraphs[0].text.startswith("a") and cells(paper)[1][0].endswith("b")


def test_markup_that_somebody_typed_stays_text() -> None:
    typed = '<w:br/>&amp;"\'{{ x }} =HYPERLINK("http://a")'

    assert cells(Paper("x").table(["说明"], [(typed,)]))[1] == [typed]


def test_nobody_of_this_machine_is_named_in_the_properties(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 25, 8, tzinfo=UTC))
    about = opened(Paper("问题清单")).core_properties

    assert (about.author, about.title, about.comments) == ("Bihuan", "问题清单", "")
    assert about.last_modified_by == "" and about.created == datetime(2026, 11, 25, 8, tzinfo=UTC)


def test_a_list_of_three_hundred_items_is_written_in_seconds() -> None:
    began = time.monotonic()
    Paper("问题清单", landscape=True).table([str(n) for n in range(8)], [["实验小学"] * 8] * 300).content()

    assert time.monotonic() - began < 20
