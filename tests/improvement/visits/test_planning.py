"""Planning and announcing: the yearly list or an exception, notice, team, avoidance, rotation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.core import clock
from app.core.audit import trail
from app.core.database import db
from app.core.errors import Invalid, NotAllowed, StepRefused
from app.core.policy.actor import SYSTEM
from app.core.policy.assignments import CaseAssignment
from app.improvement.visits.models import SupervisionVisit, facts
from app.improvement.visits.models import visits as visit_models
from app.improvement.visits.numbers import visit_numbers
from app.improvement.visits.operations import answers, on_site, planning, programme, teams
from app.improvement.visits.operations.planning import VisitStep
from app.improvement.visits.queries import programme as list_of_year
from app.people.directory.models import SchoolResponsibility
from tests.cast import Cast, sign_in
from tests.factories.monitoring import act_as
from tests.improvement.visits.scenes import REASON, VisitScene
from workflows.improvement.supervision_visit import path_of


def test_a_visit_without_an_entry_of_the_yearly_list_is_not_announced(scene: VisitScene) -> None:
    visit = scene.planned()
    scene.join(visit, "inspector_2", "inspector_3")
    with pytest.raises(StepRefused, match="年度督导清单里没有这次视导"):
        scene.to_notified(visit)


def test_the_head_of_the_leading_group_alone_lets_it_go_ahead_and_the_reason_stays(scene: VisitScene) -> None:
    visit = scene.planned(exception_wanted=REASON, visit_on=clock.today() + timedelta(days=3))
    scene.join(visit, "inspector_2", "inspector_3")
    for key in ("office_director", "inspector", "leading_group_member"):
        with pytest.raises(NotAllowed):
            planning.grant_exception(scene.actor(key), visit, VisitStep(reason="同意，本次是省里交办的任务"))
    with pytest.raises(Invalid, match="至少 10 个字"):
        planning.grant_exception(scene.actor("leading_group_head"), visit, VisitStep(reason="同意"))
    planning.grant_exception(scene.actor("leading_group_head"), visit, VisitStep(reason="同意，本次是省里交办的任务"))
    scene.to_notified(visit)
    assert (visit.state, visit.exception_by) == ("notified", scene.cast["leading_group_head"].person_id)
    logged = (
        "select reason from audit.transition_log where record_id = :id and step = 'supervision_visit.grant_exception'"
    )
    assert db.session.scalar(text(logged), {"id": visit.id}) == "同意，本次是省里交办的任务"


def test_an_exception_is_void_once_the_day_is_changed(scene: VisitScene) -> None:
    visit = scene.planned(exception_wanted=REASON)
    planning.grant_exception(scene.actor("leading_group_head"), visit, VisitStep(reason="同意，本次是省里交办的任务"))
    given = scene.given(points=("看课表",), exception_wanted=REASON, visit_on=clock.today() + timedelta(days=40))
    planning.edit_visit(scene.actor("office_director"), visit, given)
    assert not visit.has_exception


@pytest.mark.parametrize(("kind", "days"), [("special", 29), ("project", 29), ("routine", 6)])
def test_notice_is_30_days_for_special_and_project_visits_and_7_for_routine_ones(
    scene: VisitScene, kind: str, days: int
) -> None:
    today = clock.today()
    for wanted in (days, days + 1):
        day = today + timedelta(days=wanted)
        entry = scene.entry(kind, from_on=day, to_on=day)
        visit = scene.planned(kind=kind, entry_id=entry.id, visit_on=day)
        scene.join(visit, "inspector_2", "inspector_3")
        if wanted == days:
            with pytest.raises(StepRefused, match="提前通知的天数不够"):
                scene.to_notified(visit)
        else:
            scene.to_notified(visit)
            assert visit.state == "notified"


def test_an_entry_covers_only_its_kind_its_days_and_its_schools(scene: VisitScene) -> None:
    day = clock.today() + timedelta(days=30)
    other_school = scene.entry(from_on=day, to_on=day, schools=(scene.cast.units["yuntai"].id,))
    other_kind = scene.entry("project", from_on=day, to_on=day)
    other_day = scene.entry(from_on=day + timedelta(days=1), to_on=day + timedelta(days=1))
    everybody = scene.entry(from_on=day, to_on=day, schools=())
    fits = [scene.planned(entry_id=one.id).is_listed for one in (other_school, other_kind, other_day, everybody)]
    assert fits == [False, False, False, True]
    programme.withdraw_entry(
        scene.actor("office_director"), everybody, programme.WithdrawIn("并入十二月的专项视导安排")
    )
    assert not scene.planned(exception_wanted=REASON).is_listed
    with pytest.raises(Invalid, match="还在执行"):
        scene.planned(entry_id=everybody.id)


def test_a_special_visit_needs_three_inspectors_and_the_guidance_group_may_fill_in(scene: VisitScene) -> None:
    day = clock.today() + timedelta(days=30)
    visit = scene.planned(entry_id=scene.entry(from_on=day, to_on=day).id)
    scene.join(visit, "inspector_2", "evaluator")
    with pytest.raises(StepRefused, match="人数不够"):
        scene.to_notified(visit)
    scene.join(visit, "guidance_member")
    scene.to_notified(visit)
    assert visit.state == "notified"


def test_an_inspector_of_his_own_school_is_refused(scene: VisitScene) -> None:
    visit = scene.planned()
    with pytest.raises(Invalid, match="需要回避"):
        scene.join(visit, "own_inspector")
    with pytest.raises(Invalid, match="需要回避"):
        scene.planned(lead_id=scene.cast["own_inspector"].person_id)


def test_who_answers_for_a_problem_of_the_school_does_not_visit_it(scene: VisitScene) -> None:
    visit, item = scene.planned(), scene.item("issued")
    with trail.act(SYSTEM, "system", "test.handler"):
        item.owner_id = scene.cast["inspector_3"].person_id
    with pytest.raises(Invalid, match="需要回避"):
        scene.join(visit, "inspector_3")


def test_nobody_joins_without_being_asked_and_a_member_may_declare_an_interest(scene: VisitScene) -> None:
    visit = scene.special()
    unasked = teams.MemberIn(scene.cast["guidance_member"].person_id, "guidance_member", False)
    with pytest.raises(Invalid, match="请先确认"):
        teams.add_member(scene.actor("office_director"), visit, unasked)
    teams.declare_interest(scene.actor("inspector"), visit, teams.InterestIn("配偶在该校任教"))
    with pytest.raises(StepRefused, match="要回避这所学校"):
        scene.to_notified(visit)


def test_the_lead_changes_after_two_special_visits_of_one_school_in_a_row(scene: VisitScene) -> None:
    for _ in range(2):
        scene.visit("on_site")
    third = scene.special()
    with pytest.raises(StepRefused, match="请轮换"):
        scene.to_notified(third)
    given = teams.MemberIn(scene.cast["inspector_2"].person_id, "inspector", True)
    teams.name_lead(scene.actor("office_director"), third, given)
    scene.to_notified(third)
    assert third.owner_id == scene.cast["inspector_2"].person_id


def test_a_county_that_lists_routine_visits_lets_them_rotate_too(
    scene: VisitScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.visit("on_site"), scene.visit("on_site")
    routine = scene.planned(kind="routine")
    assert routine.owner_id == scene.cast["inspector"].person_id and not routine.lead_must_rotate
    numbers = visit_numbers().model_copy(update={"rotating_kinds": ("routine", "special", "project")})
    for place in (facts, visit_models):
        monkeypatch.setattr(place, "visit_numbers", lambda: numbers)
    assert routine.lead_must_rotate


def test_whoever_plans_a_visit_reads_how_often_one_inspector_may_lead(
    scene: VisitScene, client: FlaskClient, cast: Cast
) -> None:
    visit = scene.planned()
    browser = sign_in(client, cast["office_director"])
    for tail in ("plan", "team"):
        page = unescape(browser.get(f"{visit.address}/{tail}").text)
        assert "专项视导、项目视导：同一名督学带队到同一所学校，连续不超过 2 次" in page, tail


def test_an_unannounced_routine_visit_goes_from_draft_straight_on_site(scene: VisitScene) -> None:
    today = clock.today()
    entry = scene.entry("routine", from_on=today, to_on=today, schools=())
    visit = scene.planned(by="inspector", kind="routine", is_unannounced=True, visit_on=today, entry_id=entry.id)
    with pytest.raises(StepRefused, match="不通知学校"):
        scene.to_notified(visit)
    on_site.arrive_unannounced(scene.actor("inspector"), visit, on_site.ArriveIn((visit.team[0].ref,)))
    assert (visit.state, visit.notified_on) == ("on_site", None)
    passed = {state.code for state in path_of(visit)}
    assert "on_site" in passed and not passed & {"notified", "self_reported"}


def test_only_a_routine_visit_is_unannounced(scene: VisitScene) -> None:
    with pytest.raises(Invalid, match="只有常规视导"):
        scene.planned(is_unannounced=True)


def test_a_team_arrives_on_the_day_and_even_without_a_self_report(scene: VisitScene) -> None:
    visit = scene.visit("notified", scene.item("issued"))
    arrive = on_site.ArriveIn(tuple(one.ref for one in visit.team))
    with pytest.raises(StepRefused, match="还没有到视导那天"):
        on_site.arrive(scene.actor("inspector"), visit, arrive)
    scene.on_the_day(visit)
    with pytest.raises(StepRefused, match="签到"):
        on_site.arrive(scene.actor("inspector"), visit, on_site.ArriveIn(()))
    on_site.arrive(scene.actor("inspector"), visit, arrive)
    assert visit.state == "on_site"


def test_the_self_report_says_of_every_item_where_the_school_stands(scene: VisitScene) -> None:
    visit = scene.visit("notified", scene.item("issued"))
    with pytest.raises(StepRefused, match="每个问题项"):
        answers.hand_in_self_report(scene.actor("principal"), visit, answers.SelfReportIn({}))
    line = visit.lines[0].ref
    with pytest.raises(Invalid, match="做到哪一步"):
        answers.hand_in_self_report(scene.actor("principal"), visit, answers.SelfReportIn({line: ("done", " ")}))
    scene.to_self_reported(visit)
    assert visit.state == "self_reported"


def test_the_team_sees_the_school_for_the_length_of_the_visit_and_no_longer(scene: VisitScene) -> None:
    visit = scene.visit("follow_up")
    person = scene.cast["inspector_2"]
    opened = select(SchoolResponsibility).where(SchoolResponsibility.assignment_id == person.assignment_id)
    schools = {row.school_id: row.to_on for row in db.session.scalars(opened)}
    assert schools[visit.unit_id] is None
    scene.to_ended(visit)
    db.session.expire_all()
    ended = {row.school_id: row.to_on for row in db.session.scalars(opened)}
    duties = select(CaseAssignment.to_on).where(CaseAssignment.record_id == visit.id)
    assert ended[visit.unit_id] == clock.today()
    assert set(db.session.scalars(duties)) == {clock.today()}


def test_a_cancelled_visit_says_why_and_takes_the_access_back(scene: VisitScene) -> None:
    visit = scene.visit("notified")
    with pytest.raises(Invalid, match="至少 10 个字"):
        planning.cancel_visit(scene.actor("office_director"), visit, VisitStep(reason="不去了"))
    planning.cancel_visit(scene.actor("office_director"), visit, VisitStep(reason="学校当天有市级考试，另行安排"))
    assert visit.state == "cancelled"


def test_a_checklist_takes_only_issued_items_of_the_school(scene: VisitScene) -> None:
    elsewhere = scene.item("issued", unit_id=scene.cast.units["yuntai"].id)
    with pytest.raises(Invalid, match="这所学校已交办的问题项"):
        scene.planned(elsewhere)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": " "}, "请写这一条叫什么"),
        ({"kind": "surprise"}, "请选择视导类型"),
        ({"basis": ""}, "依据的文件"),
        ({"planned_count": 0}, "1 到 12"),
    ],
)
def test_an_entry_of_the_list_is_refused_in_words(scene: VisitScene, changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        scene.entry(**changes)  # type: ignore[arg-type]


def test_two_visits_never_get_the_same_number(scene: VisitScene) -> None:
    assert len({scene.planned().number for _ in range(5)}) == 5
    assert db.session.scalars(select(SupervisionVisit.number)).all()


def _told(scene: VisitScene, key: str, year: int) -> list[tuple[int, int, int]]:
    return [(one.wanted, one.planned, one.done) for one in list_of_year.entries(act_as(scene.actor(key)), year)]


@pytest.mark.parametrize("key", ["office_director", "evaluator", "subject_researcher", "guidance_member"])
def test_all_staff_of_the_county_count_what_is_planned_and_done_alike_and_open_no_more(
    scene: VisitScene, key: str
) -> None:
    year = scene.given().visit_on.year
    scene.visit("on_site")
    assert _told(scene, key, year) == [(1, 1, 1)]
    actor = act_as(scene.actor(key))
    entry = list_of_year.entries(actor, year)[0].entry
    unit, opened, told = list_of_year.programme(actor, entry)[0]
    assert (unit.code, told) == (scene.cast.units["shuangqiao"].code, list_of_year.Told(1, 1))
    assert len(opened) == (1 if key == "office_director" else 0)


def test_who_sees_some_schools_only_counts_those_and_asks_of_no_others(scene: VisitScene) -> None:
    visit = scene.visit("on_site")
    with trail.act(SYSTEM, "system", "test.routine"):
        visit.kind = "routine"
    year, here = scene.given().visit_on.year, visit.unit_id
    county = list_of_year.coverage(act_as(scene.actor("evaluator")))
    assert len(county) > 1 and next(row[1:] for row in county if row[0].id == here) == (1, 0)
    for key in ("principal", "yuntai_principal"):
        actor = act_as(scene.actor(key))
        assert {row[0].id for row in list_of_year.coverage(actor)} == {actor.school_id}
    stranger = act_as(replace(scene.actor("inspector_3"), schools=(scene.cast.units["yuntai"].id,)))
    assert [row[0].id for row in list_of_year.coverage(stranger)] == [scene.cast.units["yuntai"].id]
    assert [(one.wanted, one.planned, one.done) for one in list_of_year.entries(stranger, year)] == [(0, 0, 0)]
    assert list_of_year.programme(stranger, list_of_year.entries(stranger, year)[0].entry) == []
