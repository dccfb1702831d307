"""From the new data to the closed item: computed, proposed, decided, asked for, verified on the spot, approved by another."""

from __future__ import annotations

from tests.browser.loop.desk import Desk
from tests.browser.loop.problems import NUMBER


def start_evaluation(desk: Desk) -> None:
    """Both measures done, the handler says that the work is over."""
    page = desk.takes_up("school_coordinator", f"进入评价：{NUMBER}")
    page.presses("进入评价").reads("评价定论")


def compute(desk: Desk) -> None:
    """The assessment group chooses the new cell; the outcome of §7.4 is worked out at once."""
    page = desk.takes_up("assessment_member", f"备齐数据：{NUMBER}")
    page.presses("备齐数据").writes(follow_up=None).presses("备齐数据并计算")
    page.reads("建议，由人定论", "达标", "+35.0", "+7.9 至 +62.1", "7 / 7 符合")
    page.reads("没有做回归校正", "领导小组组长定论").keeps("loop-evaluation")


def decide(desk: Desk) -> None:
    """An evaluator proposes, the head of the group decides, as fewer than twenty schools could be compared."""
    page = desk.takes_up("evaluator", f"提出结论：{NUMBER}").presses("提出结论")
    page.writes(outcome="达标", judgement="复测 505 分，达到目标 500 分", uses="作为销号的依据")
    page.presses("提出结论").reads("提出：达标", "作为销号的依据")
    page = desk.takes_up("leading_group_head", f"作出定论：{NUMBER}").presses("作出定论")
    page.writes(outcome="达标", judgement="同意评价员意见，达到目标").presses("作出定论").reads("已定论：达标")


def ask(desk: Desk) -> None:
    """The handler asks and drafts, the principal hands in."""
    page = desk.takes_up("school_coordinator", f"提出销号：{NUMBER}")
    page.presses("提出销号").presses("起草销号申请")
    page.writes(self_summary="两项措施完成，复测达标").presses("保存草稿").reads("8 / 8 符合").keeps("loop-closure")
    page = desk.takes_up("principal", f"提交销号申请：{NUMBER}")
    page.presses("提交销号申请").reads("督学或评价员 核验")


def verify(desk: Desk) -> None:
    """The inspector was there."""
    page = desk.takes_up("inspector", f"核验通过：{NUMBER}").presses("核验通过")
    page.writes(on_site=None, opinion="材料属实，到校看过").presses("核验通过").reads("办公室主任 批准销号")


def approve(desk: Desk) -> None:
    """Another person than the verifier approves; the recheck stands in the calendar 180 days later."""
    page = desk.takes_up("office_director", f"批准销号：{NUMBER}")
    page.presses("批准销号").reads("180 天后安排复核").presses("批准销号").reads("已批准，问题项已销号")


def recheck(desk: Desk) -> None:
    """180 days later another than the verifier looks again and finds it kept."""
    page = desk.takes_up("evaluator_2", NUMBER).presses("写复核结果")
    page.writes(seen="改进保持住了", note="练习仍分三层，台账有记录", result="通过").presses("提交复核结果").reads(
        "通过"
    )
