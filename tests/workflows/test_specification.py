"""The catalogue says what the specification says, and nothing else."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from workflows import catalogue
from workflows.deadlines import Cadence, Days, Deadline, FromField, Within, WorkingDays
from workflows.parties import PARTIES, ROLES
from workflows.vocabulary import Needs, State, Step, Workflow

SPECIFICATION: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "spec" / "machines.yaml").read_text(encoding="utf-8")
)
LABELS = (
    "draft 草稿 · submitted 已提交 · under_review 审核中 · returned 退回修改 · approved 已批准 · rejected 不通过 · "
    "withdrawn 已撤回 · cancelled 已取消 · archived 已归档 · active 生效中 · retired 已停用 · superseded 已替代 · expired 已过期 · "
    "collecting 采集中 · imported 已导入 · verified 已核验 · released 已发布数据 · improving 改进期 · closed 已结束 · "
    "candidate 候选 · watch 观察 · confirmed 已确认 · merged 已合并 · converted 已转问题 · issued 已交办 · accepted 已签收 · "
    "contested 有异议 · diagnosing 诊断中 · planning 方案制定 · implementing 整改中 · evaluating 评价中 · "
    "pending_closure 待销号 · reopened 重新打开 · suspended 挂起 · void 作废 · not_started 未开始 · in_progress 进行中 · "
    "evidence_submitted 已报佐证 · completed 已完成 · data_ready 数据就绪 · computed 已计算 · decided 已定论 · "
    "notified 已通知 · self_reported 自查已交 · on_site 现场视导 · feedback_issued 已反馈 · responded 已回应 · follow_up 追踪中 · "
    "pending 待处理 · requested 已请求 · granted 已同意 · refused 不同意 · "
    "scheduled 已排期 · open 开放作答 · scored 已计分 · reviewed 已审阅 · assigned 已派发 · consent_pending 待同意 · "
    "ready 可作答 · valid 有效 · needs_retest 需复测 · invalid 无效 · exempt 免测 · missed 未参加"
)
"""One label per code, typed from the glossary (domain §1.4)."""
OWN_LABELS = {
    "problem_item.closed": "已销号",
    "evidence.accepted": "已采信",
    "release_ack.pending": "待签收",
    "release_ack.acknowledged": "已签收",
    "recheck.due": "待复核",
    "recheck.passed": "复核通过",
    "recheck.failed": "复核未通过",
    "list_check.drawn": "待抽查",
    "list_check.holds": "抽查属实",
    "list_check.failing": "抽查不属实",
    "interpretation_report.signed": "已签名",
    "interpretation_report.published": "已公布",
    "result_disclosure.published": "已公布",
    "figure_release.published": "已发布",
    "data_need.accepted": "已接受",
    "data_need.delivered": "已交付",
    "data_need.refused": "不予提供",
    "citizen_letter.received": "已收到",
    "citizen_letter.in_progress": "办理中",
    "citizen_letter.answered": "已答复",
    "citizen_letter.returned": "评为差，待重办",
    "citizen_letter.refused": "不予受理",
    "accountability_record.hearing": "听取意见",
    "accountability_record.ready": "待决定",
    "accountability_record.decided": "已决定",
    "accountability_record.disclosed": "已公开",
    "accountability_record.appealed": "申诉复核",
    "accountability_record.lapsed": "期满失效",
    "accountability_record.revoked": "已撤销",
    "accountability_record.dismissed": "不作处理",
    "showcase_entry.agreed": "单位已同意",
    "showcase_entry.published": "已公布",
    "screening_task.declined": "不参加",
    "critical_alert.accepted": "已接手",
    "break_glass.open": "查看中",
    "break_glass.ended": "待核对",
    "break_glass.reviewed": "已核对",
    "identity_grant.requested": "待学校决定",
    "identity_grant.denied": "未同意",
    "identity_grant.ended": "待核对",
    "identity_grant.reviewed": "已核对",
    "emergency_notice.due": "待告知监护人",
    "emergency_notice.told": "已告知",
    "handover.handed": "已交付",
    "yearly_audit.signed": "已签署，待报送",
    "yearly_audit.filed": "已报送",
    "rights_request.received": "待答复",
    "rights_request.preparing": "办理结果生成中",
    "rights_request.fulfilled": "已答复",
    "rights_request.refused": "不予办理",
    "retention_period.proposed": "待批准",
    "retention_period.refused": "未批准",
    "purge_batch.due": "到期待提出",
    "purge_batch.proposed": "待批准",
    "purge_batch.done": "已清理",
    "purge_batch.lapsed": "不再到期",
    "reopening.proposed": "已提议",
    "reopening.dismissed": "不予重开",
    "rainbow_assessment.proposed": "系统建议",
    "rainbow_assessment.adjusted": "人工调整",
    "rainbow_assessment.effective": "已生效",
    "code_change_request.effective": "已生效",
    "care_duty.due": "待完成",
    "care_duty.done": "已完成",
    "care_duty.dropped": "不再需要",
    "import_batch.staged": "已暂存",
    "import_batch.checking": "核对中",
    "import_batch.ready": "待接收",
    "import_batch.accepting": "入库中",
    "import_batch.accepted": "已接收",
    "import_batch.rolling_back": "回退中",
    "import_batch.rolled_back": "已回退",
    "import_batch.discarded": "已丢弃",
}
"""Codes the glossary lacks, or whose word there would mislead: nobody signs for evidence."""
MACHINES = sorted(SPECIFICATION)


def test_every_machine_is_specified_and_every_specified_machine_exists() -> None:
    assert sorted(catalogue.WORKFLOWS) == MACHINES


@pytest.mark.parametrize("name", MACHINES)
def test_the_states_are_the_specified_ones(name: str) -> None:
    workflow, wanted = catalogue.workflow(name), SPECIFICATION[name]
    assert {state.code for state in workflow.states} == set(wanted["states"])
    assert {state.code for state in workflow.states if state.final} == set(wanted["final"])
    assert {state.code for state in workflow.states if state.side} == set(wanted["side"])
    assert workflow.initial.code == wanted["initial"]


@pytest.mark.parametrize("name", MACHINES)
def test_every_specified_step_is_there_as_specified(name: str) -> None:
    present = {step.name: row(step) for step in catalogue.workflow(name).steps}
    for wanted in SPECIFICATION[name]["steps"]:
        assert present.get(wanted["step"]) == typed(wanted), f"{name}.{wanted['step']}"


@pytest.mark.parametrize("name", MACHINES)
def test_there_is_no_step_beyond_the_specified_ones(name: str) -> None:
    wanted = [each["step"] for each in SPECIFICATION[name]["steps"]]
    assert sorted(step.name for step in catalogue.workflow(name).steps) == sorted(wanted)


@pytest.mark.parametrize("name", MACHINES)
def test_the_deadlines_are_the_specified_ones(name: str) -> None:
    workflow = catalogue.workflow(name)
    present = {each: list(map(words, deadlines)) for each, deadlines in clocks(workflow)}
    assert present == SPECIFICATION[name]["deadlines"]


def test_everybody_who_is_waited_for_or_told_has_a_name() -> None:
    waited = {state.waits_for for workflow in catalogue.ALL for state in workflow.states} - {None}
    steps = [step for workflow in catalogue.ALL for step in workflow.steps]
    told = {role for step in steps for role in step.tells} | {step.repeat.tells for step in steps if step.repeat}
    for workflow in catalogue.ALL:
        for _, deadlines in clocks(workflow):
            told |= {role for deadline in deadlines for rung in deadline.rungs for role in rung.roles}
    assert waited == set(PARTIES)
    assert told <= set(ROLES)


def test_the_same_state_looks_the_same_in_every_machine() -> None:
    families: dict[str, set[str]] = {}
    for workflow in catalogue.ALL:
        for state in workflow.states:
            families.setdefault(state.code, set()).add(state.family)
    assert {code: found for code, found in families.items() if len(found) > 1} == {}


def test_every_state_has_the_one_label_of_its_code() -> None:
    wanted = dict(pair.split() for pair in LABELS.split(" · "))
    for workflow in catalogue.ALL:
        for state in workflow.states:
            own = OWN_LABELS.get(f"{workflow.name}.{state.code}")
            assert state.zh == (own or wanted[state.code]), f"{workflow.name}.{state.code}"
            assert state.en[0].isupper() and state.en.isascii()


def test_steps_of_other_machines_that_are_kept_apart_exist() -> None:
    for workflow in catalogue.ALL:
        for step in workflow.steps:
            for other in step.four_eyes:
                assert catalogue.step(other if "." in other else f"{workflow.name}.{other}").rights


@pytest.mark.parametrize("workflow", catalogue.ALL, ids=lambda each: each.name)
def test_a_machine_reads_only_the_dates_and_facts_it_declares(workflow: Workflow) -> None:
    for _, deadlines in clocks(workflow):
        for deadline in deadlines:
            if isinstance(deadline, FromField):
                assert deadline.field in workflow.reads
            if deadline.met_by:
                assert deadline.met_by in workflow.reads


def clocks(workflow: Workflow) -> list[tuple[str, tuple[Deadline, ...]]]:
    holders: list[tuple[str, State | Step]] = [(state.code, state) for state in workflow.states]
    holders += [(step.name, step) for step in workflow.steps]
    return [(name, holder.deadlines) for name, holder in holders if holder.deadlines]


def typed(wanted: dict[str, Any]) -> dict[str, Any]:
    """A row of the specification with everything that was left out."""
    eyes = [name for entry in wanted.get("eyes", []) for name in (entry if isinstance(entry, list) else [entry])]
    return {
        "from": set(wanted["from"]),
        "to": wanted["to"],
        "who": wanted["who"],
        "reason": wanted.get("reason", False),
        "star": wanted.get("star", False),
        "eyes": set(eyes),
        "third": wanted.get("third"),
    }


def row(step: Step) -> dict[str, Any]:
    """A step in the words of the specification."""
    return {
        "from": {state.code for state in step.sources},
        "to": step.target.code if isinstance(step.target, State) else "previous",
        "who": "system" if step.system else list(rights(step)),
        "reason": step.reason,
        "star": step.star,
        "eyes": set(step.four_eyes),
        "third": step.repeat.tells if step.repeat and step.repeat.times == 3 else None,
    }


def rights(step: Step) -> tuple[str, ...]:
    return step.needs.rights if isinstance(step.needs, Needs) else step.rights


def words(deadline: Deadline) -> str:
    match deadline:
        case WorkingDays(days=days):
            text = f"{days} WD"
        case Days(days=days):
            text = f"{days} D"
        case Within(hours=hours):
            text = f"{hours} h"
        case Cadence(day_of_month=day):
            text = f"monthly {day}"
        case FromField(field=field, days=days, working_days=working):
            amount, unit = (working, "WD") if working else (days, "D")
            text = f"{field} {'+' if amount > 0 else '-'} {abs(amount)} {unit}" if amount else field
        case _:
            raise AssertionError(f"no word for {deadline}")
    levels = ([level] if isinstance(level, str) else list(level) for level in deadline.escalate_to)
    return " > ".join([text, *(" ".join(level) for level in levels)])
