"""Where nobody at the school or in the office may take a step, it goes to the next level with a note and a letter (decision 39)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core import clock
from app.core import clock as core_clock
from app.core.audit import trail
from app.core.casework.timeline import timeline
from app.core.casework.waiting import waiting_for
from app.core.database import db, use_context
from app.core.errors import NotAllowed, StepRefused
from app.core.outbox import deliver
from app.core.outbox.models import InboxLetter
from app.core.policy.actor import SYSTEM, Actor
from app.improvement.effects.operations import evaluations
from app.improvement.effects.operations.evaluations import PrepareIn, ProposeIn
from app.improvement.plans.operations import actions, plans
from app.improvement.plans.operations import evidence as evidences
from app.improvement.plans.operations.actions import DoneIn, StartIn, VerifyIn
from app.improvement.plans.operations.plans import PlanStep
from app.improvement.problems.operations import lists, reopenings
from app.improvement.problems.operations.drafting import Submission
from app.improvement.problems.operations.reopenings import ReopeningIn
from app.people.directory.models import RoleAssignment
from app.people.directory.operations import StandInWish, name_stand_in
from app.people.directory.queries import members, own_bureau
from app.people.identity.operations import EndOfRole, end_role
from app.people.left_alone import roles_over
from tests.cast import Cast, sign_in
from tests.conftest import Clock
from tests.improvement.effects.scenes import JUDGED, EffectScene
from tests.improvement.plans import world

WHY = "视导时同一问题再次出现，需要重新整改"
WAITS: Any = re.compile(r"现在等 <b>([^<]*)</b>(.*?)</span>", re.S)
AGREED = "问题确实复发，同意重新打开"


def as_coordinator(cast: Cast, key: str) -> Actor:
    """One person who is this and coordinator of the school at once."""
    return replace(cast.actor("school_coordinator"), person_id=cast[key].person_id)


def left_alone(cast: Cast, *keys: str) -> None:
    """The roles of these ended yesterday."""
    use_context(SYSTEM.context())
    ids = [cast[key].assignment_id for key in keys]
    ended = update(RoleAssignment).where(RoleAssignment.id.in_(ids)).values(to_on=clock.today() - timedelta(days=1))
    with trail.act(SYSTEM, "system", "test.left"):
        db.session.execute(ended.execution_options(synchronize_session=False))


def told(cast: Cast, key: str, record: Any) -> list[str]:
    """The titles of the letters about a record to one of the cast."""
    deliver.drain()
    use_context(SYSTEM.context())
    wanted = select(InboxLetter.title_zh).where(
        InboxLetter.person_id == cast[key].person_id, InboxLetter.record_id == record.id
    )
    return list(db.session.scalars(wanted))


def story(actor: Actor, record: Any) -> str:
    """The newest line of what happened to a record."""
    use_context(actor.context())
    return timeline(actor, [record]).entries[0].what.zh


def test_a_school_list_of_the_only_principal_goes_to_the_evaluator(app: Flask, cast: Cast) -> None:
    scene, evaluator = EffectScene(cast), cast.actor("evaluator")
    held = scene.school_draft()
    scene.add(held, by="school_coordinator")
    lists.submit_list(as_coordinator(cast, "principal"), held, Submission())
    with pytest.raises(StepRefused, match="另一个人"):
        lists.approve_list(cast.actor("principal"), held, Submission())
    assert told(cast, "evaluator", held)[-1].endswith("（没有可办这一步的校长，由评价员办理）")
    use_context(evaluator.context())
    assert [one.verb.zh for one in waiting_for(evaluator) if one.record.id == held.id] == ["批准清单"]
    page = sign_in(app.test_client(), cast["evaluator"]).get(held.address).get_data(as_text=True)
    assert "批准清单" in page and "没有可办这一步的校长，由评价员办理" in page
    lists.approve_list(evaluator, held, Submission())
    assert held.state == "approved"
    assert story(evaluator, held) == "批准清单（没有可办这一步的校长，由评价员办理）"


def test_the_evaluator_sends_a_school_list_back_as_well(app: Flask, cast: Cast) -> None:
    scene = EffectScene(cast)
    held = scene.school_draft()
    scene.add(held, by="school_coordinator")
    lists.submit_list(as_coordinator(cast, "principal"), held, Submission())
    lists.return_list(cast.actor("evaluator"), held, Submission(reason="第一项没有写清整改标准，请补充"))
    assert held.state == "returned"


def test_a_list_that_the_principal_may_approve_is_no_evaluator_s(app: Flask, cast: Cast) -> None:
    scene, evaluator = EffectScene(cast), cast.actor("evaluator")
    held = scene.school_draft()
    scene.add(held, by="school_coordinator")
    lists.submit_list(cast.actor("school_coordinator"), held, Submission())
    for step in (lists.approve_list, lists.return_list):
        with pytest.raises(NotAllowed):
            step(evaluator, held, Submission(reason="第一项没有写清整改标准，请补充"))
    assert not told(cast, "evaluator", held)
    use_context(evaluator.context())
    assert held.id not in {one.record.id for one in waiting_for(evaluator)}


def test_a_school_plan_goes_up_as_far_as_somebody_is_free(app: Flask, cast: Cast) -> None:
    left_alone(cast, "school_coordinator", "school_coordinator_2", "grade_leader", "evaluator_2")
    plan = world.draft(cast, world.item_in_planning(cast, level="school"))
    plans.submit_plan(as_coordinator(cast, "principal"), plan, PlanStep())
    assert any("由评价员办理" in title for title in told(cast, "evaluator", plan))
    plans.open_review(cast.actor("evaluator"), plan, PlanStep())
    assert "没有可办这一步的学校项目联络员、年级组长" in story(cast.actor("evaluator"), plan)
    for key in ("principal", "evaluator"):
        with pytest.raises(StepRefused, match="另一个人"):
            plans.approve_plan(cast.actor(key), plan, PlanStep())
    assert any("由办公室主任办理" in title for title in told(cast, "office_director", plan))
    plans.approve_plan(cast.actor("office_director"), plan, PlanStep())
    assert plan.state == "active"
    assert "由办公室主任办理" in "".join(e.what.zh for e in timeline(SYSTEM, [plan]).entries)


def test_a_measure_of_a_school_is_judged_by_the_evaluator_where_its_colleagues_did_it(app: Flask, cast: Cast) -> None:
    left_alone(cast, "school_coordinator_2", "grade_leader", "inspector")
    item = world.item_in_planning(cast, level="school")
    plan = world.draft(cast, item)
    plans.submit_plan(cast.actor("school_coordinator"), plan, PlanStep())
    plans.open_review(cast.actor("evaluator"), plan, PlanStep())
    plans.approve_plan(cast.actor("principal"), plan, PlanStep())
    action, teacher = plan.actions[0], cast.actor("subject_teacher")
    actions.start_action(teacher, action, StartIn())
    coordinator = cast.actor("school_coordinator")
    piece = evidences.add_evidence(teacher, action, world.piece_in(action))
    with pytest.raises(NotAllowed):
        evidences.open_school_evidence(cast.actor("evaluator"), action, None)
    evidences.submit_evidence(coordinator, piece, PlanStep())
    evidences.accept_evidence(cast.actor("evaluator"), piece, PlanStep())
    db.session.refresh(action, ["evidence"])
    actions.report_done(teacher, action, DoneIn("错题减少三成"))
    actions.verify_action(cast.actor("evaluator"), action, VerifyIn(world.POINTS))
    assert action.state == "completed"
    assert "没有可办这一步的" in story(cast.actor("evaluator"), action)


def test_the_effect_at_a_school_is_decided_above_where_its_principal_proposed(app: Flask, cast: Cast) -> None:
    scene, evaluator = EffectScene(cast), cast.actor("evaluator")
    evaluation = scene.computed()
    with trail.act(SYSTEM, "system", "test.level"):
        evaluation.item.level = evaluation.item.problem_list.level = "school"
    proposal = ProposeIn("achieved", JUDGED, uses=("feed_back",))
    evaluations.propose_outcome(as_coordinator(cast, "principal"), evaluation, proposal)
    with pytest.raises(StepRefused, match="另一个人"):
        evaluations.decide_evaluation(cast.actor("principal"), evaluation, proposal)
    evaluations.decide_evaluation(evaluator, evaluation, proposal)
    assert evaluation.state == "decided"
    assert story(evaluator, evaluation).endswith("（没有可办这一步的校长，由评价员办理）")


def test_data_are_prepared_by_the_evaluator_only_without_an_assessment_member(app: Flask, cast: Cast) -> None:
    scene = EffectScene(cast)
    evaluation = scene.planned()
    given = PrepareIn((str(scene.cell(clock.today().replace(month=9, day=1), 505.0, 110).id),))
    with pytest.raises(NotAllowed):
        evaluations.prepare_evaluation(cast.actor("evaluator"), evaluation, given)
    left_alone(cast, "assessment_member")
    evaluations.prepare_evaluation(cast.actor("evaluator"), evaluation, given)
    assert evaluation.state == "computed"


def test_what_the_director_proposed_is_decided_by_the_member_whom_the_head_named(app: Flask, cast: Cast) -> None:
    scene, member = EffectScene(cast), cast.actor("leading_group_member")
    head = cast.actor("leading_group_head")
    item = scene.item("closed")
    proposer = replace(cast.actor("evaluator"), person_id=cast["office_director"].person_id)
    made = reopenings.propose_reopening(proposer, item, ReopeningIn("recurrence", WHY))
    with pytest.raises(NotAllowed):
        reopenings.approve_reopening(member, made, Submission(reason=AGREED))
    use_context(head.context())
    name_stand_in(head, own_bureau(head), StandInWish(members(head)[0], clock.today()))
    assert any("由领导小组成员办理" in title for title in told(cast, "leading_group_member", made))
    page = sign_in(app.test_client(), cast["leading_group_member"]).get(made.address).get_data(as_text=True)
    assert "没有可办这一步的办公室主任，由领导小组成员办理" in page
    reopenings.approve_reopening(member, made, Submission(reason=AGREED))
    assert item.state == "reopened"


def handed_in(cast: Cast) -> Any:
    """A school's list that the coordinator handed in and the principal may approve."""
    scene = EffectScene(cast)
    held = scene.school_draft()
    scene.add(held, by="school_coordinator")
    lists.submit_list(cast.actor("school_coordinator"), held, Submission())
    return held


