"""Silence about an item is passed upwards exactly once; clocks follow the dates that an item carries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock as business
from app.core.casework import deadlines
from app.core.casework.deadlines import Deadline
from app.core.database import db
from app.core.outbox.models import OutboxRow
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations import items
from tests.improvement.problems.scenes import REASON, Scene


def _clocks(item: ProblemItem) -> dict[str, Deadline]:
    running = select(Deadline).where(Deadline.record_id == item.id, Deadline.closed_at.is_(None))
    return {row.name: row for row in db.session.scalars(running)}


def _escalations(item: ProblemItem) -> list[OutboxRow]:
    own = select(Deadline.id).where(Deadline.record_id == item.id)
    rows = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "deadline_rung", OutboxRow.record_id.in_(own)))
    return [row for row in rows if row.data["roles"]]


def test_an_unclaimed_item_is_passed_to_the_group_head_exactly_once(scene: Scene, clock: Any) -> None:
    item = scene.item()
    clock.advance(days=2)
    deadlines.sweep()
    assert _escalations(item) == [], "within three working days nobody above is told"
    for _ in range(4):
        clock.advance(days=10)
        deadlines.sweep()
        deadlines.sweep()
    told = _escalations(item)
    assert [(row.data["rung"], row.data["roles"]) for row in told] == [("+1wd", ["leading_group_head"])]


def test_a_signed_item_is_not_passed_on(scene: Scene, clock: Any) -> None:
    item = scene.item("accepted")
    clock.advance(days=10)
    deadlines.sweep()
    assert _escalations(item) == []


def test_an_objection_waits_for_the_office_and_then_for_the_group_head(scene: Scene, clock: Any) -> None:
    item = scene.item()
    items.contest_item(scene.actor("principal"), item, items.ContestIn("不属于本校", ({"link": "https://x.invalid"},)))
    assert set(_clocks(item)) == {"contested.answer_objection"}
    clock.advance(days=20)
    deadlines.sweep()
    assert [row.data["roles"] for row in _escalations(item)] == [["leading_group_head"]]


def test_the_clocks_stop_while_an_item_is_suspended_and_run_on_afterwards(scene: Scene, clock: Any) -> None:
    item = scene.item("accepted")
    before = _clocks(item)["accepted.diagnose"].due_at
    head = scene.actor("leading_group_head")
    items.suspend_item(head, item, items.SuspendIn(business.today() + timedelta(days=60), REASON))
    clock.advance(days=60)
    deadlines.sweep()
    assert [row.data["roles"] for row in _escalations(item) if row.data["rung"].startswith("+")] == []
    items.resume_item(head, item, items.Submission())
    db.session.expire_all()
    late = _clocks(item)["accepted.diagnose"].due_at - before
    assert abs(late - timedelta(days=60)) < timedelta(minutes=5)


def test_the_decided_outcome_starts_its_clock_and_an_extension_moves_the_due_date(scene: Scene) -> None:
    item = scene.item("evaluating")
    assert set(_clocks(item)) == {"evaluating.due"}
    scene.outcome(item, "insufficient_evidence")
    assert set(_clocks(item)) == {"evaluating.due", "evaluating.go_on"}
    later = item.due_on + timedelta(days=90)
    items.extend_item(
        scene.actor("office_director"), item, items.ExtendIn(business.today() + timedelta(days=30), later)
    )
    running = _clocks(item)
    assert set(running) == {"evaluating.due"}
    assert business.local(running["evaluating.due"].due_at - timedelta(seconds=1)).date() == later
    scene.outcome(item, "achieved")
    assert set(_clocks(item)) == {"evaluating.due", "evaluating.ask_for_closure"}
