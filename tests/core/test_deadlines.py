"""Clocks of records: each rung once, a day lasts until midnight, a pause is given back, and two sweeps share the work."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text, update

from app.core import calendar
from app.core import clock as time
from app.core.audit import trail
from app.core.casework import deadlines
from app.core.casework.deadlines import Deadline
from app.core.database import Context, db, use_context, uuid7
from app.core.outbox.models import InboxLetter, OutboxRow
from app.core.policy.actor import SYSTEM
from app.improvement.problems.models import ProblemItem, ProblemList
from app.improvement.problems.operations import items
from app.people import letters
from tests.cast import Cast
from tests.people.identity.races import race
from workflows.deadlines import FromField, WorkingDays
from workflows.improvement.problem_item import PROBLEM_ITEM

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday 9:00 in the county
THREE_DAYS = WorkingDays(
    code="sign", zh="签收", en="Sign", days=3, escalate_to=("dept_head", "office_director", "leading_group_head")
)


def _item(cast: Cast, state: str = "implementing", **more: Any) -> ProblemItem:
    """An item of 双桥中学, written as it stands, without clocks."""
    use_context(SYSTEM.context())
    school = cast.units["shuangqiao"]
    own = {"county_id": school.county_id, "school_id": school.id, "unit_id": school.id}
    with trail.act(SYSTEM, "system", "test.item"):
        held = ProblemList(
            id=uuid7(), county_id=school.county_id, level="county", number=f"Q-{uuid.uuid4().hex[:8]}", title="清单",
            unit_id=cast.units["office"].id, owner_id=cast["office_director"].person_id, state="issued",
        )  # fmt: skip
        db.session.add(held)
        db.session.flush()
        item = ProblemItem(
            id=uuid7(), list_id=held.id, number=f"W-{uuid.uuid4().hex[:8]}", title="作业没有分层", state=state, **(own | more)
        )  # fmt: skip
        db.session.add(item)
    return item


def started(cast: Cast, declared: Any = THREE_DAYS, **more: Any) -> tuple[ProblemItem, Deadline]:
    """An item with one running clock."""
    item = _item(cast, **more)
    days, now = deadlines.work_calendar(), time.now()
    due = calendar.due_at(declared, now, item, days)
    assert due is not None
    with trail.act(SYSTEM, "system", "test.start"):
        row = deadlines.start(
            item, f"{item.state}.{declared.code}", due, calendar.rungs(declared, now, due, days), declared.met_by
        )
    return item, row


def _told(row: Deadline) -> list[str]:
    """The rungs whose letters were posted, in order."""
    db.session.rollback()
    use_context(SYSTEM.context())
    rows = db.session.scalars(
        select(OutboxRow).where(OutboxRow.kind == "deadline_rung", OutboxRow.record_id == row.id).order_by(OutboxRow.id)
    )
    return [str(one.data["rung"]) for one in rows]


def _step(item: ProblemItem, name: str, state: str) -> None:
    """The item goes to another state, as the door would move it."""
    with trail.act(SYSTEM, "system", "test.move", item):
        before, item.previous_state, item.state = item.state, item.state, state
        db.session.flush()
        deadlines.restart(item, PROBLEM_ITEM.step(name), before)


def _clocks(item: ProblemItem) -> dict[str, Deadline]:
    rows = db.session.scalars(
        select(Deadline)
        .where(Deadline.record_id == item.id, Deadline.closed_at.is_(None))
        .execution_options(populate_existing=True)
    )
    return {row.name: row for row in rows}


def test_every_rung_is_sent_once_and_in_its_turn(app: Flask, cast: Cast, clock: Any) -> None:
    clock.set(MONDAY)
    _, row = started(cast)
    seen: list[list[str]] = []
    for _time in range(44):
        deadlines.sweep()
        deadlines.sweep()
        seen.append(_told(row))
        clock.advance(hours=6)
    assert seen[-1] == ["50%", "80%", "100%", "+1wd", "+2wd", "+3wd"]
    assert seen[0] == []


def test_a_level_above_is_told_once_on_the_first_working_day_after_and_the_next_level_a_day_later(
    app: Flask, cast: Cast, clock: Any
) -> None:
    clock.set(MONDAY)
    _, row = started(cast)
    db.session.rollback()
    due = row.due_at
    assert time.local(due) == datetime(2026, 11, 27, tzinfo=time.SHANGHAI), (
        "Monday + 3 working days, until 24:00 of Thursday"
    )
    clock.set(due + timedelta(hours=23, minutes=59))
    deadlines.sweep()
    assert "+1wd" not in _told(row)
    clock.set(due + timedelta(days=1, seconds=1))
    deadlines.sweep()
    assert _told(row)[-1] == "+1wd" and "+2wd" not in _told(row)
    clock.advance(days=2)
    deadlines.sweep()
    assert "+2wd" not in _told(row), "Saturday and Sunday are no working days"
    clock.advance(days=1)
    deadlines.sweep()
    assert _told(row).count("+2wd") == 1


def test_a_letter_upwards_names_the_roles_of_its_level(app: Flask, cast: Cast, clock: Any) -> None:
    clock.set(MONDAY)
    _, row = started(cast)
    clock.advance(days=10)
    deadlines.sweep()
    rows = db.session.scalars(select(OutboxRow).where(OutboxRow.record_id == row.id)).all()
    roles = {one.data["rung"]: one.data["roles"] for one in rows}
    assert roles["+1wd"] == ["dept_head"] and roles["+3wd"] == ["leading_group_head"] and roles["100%"] == []


def test_the_due_day_counts_until_midnight(app: Flask, cast: Cast, clock: Any) -> None:
    clock.set(MONDAY)
    _, row = started(cast)
    clock.set(row.due_at - timedelta(seconds=1))
    deadlines.sweep()
    assert "100%" not in _told(row)
    clock.set(row.due_at)
    deadlines.sweep()
    assert _told(row)[-1] == "100%"


def test_rungs_that_are_past_when_the_clock_starts_are_not_sent(app: Flask, cast: Cast, clock: Any) -> None:
    clock.set(MONDAY)
    soon = FromField(
        code="due",
        zh="完成",
        en="Finish",
        field="due_on",
        ladder=PROBLEM_ITEM.state("pending_closure").deadlines[0].ladder,
    )
    _, row = started(cast, soon, due_on=date(2026, 11, 28))
    clock.set(row.due_at)
    deadlines.sweep()
    assert "-30d" not in _told(row) and "-7d" not in _told(row) and "-1d" in _told(row)


def test_a_pause_is_given_back_to_the_clock_and_to_its_rungs(app: Flask, cast: Cast, clock: Any) -> None:
    clock.set(MONDAY)
    item, row = started(cast)
    due, rungs = row.due_at, {rung.name: rung.at for rung in row.rungs}
    _step(item, "suspend", "suspended")
    clock.advance(days=30)
    deadlines.sweep()
    assert _told(row) == [], "a paused clock tells nobody anything"
    _step(item, "resume", "implementing")
    row = _clocks(item)[row.name]
    assert row.paused_at is None and abs(row.due_at - due - timedelta(days=30)) < timedelta(seconds=5)
    moved = {rung.name: rung.at for rung in row.rungs}
    assert all(abs(moved[name] - at - timedelta(days=30)) < timedelta(seconds=5) for name, at in rungs.items())
    assert row.next_at == row.rungs[row.taken].at, "nobody looks at it before the next reminder comes"
    clock.set(row.due_at)
    deadlines.sweep()
    assert _told(row) == ["100%"]


def test_of_several_reminders_that_come_at_once_only_the_last_is_sent_but_every_level_above_is_told(
    app: Flask, cast: Cast, clock: Any
) -> None:
    clock.set(MONDAY)
    _, row = started(cast)
    clock.advance(days=20)
    deadlines.sweep()
    deadlines.sweep()
    assert _told(row) == ["100%", "+1wd", "+2wd", "+3wd"]


def test_leaving_the_state_closes_its_clocks_and_starts_the_next_ones(app: Flask, cast: Cast, clock: Any) -> None:
    clock.set(MONDAY)
    item = _item(cast, "issued", due_on=date(2027, 6, 1))
    with trail.act(SYSTEM, "system", "test.start", item):
        deadlines.restart(item, PROBLEM_ITEM.step("issue"), "draft")
    assert set(_clocks(item)) == {f"issued.{d.code}" for d in PROBLEM_ITEM.state("issued").deadlines}
    with trail.act(SYSTEM, "system", "test.signed", item):
        item.accepted_on = time.today()
    _step(item, "accept", "accepted")
    assert set(_clocks(item)) == {f"accepted.{d.code}" for d in PROBLEM_ITEM.state("accepted").deadlines}


def test_a_final_state_closes_every_clock(app: Flask, cast: Cast, clock: Any) -> None:
    clock.set(MONDAY)
    item, row = started(cast)
    _step(item, "void", "void")
    clock.advance(days=30)
    deadlines.sweep()
    assert _clocks(item) == {} and _told(row) == []


def test_a_changed_due_date_moves_the_clock_and_forgets_the_old_one(app: Flask, cast: Cast, clock: Any) -> None:
    clock.set(MONDAY)
    item = _item(cast, "pending_closure", due_on=date(2026, 12, 10))
    with trail.act(SYSTEM, "system", "test.start", item):
        deadlines.restart(item, PROBLEM_ITEM.step("ask_for_closure"), "evaluating")
    old = _clocks(item)["pending_closure.due"]
    with trail.act(SYSTEM, "system", "test.changed", item):
        item.due_on = date(2027, 3, 1)
        items.renew_clocks(item)
    new = _clocks(item)["pending_closure.due"]
    assert time.local(new.due_at).date() == date(2027, 3, 2) and new.id != old.id
    clock.set(datetime(2026, 12, 20, tzinfo=UTC))
    deadlines.sweep()
    assert _told(old) == [] and _told(new) == []


def test_a_deadline_that_is_met_before_the_state_is_left_tells_nobody(app: Flask, cast: Cast, clock: Any) -> None:
    clock.set(MONDAY)
    declared = WorkingDays(
        code="title", zh="题目", en="Title", days=3, escalate_to=("dept_head",), met_by="was_accepted"
    )
    item, row = started(cast, declared)
    with trail.act(SYSTEM, "system", "test.met", item):
        item.accepted_on = time.today()
    clock.advance(days=10)
    deadlines.sweep()
    assert _told(row) == [] and _clocks(item) == {}


def test_every_rung_leaves_its_line_in_the_trail(app: Flask, cast: Cast, clock: Any) -> None:
    clock.set(MONDAY)
    _, row = started(cast)
    clock.advance(days=10)
    deadlines.sweep()
    use_context(SYSTEM.context())
    lines = db.session.execute(
        text("select step from audit.transition_log where record_id = :id"), {"id": row.id}
    ).scalars()
    assert {"deadline.50%", "deadline.100%", "deadline.+1wd"} <= set(lines)


def test_two_sweeps_at_once_send_every_rung_once(committed: Flask, cast: Cast, clock: Any) -> None:
    clock.set(MONDAY)
    rows = [started(cast)[1] for _ in range(6)]
    db.session.rollback()
    clock.advance(days=12)
    taken = race(committed, 4, lambda number: deadlines.sweep(5))
    assert all(isinstance(one, int) for one in taken), taken
    assert sum(taken) == 36
    assert all(sorted(_told(row)) == sorted(["100%", "+1wd", "+2wd", "+3wd"]) for row in rows)
    left = select(func.count()).select_from(Deadline).where(Deadline.next_at.is_not(None))
    assert db.session.scalar(left) == 0


def test_a_sweep_that_is_cut_off_sends_its_rungs_at_the_next_turn(
    committed: Flask, cast: Cast, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.set(MONDAY)
    _, row = started(cast)
    clock.advance(days=12)
    with monkeypatch.context() as broken:
        broken.setattr(deadlines, "_take", lambda *given: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            deadlines.sweep()
    assert _told(row) == []
    deadlines.sweep()
    assert _told(row) == ["100%", "+1wd", "+2wd", "+3wd"]


def test_a_clock_that_was_closed_behind_the_sweep_is_left_alone(app: Flask, cast: Cast, clock: Any) -> None:
    clock.set(MONDAY)
    _, row = started(cast)
    with trail.act(SYSTEM, "system", "test.close"):
        db.session.execute(update(Deadline).where(Deadline.id == row.id).values(closed_at=time.now()))
    clock.advance(days=12)
    assert deadlines.sweep() == 0 and _told(row) == []


def _delivered(row: Deadline, since: int) -> tuple[set[str], int]:
    """What the letters posted about a clock say after the name of the record, and how many were posted by now."""
    db.session.rollback()
    use_context(SYSTEM.context())
    posted = list(
        db.session.scalars(
            select(OutboxRow)
            .where(OutboxRow.kind == "deadline_rung", OutboxRow.record_id == row.id)
            .order_by(OutboxRow.id)
        )
    )
    before = set(db.session.scalars(select(InboxLetter.id)))
    for one in posted[since:]:
        letters.deadline_rung(one)
    db.session.flush()
    fresh = db.session.scalars(select(InboxLetter).where(InboxLetter.id.not_in(before)))
    said = {one.title_zh.rpartition("：")[2] for one in fresh}
    db.session.commit()
    return said, len(posted)


def test_a_letter_says_how_it_stands_on_the_day_it_is_written(app: Flask, cast: Cast, clock: Any) -> None:
    clock.set(MONDAY)
    _, row = started(cast, state="issued")
    said, count = [], 0
    for days in (2, 3.4, 4, 14):
        clock.set(MONDAY + timedelta(days=days))
        deadlines.sweep()
        words, count = _delivered(row, count)
        said.append(words)
    assert said == [
        {"11 月 26 日到期"},
        {"今天到期"},
        {"11 月 26 日到期，已超期"},
        {"11 月 26 日到期，没有办完，请督促"},
    ]


REGISTERS = frozenset({"break_glass", "identity_grants", "emergency_notices", "handovers"})
PROTECTED = frozenset({"impact_assessments", "retention_periods", "purge_batches"})
KINDS = ("problem_items", "rights_requests", "citizen_letters", *sorted(PROTECTED), *sorted(REGISTERS))


def _one_of_each(cast: Cast) -> dict[str, uuid.UUID]:
    """A clock of each kind at 双桥中学, of records that nobody has."""
    school = cast.units["shuangqiao"]
    whose = {"county_id": school.county_id, "school_id": school.id, "due_at": MONDAY, "started_at": MONDAY}
    ids = {kind: uuid7() for kind in KINDS}
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.clocks"):
        for kind, identity in ids.items():
            db.session.execute(insert(Deadline).values(id=identity, entity=kind, record_id=uuid7(), name="x", **whose))
    return ids


def test_a_clock_is_seen_and_moved_by_those_whom_its_kind_allows(committed: Flask, cast: Cast) -> None:
    """Clocks of letters and requests go with the letter and the request, whatever else one may see."""
    ids, school = _one_of_each(cast), cast.units["shuangqiao"]
    home = Context(home=school.county_id)
    theirs = REGISTERS | PROTECTED | {"problem_items"}
    expected = (
        (Context(schools=(school.id,)), theirs),
        (Context(counties=(school.county_id,)), theirs),
        (SYSTEM.context(), theirs),
        (home, set()),
        (replace(home, classes=("register",)), REGISTERS),
        (replace(home, classes=("requests",)), set()),
        (replace(home, classes=("protection",)), PROTECTED),
        (Context(home=uuid7(), classes=("register", "requests")), set()),
        (Context(schools=(cast.units["yuntai"].id,), classes=("register", "requests", "letters")), set()),
    )
    shown = text("select entity from deadlines where id = any(:ids)")
    moved = text("update deadlines set due_at = due_at where id = any(:ids) returning entity")
    for context, kinds in expected:
        use_context(replace(context, act=uuid7()))
        for asked in (shown, moved):
            assert set(db.session.execute(asked, {"ids": list(ids.values())}).scalars()) == kinds, context
        db.session.rollback()


def test_the_wall_around_clocks_asks_few_questions(committed: Flask, cast: Cast) -> None:
    """Every step ends clocks: its statement carried sixty-six questions about letters, requests and registers once."""
    use_context(replace(SYSTEM.context(), act=uuid7()))
    plan = text("explain update deadlines set closed_at = now() where entity = 'x' and record_id = gen_random_uuid()")
    asked = [line for (line,) in db.session.execute(plan) if "InitPlan" in line and "(" not in line]
    assert 0 < len(asked) <= 10, asked
