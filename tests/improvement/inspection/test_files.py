"""Trees in and out: what is exported comes back the same; each bad row is told in a sentence; changes are told in words."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.errors import ImportRefused, Invalid
from app.core.spreadsheets import write_workbook
from app.improvement.inspection.checking import sound_rows
from app.improvement.inspection.differences import differences
from app.improvement.inspection.rows import HEADS, Row, Rows, read_file, write_book, write_yaml
from tests.improvement.inspection.scenes import ROWS, changed, without


def said(*rows: Row) -> dict[str, str]:
    """What is wrong with rows, by place."""
    with pytest.raises(Invalid) as refused:
        sound_rows(Rows(rows))
    return {place: sentence.zh for place, sentence in refused.value.sentences.items()}


def test_a_tree_written_as_a_workbook_or_as_yaml_comes_back_the_same() -> None:
    rows = sound_rows(Rows(ROWS))
    for content, name in ((write_book(rows), "指标.xlsx"), (write_yaml(rows).encode(), "tree.yaml")):
        again = sound_rows(read_file(content, name))
        assert write_yaml(again) == write_yaml(rows)
    assert [row.level for row in rows] == ["1", "2", "3", "4", "4", "2", "4", "1", "2", "4"]


def test_children_stand_behind_their_parent_however_the_file_was_sorted() -> None:
    mixed = sound_rows(Rows(tuple(reversed(ROWS))))
    places = {row.number: place for place, row in enumerate(mixed)}
    assert all(places[row.parent] < places[row.number] for row in mixed if row.parent)


@pytest.mark.parametrize(
    ("rows", "place", "sentence"),
    [
        ((*ROWS, Row(12, "观测点", "B3.1", "B3", "又一条")), "row 12", "第 12 行：编号 B3.1 和第 11 行重复"),
        (changed("B3", parent="A7"), "row 10", "第 10 行：上级编号 A7 在表里没有"),
        (changed("B1", parent="C1"), "row 3", "第 3 行：B1 绕一圈成了自己的上级（B1 → C1 → B1）"),
        ((*ROWS, Row(12, "观测点", "C1.9", "C1.1", "更细")), "row 12", "第 12 行：上级 C1.1 是观测点，观测点下面不能再分"),
        (
            (*ROWS, Row(12, "三级", "D1", "C1", "第四级"), Row(13, "观测点", "D1.1", "D1", "更深")),
            "row 13", "第 13 行：太深：最多三级指标，下面是观测点",
        ),
        (changed("C1", level="二级"), "row 4", "第 4 行：上级 B1 是二级，这一行应是三级指标"),
        (changed("B2.1", parent="A1"), "row 8", "第 8 行：观测点要放在二级或三级指标下面"),
        (changed("A2", parent="A1"), "row 9", "第 9 行：一级指标不写上级编号"),
        (changed("B2", parent=""), "row 7", "第 7 行：没有上级编号"),
        (changed("B2", level="五级"), "row 7", "第 7 行：级别“五级”不认识，请写一级、二级、三级或观测点"),
        (changed("B2.1", proofs=("目测",)), "row 8",
         "第 8 行：佐证方式“目测”不认识，可以写查阅资料、现场查看、随堂听课、访谈、问卷、数据核对"),
        (changed("B2.1", stages=("大学",)), "row 8", "第 8 行：学段“大学”不认识，可以写小学、初中、高中"),
        (changed("B2.1", title=""), "row 8", "第 8 行：没有名称"),
        (changed("B2.1", title="长" * 121), "row 8", "第 8 行：名称最多 120 个字"),
        (changed("B2.1", number="B 2"), "row 8", "第 8 行：编号“B 2”写法不对，用字母、数字、点和横线，最多 12 个"),
        (changed("B2.1", topics=tuple("一二三四五六")), "row 8", "第 8 行：专题最多 5 个，每个最多 12 个字"),
        (without("B3.1"), "row 10", "第 10 行：B3 下面没有观测点"),
    ],
)  # fmt: skip
def test_a_bad_row_is_told_in_one_sentence_with_its_place(rows: tuple[Row, ...], place: str, sentence: str) -> None:
    assert said(*rows)[place] == sentence


def test_forty_bad_rows_are_not_forty_sentences() -> None:
    rows = [Row(place, "观测点", f"P{place}", "Z9", "没有上级") for place in range(4, 44)]
    told = said(*ROWS[:2], *rows)
    assert len(told) == 14
    assert told["more"].startswith("还有 ")
    assert told["content"] == "有 41 行不对，没有导入"


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"", "a.xlsx", "空"),
        (b"not a workbook", "a.xlsx", "纯文本"),
        (b"\xff\xfe\x00", "a.yaml", "UTF-8"),
        (b"nodes: &a [*a]", "a.yaml", "文件读不懂"),
        (b"nodes:\n  - {level: A, number: A1, title: x, colour: red}", "a.yaml", "没有这个键"),
        (write_workbook(["编号", "名称"], [["A1", "依法办学"]]), "a.xlsx", "没有找到表头"),
    ],
)
def test_a_file_that_is_none_is_refused_with_what_to_do(content: bytes, name: str, why: str) -> None:
    with pytest.raises((Invalid, ImportRefused), match=why):
        read_file(content, name)


def test_a_blank_table_has_the_header_and_is_refused_as_empty() -> None:
    rows = read_file(write_book(()), "空表.xlsx")
    assert rows.rows == ()
    with pytest.raises(Invalid, match="一行指标都没有"):
        sound_rows(rows)


def test_a_formula_in_a_title_stays_text() -> None:
    cells = [["一级", "A1", "", "=1+1", "", "", "", ""]]
    assert read_file(write_workbook(HEADS, cells), "a.xlsx").rows[0].title == "=1+1"


def told(before: tuple[Row, ...], after: tuple[Row, ...]) -> list[Any]:
    return [one.what.zh for one in differences(*(sound_rows(Rows(rows)) for rows in (before, after)))]


def test_differences_are_told_in_words() -> None:
    assert told(ROWS, ROWS) == []
    assert told(ROWS, changed("B2.1", title="门卫逐人登记", proofs=("访谈",))) == [
        "B2.1 名称由“门卫登记完整”改为“门卫逐人登记”",
        "B2.1 佐证方式由现场查看改为访谈",
    ]
    assert told(ROWS, changed("C1.2", stages=(), topics=())) == [
        "C1.2 适用学段由小学、初中改为不限", "C1.2 专题由双减改为不限",
    ]  # fmt: skip
    assert told(ROWS, changed("B3", parent="A1")[:7] + changed("B3", parent="A1")[8:]) == [
        "B3 从 A2 移到 A1 下", "取消一级 A2 教师发展",
    ]  # fmt: skip
    more = (*ROWS, Row(12, "观测点", "B3.2", "B3", "新教师有导师"))
    assert told(ROWS, more) == ["新增观测点 B3.2 新教师有导师，放在 B3 下"]
    assert told(more, ROWS) == ["取消观测点 B3.2 新教师有导师"]
    assert told(ROWS, changed("C1.1", look_for="看三个班")) == ["C1.1 看什么由“看公示课表，随机看三个班”改为“看三个班”"]
