"""The draft, the objection, the feedback, the answer, and what becomes of each problem in the same step."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.core import clock as business
from app.core.audit import trail
from app.core.calendar.days import add_working_days
from app.core.casework import deadlines
from app.core.casework.deadlines import Deadline, sweep
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, StepRefused
from app.core.outbox.deliver import drain
from app.core.policy import decide
from app.core.policy.actor import SYSTEM
from app.improvement.monitoring.models import DataFinding
from app.improvement.monitoring.operations.findings import RejectIn, reject_finding
from app.improvement.plans.models import RemediationAction, RemediationPlan
from app.improvement.problems.models import OnsiteCheck, Reopening
from app.improvement.visits.models import SupervisionVisit
from app.improvement.visits.operations import answers, findings
from app.improvement.visits.operations.planning import VisitStep
from tests.cast import Cast, sign_in
from tests.conftest import Clock
from tests.improvement.visits.scenes import MEASURE, REPORT, VisitScene

GROUNDS = "第一条的班级是八年级二班，不是三班"
WHY = "听课记录和作业样本都是三班的"


def seen(scene: VisitScene, *items: object) -> SupervisionVisit:
    """A visit whose checklist has been gone through."""
    visit = scene.visit("on_site", *items)  # type: ignore[arg-type]
    scene.see(visit)
    return visit


def test_the_draft_is_shown_only_when_everything_has_been_looked_at(scene: VisitScene) -> None:
    visit = scene.visit("on_site", scene.item("issued"))
    with pytest.raises(StepRefused) as refused:
        findings.show_draft(scene.actor("inspector"), visit, VisitStep())
    said = {sentence.zh for sentence in refused.value.sentences}
    assert said == {"检查清单还有没看的", "请写下视导发现，亮点也算"}


def test_nothing_is_issued_before_the_school_has_seen_the_draft_and_had_three_working_days(scene: VisitScene) -> None:
    visit = seen(scene)
    scene.find(visit)
    with pytest.raises(StepRefused, match="先把反馈稿给学校看"):
        findings.issue_feedback(scene.actor("inspector"), visit, findings.IssueIn())
    findings.show_draft(scene.actor("inspector"), visit, VisitStep())
    for days in (0, 3):
        scene.later(days, visit, "draft_shown_on")
        with pytest.raises(StepRefused, match="3 个工作日"):
            findings.issue_feedback(scene.actor("inspector"), visit, findings.IssueIn())
    scene.later(4, visit, "draft_shown_on")
    with pytest.raises(StepRefused, match="现在不能申辩"):
        findings.object_to_draft(scene.actor("principal"), visit, findings.ObjectionIn(GROUNDS))
    findings.issue_feedback(scene.actor("inspector"), visit, findings.IssueIn())
    assert visit.state == "feedback_issued"


def test_an_objection_is_decided_by_the_office_before_anything_is_issued(scene: VisitScene) -> None:
    visit = seen(scene)
    finding = scene.find(visit)
    findings.show_draft(scene.actor("inspector"), visit, VisitStep())
    findings.object_to_draft(scene.actor("principal"), visit, findings.ObjectionIn(GROUNDS))
    with pytest.raises(StepRefused, match="申辩还没有答复"):
        findings.issue_feedback(scene.actor("inspector"), visit, findings.IssueIn())
    with pytest.raises(StepRefused, match="等答复"):
        scene.find(visit, ref=finding.ref, text="八年级二班没有分层作业")
    with pytest.raises(NotAllowed):
        findings.dismiss_objection(scene.actor("inspector"), visit, VisitStep(reason=WHY))
    findings.dismiss_objection(scene.actor("office_director"), visit, VisitStep(reason=WHY))
    findings.issue_feedback(scene.actor("inspector"), visit, findings.IssueIn())
    assert (visit.state, visit.objection_reason) == ("feedback_issued", WHY)


def test_an_accepted_objection_brings_a_new_draft_that_is_shown_again(scene: VisitScene) -> None:
    visit = seen(scene)
    finding = scene.find(visit)
    findings.show_draft(scene.actor("inspector"), visit, VisitStep())
    findings.object_to_draft(scene.actor("principal"), visit, findings.ObjectionIn(GROUNDS))
    findings.accept_objection(scene.actor("office_director"), visit, VisitStep(reason="学校说得对，请更正班级后再看"))
    with pytest.raises(StepRefused, match="先把反馈稿给学校看"):
        findings.issue_feedback(scene.actor("inspector"), visit, findings.IssueIn())
    scene.find(visit, ref=finding.ref, text="八年级二班没有分层作业")
    scene.to_shown(visit)
    scene.to_issued(visit)
    assert visit.findings[0].text == "八年级二班没有分层作业"


def test_a_finding_changed_after_the_school_agreed_is_shown_again(scene: VisitScene) -> None:
    visit = seen(scene)
    finding = scene.find(visit)
    findings.show_draft(scene.actor("inspector"), visit, VisitStep())
    findings.agree_with_draft(scene.actor("principal"), visit, VisitStep())
    scene.find(visit, ref=finding.ref, text="全年级都没有分层作业")
    assert not visit.draft_is_shown and not visit.draft_is_answered


def test_an_objection_has_five_working_days_then_the_head_hears(scene: VisitScene) -> None:
    visit = seen(scene)
    scene.find(visit)
    findings.show_draft(scene.actor("inspector"), visit, VisitStep())
    findings.object_to_draft(scene.actor("principal"), visit, findings.ObjectionIn(GROUNDS))
    running = select(Deadline).where(Deadline.record_id == visit.id, Deadline.name == "step:object.decide")
    row = db.session.scalars(running).one()
    days = deadlines.work_calendar()
    assert business.local(row.due_at).date() > add_working_days(business.today(), 4, days.overrides)


def test_an_accepted_problem_becomes_a_finding_in_the_same_step(scene: VisitScene) -> None:
    visit = seen(scene)
    found = scene.find(visit)
    scene.to_shown(visit)
    scene.to_issued(visit)
    scene.respond(visit)
    assert visit.state == "follow_up"
    made = db.session.get_one(DataFinding, found.data_finding_id)
    assert (made.state, made.source_type, made.unit_id) == ("candidate", "visit", visit.unit_id)
    assert visit.number in made.source_reference and made.school_comment == MEASURE


def test_an_accepted_problem_becomes_evidence_on_its_item_in_the_same_step(scene: VisitScene) -> None:
    item = scene.item("issued")
    visit = seen(scene, item)
    found = scene.find(visit, item_id=item.id, becomes="evidence")
    scene.to_shown(visit)
    scene.to_issued(visit)
    assert db.session.scalar(select(OnsiteCheck).where(OnsiteCheck.item_id == item.id)) is None
    scene.respond(visit)
    check = db.session.get_one(OnsiteCheck, found.check_id)
    assert (check.item_id, check.seen) == (item.id, "partly") and found.text in check.remarks


def test_an_accepted_problem_becomes_a_measure_of_the_plan_in_the_same_step(scene: VisitScene) -> None:
    item = scene.item("implementing")
    visit = seen(scene, item)
    found = scene.find(visit, item_id=item.id, becomes="action")
    scene.to_shown(visit)
    scene.to_issued(visit)
    scene.respond(visit)
    action = db.session.get_one(RemediationAction, found.action_id)
    assert (action.state, action.plan.item_id, action.owner_id) == ("not_started", item.id, item.owner_id)
    assert item.open_action_count == 2


def test_a_problem_that_could_not_become_what_was_planned_becomes_what_is_possible(scene: VisitScene) -> None:
    item = scene.item("implementing")
    visit = seen(scene, item)
    found = scene.find(visit, item_id=item.id, becomes="action")
    scene.to_shown(visit)
    scene.to_issued(visit)
    scene.moved(item, "void")
    scene.moved(
        db.session.scalars(select(RemediationPlan).where(RemediationPlan.item_id == item.id)).one(), "cancelled"
    )
    scene.respond(visit)
    assert found.carried_as == "finding"


def test_an_objected_problem_is_not_carried_until_the_inspector_decides(scene: VisitScene) -> None:
    visit = seen(scene)
    found = scene.find(visit)
    scene.to_shown(visit)
    scene.to_issued(visit)
    scene.respond(visit, "objected")
    assert (found.carried_as, visit.unsettled_count) == (None, 1)
    with pytest.raises(StepRefused, match="没有核实"):
        answers.close_visit(scene.actor("inspector"), visit, answers.TextIn("办结"))
    given = answers.SettleIn(found.ref, "carried", "回访仍没有看到分层作业")
    answers.settle_finding(scene.actor("inspector"), visit, given)
    assert db.session.get_one(DataFinding, found.data_finding_id).state == "candidate"


def test_a_recurrence_of_a_closed_item_opens_a_reopening_proposal(scene: VisitScene) -> None:
    item = scene.item("closed")
    visit = seen(scene, item)
    found = scene.find(visit, "recurrence", item_id=item.id)
    scene.to_shown(visit)
    assert db.session.scalar(select(Reopening.id)) is None
    scene.to_issued(visit)
    proposal = db.session.scalars(select(Reopening).where(Reopening.item_id == item.id)).one()
    assert (proposal.state, proposal.trigger, proposal.id) == ("proposed", "recurrence", found.reopening_id)
    assert item.state == "closed"


def test_a_recurrence_belongs_to_a_closed_item_and_an_open_one_is_a_problem(scene: VisitScene) -> None:
    item = scene.item("issued")
    visit = seen(scene, item)
    with pytest.raises(Invalid, match="已销号的问题项"):
        scene.find(visit, "recurrence", item_id=item.id)
    with pytest.raises(Invalid, match="没有在执行的方案"):
        scene.find(visit, item_id=item.id, becomes="action")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": " "}, "请写发现了什么"),
        ({"evidence": ""}, "请写依据"),
        ({"severity": None}, "请选择级别"),
        ({"due_on": None}, "改到哪天"),
        ({"becomes": None}, "接受后怎么办"),
        ({"category": None}, "新发现的类别"),
        ({"subject": None}, "学科类的发现要选学科"),
        ({"subject": "alchemy"}, "学科类的发现要选学科"),
        ({"kind": "rumour"}, "亮点、问题、复发或建议"),
    ],
)
def test_an_incomplete_finding_is_refused_in_words(
    scene: VisitScene, changes: dict[str, object], sentence: str
) -> None:
    visit = scene.visit("on_site")
    with pytest.raises(Invalid, match=sentence):
        scene.find(visit, **changes)  # type: ignore[arg-type]


def test_what_a_visit_finds_anew_in_a_subject_comes_to_whoever_studies_the_subject(scene: VisitScene) -> None:
    visit = seen(scene)
    of_item = scene.item("issued")
    found = scene.find(visit, subject="math")
    about = scene.find(visit, text="错题没有讲评", item_id=of_item.id, subject=None)
    other = scene.find(visit, text="晨读没有指导", subject="chinese")
    beside = scene.find(visit, text="课表没有公示", category="management", subject="math")
    for step in (scene.to_shown, scene.to_issued):
        step(visit)
    scene.respond(visit)
    made = {one.id: db.session.get_one(DataFinding, one.data_finding_id) for one in (found, about, other, beside)}
    told = [made[one.id].subject for one in (found, about, other, beside)]
    assert told == ["math", of_item.subject, "chinese", None] and of_item.subject == "math"
    researcher = scene.actor("subject_researcher")
    read = [decide.may(researcher, "monitoring.view_findings", one) for one in made.values()]
    assert researcher.subjects == ("math",) and read == [True, True, False, False]


def test_every_problem_is_answered_and_in_words(scene: VisitScene) -> None:
    visit = seen(scene)
    found = scene.find(visit)
    scene.to_shown(visit)
    scene.to_issued(visit)
    for given in ({}, {found.ref: ("accepted", "会改")}, {found.ref: ("whatever", MEASURE)}):
        with pytest.raises(Invalid):
            answers.respond(scene.actor("principal"), visit, answers.ResponseIn(given))
    assert visit.state == "feedback_issued"


def test_a_school_that_does_not_answer_in_15_working_days_has_not_responded(scene: VisitScene) -> None:
    visit = seen(scene)
    found = scene.find(visit)
    scene.to_shown(visit)
    scene.to_issued(visit)
    with pytest.raises(StepRefused, match="期限还没有到"):
        _lapse(visit)
    scene.later(16, visit, "feedback_on")
    _lapse(visit)
    assert (visit.state, visit.is_unanswered, found.carried_as) == ("follow_up", True, None)


def _lapse(visit: SupervisionVisit) -> None:
    answers.lapse_response(SYSTEM, visit, None)


def test_the_clock_itself_says_that_nobody_responded(scene: VisitScene, clock: Clock) -> None:
    visit = seen(scene)
    scene.find(visit)
    scene.to_shown(visit)
    scene.to_issued(visit)
    due = select(Deadline.due_at).where(Deadline.record_id == visit.id, Deadline.name == "feedback_issued.respond")
    clock.set(db.session.scalars(due).one() + timedelta(minutes=1))
    sweep()
    drain()
    again = scene.again(visit)
    assert (again.state, again.is_unanswered) == ("follow_up", True)


def test_a_visit_closes_when_everything_is_settled_and_the_report_is_there(scene: VisitScene) -> None:
    visit = seen(scene)
    scene.find(visit)
    scene.to_shown(visit)
    scene.to_issued(visit)
    scene.respond(visit)
    with pytest.raises(StepRefused, match="书面整改报告"):
        answers.close_visit(scene.actor("inspector"), visit, answers.TextIn(""))
    with pytest.raises(Invalid, match="30 个字"):
        answers.report_rectification(scene.actor("principal"), visit, answers.TextIn("改好了"))
    answers.report_rectification(scene.actor("principal"), visit, answers.TextIn(REPORT))
    answers.close_visit(scene.actor("inspector"), visit, answers.TextIn("都已落实"))
    assert visit.state == "closed"


def test_the_lead_alone_issues_and_closes(scene: VisitScene) -> None:
    visit = scene.visit("shown")
    for key in ("inspector_2", "office_director", "principal", "evaluator"):
        with pytest.raises(NotAllowed):
            findings.issue_feedback(scene.actor(key), visit, findings.IssueIn())


def test_a_severe_item_that_a_visit_has_seen_may_go_to_evaluation(scene: VisitScene) -> None:
    item = scene.item("implementing", severity="severe")
    assert not item.has_onsite_check
    visit = scene.visit("on_site", item)
    scene.see(visit)
    assert item.has_onsite_check and item.was_seen_on_a_visit


@pytest.mark.parametrize("key", ["dept_head", "subject_researcher", "evaluator", "assessment_member"])
def test_feedback_issued_for_the_staff_of_the_county_is_read_by_them_and_no_more_of_the_visit(
    scene: VisitScene, client: FlaskClient, cast: Cast, key: str
) -> None:
    visit = scene.visit("shown")
    reader, address = sign_in(client, cast[key]), f"{visit.address}/feedback"
    assert reader.get(address).status_code == 404 and visit.number not in reader.get("/visits").text
    scene.to_issued(scene.again(visit))
    page = reader.get(address)
    assert page.status_code == 200 and "集体备课有记录" in page.text
    assert f'href="{address}"' in reader.get("/visits").text
    assert reader.get(visit.address).status_code == 404


@pytest.mark.parametrize(("level", "status"), [("county", 200), ("public", 200), ("school", 404)])
def test_an_inspector_whose_duty_at_the_visit_is_over_reads_what_its_level_says(
    scene: VisitScene, client: FlaskClient, cast: Cast, clock: Clock, level: str, status: int
) -> None:
    visit = scene.visit("ended")
    clock.advance(days=1)
    with trail.act(SYSTEM, "system", "test.level"):
        visit.disclosure = level
    for key in ("inspector_3", "principal", "yuntai_principal"):
        reader = sign_in(client, cast[key])
        expected = status if key == "inspector_3" else 404
        assert reader.get(f"{visit.address}/feedback").status_code == expected, key
    assert sign_in(client, cast["inspector_3"]).get(visit.address).status_code == 404


def test_plain_sql_shows_an_inspector_no_more_than_issued_feedback(scene: VisitScene) -> None:
    visit = scene.visit("ended")
    stranger = replace(scene.cast.actor("inspector_3"), schools=())
    counted = (
        "select (select count(*) from supervision_visits where id = :id), (select count(*) from visit_findings where"
        " visit_id = :id), (select count(*) from visit_lines where visit_id = :id)"
    )
    for level, seen_rows in (("county", [1, len(visit.findings), 0]), ("school", [0, 0, 0])):
        use_context(SYSTEM.context())
        with trail.act(SYSTEM, "system", "test.level"):
            visit.disclosure = level
        use_context(stranger.context())
        assert list(db.session.execute(text(counted), {"id": visit.id}).one()) == seen_rows, level
        use_context(replace(stranger, data_classes=()).context())
        assert list(db.session.execute(text(counted), {"id": visit.id}).one()) == [0, 0, 0]


def test_the_page_says_what_became_of_a_problem_that_was_carried_on(
    scene: VisitScene, client: FlaskClient, cast: Cast
) -> None:
    visit = seen(scene)
    found = [
        scene.find(visit, text=text, category="management")
        for text in ("没有分层作业", "错题没有讲评", "课表与实际不一致")
    ]
    scene.to_shown(visit)
    scene.to_issued(visit)
    scene.respond(visit)
    item = scene.item("issued")
    made, rejected, waits = (db.session.get_one(DataFinding, one.data_finding_id) for one in found)
    with trail.act(SYSTEM, "system", "test.converted"):
        made.problem_item_id = item.id
    scene.moved(made, "converted")
    reject_finding(scene.actor("evaluator"), rejected, RejectIn("dismissed", "讲评记录已补交，经核对齐全"))
    page = unescape(sign_in(client, cast["inspector"]).get(visit.address).text)
    assert f'<a href="{item.address}">{item.number}</a>' in page and "已转问题" in page
    assert "不成立或不需要处理：讲评记录已补交，经核对齐全" in page and "还没有定论" in page
    closing = unescape(client.get(f"{visit.address}/closing").text)
    assert "1 条候选发现还没有定论" in closing
    named = closing.split("仍在“数据发现”里等人确认：")[1].split("</p>")[0]
    assert waits.number in named and made.number not in named and rejected.number not in named
