"""One round of monitoring on the pages: described by the office, brought in, taken in, checked and let out by four others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tests.browser.loop.desk import Desk, Paper
from tests.factories.monitoring import HEADER, NUMBER, PASS, PROBLEM, SHAPE, WORKED, Line
from tests.factories.workbooks import as_xlsx, sent

INDICATORS = (
    (NUMBER, "数与运算", "平均值", 1000),
    (SHAPE, "图形与几何", "平均值", 1000),
    (PROBLEM, "问题解决", "平均值", 1000),
    (PASS, "达标率", "比率", 1),
)
FIRST = (replace(WORKED[0], school="yuntai"), replace(WORKED[1], school="shuangqiao"), *WORKED[2:])
"""F1–F8 of domain §8; the school of the walk is F2: 470 against 500 with 100 pupils."""
OWN_WORD = "学校得分"
"""What the assessment group calls the column of values: not a word the import knows, so somebody has to match it."""


@dataclass(frozen=True)
class Round:
    """What the office writes about a round."""

    code: str
    name: str
    held_on: date
    indicators: Sequence[str]
    remark: str = ""


def indicators(desk: Desk) -> None:
    """The office enters the four indicators of the county."""
    page = desk.sits("office_director")
    for code, name, kind, highest in INDICATORS:
        page.opens("/monitoring/indicators").presses("加指标").writes(
            code=code, name=name, subject="数学", domain="学业", value_type=kind, direction="越高越好",
            evaluation_type="结果评价", object_code="学校（办学条件、办学质量）", family="JC-数学", lowest=0, highest=highest,
        ).presses("保存指标").reads(name)  # fmt: skip


def begin(desk: Desk, this: Round) -> None:
    """The office describes the round, chooses what it measures and opens it for files."""
    page = desk.sits("office_director").follows("监测数据", "nav").presses("新建周期")
    page.writes(
        name=this.name, code=this.code, level="县", stage="初中", grades="七年级", subjects="数学",
        starts_on=this.held_on, ends_on=this.held_on + timedelta(days=2), instrument="县学业水平测评",
        instrument_version="2026", coverage="普测", benchmark_type="县均值", benchmark_source="县教研室 2026 年参照组",
    ).presses("新建周期，接着选指标")  # fmt: skip
    page.writes(codes=list(this.indicators)).presses("保存选择")
    page.presses("开始采集").presses("开始采集").reads("采集中")


def bring_in(desk: Desk, this: Round, lines: Sequence[Line], matched_by_hand: bool = True) -> None:
    """The assessment group sends its own file, whose column of values it has to match once; another person takes it in."""
    page = desk.sits("assessment_member").follows("监测数据", "nav").follows(this.name, "main")
    page.presses("上传结果表").writes(file=(f"{this.name}结果.xlsx", _file(desk, lines)), sender="县测评大组").presses(
        "上传并找列名"
    )
    page.reads("对应列名").keeps("loop-columns")
    if matched_by_hand:
        page.reads("还差这些必需的列").writes(column__10="数值 *")
    page.presses("开始核对")
    arrived(page, f"{len(lines)} 行都可以接收").reads("这一步要由另一个人来办")
    second = desk.takes_up("evaluator", this.name)
    second.reads(f"{len(lines)} 行都可以接收").presses("接收入库")
    arrived(second, f"已接收 {len(lines)} 行")


def _file(desk: Desk, lines: Sequence[Line]) -> bytes:
    words = [OWN_WORD if word == "数值" else word for word in HEADER]
    return as_xlsx(sent([["清澜县数学监测结果"], words, *(line.cells(desk.site.cast) for line in lines)]))


def arrived(page: Paper, words: str) -> Paper:
    """Wait until the worker is done, as people do: the page looks again by itself."""
    return page.reads(words)


def verify(desk: Desk, this: Round) -> None:
    """The sender ends the import; another member checks line by line and signs."""
    page = desk.sits("assessment_member").follows("监测数据", "nav").follows(this.name, "main")
    page.presses("完成导入").presses("完成导入").reads("另一名测评组成员")
    page = desk.takes_up("evaluator_2", this.name).presses("核验数据")
    if this.remark:
        page.writes(remark_indicators=this.remark)
    page.writes(signed=None).presses("核验签名").reads("领导小组组长")


def release(desk: Desk, this: Round) -> None:
    """The office prepares the four versions, the head of the leading group lets them out."""
    page = desk.takes_up("office_director", this.name).presses("准备发布版本")
    page.writes(basic="全体学校参加。").presses("生成四个版本和各校数据包").reads("待发布")
    page = desk.takes_up("leading_group_head", this.name)
    page.presses("发布数据").presses("发布数据").reads("已发布数据", "汇报与反馈")


def whole(desk: Desk, this: Round, lines: Sequence[Line], matched_by_hand: bool = False) -> None:
    """A round from its description to its release."""
    begin(desk, this)
    bring_in(desk, this, lines, matched_by_hand)
    verify(desk, this)
    release(desk, this)
