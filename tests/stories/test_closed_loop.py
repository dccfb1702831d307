"""One problem walks from a confirmed finding to its closure and back, every step by the one who may take it."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock as business
from app.core.audit import trail
from app.core.database import db, use_context, uuid7
from app.core.errors import NotAllowed, StepRefused
from app.core.imports.models import ImportBatch
from app.core.policy.actor import SYSTEM
from app.improvement.effects.models import ClosureRequest, EffectEvaluation, Recheck
from app.improvement.effects.operations import closures, evaluations
from app.improvement.effects.operations.evaluations import EvaluationStep, PrepareIn, ProposeIn
from app.improvement.monitoring.models import DataFinding, Indicator, MonitoringCycle, MonitoringResult
from app.improvement.plans.models import Evidence, RemediationAction
from app.improvement.plans.operations import actions, plans
from app.improvement.plans.operations import evidence as evidences
from app.improvement.plans.operations.plans import ActionIn, CriterionIn, PlanIn, PlanStep
from app.improvement.problems.models import ProblemItem, ProblemList
from app.improvement.problems.operations import items, lists, reopenings
from app.improvement.problems.operations.lists import Submission
from tests.cast import Cast

REASON = "表中只有九月数据，请补十月和十一月的统计"


def _round(cast: Cast, code: str, starts: date, value: float, n: int) -> MonitoringResult:
    """A verified round with one result of the school, written as the import would."""
    county, school = cast.county.id, cast.units["shuangqiao"].id
    with trail.act(SYSTEM, "system", "test.round"):
        indicator = db.session.scalar(select(Indicator).where(Indicator.code == "math.number"))
        if indicator is None:
            indicator = Indicator(
                id=uuid7(),
                county_id=county,
                code="math.number",
                name="数与运算",
                subject="math",
                value_type="mean",
                direction="higher",
                family="省测数学",
            )
            db.session.add(indicator)
        cycle = MonitoringCycle(
            id=uuid7(),
            county_id=county,
            code=code,
            name=code,
            level="county",
            stage="junior",
            grades=["G8"],
            subjects=["math"],
            instrument="省测",
            instrument_version="1",
            coverage="census",
            indicator_codes=["math.number"],
            benchmark_source="县均值",
            starts_on=starts,
            ends_on=starts,
            state="released",
        )
        db.session.add(cycle)
        db.session.flush()
        batch = ImportBatch(
            id=uuid7(),
            county_id=county,
            kind="results",
            target_entity="monitoring_cycles",
            target_id=cycle.id,
            owner_id=cast["assessment_member"].person_id,
            file_name=f"{code}.xlsx",
            file_sha256=uuid.uuid4().hex * 2,
            file_size=1,
            state="accepted",
        )
        db.session.add(batch)
        db.session.flush()
        result = MonitoringResult(
            id=uuid7(),
            county_id=county,
            school_id=school,
            unit_id=school,
            cycle_id=cycle.id,
            batch_id=batch.id,
            indicator_id=indicator.id,
            cell_key=f"{code}|x",
            scope_level="school",
            grade="G8",
            subject="math",
            value_type="mean",
            direction="higher",
            value=value,
            benchmark_type="county",
            benchmark_value=500.0,
            n=n,
            n_expected=n,
            sd=100.0,
            deff=1.0,
            file_sha256=batch.file_sha256,
            sheet="八年级",
            row_no=7,
            cell="F7",
        )
        db.session.add(result)
    return result


def _confirmed(cast: Cast, result: MonitoringResult) -> DataFinding:
    school = cast.units["shuangqiao"].id
    with trail.act(SYSTEM, "system", "test.finding"):
        finding = DataFinding(
            id=uuid7(),
            county_id=cast.county.id,
            school_id=school,
            unit_id=school,
            number="FX-0001",
            title="数与运算偏低",
            source_type="monitoring",
            category="subject",
            subject="math",
            grade="G8",
            scope_level="school",
            cycle_id=result.cycle_id,
            result_id=result.id,
            indicator_id=result.indicator_id,
            severity="moderate",
            verdict="candidate",
            effect=-0.30,
            known_on=business.today(),
            state="confirmed",
        )
        db.session.add(finding)
    return finding


def _issued_item(cast: Cast, finding: DataFinding) -> ProblemItem:
    office, evaluator, head = cast.actor("office_director"), cast.actor("evaluator"), cast.actor("leading_group_head")
    place = lists.ListPlace(cast.county.id, None, cast.units["office"].id, "county")
    held = lists.draft_list(office, place, lists.ListIn("2026 秋八年级数学问题清单", cycle_id=finding.cycle_id))
    lists.convert_finding(
        evaluator,
        finding,
        lists.ConversionIn(
            held.id,
            lists.ItemIn(
                title="八年级数学数与运算低于县均值 0.30 个标准差",
                category="subject",
                source_type="monitoring",
                severity="moderate",
                unit_id=finding.unit_id,
                responsible_person_id=cast["principal"].person_id,
                co_units=[],
                subject="math",
                grade="G8",
                indicator_id=finding.indicator_id,
                scope_level="school",
                baseline=470.0,
                target=500.0,
                due_on=business.today() + timedelta(days=400),
            ),
        ),
    )
    db.session.refresh(held, ["items"])
    lists.submit_list(office, held, Submission())
    lists.approve_list(head, held, Submission())
    lists.issue_list(office, held, lists.IssueIn("清监办〔2026〕17号"))
    item = db.session.scalars(select(ProblemItem).where(ProblemItem.list_id == held.id)).one()
    assert (held.state, item.state) == ("issued", "issued")
    return item


def _planned(cast: Cast, item: ProblemItem) -> Any:
    principal, coordinator = cast.actor("principal"), cast.actor("school_coordinator")
    items.accept_item(
        principal, item, items.AcceptIn(cast["school_coordinator"].person_id, cast["grade_leader"].person_id)
    )
    assert db.session.get_one(ProblemList, item.list_id).state == "in_progress"
    items.start_diagnosis(coordinator, item, Submission())
    with pytest.raises(StepRefused) as refused:
        items.finish_diagnosis(coordinator, item, Submission())
    assert "至少写两条原因" in str(refused.value)
    for text in ("单元练习没有分层", "集体备课两周一次"):
        items.add_cause(coordinator, item, items.CauseIn("teaching", text, True, "作业抽样 40 份", "为什么……因为……"))
    db.session.refresh(item, ["all_causes"])
    items.finish_diagnosis(coordinator, item, Submission())
    plan = plans.draft_plan(coordinator, item, PlanIn())
    today = business.today()
    plans.edit_plan(
        coordinator,
        plan,
        PlanIn(
            problem="数与运算薄弱",
            owner_id=cast["principal"].person_id,
            design="indicator",
            target=500.0,
            target_on=today + timedelta(days=300),
            follow_up_on=today + timedelta(days=310),
            min_effect=0.20,
            assurance="每周例会",
            argumentation="校务会讨论通过",
            risks="教师调动；安排替补",
            budget_planned=Decimal("12000"),
        ),
    )
    for cause in item.causes:
        plans.add_action(
            coordinator,
            plan,
            ActionIn(
                title=f"针对{cause.statement}",
                owner_id=cast["subject_teacher"].person_id,
                cause_id=cause.id,
                planned_start=today,
                planned_end=today + timedelta(days=90),
                criteria=(CriterionIn("月度错因统计"),),
            ),
        )
    db.session.refresh(plan, ["actions"])
    plans.submit_plan(principal, plan, PlanStep())
    plans.open_review(cast.actor("evaluator"), plan, PlanStep())
    plans.approve_plan(cast.actor("office_director"), plan, PlanStep())
    assert (plan.state, item.state) == ("active", "implementing")
    return plan


def _done(cast: Cast, action: RemediationAction, returned_once: bool) -> None:
    teacher, evaluator = cast.actor("subject_teacher"), cast.actor("evaluator")
    actions.start_action(teacher, action, actions.StartIn())
    given = evidences.EvidenceIn(
        "link",
        "单元错因统计表",
        "十月错因统计",
        business.today(),
        "八年级",
        "温如言",
        True,
        criterion_id=action.criteria[0].id,
        link="https://example.invalid/1",
    )
    piece = evidences.add_evidence(teacher, action, given)
    evidences.submit_evidence(teacher, piece, PlanStep())
    if returned_once:
        evidences.return_evidence(evaluator, piece, PlanStep(reason=REASON))
        with pytest.raises(StepRefused):
            evidences.resubmit_evidence(teacher, piece, PlanStep())
        evidences.edit_evidence(teacher, piece, given)
        evidences.resubmit_evidence(teacher, piece, PlanStep())
    evidences.accept_evidence(evaluator, piece, PlanStep())
    db.session.refresh(action, ["evidence"])
    actions.report_done(teacher, action, actions.DoneIn("分层练习每周一次，错题减少三成"))
    actions.verify_action(evaluator, action, actions.VerifyIn(("authentic", "in_period", "shows_effect")))
    assert action.state == "completed"


def test_a_problem_walks_from_its_finding_to_closure_and_is_taken_up_again(app: Any, cast: Cast, clock: Any) -> None:
    use_context(SYSTEM.context())
    baseline = _round(cast, "2025-math", date(2025, 9, 1), 470.0, 100)
    finding = _confirmed(cast, baseline)
    item = _issued_item(cast, finding)
    plan = _planned(cast, item)
    for number, action in enumerate(plan.actions):
        _done(cast, action, returned_once=number == 0)
    assert len(db.session.scalars(select(Evidence)).all()) == 2

    coordinator, evaluator, head = (
        cast.actor("school_coordinator"),
        cast.actor("evaluator"),
        cast.actor("leading_group_head"),
    )
    items.start_evaluation(coordinator, item, Submission())
    clock.advance(days=310)
    follow_up = _round(cast, "2027-math", business.today() - timedelta(days=20), 505.0, 110)
    evaluation = evaluations.plan_evaluation(SYSTEM, plan, None)
    evaluations.prepare_evaluation(
        cast.actor("assessment_member"), evaluation, PrepareIn(follow_up_ids=(str(follow_up.id),))
    )
    assert (evaluation.state, evaluation.computed_outcome) == ("computed", "achieved")
    assert evaluation.is_unadjusted, "fewer than twenty peers: the group head decides"
    evaluations.propose_outcome(
        evaluator, evaluation, ProposeIn("achieved", "复测 505 分，达到目标 500 分", uses=("feed_back",))
    )
    with pytest.raises(NotAllowed):
        evaluations.decide_evaluation(
            cast.actor("office_director"), evaluation, ProposeIn("achieved", "同意", uses=("feed_back",))
        )
    evaluations.decide_evaluation(
        head, evaluation, ProposeIn("achieved", "同意评价员意见，达到目标", uses=("feed_back",))
    )
    assert db.session.get_one(EffectEvaluation, evaluation.id).state == "decided"

    items.ask_for_closure(coordinator, item, Submission())
    request = closures.draft_closure(coordinator, item, closures.ClosureIn("两项措施完成，复测达标"))
    closures.submit_closure(cast.actor("principal"), request, EvaluationStep())
    with pytest.raises(StepRefused):
        closures.verify_closure(evaluator, request, closures.VerifyIn("属实"))
    closures.verify_closure(cast.actor("inspector"), request, closures.VerifyIn("材料属实，到校看过", on_site=True))
    closures.approve_closure(cast.actor("office_director"), request, EvaluationStep())
    assert (item.state, request.state, plan.state) == ("closed", "closed", "completed")
    assert db.session.get_one(ProblemList, item.list_id).state == "completed"
    recheck = db.session.scalars(select(Recheck).where(Recheck.item_id == item.id)).one()
    assert recheck.due_on == business.today() + timedelta(days=180)
    assert db.session.scalars(select(ClosureRequest)).one().number == "XH-0001"

    again = reopenings.propose_reopening(
        cast.actor("inspector"), item, reopenings.ReopeningIn("next_cycle", "下一轮监测同一指标再次偏低，需要重新整改")
    )
    reopenings.approve_reopening(
        cast.actor("office_director"), again, Submission(reason="同意重新打开，请重新诊断原因后再订方案")
    )
    assert (item.state, item.recurrence_count) == ("reopened", 1)
