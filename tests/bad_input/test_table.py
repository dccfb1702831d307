"""What goes wrong on an ordinary day, a row each, in both languages.

Never a failure, not one row more or less, a sentence that names the row or the field and says what to do, and whatever was
typed is still there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from tests.bad_input import files, forms
from tests.bad_input.desk import CHINESE, Desk, Met
from tests.cast import Cast
from tests.policy.records import Chain, write
from tests.standing import on_what_stands, one_transaction


@dataclass(frozen=True)
class Row:
    """What is done, how it is answered, and which words have to stand on the page in Chinese and in English."""

    do: Callable[[Desk], Met]
    status: int
    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


TABLE: dict[str, Row] = {
    **{what: Row(files.unreadable(what), 422) for what in files.FILES},
    "a request over the limit": Row(
        files.request_over_the_limit, 413,
        ("佐证每个文件最多 20 MB，导入的表格最多 50 MB", "表格可以拆成几份", "填的内容还在"),
        ("20 MB", "50 MB", "split", "still there"),
    ),
    "evidence over the limit": Row(files.evidence_over_the_limit, 422, ("26 MB", "最多 20 MB"), ("26 MB", "20 MB")),
    "the same file twice": Row(
        files.the_same_file_twice, 409, ("已经上传过（名册.xlsx）", "没有再导入一次"), ("名册.xlsx", "not imported again"),
    ),
    "100,000 rows": Row(files.a_hundred_thousand_rows, 200, ("读到数据 100,000 行", "必须先改"), ("100,000 rows", "must be changed first")),
    "#REF!": Row(
        files.cells(6, files.REFERENCE_ERROR), 200, ("Sheet1 G3", "#REF!", "改"), ("Sheet1 G3", "#REF!", "formula"),
    ),
    "an identifier in a number cell": Row(
        files.cells(4, 3.3e17), 200,
        ("Sheet1 E3", "单元格是数字格式，末几位已丢失，不能猜", "把该列设为“文本”后，从原系统重新粘贴"),
        ("Sheet1 E3", "The cell holds a number; the last digits are lost", "Set the column to “Text”"),
    ),
    "an identifier as 3.3E+17": Row(
        files.cells(4, "3.3E+17"), 200,
        ("Sheet1 E3", "科学计数法，末几位已丢失，不能猜", "把该列设为“文本”后，从原系统重新粘贴"),
        ("Sheet1 E3", "scientific notation; the last digits are lost", "Set the column to “Text”"),
    ),
    "merged and hidden rows": Row(
        files.merged_and_hidden, 200,
        ("读取了隐藏的行", "合并单元格向下补齐", "H2:H4 → G7", "2 行有提醒"),
        ("Hidden rows were read", "Merged cells filled down", "H2:H4 → G7", "take a look"),
    ),
    "two versions of one table": Row(
        files.two_versions_of_one_table, 200,
        ("与上一版比较", "结果最终版.xlsx", "改动 1 格", "逐格看"),
        ("Compare with the previous version", "结果最终版.xlsx", "Changes 1", "cell"),
    ),
    "an unknown code of a school": Row(
        files.cells(0, "9999999999"), 200,
        ("Sheet1 A3", "9999999999", "前两位 99 不是小学", "按学校名册填代码"),
        ("Sheet1 A3", "9999999999", "name no known type of school", "Fill in the code of the school directory"),
    ),
    "an unknown school": Row(
        files.results(school="双桥实验中学"), 200,
        ("Sheet1 B3", "双桥实验中学", "清澜县双桥中学"),
        ("Sheet1 B3", "双桥实验中学", "清澜县双桥中学"),
    ),
    "a negative sd": Row(
        files.results(sd=-5), 200,
        ("Sheet1 Q3", "-5", "标准差"),
        ("Sheet1 Q3", "-5", "standard deviation"),
    ),
    "a name that is a formula": Row(
        files.cells(2, '=HYPERLINK("http://x","a")'), 200,
        ("Sheet1 C3", "姓名里有“=”", "只写姓名；不要写公式、网址或其他符号"),
        ("Sheet1 C3", "The name holds “=”", "Write the name only: no formulas, links or signs"),
    ),
    "a session that expired in a long form": Row(forms.an_expired_session, 200, ("刚才没有发出的内容", "填写的内容已保存", "现在发出"), ("is saved", "Send")),
    "a double click on approve": Row(
        forms.a_double_click_on_approve, 409, ("整改方案第 1 版”变了，现在是“生效中”", "看现在的内容"), ("changed after you opened this page", "it is “In force” now", "See the current version"),
    ),
    "two approvers at once": Row(
        forms.two_approvers_at_once, 409, ("整改方案第 1 版”变了，现在是“生效中”", "看现在的内容"), ("changed after you opened this page", "it is “In force” now", "See the current version"),
    ),
    "a stale page": Row(
        forms.a_stale_page, 409,
        ("整改方案第 1 版”变了，现在是“草稿”", "你填的内容都还在", "看现在的内容"),
        ("changed after you opened this page", "What you typed is kept", "See the current version"),
    ),
    "a foreign school's reference": Row(
        forms.a_foreign_schools_reference, 404, ("找不到这个页面", "不在你负责的范围"), ("not found", "outside"),
    ),
    "a step that the state does not allow": Row(
        forms.a_step_that_the_state_does_not_allow, 409,
        ("问题项现在是“评价中”，不能“提出异议”",), ("is “Evaluating” now", "is not possible"),
    ),
    "the last administrator removing himself": Row(
        forms.the_last_administrator, 409,
        ("这是本县最后一位安全管理员，先任命另一位再办",), ("last security administrator",),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def laid_out(application: Flask, _cast_of_the_worker: Cast) -> Iterator[tuple[Connection, Chain, Chain]]:
    """The records of the school and of another county, on which every row of the table begins; no test here takes `app`."""
    cast = _cast_of_the_worker
    school, other = cast.units["shuangqiao"], cast.units["other_yizhong"]
    with one_transaction(application) as connection:
        own = write(cast, cast["school_coordinator"], school, school, "本县记号")
        foreign = write(cast, cast["other_principal"], other, other, "云溪记号")
        yield connection, own, foreign


@pytest.fixture(params=["zh", "en"])
def desk(laid_out: Any, application: Flask, cast: Cast, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """The desk in each language."""
    connection, own, foreign = laid_out
    with on_what_stands(application, connection):
        yield Desk(application, cast, deepcopy(own), deepcopy(foreign), request.param)


@pytest.mark.parametrize("what", TABLE)
def test_bad_input_is_answered_in_words_and_changes_nothing(what: str, desk: Desk) -> None:
    row = TABLE[what]
    desk.before, desk.waited = desk.counts(), desk.waiting()
    met = row.do(desk)
    wanted = (met.says,) if met.says else row.zh if desk.language == "zh" else row.en
    assert met.statuses[-1] == row.status and max(met.statuses) < 500, met.words[:400]
    for words in wanted:
        assert words in met.words, f"“{words}” is not said: {met.words[:1500]}"
    for typed in met.kept:
        assert typed in met.words, f"{desk.language}: what was typed is gone"
    assert desk.counts() == desk.before
    if row.status >= 400 and row.do.__module__ == files.__name__:
        assert desk.waiting() == desk.waited, "a file that was refused was kept"
    assert met.says == "" or bool(CHINESE.search(met.says.replace("名册", "").replace("八年级", ""))) == (
        desk.language == "zh"
    )
