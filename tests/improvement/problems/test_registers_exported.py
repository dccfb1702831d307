"""Registers of the bureau as workbooks: what the page shows, all pages of it, in the order and with the filters of the address."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
from sqlalchemy import select

from app.core.database import db
from app.improvement.plans.models import RemediationPlan
from app.improvement.problems.operations import reopenings
from app.improvement.problems.operations.reopenings import ReopeningIn
from tests.improvement.problems.browsing import Browser
from tests.improvement.problems.scenes import Scene

Open = Callable[[str], Browser]
WHY = "视导时同一问题再次出现，需要重新整改"


def _book(browser: Browser, address: str) -> list[dict[str, Any]]:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    heads, *rows = openpyxl.load_workbook(io.BytesIO(answer.data)).active.values
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_proposals_to_reopen_are_narrowed_sorted_and_exported(scene: Scene, browser: Open) -> None:
    minor, other = scene.item("closed", severity="minor"), scene.item("closed")
    for item in (minor, other):
        reopenings.propose_reopening(scene.actor("inspector"), item, ReopeningIn("recurrence", WHY))
    office = browser("office_director")
    shown = office.page("/reopenings?severity=minor")
    assert minor.number in shown and other.number not in shown and "/reopenings.xlsx?severity=minor" in shown
    (row,) = _book(office, "/reopenings.xlsx?severity=minor")
    assert (row["编号"], row["因为"], row["依据"], row["级别"]) == (minor.number, "视导发现复发", WHY, "轻")
    assert len(_book(office, "/reopenings.xlsx?trigger=recurrence&sort=new")) == 2
    assert _book(office, "/reopenings.xlsx?trigger=failed_recheck") == []
    assert "没有符合条件的提议" in office.page("/reopenings?trigger=failed_recheck")
    assert 'aria-sort="descending"' in office.page("/reopenings?sort=new")


def test_rounds_are_narrowed_sorted_and_exported(scene: Scene, browser: Open) -> None:
    later, earlier = scene.round("B-2026", date(2026, 9, 1)), scene.round("A-2027", date(2025, 9, 1))
    scene.moved(earlier, "improving")
    office = browser("office_director")
    rows = _book(office, "/monitoring/cycles.xlsx")
    assert [row["周期代码"] for row in rows] == [later.code, earlier.code], "the newest first"
    assert [row["周期代码"] for row in _book(office, "/monitoring/cycles.xlsx?sort=code")] == [earlier.code, later.code]
    (row,) = _book(office, "/monitoring/cycles.xlsx?state=improving")
    assert (row["周期代码"], row["层级"], row["年级"], row["学科"]) == (earlier.code, "县", "八年级", "数学")
    assert "没有符合条件的周期" in office.page("/monitoring/cycles?level=national")
    assert 'aria-sort="ascending"' in office.page("/monitoring/cycles?sort=code")


def test_what_waits_to_be_judged_is_narrowed_sorted_and_exported(scene: Scene, browser: Open) -> None:
    item = scene.item("implementing", severity="severe")
    plan = db.session.scalars(select(RemediationPlan).where(RemediationPlan.item_id == item.id)).one()
    action = plan.actions[0]
    scene.moved(action, "evidence_submitted")
    evaluator = browser("evaluator")
    (row,) = _book(evaluator, "/verification/export.xlsx?severity=severe&sort=unit")
    assert (row["措施"], row["编号"], row["级别"], row["待审佐证"]) == (action.title, item.number, "重", 0)
    assert _book(evaluator, "/verification/export.xlsx?severity=minor") == []
    assert "没有符合条件的佐证" in evaluator.page("/verification?severity=minor")
    assert "/verification/export.xlsx?severity=severe" in evaluator.page("/verification?severity=severe")
    assert browser("subject_teacher").get("/verification/export.xlsx").status_code in (403, 404)
