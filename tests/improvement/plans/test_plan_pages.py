"""Plans in the browser: the list, drawing one up section by section, the review, two editions side by side."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.improvement.plans.models import RemediationAction, RemediationPlan
from app.improvement.plans.operations import plans
from app.improvement.plans.operations.plans import PlanIn, PlanStep
from tests.cast import Cast, sign_in
from tests.counting import counted_statements
from tests.improvement.plans import world


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    """The text of a page."""
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return str(answer.get_data(as_text=True))


def hidden(text: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None, name
    return found[1]


def test_the_list_shows_the_own_plans_and_its_filters_live_in_the_address(client: Any, cast: Cast) -> None:
    one, two = world.in_force(cast), world.draft(cast, world.item_in_planning(cast, title="七年级图形与几何"))
    sign_in(client, cast["office_director"])
    text = page(client, "/plans")
    assert one.item.title in text and "七年级图形与几何" in text
    text = page(client, "/plans?state=active")
    assert one.item.number in text and two.item.number not in text and "清除筛选" in text
    assert two.item.number in page(client, "/plans?q=图形")
    assert "没有符合条件的整改方案" in page(client, "/plans?light=red")
    sign_in(client, cast["yuntai_principal"])
    assert "还没有整改方案" in page(client, "/plans")
    sign_in(client, cast["other_office_director"])
    assert one.item.number not in page(client, "/plans")


def test_the_export_is_what_the_list_shows(client: Any, cast: Cast) -> None:
    plan = world.in_force(cast)
    world.draft(cast)
    sign_in(client, cast["office_director"])
    book = openpyxl.load_workbook(io.BytesIO(client.get("/plans/export.xlsx?state=active").data))
    rows = list(book.active.values)
    assert len(rows) == 2 and rows[1][0] == plan.item.number and rows[1][5:8] == ("生效中", 0, 2)


def test_a_plan_is_drawn_up_section_by_section_and_handed_in(client: Any, cast: Cast) -> None:
    item, today = world.item_in_planning(cast), clock.today()
    sign_in(client, cast["school_coordinator"])
    answer = client.post(f"/plans/new/{item.ref}")
    assert answer.status_code == 303
    address = answer.headers["Location"].removesuffix("/sections")
    ref = address.rpartition("/")[2]
    text = page(client, f"{address}/sections")
    assert "填齐以后由单位负责人提交" in text and text.count("还差") >= 5
    sections = {
        "goal": {
            "problem": "进位加法错误率高",
            "goal": "达到 480 分",
            "target": "480",
            "target_on": f"{today + timedelta(300)}",
        },
        "evaluation": {"design": "indicator", "min_effect": "0.2", "follow_up_on": f"{today + timedelta(310)}"},
        "tasks": {"tasks": "分层练习"},
        "division": {"owner_id": str(cast["principal"].person_id), "division": "数学组牵头"},
        "assurance": {"assurance": "每周例会"},
        "schedule": {"schedule": "九月启动"},
        "argumentation": {"argumentation": "校务会讨论"},
        "risks": {"risks": "教师调动；安排替补"},
        "funds": {"budget_planned": "0", "budget_source": ""},
    }
    for name, typed in sections.items():
        text = page(client, f"{address}/sections/{name}")
        answer = client.post(f"{address}/sections/{name}", data={**typed, "version": hidden(text, "version")})
        assert answer.status_code == 303, name
    for cause in item.causes:
        measure = {
            "title": f"针对{cause.statement}", "cause_id": str(cause.id), "kind": "teaching",
            "owner_id": str(cast["subject_teacher"].person_id), "planned_start": f"{today}",
            "planned_end": f"{today + timedelta(60)}", "criteria-0-text": "月度错因统计", "criteria-0-minimum": "1",
            "criteria-0-maximum": "2", "milestones-0-title": "完成作业库", "milestones-0-due_on": f"{today + timedelta(30)}",
        }  # fmt: skip
        assert client.post(f"{address}/measures/new", data=measure).status_code == 303
    plan = db.session.scalars(select(RemediationPlan).where(RemediationPlan.ref == ref)).one()
    assert (plan.budget_planned, plan.target, len(plan.actions)) == (0, 480.0, 2)
    assert plan.actions[0].criteria[0].maximum == 2 and plan.actions[0].milestones[0].title == "完成作业库"
    sign_in(client, cast["principal"])
    text = page(client, f"{address}/sections")
    assert "都填齐了" in text
    assert client.post(f"{address}/submission", data={"version": hidden(text, "version")}).status_code == 303
    db.session.refresh(plan)
    assert plan.state == "submitted"


def test_a_refused_section_keeps_what_was_typed_and_names_the_fields(client: Any, cast: Cast) -> None:
    plan = world.draft(cast)
    sign_in(client, cast["school_coordinator"])
    answer = client.post(
        f"/plans/{plan.ref}/sections/goal",
        data={"problem": "", "goal": "这句话不能丢", "target": "四百八", "target_on": "明年"},
    )
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "有错误：" in text
    assert "这句话不能丢" in text and "四百八" in text and "请写明要解决的问题" in text
    assert "有 3 处要改" in text


def test_a_refused_measure_keeps_its_rows_and_a_further_row_can_be_asked_for(client: Any, cast: Cast) -> None:
    plan = world.draft(cast)
    sign_in(client, cast["school_coordinator"])
    typed = {
        "title": "",
        "kind": "teaching",
        "cause_id": "",
        "owner_id": "",
        "criteria-0-text": "台账",
        "criteria-0-minimum": "3",
        "criteria-0-maximum": "1",
    }
    answer = client.post(f"/plans/{plan.ref}/measures/new", data=typed)
    text = answer.get_data(as_text=True)
    assert (
        answer.status_code == 422 and "台账" in text and "最多不能少于最少" in text and "请写明这项措施做什么" in text
    )
    answer = client.post(f"/plans/{plan.ref}/measures/new", data={**typed, "more": "criteria"})
    assert answer.status_code == 200 and 'name="criteria-2-text"' in answer.get_data(as_text=True)
    assert len(db.session.scalars(select(RemediationAction).where(RemediationAction.plan_id == plan.id)).all()) == 2


def test_a_stranger_of_another_unit_is_no_choice_for_an_owner(client: Any, cast: Cast) -> None:
    plan = world.draft(cast)
    sign_in(client, cast["school_coordinator"])
    text = page(client, f"/plans/{plan.ref}/measures/new")
    assert cast["subject_teacher"].name in text and cast["yuntai_principal"].name not in text
    typed = {"title": "措施", "kind": "teaching", "cause_id": "", "owner_id": str(cast["yuntai_principal"].person_id)}
    assert client.post(f"/plans/{plan.ref}/measures/new", data=typed).status_code == 422


def test_a_stale_page_is_refused_and_shows_what_was_typed(client: Any, cast: Cast) -> None:
    plan = world.draft(cast)
    sign_in(client, cast["school_coordinator"])
    old = hidden(page(client, f"/plans/{plan.ref}/sections/risks"), "version")
    plans.edit_plan(cast.actor("principal"), plan, world.whole(cast, risks="校长先改的"))
    answer = client.post(f"/plans/{plan.ref}/sections/risks", data={"risks": "联络员后改的", "version": old})
    assert answer.status_code == 409 and "联络员后改的" in answer.get_data(as_text=True)
    db.session.refresh(plan)
    assert plan.risks == "校长先改的"


def test_the_page_of_a_plan_says_whom_it_waits_for_and_what_is_missing(client: Any, cast: Cast) -> None:
    plan = plans.draft_plan(cast.actor("school_coordinator"), world.item_in_planning(cast), PlanIn())
    sign_in(client, cast["principal"])
    text = page(client, plan.address)
    assert "现在等" in text and "还不能提交方案" in text
    for sentence in ("请写明专项经费", "请写明风险和应对", "每条可控原因至少要有一项措施"):
        assert sentence in text
    assert f"/plans/{plan.ref}/sections/funds" in text, "each sentence leads to where it is mended"


def test_the_review_walks_through_the_browser_with_its_reason(client: Any, cast: Cast) -> None:
    plan = world.draft(cast)
    plans.submit_plan(cast.actor("principal"), plan, PlanStep())
    sign_in(client, cast["evaluator"])
    assert client.post(f"/plans/{plan.ref}/review", data={"version": plan.version}).status_code == 303
    sign_in(client, cast["office_director"])
    assert "退回这份整改方案" in page(client, f"/plans/{plan.ref}/return")
    refused = client.post(f"/plans/{plan.ref}/return", data={"reason": "太短", "version": plan.version})
    assert refused.status_code == 422 and "太短" in refused.get_data(as_text=True)
    reason = "目标低于最小有效改进，请按复测口径调整"
    version = hidden(page(client, f"/plans/{plan.ref}/return"), "version")
    assert client.post(f"/plans/{plan.ref}/return", data={"reason": reason, "version": version}).status_code == 303
    sign_in(client, cast["school_coordinator"])
    assert reason in page(client, plan.address) and reason in page(client, f"/plans/{plan.ref}/sections")
    db.session.refresh(plan)
    plans.submit_plan(cast.actor("principal"), plan, PlanStep())
    plans.open_review(cast.actor("evaluator"), plan, PlanStep())
    sign_in(client, cast["office_director"])
    text = page(client, f"/plans/{plan.ref}/approval")
    assert "双桥中学开始整改" in text
    answer = client.post(f"/plans/{plan.ref}/approval", data={"version": hidden(text, "version")})
    assert answer.status_code == 303
    db.session.refresh(plan)
    assert plan.state == "active"


def test_guidance_is_given_on_the_page_and_nobody_else_may(client: Any, cast: Cast) -> None:
    plan = world.draft(cast)
    plans.submit_plan(cast.actor("principal"), plan, PlanStep())
    sign_in(client, cast["guidance_member"])
    assert client.post(f"/plans/{plan.ref}/remarks", data={"text": ""}).status_code == 422
    assert client.post(f"/plans/{plan.ref}/remarks", data={"text": "建议增加分层作业"}).status_code == 303
    assert "建议增加分层作业" in page(client, plan.address)
    sign_in(client, cast["principal"])
    assert client.post(f"/plans/{plan.ref}/remarks", data={"text": "我也说一句"}).status_code == 404


def test_two_editions_stand_side_by_side_with_what_changed(client: Any, cast: Cast) -> None:
    first = world.in_force(cast)
    second = plans.draft_plan(cast.actor("school_coordinator"), first.item, PlanIn())
    plans.edit_plan(cast.actor("school_coordinator"), second, world.whole(cast, target=490.0, goal="复测达到 490 分"))
    db.session.refresh(second, ["actions"])
    plans.add_action(cast.actor("school_coordinator"), second, world.measure(cast, first.item, title="新增的家校沟通"))
    sign_in(client, cast["office_director"])
    text = page(client, f"/plans/{second.ref}/comparison")
    assert "<del>480.0</del>" in text and "<ins>490.0</ins>" in text and "新增的家校沟通" in text and "新增" in text


ADDRESSES = (
    "/plans/{plan}", "/plans/{plan}/sections", "/plans/{plan}/sections/goal", "/plans/{plan}/measures/new",
    "/plans/{plan}/measures/{action}", "/plans/{plan}/comparison", "/plans/{plan}/return", "/plans/{plan}/approval",
    "/plans/{plan}/reports/2026-10", "/actions/{action}", "/actions/{action}/start", "/actions/{action}/evidence/new",
    "/actions/{action}/reuse", "/actions/{action}/completion", "/actions/{action}/cancellation",
    "/verification/{action}", "/evidence/{evidence}", "/evidence/{evidence}/edit", "/evidence/{evidence}/return",
    "/evidence/{evidence}/versions/1/file", "/evidence/{evidence}/versions/1/picture",
)  # fmt: skip
POSTS = (
    "/plans/new/{item}", "/plans/{plan}/sections/goal", "/plans/{plan}/measures/new",
    "/plans/{plan}/measures/{action}/removal", "/plans/{plan}/submission", "/plans/{plan}/review",
    "/plans/{plan}/return", "/plans/{plan}/approval", "/plans/{plan}/cancellation", "/plans/{plan}/remarks",
    "/plans/{plan}/reports/2026-10", "/plans/{plan}/documents", "/actions/{action}/start",
    "/actions/{action}/progress", "/actions/{action}/completion", "/actions/{action}/cancellation",
    "/actions/{action}/evidence/new", "/actions/{action}/files", "/actions/{action}/reuse",
    "/verification/{action}/opening", "/verification/{action}/acceptance", "/verification/{action}/return",
    "/evidence/{evidence}/edit", "/evidence/{evidence}/submission", "/evidence/{evidence}/withdrawal",
    "/evidence/{evidence}/acceptance", "/evidence/{evidence}/return", "/evidence/{evidence}/rejection",
)  # fmt: skip


@pytest.mark.parametrize(
    "player", ["yuntai_coordinator", "other_principal", "other_office_director", "other_evaluator"]
)
def test_a_foreign_school_and_a_foreign_county_find_nothing(client: Any, cast: Cast, player: str) -> None:
    plan = world.in_force(cast)
    action = world.at_work(cast, plan)
    piece = world.submitted(cast, action)
    refs = {"plan": plan.ref, "action": action.ref, "evidence": piece.ref, "item": plan.item.ref}
    sign_in(client, cast[player])
    answers = {address: client.get(address.format(**refs)).status_code for address in ADDRESSES}
    answers |= {f"POST {address}": client.post(address.format(**refs)).status_code for address in POSTS}
    assert set(answers.values()) == {404}, {a: s for a, s in answers.items() if s != 404}
    db.session.refresh(piece)
    assert (plan.state, action.state, piece.state) == ("active", "in_progress", "submitted")


def test_the_list_asks_as_many_questions_for_ten_plans_as_for_one(client: Any, cast: Cast) -> None:
    world.in_force(cast)
    sign_in(client, cast["office_director"])
    page(client, "/plans")
    with counted_statements() as one:
        page(client, "/plans")
    for _ in range(3):
        world.in_force(cast)
        world.draft(cast)
    page(client, "/plans")  # what is kept for some seconds may have gone meanwhile
    with counted_statements() as many:
        page(client, "/plans")
    assert len(many) == len(one) <= 24, len(many)


def test_the_page_of_a_plan_asks_a_bounded_number_of_questions(client: Any, cast: Cast) -> None:
    plan = world.in_force(cast)
    action = world.at_work(cast, plan)
    sign_in(client, cast["office_director"])
    page(client, plan.address)
    with counted_statements() as before:
        page(client, plan.address)
    for _ in range(2):
        world.submitted(cast, action)
    with counted_statements() as after:
        page(client, plan.address)
    assert len(after) <= len(before) + 2 and len(after) <= 45, (len(before), len(after))