def ended(cast: Cast, key: str, **given: Any) -> None:
    """The security administrator ends the role."""
    actor = cast.actor("security_admin")
    use_context(actor.context())
    held = db.session.get_one(RoleAssignment, cast[key].assignment_id)
    end_role(actor, held, EndOfRole("调离本校，岗位随即结束", **given))


def test_the_next_level_hears_of_what_waits_when_the_last_role_below_is_ended(app: Flask, cast: Cast) -> None:
    held = handed_in(cast)
    assert not told(cast, "evaluator", held)
    ended(cast, "principal")
    (title,) = told(cast, "evaluator", held)
    assert title.startswith("批准清单：") and title.endswith("（没有可办这一步的校长，由评价员办理）")
    assert not told(cast, "office_director", held)
    use_context(SYSTEM.context())
    assert roles_over() == 0, "told with the ending"
    assert len(told(cast, "evaluator", held)) == 1


def test_the_next_level_hears_of_it_when_a_term_is_over_by_its_day(app: Flask, cast: Cast, clock: Clock) -> None:
    held, today = handed_in(cast), core_clock.today()
    ended(cast, "principal", last_day=today + timedelta(days=3))
    for days, letters in ((0, 0), (3, 0), (4, 1), (5, 1)):
        clock.set(datetime.combine(today + timedelta(days=days), time(4), UTC))
        roles_over()
        assert len(told(cast, "evaluator", held)) == letters, f"on day {days}"


