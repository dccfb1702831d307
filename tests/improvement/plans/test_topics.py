"""Training topics: a list brought in as a table, named by trainings, counted by what has begun and by whom."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed
from app.core.policy.actor import SYSTEM
from app.core.spreadsheets import write_csv, write_workbook
from app.improvement.plans.models import RemediationAction, TrainingTopic
from app.improvement.plans.operations import actions, plans
from app.improvement.plans.operations.actions import StartIn
from app.improvement.plans.operations.plans import PlanIn, PlanStep
from app.improvement.plans.operations.topics import TopicPlace, TopicsIn, take_topics
from app.improvement.plans.queries import topics as queries
from app.improvement.plans.topic_sheet import HEADS, read_topics
from tests.cast import Cast, sign_in
from tests.factories.monitoring import act_as
from tests.improvement.plans import world

LINES = (("读懂报告", "ZT-1", "看懂本校监测报告"), ("", "ZT-2", "区间怎么看"), ("学科改进", "ZT-3", "错因统计"))


def taken(cast: Cast, *lines: tuple[str, ...], by: str = "office_director") -> int:
    office = cast.actor(by)
    use_context(office.context())
    place = TopicPlace(cast.county.id, cast.units["office"].id)
    return take_topics(office, place, TopicsIn(read_topics(write_workbook(HEADS, lines or LINES), "专题.xlsx")))


def topic(number: str) -> TrainingTopic:
    return db.session.scalars(select(TrainingTopic).where(TrainingTopic.number == number)).one()


def training(cast: Cast, number: str = "ZT-2") -> RemediationAction:
    """A plan in force whose first measure is a training on a topic."""
    item = world.item_in_planning(cast)
    coordinator = cast.actor("school_coordinator")
    plan = plans.draft_plan(coordinator, item, PlanIn())
    plans.edit_plan(coordinator, plan, world.whole(cast))
    for position in range(len(item.causes)):
        more: dict[str, Any] = {"kind": "training", "topic_id": topic(number).id} if position == 0 else {}
        plans.add_action(coordinator, plan, world.measure(cast, item, position, **more))
    db.session.refresh(plan, ["actions"])
    plans.submit_plan(cast.actor("principal"), plan, PlanStep())
    plans.open_review(cast.actor("evaluator"), plan, PlanStep())
    plans.approve_plan(cast.actor("office_director"), plan, PlanStep())
    found: RemediationAction = next(one for one in plan.actions if one.topic_id is not None)
    return found


def counted(cast: Cast, key: str, **asked: str) -> dict[str, int]:
    return {one.number: len(held) for one, held in queries.topics(act_as(cast.actor(key)), **asked)}


def test_a_table_is_the_list_and_the_next_one_takes_its_place(app: Flask, cast: Cast) -> None:
    assert taken(cast) == 3
    listed = queries.listed(act_as(cast.actor("principal")))
    assert [(one.theme, one.number) for one in listed] == [
        ("读懂报告", "ZT-1"), ("读懂报告", "ZT-2"), ("学科改进", "ZT-3"),
    ]  # fmt: skip
    taken(cast, ("学科改进", "ZT-3", "错因统计与订正"), ("新主题", "ZT-4", "课堂观察"))
    listed = queries.listed(act_as(cast.actor("principal")))
    assert [(one.number, one.title) for one in listed] == [("ZT-3", "错因统计与订正"), ("ZT-4", "课堂观察")]


def test_a_csv_is_read_like_a_workbook(app: Flask, cast: Cast) -> None:
    rows = read_topics(write_csv(HEADS, LINES), "专题.csv")
    assert [row.theme for row in rows] == ["读懂报告", "读懂报告", "学科改进"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("主题", "", "没有编号"), "编号没有写"),
        (("主题", "ZT-9", ""), "专题没有写"),
        (("主题", "ZT-1", "重复"), "出现了两次"),
        (("主题", "ZT-9", "长" * 81), "最多 80 个字"),
    ],
)
def test_a_bad_row_is_named(app: Flask, cast: Cast, line: tuple[str, ...], said: str) -> None:
    with pytest.raises(Invalid) as refused:
        taken(cast, LINES[0], line)
    assert said in refused.value.sentences["row 3"].zh


def test_only_the_office_brings_the_list_in(app: Flask, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        taken(cast, by="school_coordinator")


def test_a_topic_belongs_to_a_training_and_to_the_list(app: Flask, cast: Cast) -> None:
    taken(cast)
    item = world.item_in_planning(cast)
    coordinator = cast.actor("school_coordinator")
    plan = plans.draft_plan(coordinator, item, PlanIn())
    known = topic("ZT-2").id
    with pytest.raises(Invalid, match="只有培训类"):
        plans.add_action(coordinator, plan, world.measure(cast, item, 0, kind="teaching", topic_id=known))
    taken(cast, LINES[0])
    with pytest.raises(Invalid, match="专题表"):
        plans.add_action(coordinator, plan, world.measure(cast, item, 0, kind="training", topic_id=known))


def test_a_topic_counts_once_the_training_has_begun_and_stays_when_it_leaves_the_list(app: Flask, cast: Cast) -> None:
    taken(cast)
    action = training(cast)
    assert counted(cast, "office_director") == {"ZT-1": 0, "ZT-2": 0, "ZT-3": 0}, "planned is not taken"
    actions.start_action(cast.actor("subject_teacher"), action, StartIn())
    assert counted(cast, "office_director") == {"ZT-1": 0, "ZT-2": 1, "ZT-3": 0}
    assert counted(cast, "principal")["ZT-2"] == 1
    assert counted(cast, "yuntai_principal")["ZT-2"] == 0, "another school's training is not shown"
    taken(cast, LINES[0])
    assert counted(cast, "office_director") == {"ZT-1": 0, "ZT-2": 1}
    assert counted(cast, "office_director", taken="no") == {"ZT-1": 0}
    assert counted(cast, "office_director", theme="没有") == {}


def test_the_pages_show_take_and_give_the_list(app: Flask, cast: Cast) -> None:
    taken(cast)
    action = training(cast)
    actions.start_action(cast.actor("subject_teacher"), action, StartIn())
    use_context(SYSTEM.context())
    ref = topic("ZT-2").ref
    client = app.test_client()
    sign_in(client, cast["office_director"])
    shown = client.get("/training-topics").get_data(as_text=True)
    assert "区间怎么看" in shown and "双桥中学" in shown
    assert action.title in client.get(f"/training-topics/{ref}").get_data(as_text=True)
    assert "专题：区间怎么看" in client.get(action.address).get_data(as_text=True)
    book = client.get("/training-topics/sheet.xlsx").get_data()
    sent = {"content": (io.BytesIO(book), "专题.xlsx")}
    assert client.post("/training-topics/import", data=sent, content_type="multipart/form-data").status_code == 303
    sent = {"content": (io.BytesIO(b"a,b\n1,2\n"), "专题.csv")}
    answer = client.post("/training-topics/import", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 422 and "没有找到表头" in answer.get_data(as_text=True)
    assert client.post("/training-topics/export").status_code == 200
