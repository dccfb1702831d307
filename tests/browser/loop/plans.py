"""The plan and its two measures: written by the school, approved by the county, carried out by a teacher, one returned once."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.browser.loop.desk import Desk
from tests.browser.loop.problems import NUMBER
from tests.factories.workbooks import as_xlsx, sent

SECTIONS: dict[str, dict[str, Any]] = {
    "目标": {"target": 500, "target_on": date(2027, 6, 18)},
    "评价方式": {"design": "按指标复测", "min_effect": "0.20", "follow_up_on": date(2027, 6, 18)},
    "保障": {"assurance": "每周例会"},
    "论证": {"argumentation": "校务会讨论通过"},
    "风险": {"risks": "教师调动；安排替补"},
    "经费": {"budget_planned": "12000", "budget_source": "学校公用经费"},
}
MEASURES = (("分层练习与错因台账", "月度错因统计表"), ("集体备课每周一次", "备课记录"))
CHECKED = ["材料真实", "日期在整改期内", "反映成效"]
ERRORS = as_xlsx(sent([["月份", "题数", "错题数"], ["十月", 40, 12], ["十一月", 40, 8]]))


def draw_up(desk: Desk) -> None:
    """The handler fills the sections, a measure against each cause; the head of the school hands it in."""
    page = desk.sits("school_coordinator").presses("制定整改方案").reads("填写整改方案")
    for section, said in SECTIONS.items():
        page.follows(f". {section}", "main").writes(**said).presses("保存这一节")
    for number, (title, criterion) in enumerate(MEASURES):
        page.presses("添加措施", number).writes(
            title=title, owner_id="温如言", planned_start=date(2026, 12, 14), planned_end=date(2027, 4, 30),
            description="每周一次，记在台账里", criteria__0__text=criterion,
        ).presses("保存措施")  # fmt: skip
    page.reads("2 项").keeps("loop-plan")
    page = desk.takes_up("principal", f"提交方案：{NUMBER}")
    page.presses("提交方案").reads("评价员 受理方案")


def approve(desk: Desk) -> None:
    """An evaluator takes it up, the director approves it: the measures begin to run."""
    page = desk.takes_up("evaluator", f"受理方案：{NUMBER}")
    page.presses("受理方案").reads("办公室主任 批准或退回")
    page = desk.takes_up("office_director", f"批准方案：{NUMBER}")
    page.presses("批准方案").reads("批准这份整改方案？").presses("批准方案").reads("生效中")


def begin(desk: Desk) -> None:
    """The teacher begins both measures."""
    page = desk.sits("subject_teacher").reads("有 2 件事等你")
    for title, _criterion in MEASURES:
        page.opens("/todo").follows(title, "main").presses("开始措施").presses("开始措施").reads("做完并交齐佐证")


def report(desk: Desk) -> None:
    """Evidence of both measures, a file and a link, and what came of them."""
    first, second = MEASURES[0][0], MEASURES[1][0]
    page = desk.takes_up("subject_teacher", first).presses("添加佐证")
    page.writes(files=("月度错因统计.xlsx", ERRORS)).reads("已上传")
    words(desk, "错题率由三成降到两成", date(2027, 1, 15))
    done(desk, first, "分层练习坚持 10 周")
    page.opens("/todo").follows(second, "main").presses("添加佐证").writes(link="https://example.invalid/beike")
    words(desk, "每周集体备课，练习分三层", date(2027, 3, 1))
    done(desk, second, "集体备课 10 次，练习都分三层")


def words(desk: Desk, change: str, day: date, by: str = "subject_teacher") -> None:
    """What a piece of evidence shows, and when it happened."""
    page = desk.sits(by)
    page.writes(happened_on=day, description=change, place="八年级办公室", privacy_checked=None)
    page.presses("提交给评价员审核").reads("已提交")


def done(desk: Desk, title: str, result: str, by: str = "subject_teacher") -> None:
    """The measure is through, and what came of it."""
    page = desk.sits(by).reads(title, "进度还没有到 100%")
    page.writes(progress=100).presses("更新进度").presses("提交核验").writes(result=result).presses("提交核验")
    page.reads("核验佐证")


def judge(desk: Desk) -> None:
    """The evaluator accepts the evidence; the first measure goes back once, its owner mends it, then both are done."""
    first, second = MEASURES[0][0], MEASURES[1][0]
    page = desk.sits("evaluator")
    for title in (first, second):
        page.opens("/todo").follows(f"核验通过：{NUMBER} {title}", "main").presses("核验措施")
        page.presses("开始审核").presses("采信").reads("已采信 1")
        if title == first:
            page.presses("退回措施").writes(reason="结果只写了活动，请写出错题率从多少降到多少").presses("退回措施")
        else:
            page.writes(checklist=CHECKED).presses("核验通过")
    page = desk.takes_up("subject_teacher", first)
    page.reads("上次退回的理由", "结果只写了活动").keeps("loop-returned").presses("提交核验")
    page.writes(result="分层练习坚持 10 周，错题率由 30% 降到 20%").presses("提交核验")
    page = desk.takes_up("evaluator", first).presses("核验措施")
    page.writes(checklist=CHECKED).presses("核验通过").reads("没有等你审核的佐证")