def test_nobody_above_hears_of_an_ended_role_while_a_colleague_may_act(app: Flask, cast: Cast) -> None:
    plan = world.draft(cast, world.item_in_planning(cast, level="school"))
    plans.submit_plan(cast.actor("school_coordinator"), plan, PlanStep())
    left_alone(cast, "grade_leader")
    ended(cast, "school_coordinator_2")
    assert any("由评价员办理" in title for title in told(cast, "evaluator", plan)), "the last who took no part"
    other = world.draft(cast, world.item_in_planning(cast, level="school"))
    plans.submit_plan(cast.actor("school_coordinator"), other, PlanStep())
    before = len(told(cast, "office_director", other))
    ended(cast, "evaluator_2")
    assert len(told(cast, "office_director", other)) == before == 0, "another evaluator is there"


def test_whoever_reads_the_record_sees_whom_it_waits_for_now(app: Flask, cast: Cast) -> None:
    held = handed_in(cast)
    coordinator = sign_in(app.test_client(), cast["school_coordinator"])
    assert WAITS.search(coordinator.get(held.address).text)[1] == "校长"
    left_alone(cast, "principal")
    found = WAITS.search(coordinator.get(held.address).text)
    assert found[1] == "评价员" and "没有可办这一步的校长，由评价员办理" in found[2]
    with coordinator.session_transaction() as session:
        session["language"] = "en"
    english = coordinator.get(held.address).text
    assert "<b>Evaluator</b>" in english and "Nobody who may take this step as principal: evaluator" in english


