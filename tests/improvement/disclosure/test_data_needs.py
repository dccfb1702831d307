"""A unit asks the owner of data for figures: what may be asked, who answers, what may be handed over, until when."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.casework.deadlines import Deadline
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, NotFound, StepRefused
from app.core.policy.actor import SYSTEM
from app.core.storage import EVIDENCE
from app.improvement.disclosure.models import DataNeed
from app.improvement.disclosure.operations import data_needs
from app.improvement.disclosure.operations.disclosures import DisclosureStep
from app.improvement.disclosure.queries import data_needs as queries
from tests.cast import sign_in
from tests.factories.monitoring import act_as
from tests.improvement.disclosure.scenes import DisclosureScene

TABLE = "年级,达标率,人数\n八年级,0.91,212\n"
WHY = "缺六年级，请补上再交付一次"
STEP = DisclosureStep()


def asked(scene: DisclosureScene, by: str = "school_coordinator", **changes: Any) -> DataNeed:
    who = scene.cast[by]
    place = data_needs.DataNeedPlace(scene.cast.county.id, who.unit.id, who.unit.school_id)
    given: dict[str, Any] = {
        "title": "体质健康达标率", "owner_unit_id": scene.cast.units["basic_education"].id, "purpose": "分析八年级体质问题",
        "fields": "年级\n达标率\n人数", "due_on": clock.today() + timedelta(days=20),
    }  # fmt: skip
    return data_needs.ask_for_data(scene.actor(by), place, data_needs.DataNeedIn(**(given | changes)))


def delivered(scene: DisclosureScene, app: Flask) -> DataNeed:
    need = asked(scene)
    data_needs.accept_need(scene.actor("dept_head"), need, STEP)
    file = app.extensions["bihuan.shelf"].put(io.BytesIO(TABLE.encode()), "达标率.csv", EVIDENCE)
    data_needs.deliver_data(scene.actor("dept_officer"), need, data_needs.DeliveryIn("按秋季测试", file))
    return need


def test_a_school_asks_and_the_department_that_has_the_data_delivers(scene: DisclosureScene, app: Flask) -> None:
    need = delivered(scene, app)
    data_needs.confirm_delivery(scene.actor("school_coordinator"), need, STEP)
    assert (need.state, need.file_name, need.delivered_on) == ("confirmed", "达标率.csv", clock.today())


@pytest.mark.parametrize("fields", ["学籍号\n成绩", "年级\n学生姓名", "家长手机"])
def test_data_of_single_students_are_not_asked_for(scene: DisclosureScene, fields: str) -> None:
    with pytest.raises(StepRefused, match="不能要学生个人"):
        asked(scene, fields=fields)


def test_a_day_that_is_past_is_refused(scene: DisclosureScene) -> None:
    with pytest.raises(StepRefused, match="日期不能已经过去"):
        asked(scene, due_on=clock.today() - timedelta(days=1))


def test_only_the_owner_of_the_data_answers_and_only_who_asked_confirms(scene: DisclosureScene, app: Flask) -> None:
    need = asked(scene)
    for key in ("health_head", "office_director", "principal"):
        with pytest.raises(NotAllowed):
            data_needs.accept_need(scene.actor(key), need, STEP)
    handed = delivered(scene, app)
    with pytest.raises(NotAllowed):
        data_needs.confirm_delivery(scene.actor("dept_head"), handed, STEP)


def test_a_refusal_says_why_and_what_was_sent_back_is_delivered_again(scene: DisclosureScene, app: Flask) -> None:
    refused = asked(scene)
    with pytest.raises(Invalid):
        data_needs.refuse_need(scene.actor("dept_head"), refused, STEP)
    data_needs.refuse_need(scene.actor("dept_head"), refused, DisclosureStep(reason="这项数据由体卫艺科掌握"))
    need = delivered(scene, app)
    data_needs.send_back_delivery(scene.actor("principal"), need, DisclosureStep(reason=WHY))
    assert (refused.state, need.state) == ("refused", "accepted")


def test_an_accepted_need_runs_against_the_day_it_is_needed_by(scene: DisclosureScene) -> None:
    need = asked(scene)
    data_needs.accept_need(scene.actor("dept_head"), need, STEP)
    running = db.session.scalars(
        select(Deadline).where(Deadline.record_id == need.id, Deadline.closed_at.is_(None))
    ).one()
    assert running.name == "accepted.deliver" and clock.local(running.due_at).date() >= need.due_on


def test_nothing_is_delivered_without_a_file_or_a_round(scene: DisclosureScene) -> None:
    need = asked(scene)
    data_needs.accept_need(scene.actor("dept_head"), need, STEP)
    with pytest.raises(Invalid, match="请交一个文件"):
        data_needs.deliver_data(scene.actor("dept_head"), need, data_needs.DeliveryIn())


def test_another_school_and_another_county_see_nothing_of_it(scene: DisclosureScene) -> None:
    need = asked(scene)
    for key in ("yuntai_principal", "other_office_director", "health_head"):
        with pytest.raises(NotFound):
            queries.need_for(act_as(scene.actor(key)), need.ref)


def test_the_department_sends_a_table_and_one_with_students_is_refused(scene: DisclosureScene, app: Flask) -> None:
    school = sign_in(app.test_client(), scene.cast["school_coordinator"])
    given = {
        "owner": scene.cast.units["basic_education"].ref, "title": "达标率", "purpose": "分析", "fields": "年级",
        "due_on": str(clock.today() + timedelta(days=9)),
    }  # fmt: skip
    assert school.post("/data-needs", data=given | {"owner": ""}).status_code == 422
    sent = school.post("/data-needs", data=given)
    assert sent.status_code == 303
    use_context(SYSTEM.context())
    need = db.session.scalars(select(DataNeed)).one()
    data_needs.accept_need(scene.actor("dept_head"), need, STEP)
    department = sign_in(app.test_client(), scene.cast["dept_officer"])
    bad = {"version": need.version, "file": (io.BytesIO("学籍号,成绩\nG1,90\n".encode()), "成绩.csv")}
    refused = department.post(f"{sent.location}/delivery", data=bad)
    assert refused.status_code == 422 and "学生个人" in refused.get_data(as_text=True)
    good = {"version": need.version, "file": (io.BytesIO(TABLE.encode()), "达标率.csv")}
    assert department.post(f"{sent.location}/delivery", data=good).status_code == 303
    file = school.get(f"{sent.location}/file")
    words = file.get_data(as_text=True)
    file.close()
    assert file.status_code == 200 and "0.91" in words and file.headers["Content-Disposition"].startswith("attachment")
