"""The register of closure requests: narrowed by severity, in another order, and as a workbook with what was measured."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
from flask.testing import FlaskClient

from app.core.database import db
from tests.by_hand import by_hand
from tests.cast import Cast, sign_in
from tests.improvement.effects.scenes import EffectScene


def _book(client: FlaskClient, address: str) -> list[dict[str, Any]]:
    heads, *rows = openpyxl.load_workbook(io.BytesIO(client.get(address).data)).active.values
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_closure_requests_are_narrowed_to_severe_ones_on_the_page_and_in_the_workbook(
    scene: EffectScene, client: FlaskClient, cast: Cast
) -> None:
    severe, other = scene.closure_drafted(severity="severe"), scene.closure_drafted()
    sign_in(client, cast["office_director"])
    shown = client.get("/closures?severity=severe").get_data(as_text=True)
    assert severe.number in shown and other.number not in shown
    assert [row["申请编号"] for row in _book(client, "/closures.xlsx?severity=severe")] == [severe.number]
    assert "没有符合条件的销号申请" in client.get("/closures?severity=minor").get_data(as_text=True)


def test_closure_requests_stand_in_the_order_that_was_asked_for(
    scene: EffectScene, client: FlaskClient, cast: Cast
) -> None:
    first, second = scene.closure_submitted(), scene.closure_submitted()
    with by_hand("test.earlier"):
        second.submitted_on = second.submitted_on.replace(year=2025)
    sign_in(client, cast["office_director"])

    def order(address: str) -> list[str]:
        return list(dict.fromkeys(re.findall(r"XH-\d+", client.get(address).get_data(as_text=True))))

    assert order("/closures?sort=submitted") == [second.number, first.number]
    assert order("/closures?sort=number") == [first.number, second.number]
    assert order("/closures?sort=nonsense") == order("/closures") == [second.number, first.number]


def test_the_workbook_says_what_was_measured_before_and_after(
    scene: EffectScene, client: FlaskClient, cast: Cast
) -> None:
    request = scene.closure_submitted()
    sign_in(client, cast["office_director"])
    (row,) = _book(client, "/closures.xlsx")
    assert (row["整改前"], row["整改后"], row["变化"]) == (470, 505, 35)
    assert (row["整改前人数"], row["整改后人数"], row["数值种类"]) == (100, 110, "平均值")
    assert round(row["95% 区间下限"], 1) == 7.9
    with by_hand("test.criteria"):
        request.before_after = {"criteria": [{"text": "每周", "met": True}, {"text": "每月", "met": False}]}
    db.session.expire_all()
    (row,) = _book(client, "/closures.xlsx")
    assert (row["达到的标准"], row["整改前"]) == ("1 / 2", None)
