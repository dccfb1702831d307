"""The life of a plan: drawn up, handed in, taken back, reviewed, approved, returned, replaced, ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.casework.deadlines import Deadline
from app.core.database import db
from app.core.errors import Invalid, NotAllowed, Stale, StepRefused
from app.core.outbox import deliver
from app.core.outbox.models import InboxLetter
from app.core.policy.actor import SYSTEM
from app.improvement.plans.models import Evidence, RemediationAction, RemediationPlan
from app.improvement.plans.operations import endings, plans
from app.improvement.plans.operations.measures import CriterionIn
from app.improvement.plans.operations.plans import CommentIn, PlanIn, PlanStep
from app.improvement.problems.operations import items
from app.improvement.problems.operations.lists import Submission
from tests.by_hand import by_hand
from tests.cast import Cast
from tests.improvement.plans import world
from workflows import engine
from workflows.improvement.evidence import EVIDENCE
from workflows.improvement.remediation_action import REMEDIATION_ACTION
from workflows.improvement.remediation_plan import REMEDIATION_PLAN


def sentences(plan: Any, step: str) -> set[str]:
    """What stands in the way, by the code of the guard."""
    return {guard.code for guard in engine.missing(plan.workflow, plan.state, plan.workflow.step(step), plan)}


@pytest.mark.parametrize("name", sorted(REMEDIATION_PLAN.reads))
def test_a_plan_has_every_fact_that_its_machine_reads(app: Any, cast: Cast, name: str) -> None:
    assert hasattr(RemediationPlan, name)


@pytest.mark.parametrize("name", sorted(REMEDIATION_ACTION.reads))
def test_a_measure_has_every_fact_that_its_machine_reads(app: Any, cast: Cast, name: str) -> None:
    assert hasattr(RemediationAction, name)


@pytest.mark.parametrize("name", sorted(EVIDENCE.reads))
def test_a_piece_of_evidence_has_every_fact_that_its_machine_reads(app: Any, cast: Cast, name: str) -> None:
    assert hasattr(Evidence, name)


def test_a_draft_begins_with_the_cell_behind_its_item(app: Any, cast: Cast) -> None:
    plan = plans.draft_plan(cast.actor("school_coordinator"), world.item_in_planning(cast), PlanIn())
    assert (plan.edition, plan.state, plan.baseline, plan.baseline_sd) == (1, "draft", 460.0, 100.0)
    assert plan.design == "indicator" and plan.min_effect == 0.20
    assert plan.owner_id == cast["principal"].person_id


def test_an_empty_plan_names_everything_that_is_missing(app: Any, cast: Cast) -> None:
    plan = plans.draft_plan(cast.actor("school_coordinator"), world.item_in_planning(cast), PlanIn())
    assert sentences(plan, "submit") == {
        "goal_is_set", "every_cause_has_its_action", "budget_is_stated", "has_risks", "effect_can_be_measured_in_time",
    }  # fmt: skip
    with pytest.raises(StepRefused) as refused:
        plans.submit_plan(cast.actor("principal"), plan, PlanStep())
    assert len(refused.value.sentences) == 5 and plan.state == "draft"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"problem": " "}, "problem_is_stated"),
        ({"target": None}, "goal_is_set"),
        ({"target_on": None}, "goal_is_set"),
        ({"owner_id": None}, "has_one_accountable_person"),
        ({"budget_planned": None}, "budget_is_stated"),
        ({"risks": ""}, "has_risks"),
        ({"design": "criterion", "criteria": ("门锁",)}, "design_fits"),
        ({"min_effect": 0.19}, "minimum_effect_is_meant"),
        ({"follow_up_on": None}, "effect_can_be_measured_in_time"),
    ],
)
def test_a_plan_with_one_thing_missing_is_not_handed_in(app: Any, cast: Cast, changes: Any, code: str) -> None:
    plan = world.draft(cast, **changes)
    assert code in sentences(plan, "submit")
    with pytest.raises(StepRefused):
        plans.submit_plan(cast.actor("principal"), plan, PlanStep())


def test_a_follow_up_that_comes_too_late_for_the_evaluation_is_refused(app: Any, cast: Cast) -> None:
    item = world.item_in_planning(cast)
    assert item.due_on is not None
    late = item.due_on - timedelta(days=29)
    plan = world.draft(cast, item, follow_up_on=late)
    assert sentences(plan, "submit") == {"effect_can_be_measured_in_time"}
    plans.edit_plan(cast.actor("school_coordinator"), plan, world.whole(cast, follow_up_on=late - timedelta(days=1)))
    assert sentences(plan, "submit") == set()


def test_each_cause_needs_a_measure_and_each_measure_an_owner(app: Any, cast: Cast) -> None:
    plan = world.draft(cast)
    coordinator = cast.actor("school_coordinator")
    plans.edit_action(coordinator, plan.actions[0], world.measure(cast, plan.item, 0, owner_id=None))
    assert sentences(plan, "submit") == {"every_action_has_its_owner"}
    plans.drop_action(coordinator, plan.actions[0])
    db.session.refresh(plan, ["actions"])
    assert sentences(plan, "submit") == {"every_cause_has_its_action"}


def test_an_owner_comes_from_the_own_unit(app: Any, cast: Cast) -> None:
    plan = world.draft(cast)
    for stranger in ("yuntai_principal", "evaluator", "other_principal"):
        with pytest.raises(Invalid) as refused:
            plans.add_action(cast.actor("school_coordinator"), plan, world.measure(cast, plan.item, owner=stranger))
        assert "owner_id" in refused.value.sentences
    with pytest.raises(Invalid):
        plans.edit_plan(
            cast.actor("school_coordinator"), plan, world.whole(cast, owner_id=cast["yuntai_principal"].person_id)
        )


def test_a_measure_answers_a_cause_of_its_own_item(app: Any, cast: Cast) -> None:
    plan, other = world.draft(cast), world.item_in_planning(cast)
    with pytest.raises(Invalid) as refused:
        plans.add_action(
            cast.actor("school_coordinator"), plan, world.measure(cast, plan.item, cause_id=other.causes[0].id)
        )
    assert "cause_id" in refused.value.sentences


@pytest.mark.parametrize(("minimum", "maximum"), [(3, 2), (0, 0), (1, 99), (-1, 2)])
def test_a_criterion_keeps_its_fewest_under_its_most(app: Any, cast: Cast, minimum: int, maximum: int) -> None:
    plan = world.draft(cast)
    with pytest.raises(Invalid):
        plans.edit_action(
            cast.actor("school_coordinator"),
            plan.actions[0],
            world.measure(cast, plan.item, criteria=(CriterionIn("台账", minimum, maximum),)),
        )


def test_only_the_head_hands_a_plan_in(app: Any, cast: Cast) -> None:
    plan = world.draft(cast)
    for player in ("school_coordinator", "subject_teacher", "evaluator", "office_director", "dept_head"):
        with pytest.raises(NotAllowed):
            plans.submit_plan(cast.actor(player), plan, PlanStep())
    plans.submit_plan(cast.actor("principal"), plan, PlanStep())
    assert plan.state == "submitted"


def test_a_submitted_plan_is_taken_back_until_the_review_begins(app: Any, cast: Cast) -> None:
    plan, principal = world.draft(cast), cast.actor("principal")
    plans.submit_plan(principal, plan, PlanStep())
    plans.take_back_plan(principal, plan, PlanStep())
    assert plan.state == "draft"
    plans.submit_plan(principal, plan, PlanStep())
    plans.open_review(cast.actor("evaluator"), plan, PlanStep())
    assert plan.was_opened
    with pytest.raises(StepRefused):
        plans.take_back_plan(principal, plan, PlanStep())


def test_a_submitted_plan_is_not_changed(app: Any, cast: Cast) -> None:
    plan = world.draft(cast)
    plans.submit_plan(cast.actor("principal"), plan, PlanStep())
    coordinator = cast.actor("school_coordinator")
    with pytest.raises(Invalid):
        plans.edit_plan(coordinator, plan, world.whole(cast, goal="别的目标"))
    with pytest.raises(Invalid):
        plans.add_action(coordinator, plan, world.measure(cast, plan.item))
    with pytest.raises(Invalid):
        plans.drop_action(coordinator, plan.actions[0])


def test_a_severe_plan_waits_for_the_guidance_group_and_for_the_group_head(app: Any, cast: Cast) -> None:
    plan = world.draft(cast, world.item_in_planning(cast, severity="severe"))
    plans.submit_plan(cast.actor("principal"), plan, PlanStep())
    with pytest.raises(StepRefused):
        plans.open_review(cast.actor("evaluator"), plan, PlanStep())
    plans.comment_plan(cast.actor("subject_researcher"), plan, CommentIn("教研意见不算指导组意见"))
    db.session.refresh(plan, ["comments"])
    assert sentences(plan, "open_review") == {"severe_has_guidance"}
    plans.comment_plan(cast.actor("guidance_member"), plan, CommentIn("建议增加分层作业"))
    db.session.refresh(plan, ["comments"])
    plans.open_review(cast.actor("evaluator"), plan, PlanStep())
    with pytest.raises(NotAllowed):
        plans.approve_plan(cast.actor("office_director"), plan, PlanStep())
    plans.approve_plan(cast.actor("leading_group_head"), plan, PlanStep())
    assert plan.state == "active"


def test_a_target_under_the_minimum_effect_is_not_approved(app: Any, cast: Cast) -> None:
    plan = world.draft(cast, target=475.0)
    assert plan.target_effect == pytest.approx(0.15)
    plans.submit_plan(cast.actor("principal"), plan, PlanStep())
    plans.open_review(cast.actor("evaluator"), plan, PlanStep())
    with pytest.raises(StepRefused) as refused:
        plans.approve_plan(cast.actor("office_director"), plan, PlanStep())
    assert "目标值达不到最小效应" in str(refused.value)


def test_approval_brings_the_plan_into_force_and_starts_the_clocks(app: Any, cast: Cast) -> None:
    plan = world.draft(cast)
    running = select(Deadline).where(
        Deadline.record_id.in_([one.id for one in plan.actions]), Deadline.closed_at.is_(None)
    )
    assert db.session.scalars(running).all() == [], "a measure of a draft is not late for anything"
    plans.submit_plan(cast.actor("principal"), plan, PlanStep())
    plans.open_review(cast.actor("evaluator"), plan, PlanStep())
    plans.approve_plan(cast.actor("office_director"), plan, PlanStep())
    assert (plan.state, plan.item.state, plan.approved_on) == ("active", "implementing", clock.today())
    assert len(db.session.scalars(running).all()) == 2


def test_a_returned_plan_says_why_and_the_third_return_is_told_to_the_group_head(app: Any, cast: Cast) -> None:
    plan, principal = world.draft(cast), cast.actor("principal")
    for times in range(1, 4):
        plans.submit_plan(principal, plan, PlanStep())
        plans.open_review(cast.actor("evaluator"), plan, PlanStep())
        with pytest.raises(Invalid):
            plans.return_plan(cast.actor("office_director"), plan, PlanStep(reason="太短"))
        plans.return_plan(
            cast.actor("office_director"), plan, PlanStep(reason="目标低于最小有效改进，请按复测口径调整")
        )
        assert (plan.state, plans.times_returned(plan)) == ("returned", times)
    deliver.drain()
    told = db.session.scalars(select(InboxLetter).where(InboxLetter.kind == "plan_returned_often")).all()
    assert {letter.person_id for letter in told} == {cast["leading_group_head"].person_id}


def test_nobody_approves_what_he_took_an_earlier_part_of(app: Any, cast: Cast) -> None:
    plan = world.draft(cast, world.item_in_planning(cast, level="school"))
    coordinator = cast.actor("school_coordinator")
    plans.submit_plan(coordinator, plan, PlanStep())
    with pytest.raises(StepRefused, match="另一个人"):
        plans.open_review(coordinator, plan, PlanStep())
    plans.open_review(cast.actor("school_coordinator_2"), plan, PlanStep())
    plans.approve_plan(cast.actor("principal"), plan, PlanStep())
    assert plan.state == "active"


def test_an_edition_in_force_stays_so_until_the_next_one_is_approved(app: Any, cast: Cast) -> None:
    first, coordinator = world.in_force(cast), cast.actor("school_coordinator")
    world.completed(cast, world.at_work(cast, first, 0))
    with pytest.raises(Invalid):
        plans.edit_plan(coordinator, first, world.whole(cast, goal="改目标"))
    second = plans.draft_plan(coordinator, first.item, PlanIn())
    db.session.refresh(second, ["actions"])
    assert (second.edition, second.previous_id, second.goal) == (2, first.id, first.goal)
    assert [one.title for one in second.actions] == ["集体备课改为每周一次"], "what is finished is not carried over"
    assert second.actions[0].criteria[0].text == "月度错因统计"
    with pytest.raises(Invalid, match="第 2 版"):
        plans.draft_plan(coordinator, first.item, PlanIn())
    plans.add_action(coordinator, second, world.measure(cast, first.item, 0, title="新的分层练习"))
    db.session.refresh(second, ["actions"])
    plans.submit_plan(cast.actor("principal"), second, PlanStep())
    plans.open_review(cast.actor("evaluator"), second, PlanStep())
    assert first.state == "active"
    plans.approve_plan(cast.actor("office_director"), second, PlanStep())
    assert (first.state, second.state) == ("superseded", "active")
    assert [one.state for one in first.actions] == ["completed", "cancelled"]


def test_an_approved_plan_that_is_not_in_force_loses_its_approval_when_it_is_changed(app: Any, cast: Cast) -> None:
    plan = world.draft(cast)
    with by_hand("test.approved"):
        plan.state, plan.approved_on = "approved", clock.today()
    plans.amend_plan(cast.actor("principal"), plan, PlanStep(reason="校长要求补充一项措施再执行"))
    assert (plan.state, plan.approved_on) == ("draft", None)


def test_a_draft_that_is_given_up_takes_its_measures_along_and_makes_room_for_another(app: Any, cast: Cast) -> None:
    plan = world.draft(cast)
    with pytest.raises(Invalid):
        plans.cancel_plan(cast.actor("principal"), plan, PlanStep())
    plans.cancel_plan(cast.actor("principal"), plan, PlanStep(reason="原因分析有误，重新起草"))
    assert plan.state == "cancelled" and {one.state for one in plan.actions} == {"cancelled"}
    assert plans.draft_plan(cast.actor("school_coordinator"), plan.item, PlanIn()).edition == 2


def test_a_void_item_ends_its_plan_and_its_open_measures_once(app: Any, cast: Cast) -> None:
    plan = world.in_force(cast)
    world.at_work(cast, plan)
    items.void_item(cast.actor("leading_group_head"), plan.item, Submission(reason="重复交办，并入另一问题项"))
    deliver.drain()
    db.session.refresh(plan)
    assert plan.state == "cancelled"
    assert {db.session.get_one(RemediationAction, one.id).state for one in plan.actions} == {"cancelled"}
    endings.end_with_item(SYSTEM, plan.item)
    assert plan.state == "cancelled", "a second delivery changes nothing"


def test_an_archived_list_archives_the_plans_that_were_completed(app: Any, cast: Cast) -> None:
    plan = world.in_force(cast)
    with by_hand("test.closed"):
        plan.state, plan.item.state = "completed", "closed"
        plan.item.problem_list.state = "archived"
    endings.archive_with_list(SYSTEM, plan.item.problem_list)
    assert plan.state == "archived"


def test_a_stale_page_changes_nothing(app: Any, cast: Cast) -> None:
    plan = world.draft(cast)
    seen = plan.version
    plans.edit_plan(cast.actor("school_coordinator"), plan, world.whole(cast, goal="先改的"))
    with pytest.raises(Stale):
        plans.edit_plan(cast.actor("principal"), plan, replace(world.whole(cast, goal="后改的"), version=seen))
    with pytest.raises(Stale):
        plans.submit_plan(cast.actor("principal"), plan, PlanStep(version=seen))
    assert plan.goal == "先改的"


def test_a_plan_is_drawn_up_only_once_the_causes_are_known(app: Any, cast: Cast) -> None:
    item = world.item_in_planning(cast)
    with by_hand("test.back"):
        item.state = "diagnosing"
    with pytest.raises(Invalid, match="归因诊断"):
        plans.draft_plan(cast.actor("school_coordinator"), item, PlanIn())
