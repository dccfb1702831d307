"""The life of a measure and its evidence: begun, shown, judged by others, returned, done, found false, shown again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.database import db
from app.core.errors import Invalid, NotAllowed, StepRefused
from app.core.storage import Stored
from app.improvement.plans.models import Evidence, EvidenceUse, EvidenceVersion
from app.improvement.plans.operations import actions
from app.improvement.plans.operations import evidence as evidences
from app.improvement.plans.operations.actions import CancelIn, DoneIn, ProgressIn, StartIn, VerifyIn
from app.improvement.plans.operations.evidence import UseIn
from app.improvement.plans.operations.plans import PlanStep
from app.improvement.problems.models import Reopening
from tests.by_hand import by_hand
from tests.cast import Cast
from tests.improvement.plans import world
from tests.improvement.plans.world import REASON


def file(letter: str = "a", state: Any = "ready") -> Stored:
    """A file as the shelf would tell of it."""
    return Stored(letter * 64, 1000, "image/jpeg", "现场.jpg", "b" * 64, 1200, state)


def test_a_measure_of_a_draft_is_not_begun(app: Any, cast: Cast) -> None:
    plan = world.draft(cast)
    with pytest.raises(StepRefused, match="方案还没有生效"):
        actions.start_action(cast.actor("subject_teacher"), plan.actions[0], StartIn())


def test_a_measure_begins_before_its_day_only_with_a_reason(app: Any, cast: Cast) -> None:
    item = world.item_in_planning(cast)
    plan = world.draft(cast, item)
    later = clock.today() + timedelta(days=10)
    from app.improvement.plans.operations import plans

    plans.edit_action(cast.actor("school_coordinator"), plan.actions[0], world.measure(cast, item, planned_start=later))
    plans.submit_plan(cast.actor("principal"), plan, PlanStep())
    plans.open_review(cast.actor("evaluator"), plan, PlanStep())
    plans.approve_plan(cast.actor("office_director"), plan, PlanStep())
    teacher, action = cast.actor("subject_teacher"), plan.actions[0]
    with pytest.raises(StepRefused, match="提前开始"):
        actions.start_action(teacher, action, StartIn(" "))
    actions.start_action(teacher, action, StartIn("教研员下周来校，提前准备"))
    assert (action.state, action.started_on) == ("in_progress", clock.today())


def test_only_its_owner_and_the_heads_of_the_unit_work_on_a_measure(app: Any, cast: Cast) -> None:
    action = world.in_force(cast).actions[0]
    for player in ("homeroom_teacher", "evaluator", "office_director", "dept_head"):
        with pytest.raises(NotAllowed):
            actions.start_action(cast.actor(player), action, StartIn())
    actions.start_action(cast.actor("principal"), action, StartIn())


def test_a_measure_is_reported_done_with_evidence_whole_progress_and_a_result(app: Any, cast: Cast) -> None:
    action, teacher = world.at_work(cast), cast.actor("subject_teacher")
    with pytest.raises(Invalid):
        actions.set_progress(teacher, action, ProgressIn(101))
    actions.set_progress(teacher, action, ProgressIn(60))
    with pytest.raises(StepRefused) as refused:
        actions.report_done(teacher, action, DoneIn(" ", progress=60))
    assert len(refused.value.sentences) == 3
    world.submitted(cast, action)
    db.session.refresh(action, ["evidence"])
    actions.report_done(teacher, action, DoneIn("错题减少三成"))
    assert action.state == "evidence_submitted"


def test_a_measure_is_accepted_point_by_point_by_somebody_else(app: Any, cast: Cast) -> None:
    action, teacher, evaluator = world.at_work(cast), cast.actor("subject_teacher"), cast.actor("evaluator")
    piece = world.submitted(cast, action)
    db.session.refresh(action, ["evidence"])
    actions.report_done(teacher, action, DoneIn("错题减少三成"))
    with pytest.raises(StepRefused) as refused:
        actions.verify_action(evaluator, action, VerifyIn(("authentic", "in_period")))
    assert len(refused.value.sentences) == 3, "not judged, criterion not covered, one point not ticked"
    evidences.accept_evidence(evaluator, piece, PlanStep())
    db.session.refresh(action, ["evidence"])
    for player in ("principal", "office_director", "subject_teacher"):
        with pytest.raises(NotAllowed):
            actions.verify_action(cast.actor(player), action, VerifyIn(world.POINTS))
    actions.verify_action(cast.actor("inspector"), action, VerifyIn(world.POINTS))
    assert action.state == "completed"


def test_four_eyes_are_of_persons_and_not_of_roles(app: Any, cast: Cast) -> None:
    """The person who submitted returns in another role and account: still the same eyes."""
    from dataclasses import replace

    action = world.at_work(cast)
    piece = world.submitted(cast, action)
    twice = replace(cast.actor("evaluator"), person_id=cast["subject_teacher"].person_id)
    with pytest.raises(StepRefused, match="另一个人"):
        evidences.accept_evidence(twice, piece, PlanStep())
    evidences.accept_evidence(cast.actor("evaluator_2"), piece, PlanStep())
    assert piece.state == "accepted"


def test_the_owner_of_a_school_measure_does_not_judge_it_even_when_a_colleague_submitted(app: Any, cast: Cast) -> None:
    plan = world.draft(cast, world.item_in_planning(cast, level="school"))
    from app.improvement.plans.operations import plans

    coordinator, second = cast.actor("school_coordinator"), cast.actor("school_coordinator_2")
    plans.edit_action(coordinator, plan.actions[0], world.measure(cast, plan.item, owner="school_coordinator_2"))
    plans.submit_plan(coordinator, plan, PlanStep())
    plans.open_review(cast.actor("grade_leader"), plan, PlanStep())
    plans.approve_plan(cast.actor("principal"), plan, PlanStep())
    action = plan.actions[0]
    actions.start_action(coordinator, action, StartIn())
    piece = evidences.add_evidence(coordinator, action, world.piece_in(action))
    evidences.submit_evidence(coordinator, piece, PlanStep())
    with pytest.raises(StepRefused):
        evidences.accept_evidence(second, piece, PlanStep())
    evidences.accept_evidence(cast.actor("grade_leader"), piece, PlanStep())
    assert piece.state == "accepted"


def test_a_returned_piece_needs_a_new_version_and_the_old_one_stays(app: Any, cast: Cast) -> None:
    action, teacher = world.at_work(cast), cast.actor("subject_teacher")
    piece = world.submitted(cast, action)
    with pytest.raises(Invalid):
        evidences.return_evidence(cast.actor("evaluator"), piece, PlanStep(reason="不够"))
    evidences.return_evidence(cast.actor("evaluator"), piece, PlanStep(reason=REASON))
    with pytest.raises(StepRefused, match="退回后还没有修改"):
        evidences.resubmit_evidence(teacher, piece, PlanStep())
    evidences.edit_evidence(teacher, piece, world.piece_in(action, link="https://example.invalid/2"))
    evidences.resubmit_evidence(teacher, piece, PlanStep())
    assert [one.link for one in piece.versions] == ["https://example.invalid/1", "https://example.invalid/2"]
    assert piece.opened_at is None


def test_new_words_about_a_returned_piece_are_a_new_version_with_the_same_file(app: Any, cast: Cast) -> None:
    action, teacher = world.at_work(cast), cast.actor("subject_teacher")
    piece = world.submitted(cast, action, file=file(), link=None)
    evidences.return_evidence(cast.actor("evaluator"), piece, PlanStep(reason=REASON))
    same = world.piece_in(action, link=None)
    evidences.edit_evidence(teacher, piece, same)
    assert len(piece.versions) == 1, "nothing was said or sent anew"
    evidences.edit_evidence(teacher, piece, world.piece_in(action, link=None, description="补上十月、十一月的统计"))
    assert [one.file_sha256 for one in piece.versions] == ["a" * 64, "a" * 64]
    evidences.resubmit_evidence(teacher, piece, PlanStep())
    assert piece.state == "submitted"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"link": None}, "上传文件或填写链接"),
        ({"description": " "}, "写明说明、日期、地点和负责人"),
        ({"happened_on": None}, "写明说明、日期、地点和负责人"),
        ({"place": ""}, "写明说明、日期、地点和负责人"),
        ({"person": ""}, "写明说明、日期、地点和负责人"),
        ({"privacy_checked": False}, "没有学生全名"),
        ({"description": "学生 330000201003070010 进步明显"}, "18 位证件号码"),
        ({"file": file(state="quarantined"), "link": None}, "文件还在检查"),
    ],
)
def test_a_piece_that_is_not_fit_is_not_submitted(app: Any, cast: Cast, changes: Any, words: str) -> None:
    action, teacher = world.at_work(cast), cast.actor("subject_teacher")
    piece = evidences.add_evidence(teacher, action, world.piece_in(action, **changes))
    with pytest.raises(StepRefused, match=words):
        evidences.submit_evidence(teacher, piece, PlanStep())


def test_evidence_of_tomorrow_or_for_another_measures_criterion_is_refused(app: Any, cast: Cast) -> None:
    plan = world.in_force(cast)
    action, teacher = world.at_work(cast, plan), cast.actor("subject_teacher")
    with pytest.raises(Invalid):
        evidences.add_evidence(teacher, action, world.piece_in(action, happened_on=clock.today() + timedelta(days=1)))
    with pytest.raises(Invalid):
        stranger = plan.actions[1].criteria[0].id
        evidences.add_evidence(teacher, action, world.piece_in(action, criterion_id=stranger))


def test_evidence_comes_only_once_the_measure_has_begun(app: Any, cast: Cast) -> None:
    action = world.in_force(cast).actions[0]
    with pytest.raises(Invalid, match="措施开始以后"):
        evidences.add_evidence(cast.actor("subject_teacher"), action, world.piece_in(action))


def test_a_third_piece_on_a_criterion_for_two_is_refused_until_one_is_taken_back(app: Any, cast: Cast) -> None:
    action, teacher = world.at_work(cast), cast.actor("subject_teacher")
    first = world.submitted(cast, action)
    world.submitted(cast, action)
    third = evidences.add_evidence(teacher, action, world.piece_in(action))
    with pytest.raises(StepRefused, match="上限"):
        evidences.submit_evidence(teacher, third, PlanStep())
    evidences.withdraw_evidence(teacher, first, PlanStep())
    evidences.submit_evidence(teacher, third, PlanStep())
    assert (first.state, third.state) == ("withdrawn", "submitted")


def test_a_piece_is_withdrawn_until_the_verifier_begins(app: Any, cast: Cast) -> None:
    action, teacher = world.at_work(cast), cast.actor("subject_teacher")
    piece = world.submitted(cast, action)
    db.session.refresh(action, ["evidence"])
    with pytest.raises(NotAllowed):
        evidences.open_evidence(cast.actor("principal"), action)
    evidences.open_evidence(cast.actor("evaluator"), action)
    with pytest.raises(StepRefused, match="已经打开"):
        evidences.withdraw_evidence(teacher, piece, PlanStep())


def test_a_judged_piece_and_a_submitted_one_are_not_changed(app: Any, cast: Cast) -> None:
    action, teacher = world.at_work(cast), cast.actor("subject_teacher")
    piece = world.submitted(cast, action)
    with pytest.raises(Invalid):
        evidences.edit_evidence(teacher, piece, world.piece_in(action, description="换个说法"))


def test_accepted_evidence_is_shown_again_without_a_second_file(app: Any, cast: Cast) -> None:
    plan, teacher = world.in_force(cast), cast.actor("subject_teacher")
    one, two = world.at_work(cast, plan, 0), world.at_work(cast, plan, 1)
    piece = world.accepted(cast, one, file=file(), link=None)
    versions = db.session.scalar(select(func.count(EvidenceVersion.id)))
    evidences.use_evidence(teacher, two, UseIn(piece.id, two.criteria[0].id))
    assert db.session.scalar(select(func.count(EvidenceVersion.id))) == versions
    assert two.criteria_short_of_evidence_count == 0 and two.has_submitted_evidence
    actions.report_done(teacher, two, DoneIn("备课本每周一份"))
    actions.verify_action(cast.actor("evaluator"), two, VerifyIn(world.POINTS))
    assert two.state == "completed"


def test_what_is_shown_again_is_accepted_of_the_own_unit_and_once_and_within_the_most(app: Any, cast: Cast) -> None:
    plan, teacher = world.in_force(cast), cast.actor("subject_teacher")
    one, two = world.at_work(cast, plan, 0), world.at_work(cast, plan, 1)
    waiting = world.submitted(cast, one)
    criterion = two.criteria[0].id
    with pytest.raises(Invalid):
        evidences.use_evidence(teacher, two, UseIn(waiting.id, criterion))
    evidences.accept_evidence(cast.actor("evaluator"), waiting, PlanStep())
    with pytest.raises(Invalid):
        evidences.use_evidence(teacher, one, UseIn(waiting.id, one.criteria[0].id))
    evidences.use_evidence(teacher, two, UseIn(waiting.id, criterion))
    with pytest.raises(Invalid, match="已经引用"):
        evidences.use_evidence(teacher, two, UseIn(waiting.id, criterion))
    second = world.accepted(cast, one)
    evidences.use_evidence(teacher, two, UseIn(second.id, criterion))
    other = world.at_work(cast, world.in_force(cast), 0)
    third = world.accepted(cast, other)
    with pytest.raises(Invalid, match="上限"):
        evidences.use_evidence(teacher, two, UseIn(third.id, criterion))
    assert db.session.scalar(select(func.count(EvidenceUse.id)).where(EvidenceUse.action_id == two.id)) == 2


def test_evidence_found_false_opens_every_measure_that_rests_on_it(app: Any, cast: Cast) -> None:
    plan, teacher, evaluator = world.in_force(cast), cast.actor("subject_teacher"), cast.actor("evaluator")
    one, two = world.at_work(cast, plan, 0), world.at_work(cast, plan, 1)
    world.completed(cast, one)
    piece = db.session.scalars(select(Evidence).where(Evidence.action_id == one.id)).one()
    evidences.use_evidence(teacher, two, UseIn(piece.id, two.criteria[0].id))
    actions.report_done(teacher, two, DoneIn("备课本每周一份"))
    actions.verify_action(evaluator, two, VerifyIn(world.POINTS))
    evidences.reject_evidence(cast.actor("inspector"), piece, PlanStep(reason="照片与去年十月的材料完全相同"))
    assert (piece.state, one.state, two.state) == ("rejected", "in_progress", "in_progress")


def test_evidence_found_false_after_the_closure_proposes_a_reopening(app: Any, cast: Cast) -> None:
    plan = world.in_force(cast)
    action = world.completed(cast, world.at_work(cast, plan))
    with by_hand("test.closed"):
        plan.item.state, plan.item.closed_on, plan.state = "closed", clock.today(), "completed"
    piece = db.session.scalars(select(Evidence).where(Evidence.action_id == action.id)).one()
    evidences.reject_evidence(cast.actor("inspector"), piece, PlanStep(reason="照片与去年十月的材料完全相同"))
    assert action.state == "completed"
    proposed = db.session.scalars(select(Reopening).where(Reopening.item_id == plan.item_id)).one()
    assert (proposed.trigger, proposed.state) == ("evidence_false", "proposed")


def test_a_measure_is_ended_by_the_approver_with_a_ground_and_a_reason(app: Any, cast: Cast) -> None:
    plan = world.in_force(cast)
    action, other = plan.actions
    office = cast.actor("office_director")
    with pytest.raises(NotAllowed):
        actions.cancel_action(cast.actor("principal"), action, CancelIn("not_needed", "学校合并，不再需要这项"))
    with pytest.raises(StepRefused):
        actions.cancel_action(office, action, CancelIn(None, "学校合并，不再需要这项措施"))
    with pytest.raises(StepRefused):
        actions.cancel_action(office, action, CancelIn("replaced", "由另一项措施替代这一项"))
    with pytest.raises(Invalid):
        actions.cancel_action(office, action, CancelIn("replaced", "由另一项措施替代这一项", action.id))
    actions.cancel_action(office, action, CancelIn("replaced", "由另一项措施替代这一项", other.id))
    assert (action.state, action.replaced_by_id) == ("cancelled", other.id)
    assert plan.live_actions == [other]


def test_a_returned_measure_is_done_again_and_judged_again(app: Any, cast: Cast) -> None:
    action, teacher = world.at_work(cast), cast.actor("subject_teacher")
    world.accepted(cast, action)
    actions.report_done(teacher, action, DoneIn("错题减少三成"))
    actions.return_action(cast.actor("evaluator"), action, PlanStep(reason="看不出学生的变化，请补前后对比"))
    assert action.state == "returned"
    world.accepted(cast, action)
    actions.report_done(teacher, action, DoneIn("前测 31%，后测 18%"))
    actions.verify_action(cast.actor("evaluator"), action, VerifyIn(world.POINTS))
    assert action.state == "completed"