def test_the_member_whom_the_head_names_hears_of_what_waits_already(app: Flask, cast: Cast) -> None:
    item, head = EffectScene(cast).item("closed"), cast.actor("leading_group_head")
    proposer = replace(cast.actor("evaluator"), person_id=cast["office_director"].person_id)
    made = reopenings.propose_reopening(proposer, item, ReopeningIn("recurrence", WHY))
    assert not told(cast, "leading_group_member", made), "nobody is named"
    use_context(head.context())
    name_stand_in(head, own_bureau(head), StandInWish(members(head)[0], clock.today()))
    (title,) = told(cast, "leading_group_member", made)
    assert title.endswith("（没有可办这一步的办公室主任，由领导小组成员办理）")


def test_a_plan_a_measure_and_an_effect_say_who_has_them_above(app: Flask, cast: Cast) -> None:
    plan = world.draft(cast, world.item_in_planning(cast, level="school"))
    plans.submit_plan(cast.actor("school_coordinator"), plan, PlanStep())
    plans.open_review(cast.actor("grade_leader"), plan, PlanStep())
    teacher = sign_in(app.test_client(), cast["school_coordinator"])
    assert WAITS.search(teacher.get(plan.address).text)[1] == "校长"
    left_alone(cast, "principal")
    assert WAITS.search(teacher.get(plan.address).text)[1] == "评价员"
    scene = EffectScene(cast)
    evaluation = scene.computed()
    with trail.act(SYSTEM, "system", "test.level"):
        evaluation.item.level = evaluation.item.problem_list.level = "school"
    evaluations.propose_outcome(
        cast.actor("school_coordinator"), evaluation, ProposeIn("achieved", JUDGED, uses=("feed_back",))
    )
    shown = teacher.get(evaluation.address).text
    assert WAITS.search(shown)[1] == "评价员" and "没有可办这一步的校长，由评价员办理" in shown
    assert WAITS.search(teacher.get(evaluation.item.address).text)[1] == "评价员"
