"""A target with a value says what it is a value of: an indicator of the county, or words with their unit."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from flask_babel import force_locale
from sqlalchemy import select

from app.core.database import db
from app.core.errors import StepRefused
from app.improvement.problems import documents
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations import lists
from app.improvement.problems.operations.drafting import Submission
from app.improvement.problems.operations.freezing import frozen
from tests.by_hand import by_hand
from tests.improvement.problems.browsing import Browser, words
from tests.improvement.problems.scenes import Scene

Open = Callable[[str], Browser]


def _only() -> ProblemItem:
    db.session.expire_all()
    return db.session.scalars(select(ProblemItem)).one()


def _targets(content: Any) -> list[str]:
    with force_locale("zh"):
        return [line.target for line in documents.lines(content)]


@pytest.mark.parametrize("given", [{}, {"measure": "课后服务投诉"}, {"measure_unit": "件"}])
def test_a_bare_number_is_no_target(scene: Scene, given: dict[str, str]) -> None:
    held = scene.draft()
    item = scene.add(held, target=500.0, **given)
    assert item.lacks == ("indicator",)
    with pytest.raises(StepRefused, match="目标值没有写明是什么指标"):
        lists.submit_list(scene.actor("office_director"), held, Submission())


def test_a_list_that_waits_with_a_bare_number_is_not_approved(scene: Scene) -> None:
    held = scene.submitted({"target": 500.0, "indicator_id": scene.indicator().id})
    with by_hand("test.before"):
        held.items[0].indicator_id = None
    with pytest.raises(StepRefused, match="目标值没有写明是什么指标"):
        lists.approve_list(scene.actor("leading_group_head"), held, Submission())


def test_an_item_from_a_finding_takes_the_indicator_of_the_finding(scene: Scene) -> None:
    finding = scene.finding(scene.round())
    item = scene.converted(scene.draft(), finding)
    assert item.indicator_id == finding.indicator_id and not item.lacks


def test_the_indicator_of_the_finding_counts_though_words_were_typed(scene: Scene) -> None:
    item = scene.converted(
        scene.draft(), scene.finding(scene.round()), indicator_id=scene.indicator().id, measure="别的"
    )
    assert (item.indicator_id, item.measure) == (scene.indicator().id, "")


def test_the_printed_list_names_what_is_to_be_reached(scene: Scene) -> None:
    held = scene.draft()
    scene.add(held, criteria="", target=500.0, indicator_id=scene.indicator().id)
    less = {"measure": "课后服务投诉", "measure_unit": "件", "measure_direction": "lower"}
    scene.add(held, criteria="", target=3.0, **less)
    assert _targets(frozen(held)) == ["复测 数与运算 ≥ 500.0分", "复测 课后服务投诉 ≤ 3.0件"]


def test_a_list_that_was_frozen_before_is_printed_as_it_was(scene: Scene) -> None:
    content = frozen(scene.issued({"target": 500.0, "indicator_id": scene.indicator().id}))
    for name in ("indicator", "measure", "measure_unit", "measure_direction"):
        del content["items"][0][name]
    assert _targets(content) == ["复测 ≥ 500.0；八年级每周有分层作业并留痕"]


def test_the_form_asks_for_the_indicator_and_page_and_export_name_it(scene: Scene, browser: Open) -> None:
    held, office, cast = scene.draft(), browser("office_director"), scene.cast
    indicator = scene.indicator()
    line = {
        "title": "课后服务投诉多", "category": "management", "source_type": "petition", "severity": "minor",
        "unit": cast.units["shuangqiao"].ref, "person": cast["principal"].person_ref, "helping": "none",
        "due_on": "2027-06-30", "target": "3",
    }  # fmt: skip
    assert "数与运算（数学）" in office.page(f"{held.address}/items/new")
    office.sent(f"{held.address}/items", **line)
    assert "缺 目标值的指标" in words(office.page(held.address))
    item = _only()
    refused = office.post(f"/items/{item.ref}/line", **line, measure="投诉", version=str(item.version))
    assert refused.status_code == 422 and "请写明单位" in refused.get_data(as_text=True)
    counted = {"measure": "投诉", "measure_unit": "件", "measure_direction": "lower"}
    office.sent(f"/items/{item.ref}/line", **line, **counted, version=str(item.version))
    assert "投诉 ≤ 3.0件" in office.page(held.address) and "投诉 ≤ 3.0件" in office.page(item.address)
    db.session.expire_all()
    chosen = {"indicator": indicator.ref, "version": str(_only().version)}
    office.sent(f"/items/{item.ref}/line", **line, **counted, **chosen)
    assert _only().measure == "" and "数与运算 ≥ 3.0分" in office.page(held.address)
    book = openpyxl.load_workbook(io.BytesIO(office.get("/items.xlsx").data))
    heads, row = list(book.active.values)
    assert row[heads.index("整改目标")] == "数与运算 ≥ 3.0分"


def test_a_line_from_a_finding_shows_its_indicator_and_asks_for_none(scene: Scene, browser: Open) -> None:
    held, office = scene.draft(), browser("office_director")
    item = scene.converted(held, scene.finding(scene.round()))
    form = office.page(f"/items/{item.ref}/line")
    assert "目标值的指标来自数据发现，不用选：数与运算" in form and 'name="indicator"' not in form
