"""An item walks from its issue to its closure and back; whoever may not take a step is refused, with every sentence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.core import clock
from app.core.audit import trail
from app.core.casework.door import follow
from app.core.database import db
from app.core.errors import Invalid, NotAllowed, Stale, StepRefused
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.core.policy.assignments import CaseAssignment
from app.improvement.problems.models import OnsiteCheck, ProblemItem
from app.improvement.problems.operations import diagnosis, items, notes
from app.improvement.problems.operations.drafting import Submission
from app.improvement.problems.operations.handlers import AcceptIn, name_handler
from tests.by_hand import by_hand
from tests.improvement.problems.scenes import REASON, REFUSED, Scene

IN_A_MONTH = timedelta(days=30)


def test_an_item_walks_to_closure_and_its_list_is_complete(scene: Scene) -> None:
    item = scene.item("closed")
    assert item.problem_list.state == "completed"
    assert item.chain_gaps == ()


def test_the_unit_signs_and_names_two_of_its_own_people(scene: Scene) -> None:
    item, cast = scene.item(), scene.cast
    principal, coordinator = scene.actor("principal"), cast["school_coordinator"].person_id
    with pytest.raises(StepRefused, match="经办人和一名替补"):
        items.accept_item(principal, item, AcceptIn(coordinator, None))
    with pytest.raises(StepRefused, match="两人不能相同"):
        items.accept_item(principal, item, AcceptIn(coordinator, coordinator))
    with pytest.raises(Invalid, match="责任单位的在岗人员"):
        items.accept_item(principal, item, AcceptIn(coordinator, cast["yuntai_coordinator"].person_id))
    with pytest.raises(Invalid, match="责任单位的在岗人员"):
        items.accept_item(principal, item, AcceptIn(cast["subject_teacher"].person_id, coordinator))
    scene.to_accepted(item)
    assert (item.state, item.accepted_on, item.owner_id) == ("accepted", clock.today(), coordinator)


@pytest.mark.parametrize(
    "other", ["school_coordinator", "yuntai_principal", "office_director", "dept_head", "inspector"]
)
def test_nobody_else_signs_for_the_unit(scene: Scene, other: str) -> None:
    item = scene.item()
    given = AcceptIn(scene.cast["school_coordinator"].person_id, scene.cast["grade_leader"].person_id)
    with pytest.raises(REFUSED):
        items.accept_item(scene.actor(other), item, given)


def test_a_department_signs_for_its_own_item(scene: Scene) -> None:
    item = scene.item(
        unit_id=scene.cast.units["basic_education"].id, responsible_person_id=scene.cast["dept_head"].person_id
    )
    assert item.school_id is None
    officer, head = scene.cast["dept_officer"].person_id, scene.cast["dept_head"].person_id
    with pytest.raises(NotAllowed):
        items.accept_item(scene.actor("health_head"), item, AcceptIn(officer, head))
    items.accept_item(scene.actor("dept_head"), item, AcceptIn(officer, head))
    items.start_diagnosis(scene.actor("dept_officer"), item, Submission())
    assert item.state == "diagnosing"


def test_an_objection_needs_grounds_and_something_that_shows_them(scene: Scene) -> None:
    item, principal = scene.item(), scene.actor("principal")
    with pytest.raises(StepRefused, match="写明理由并附上依据"):
        items.contest_item(principal, item, items.ContestIn("数据来自并校前的班级"))
    shown = ({"link": "https://example.invalid/并校文件"},)
    items.contest_item(principal, item, items.ContestIn("数据来自并校前的班级", shown))
    assert (item.state, item.contested_unit_id) == ("contested", scene.cast.units["shuangqiao"].id)


def _contested(scene: Scene, **changes: object) -> ProblemItem:
    item = scene.item(**changes)
    items.contest_item(scene.actor("principal"), item, items.ContestIn("不属于本校", ({"link": "https://x.invalid"},)))
    return item


def test_the_office_upholds_with_a_reason_and_nobody_else_decides(scene: Scene) -> None:
    item = _contested(scene)
    for other in ("evaluator", "principal", "leading_group_head", "other_office_director"):
        with pytest.raises(REFUSED):
            items.uphold_item(scene.actor(other), item, Submission(reason=REASON))
    with pytest.raises(Invalid):
        items.uphold_item(scene.actor("office_director"), item, Submission())
    items.uphold_item(scene.actor("office_director"), item, Submission(reason=REASON))
    assert item.state == "issued"


def test_the_office_gives_the_item_to_another_unit_and_the_former_one_is_told(scene: Scene) -> None:
    item, cast = _contested(scene), scene.cast
    office, school = scene.actor("office_director"), cast.units["yuntai"]
    with pytest.raises(StepRefused, match="另一个责任单位"):
        items.reassign_item(office, item, items.ReassignIn(item.unit_id, cast["principal"].person_id, REASON))
    db.session.refresh(item)
    items.reassign_item(office, item, items.ReassignIn(school.id, cast["yuntai_principal"].person_id, REASON))
    assert (item.state, item.unit_id, item.school_id) == ("issued", school.id, school.id)
    with pytest.raises(REFUSED):
        scene.to_accepted(item)
    told = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "item_reassigned")).one()
    assert told.data["former"] == str(cast.units["shuangqiao"].id)


def test_only_handler_and_deputy_diagnose(scene: Scene) -> None:
    item = scene.item("accepted")
    for other in ("principal", "school_coordinator_2", "evaluator", "yuntai_coordinator"):
        with pytest.raises(REFUSED):
            items.start_diagnosis(scene.actor(other), item, Submission())
    items.start_diagnosis(scene.actor("grade_leader"), item, Submission())
    assert item.state == "diagnosing"


def test_a_diagnosis_is_whole_before_it_is_finished(scene: Scene) -> None:
    item, handler = scene.item("diagnosing"), scene.actor("school_coordinator")
    with pytest.raises(StepRefused, match="至少写两条原因"):
        items.finish_diagnosis(handler, item, Submission())
    items.add_cause(handler, item, items.CauseIn("teaching", "练习没有分层", True, "作业抽样", "为什么"))
    items.add_cause(handler, item, items.CauseIn("management", "备课两周一次", None))
    with pytest.raises(StepRefused, match="每条原因都要有"):
        items.finish_diagnosis(handler, item, Submission())
    wording = items.CauseIn("management", "备课两周一次", False, "备课记录", "为什么……因为……")
    shown = item.causes[1].version
    items.change_cause(handler, item, diagnosis.CauseChange(item.causes[1].ref, wording, shown))
    with pytest.raises(Stale):
        items.change_cause(handler, item, diagnosis.CauseChange(item.causes[1].ref, wording, shown))
    items.finish_diagnosis(handler, item, Submission())
    assert item.state == "planning"
    for late in (
        lambda: items.add_cause(handler, item, wording),
        lambda: items.remove_cause(handler, item, item.causes[0].ref),
    ):
        with pytest.raises(Invalid, match="不再改"):
            late()


def test_a_cause_says_what_is_wrong_with_it_field_by_field(scene: Scene) -> None:
    item = scene.item("diagnosing")
    with pytest.raises(Invalid) as refused:
        items.add_cause(scene.actor("school_coordinator"), item, items.CauseIn("weather", " ", True, "长" * 301))
    assert set(refused.value.sentences) == {"category", "statement", "evidence_note"}


def test_a_cause_is_taken_away_while_it_is_being_written(scene: Scene) -> None:
    item, handler = scene.item("diagnosing"), scene.actor("school_coordinator")
    scene.causes(item)
    items.remove_cause(handler, item, item.causes[0].ref)
    db.session.refresh(item)
    assert [cause.statement for cause in item.causes] == ["集体备课两周一次"]


def test_who_hands_over_loses_access_at_once(scene: Scene) -> None:
    item, cast = scene.item("diagnosing"), scene.cast
    given = AcceptIn(cast["school_coordinator_2"].person_id, cast["grade_leader"].person_id)
    with pytest.raises(REFUSED):
        name_handler(scene.actor("school_coordinator"), item, given)
    name_handler(scene.actor("principal"), item, given)
    with pytest.raises(NotAllowed):
        items.add_cause(scene.actor("school_coordinator"), item, items.CauseIn("teaching", "练习没有分层", True))
    scene_handler = scene.actor("school_coordinator_2")
    items.add_cause(scene_handler, item, items.CauseIn("teaching", "练习没有分层", True))
    open_duties = select(CaseAssignment.person_id).where(CaseAssignment.to_on.is_(None))
    assert set(db.session.scalars(open_duties)) == {given.handler_id, given.deputy_id}


def test_evaluation_waits_for_every_measure_and_for_the_visit_of_a_severe_problem(scene: Scene) -> None:
    item = scene.item("implementing", severity="severe")
    handler = scene.actor("school_coordinator")
    with pytest.raises(StepRefused) as refused:
        items.start_evaluation(handler, item, Submission())
    assert [s.zh for s in refused.value.sentences] == [
        "还有措施没有完成或取消",
        "严重问题差 1 次视导或现场核查，要在整改开始以后进行",
    ]
    given = notes.OnsiteIn(clock.today(), "八年级教室", "partly", "分层作业已开始，错因统计还没有")
    with pytest.raises(REFUSED):
        notes.check_onsite(scene.actor("principal"), item, given)
    notes.check_onsite(scene.actor("inspector"), item, given)
    assert db.session.scalars(select(OnsiteCheck)).one().checked_by == scene.cast["inspector"].person_id
    with pytest.raises(StepRefused) as refused:
        items.start_evaluation(handler, item, Submission())
    assert [s.zh for s in refused.value.sentences] == ["还有措施没有完成或取消"]


def test_an_on_site_check_is_dated_between_issue_and_today(scene: Scene) -> None:
    item, inspector = scene.item(), scene.actor("inspector")
    for day in (clock.today() + timedelta(days=1), clock.today() - timedelta(days=1)):
        with pytest.raises(Invalid) as refused:
            notes.check_onsite(inspector, item, notes.OnsiteIn(day, " ", "perhaps", ""))
        assert set(refused.value.sentences) == {"checked_on", "place", "seen", "remarks"}


@pytest.mark.parametrize(
    ("outcome", "accepted", "leads_on"),
    [
        ("achieved", False, "ask_for_closure"),
        ("improved", False, "ask_for_closure"),
        ("partly_improved", True, "ask_for_closure"),
        ("partly_improved", False, "plan_again"),
        ("no_change", False, "plan_again"),
        ("worsened", False, "plan_again"),
        ("insufficient_evidence", False, "extend"),
    ],
)
def test_the_decided_outcome_says_what_may_follow(scene: Scene, outcome: str, accepted: bool, leads_on: str) -> None:
    item = scene.item("evaluating")
    scene.outcome(item, outcome, accepted)
    office, handler = scene.actor("office_director"), scene.actor("school_coordinator")
    steps = {
        "ask_for_closure": lambda: items.ask_for_closure(handler, item, Submission()),
        "plan_again": lambda: items.plan_again(office, item, Submission()),
        "extend": lambda: items.extend_item(office, item, items.ExtendIn(clock.today() + IN_A_MONTH)),
    }
    for name, take in steps.items():
        if name != leads_on:
            with pytest.raises(StepRefused):
                take()
    steps[leads_on]()


def test_planning_again_forgets_the_outcome_and_asks_for_a_plan_made_since(scene: Scene) -> None:
    item = scene.item("evaluating")
    scene.outcome(item, "no_change")
    items.plan_again(scene.actor("office_director"), item, Submission())
    assert (item.state, item.outcome, item.unresolved_on) == ("planning", None, None)
    assert not item.has_plan_in_force, "the plan that did not help is not in force again"
    with pytest.raises(StepRefused), trail.act(SYSTEM, "system", "test.start"):
        follow(item, "start_work")


def test_an_extension_is_given_once_and_the_new_data_are_judged_afresh(scene: Scene) -> None:
    item, office = scene.item("evaluating"), scene.actor("office_director")
    scene.outcome(item, "insufficient_evidence")
    later = clock.today() + IN_A_MONTH
    with pytest.raises(Invalid, match="晚于今天"):
        items.extend_item(office, item, items.ExtendIn(clock.today()))
    with pytest.raises(Invalid, match="不能早于新数据"):
        items.extend_item(office, item, items.ExtendIn(later, clock.today()))
    due_on = item.due_on + IN_A_MONTH
    items.extend_item(office, item, items.ExtendIn(later, due_on))
    assert (item.state, item.outcome, item.new_data_on, item.due_on) == ("evaluating", None, later, due_on)
    scene.outcome(item, "insufficient_evidence")
    with pytest.raises(StepRefused, match="已经延长过一次"):
        items.extend_item(office, item, items.ExtendIn(later))
    items.plan_again(office, item, Submission())
    assert item.state == "planning"


def test_an_item_is_suspended_for_at_most_180_days_and_goes_on_where_it_was(scene: Scene) -> None:
    item, head = scene.item("implementing"), scene.actor("leading_group_head")
    for day in (None, clock.today(), clock.today() + timedelta(days=181)):
        with pytest.raises(StepRefused, match="180"):
            items.suspend_item(head, item, items.SuspendIn(day, REASON))
    with pytest.raises(REFUSED):
        items.suspend_item(scene.actor("office_director"), item, items.SuspendIn(clock.today() + IN_A_MONTH, REASON))
    items.suspend_item(head, item, items.SuspendIn(clock.today() + IN_A_MONTH, REASON))
    assert item.state == "suspended"
    items.resume_item(head, item, Submission())
    assert (item.state, item.resume_on) == ("implementing", None)


def test_the_items_of_a_withdrawn_round_are_suspended_and_a_draft_is_marked(scene: Scene) -> None:
    cycle = scene.round()
    working, closed = scene.item("diagnosing"), scene.item("closed")
    draft = scene.add(scene.draft())
    items.suspend_for_withdrawal(SYSTEM, cycle, [working.id, closed.id, draft.id])
    assert (working.state, closed.state, draft.state) == ("suspended", "closed", "draft")
    assert working.source_withdrawn_on == draft.source_withdrawn_on == clock.today()
    items.resume_item(scene.actor("leading_group_head"), working, Submission())
    assert (working.state, working.source_withdrawn_on) == ("diagnosing", None)


@pytest.mark.parametrize("state", ["issued", "accepted", "diagnosing", "planning", "implementing", "evaluating"])
def test_the_group_head_voids_from_every_open_state_by_typing_the_number(scene: Scene, state: str) -> None:
    item, head = scene.item(state), scene.actor("leading_group_head")
    with pytest.raises(NotAllowed):
        items.void_item(scene.actor("office_director"), item, Submission(reason=REASON))
    with pytest.raises(Invalid, match=item.number):
        items.void_item(head, item, items.VoidIn("WT-9999", REASON))
    items.void_item(head, item, items.VoidIn(f" {item.number.lower()} ", REASON))
    assert (item.state, item.problem_list.state) == ("void", "completed")
    kinds = db.session.scalars(select(OutboxRow.kind).where(OutboxRow.record_id == item.id)).all()
    assert {"item_voided.plans", "item_voided.effects"} <= set(kinds)


def test_a_closed_item_is_not_voided(scene: Scene) -> None:
    item = scene.item("closed")
    with pytest.raises(StepRefused):
        items.void_item(scene.actor("leading_group_head"), item, Submission(reason=REASON))


def test_nothing_closes_without_an_approved_request_and_a_whole_chain(scene: Scene) -> None:
    item = scene.item("pending_closure")
    with pytest.raises(StepRefused, match="销号申请还没有批准"), trail.act(SYSTEM, "system", "test.close"):
        follow(item, "close")
    scene.closure(item, "approved")
    with by_hand("test.gap"):
        db.session.execute(text("update evidence set state = 'returned'"))
    with pytest.raises(StepRefused, match="证据链还不完整"), trail.act(SYSTEM, "system", "test.close"):
        follow(item, "close")
    assert item.chain_gaps == ("采信的佐证",)


def test_a_stale_page_signs_nothing(scene: Scene) -> None:
    item = scene.item()
    given = AcceptIn(
        scene.cast["school_coordinator"].person_id, scene.cast["grade_leader"].person_id, version=item.version - 1
    )
    with pytest.raises(Stale):
        items.accept_item(scene.actor("principal"), item, given)


def test_a_remark_is_kept_and_the_others_are_told(scene: Scene) -> None:
    item = scene.item()
    with pytest.raises(Invalid, match="请写留言"):
        notes.remark(scene.actor("evaluator"), item, notes.RemarkIn("  "))
    notes.remark(scene.actor("evaluator"), item, notes.RemarkIn("请在 12 月 5 日前补报月报"))
    assert db.session.scalar(select(OutboxRow.kind).where(OutboxRow.kind == "item_remark")) == "item_remark"
    with pytest.raises(REFUSED):
        notes.remark(scene.actor("yuntai_principal"), item, notes.RemarkIn("不是我校的"))
