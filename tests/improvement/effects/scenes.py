"""Scenes that the tests of effects begin with: an item at work, its evaluation in any state, a request as far as wanted."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.audit import trail
from app.core.casework.door import follow
from app.core.database import db, uuid7
from app.core.policy.actor import SYSTEM
from app.improvement.effects.models import ClosureRequest, EffectEvaluation, Recheck
from app.improvement.effects.operations import closures, evaluations
from app.improvement.effects.operations.evaluations import EvaluationStep, PrepareIn, ProposeIn
from app.improvement.monitoring.models import DataFinding, MonitoringResult
from app.improvement.plans.models import RemediationPlan
from app.improvement.problems.models import ItemFinding, ProblemItem
from app.improvement.problems.operations import items
from app.improvement.problems.operations.drafting import Submission
from tests.improvement.problems.scenes import Scene

BASELINE, APPROVED, FOLLOW_UP = date(2025, 9, 1), date(2025, 12, 1), date(2026, 9, 1)
"""Measured, planned, measured again."""
SUMMARY = "两项措施都已完成，复测达到目标"
REASON = "佐证里缺十一月的错因统计，请补齐后再提交"
JUDGED = "复测 505 分，超过目标 500 分，两次都是普测"
CRITERIA = ["八年级每周有分层作业并留痕", "错因统计每月一次"]


class EffectScene(Scene):
    """Leads an item from its plan to its closure, every deed by the one who may."""

    def at_work(self, design: str = "indicator", n: int = 100, **changes: Any) -> ProblemItem:
        """An item with a plan in force whose measures are done, in evaluation."""
        if design != "criterion":
            baseline = self.cell(BASELINE, 470.0, n)
            changes = {"baseline": 470.0, "target": 500.0, "indicator_id": self.indicator().id} | changes
        item = self.item("planning", **changes)
        plan = self.plan(item)
        with trail.act(SYSTEM, "system", "test.design"):
            plan.design, plan.min_effect, plan.approved_on = design, 0.20, APPROVED
            if design == "criterion":
                plan.criteria = CRITERIA
            else:
                plan.target, plan.baseline_result_id, plan.baseline = 500.0, baseline.id, 470.0
            follow(item, "start_work")
        self.moved(plan, "active")
        self.plan_of = plan
        self.seen_on_site(item)
        self.to_evaluating(item)
        if design != "criterion":
            self.cite(item, baseline)
        return item

    def cite(self, item: ProblemItem, cell: MonitoringResult) -> None:
        """The finding that ties the item to its data cell."""
        with trail.act(SYSTEM, "system", "test.cited"):
            item.source_type = "monitoring"
            finding = DataFinding(
                id=uuid7(), county_id=item.county_id, school_id=item.school_id, unit_id=item.unit_id,
                number=f"FX-{uuid.uuid4().hex[:6]}", title="数与运算偏低", source_type="monitoring", category="subject",
                subject="math", grade="G8", scope_level="school", cycle_id=cell.cycle_id, result_id=cell.id,
                indicator_id=cell.indicator_id, severity="moderate", verdict="candidate", effect=-0.30,
                known_on=clock.today(), state="converted",
            )  # fmt: skip
            db.session.add(finding)
            db.session.flush()
            db.session.add(ItemFinding(item_id=item.id, finding_id=finding.id))

    def cell(self, starts: date, value: float, n: int, school: str = "shuangqiao", **changes: Any) -> MonitoringResult:
        """A result of a school in a round of its own, or in the round given as `cycle`."""
        cycle = changes.pop("cycle", None) or self.round(f"{starts:%Y-%m}-{uuid.uuid4().hex[:6]}", starts)
        finding = self.finding(
            cycle, school, value, state="superseded", number=int(uuid.uuid4().int % 90_000_000) + 9000
        )
        result = db.session.get_one(MonitoringResult, finding.result_id)
        with trail.act(SYSTEM, "system", "test.cell"):
            db.session.delete(finding)
            result.n = result.n_expected = n
            for name, given in changes.items():
                setattr(result, name, given)
        return result

    def did(self, record: Any, who: str, step: str) -> None:
        """Write that this person took the step on the record, as its operation would."""
        with trail.act(self.actor(who), "step", step, record):
            record.version = record.version + 1

    def planned(self, **given: Any) -> EffectEvaluation:
        """An evaluation planned by the system."""
        item = self.at_work(**given)
        evaluations.plan_evaluation(SYSTEM, self.plan_of, None)
        return self.evaluation_of(item)

    def evaluation_of(self, item: ProblemItem) -> EffectEvaluation:
        return db.session.scalars(
            select(EffectEvaluation)
            .where(EffectEvaluation.item_id == item.id)
            .order_by(EffectEvaluation.created_at.desc())
        ).first()  # type: ignore[return-value]

    def computed(self, value: float = 505.0, n: int = 110, baseline_n: int = 100, **given: Any) -> EffectEvaluation:
        """Prepared with a re-measured cell."""
        evaluation = self.planned(n=baseline_n, **given)
        after = self.cell(FOLLOW_UP, value, n)
        evaluations.prepare_evaluation(self.actor("assessment_member"), evaluation, PrepareIn((str(after.id),)))
        return evaluation

    def proposed(self, outcome: str = "achieved", **given: Any) -> EffectEvaluation:
        evaluation = self.computed(**given)
        evaluations.propose_outcome(
            self.actor("evaluator"), evaluation, ProposeIn(outcome, JUDGED, uses=("feed_back",))
        )
        return evaluation

    def decided(self, outcome: str = "achieved", **given: Any) -> EffectEvaluation:
        evaluation = self.proposed(outcome, **given)
        evaluations.decide_evaluation(
            self.actor("leading_group_head"), evaluation, ProposeIn(outcome, JUDGED, uses=("feed_back",))
        )
        return evaluation

    def closure_drafted(self, **given: Any) -> ClosureRequest:
        """A request drawn up by the school's coordinator."""
        item = self.decided(**given).item
        items.ask_for_closure(self.actor("school_coordinator"), item, Submission())
        return closures.draft_closure(self.actor("school_coordinator"), item, closures.ClosureIn(SUMMARY))

    def closure_submitted(self, **given: Any) -> ClosureRequest:
        request = self.closure_drafted(**given)
        closures.submit_closure(self.actor("principal"), request, EvaluationStep())
        return request

    def closure_verified(self, **given: Any) -> ClosureRequest:
        request = self.closure_submitted(**given)
        closures.verify_closure(self.actor("inspector"), request, closures.VerifyIn("材料属实，到校看过", on_site=True))
        return request

    def closure_approved(self, **given: Any) -> ClosureRequest:
        request = self.closure_verified(**given)
        right = request.workflow.step("approve").right_for(request)
        who = "leading_group_head" if right == "effects.approve_severe_closure" else "office_director"
        closures.approve_closure(self.actor(who), request, EvaluationStep())
        return request

    def recheck_of(self, request: ClosureRequest) -> Recheck:
        return db.session.scalars(select(Recheck).where(Recheck.request_id == request.id)).one()

    def plan_in_force(self, item: ProblemItem) -> RemediationPlan:
        return db.session.scalars(
            select(RemediationPlan).where(RemediationPlan.item_id == item.id, RemediationPlan.state == "active")
        ).one()
