"""From findings to an issued list and back: confirmed by a researcher, listed, approved, issued, signed for, taken up again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tests.browser.loop.desk import Desk
from tests.factories.monitoring import INTERPRETATION

LIST = "2026秋七年级数学问题清单"
NUMBER = "WT-0001"
"""The item of the walk: 数与运算 of 双桥中学, the first by unit code."""
CAUSES = (("单元练习没有分层", "作业抽样 40 份"), ("集体备课两周一次", "备课记录 8 份"))
WHYS = "为什么没有分层？题目由一人统一出。\n为什么由一人出？备课时间不够。"


def read(desk: Desk, round_name: str) -> None:
    """Exactly three candidates and two to watch, on the researcher's desk and on the list."""
    page = desk.sits("subject_researcher")
    page.reads("有 3 件事等你", f"{round_name}：3 条候选发现等你确认，2 条观察")
    page.follows("数据发现", "nav").reads("共 5 条").keeps("loop-findings")
    rows = [" ".join(row.inner_text().split()) for row in page.page.locator("main tbody tr:has(td)").all()]
    judged = [row.split()[-1] for row in rows]
    assert sorted(judged) == ["候选", "候选", "候选", "样本不足", "观察"], rows
    effects = [next(cell for cell in row.split() if cell.startswith("−")) for row in rows]
    assert effects == ["−0.30", "−0.31", "−0.40", "−0.20", "−0.18"], rows


def confirm(desk: Desk, *numbers: str) -> None:
    """The researcher reads each finding, adds another source and confirms it."""
    page = desk.sits("subject_researcher")
    for number in numbers:
        page.opens("/todo").follows(number, "main").presses("确认发现").writes(
            interpretation=INTERPRETATION, hypotheses="单元练习没有分层\n课堂反馈不及时",
            support_source="11月单元检测", support_description="年级单元检测中同类题得分率低于全县平均",
        ).presses("确认发现").reads("已转问题", "评价员")  # fmt: skip


def draft(desk: Desk, round_name: str, targets: Mapping[str, float]) -> None:
    """The office draws up the list of all three and says for each who helps, what it must reach, until when."""
    page = desk.sits("office_director").follows("问题清单", "nav").presses("手工起草")
    page.writes(title=LIST, cycle=round_name, requirements="各校在十个工作日内订出方案。").presses("起草清单")
    page.presses("从数据发现列入").ticks("ref").presses("每条列一项").reads("还有 3 项没有填全")
    for words, target in targets.items():
        page.follows("修改", f"main tr:has-text('{words}')").writes(
            helping="没有", target=target, target_on=date(2027, 6, 18), due_on=date(2027, 10, 29)
        ).presses("保存这一项")
    page.presses("送审清单").presses("送审清单").reads("领导小组组长")


def issue(desk: Desk, document: str) -> None:
    """With its number the list goes out to the units."""
    page = desk.takes_up("office_director", LIST).presses("交办清单")
    page.writes(document_number=document).presses("交办清单").reads("还有 3 项没有签收", document)


def approve(desk: Desk) -> None:
    """The head of the leading group opens the list and approves it."""
    page = desk.takes_up("leading_group_head", LIST)
    page.presses("批准清单").presses("批准清单").reads("填文号、交办")


def sign_for(desk: Desk) -> None:
    """The principal signs on the last day and names who works on it."""
    page = desk.sits("principal").reads("今天").opens("/todo").follows(f"签收问题项：{NUMBER}", "main")
    page.reads("第 3 个工作日", "签收，并指定经办人和替补").keeps("loop-item").presses("签收问题项")
    page.writes(handler="陆晓棠（学校项目联络员）", deputy="梁仲谋（年级组长）").presses("签收").reads(
        "陆晓棠 开始归因诊断"
    )


def diagnose(desk: Desk) -> None:
    """The handler writes two causes; the gate says before that two are wanted."""
    page = desk.takes_up("school_coordinator", f"开始诊断：{NUMBER}").presses("开始诊断")
    page.reads("归因诊断至少写两条原因")
    for statement, evidence in CAUSES:
        page.presses("写一条原因").writes(
            statement=statement, category="教学", evidence_note=evidence, five_whys=WHYS, controllable="可控"
        ).presses("记下这条原因")
    page.presses("完成诊断").reads("制定整改方案，批准后开始整改")


def reopen(desk: Desk, due_on: date) -> None:
    """The next round has found the same again: the office decides on the system's proposal."""
    page = desk.takes_up("office_director", f"同意重新打开：{NUMBER}")
    page.reads("下一轮监测再次出现", "同一单位、同一指标再次出现")
    page.writes(due_on=due_on, reason="同意重新打开，请重新诊断原因后再订方案").presses("同意重新打开")
    page.opens("/items").follows("数与运算", "main").reads("重新打开")
