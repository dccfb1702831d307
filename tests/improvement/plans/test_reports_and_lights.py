"""Monthly reports, the lamps of those that are missing, and the burden of files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock as core_clock
from app.core.casework.deadlines import Deadline, sweep
from app.core.database import db
from app.core.errors import Invalid, NotAllowed
from app.improvement.plans.models import ProgressReport
from app.improvement.plans.operations import reports
from app.improvement.plans.operations.measures import CriterionIn
from app.improvement.plans.operations.reports import ReportIn, await_reports
from app.improvement.plans.queries.burden import burden
from app.improvement.plans.queries.lights import lights, missed_in_a_row, months_due
from tests.by_hand import by_hand
from tests.cast import Cast
from tests.conftest import Clock
from tests.improvement.plans import world

TEXT = "完成两轮集体备课，错因台账覆盖八年级四个班"


def at(clock: Clock, year: int, month: int, day: int) -> None:
    """Noon of a day in the county."""
    clock.set(datetime(year, month, day, 4, tzinfo=UTC))


def test_a_report_is_due_after_the_fifth_and_until_its_end() -> None:
    assert months_due(date(2026, 11, 5), 2) == [date(2026, 9, 1), date(2026, 8, 1)]
    assert months_due(date(2026, 11, 6), 2) == [date(2026, 10, 1), date(2026, 9, 1)]
    assert months_due(date(2026, 1, 6), 2) == [date(2025, 12, 1), date(2025, 11, 1)]


def test_only_months_in_a_row_and_since_the_approval_count() -> None:
    due = [date(2026, 10, 1), date(2026, 9, 1), date(2026, 8, 1)]
    assert missed_in_a_row(due, {date(2026, 9, 1)}, None) == (date(2026, 10, 1),)
    assert missed_in_a_row(due, set(), date(2026, 9, 20)) == (date(2026, 10, 1), date(2026, 9, 1))
    assert missed_in_a_row(due, {date(2026, 10, 1)}, None) == ()


def test_two_missing_reports_are_yellow_three_are_red_and_a_report_puts_the_lamp_out(
    app: Any, cast: Cast, clock: Clock
) -> None:
    at(clock, 2026, 9, 10)
    plan, office = world.in_force(cast), cast.actor("office_director")
    at(clock, 2026, 11, 5)
    assert lights(office) == []
    at(clock, 2026, 11, 6)
    (light,) = lights(office)
    assert (light.colour, light.missed) == ("yellow", (date(2026, 10, 1), date(2026, 9, 1)))
    at(clock, 2026, 12, 6)
    (light,) = lights(office)
    assert (light.colour, len(light.missed), light.url) == ("red", 3, plan.address)
    assert lights(cast.actor("yuntai_principal")) == [], "another school sees none of it"
    reports.report_progress(cast.actor("school_coordinator"), plan, ReportIn(date(2026, 11, 1), 40, TEXT))
    assert lights(office) == []


def test_a_suspended_item_has_no_lamp(app: Any, cast: Cast, clock: Clock) -> None:
    at(clock, 2026, 9, 10)
    plan = world.in_force(cast)
    at(clock, 2026, 12, 6)
    with by_hand("test.suspend"):
        plan.item.state = "suspended"
    assert lights(cast.actor("office_director")) == []


def test_a_report_is_of_a_plan_in_force_whole_and_of_a_month_that_was(app: Any, cast: Cast, clock: Clock) -> None:
    at(clock, 2026, 10, 20)
    coordinator, plan = cast.actor("school_coordinator"), world.in_force(cast)
    for given, field in (
        (ReportIn(date(2026, 10, 1), 101, TEXT), "percent"),
        (ReportIn(date(2026, 10, 1), 10, " "), "text"),
        (ReportIn(date(2026, 11, 1), 10, TEXT), "month"),
        (ReportIn(date(2026, 9, 1), 10, TEXT), "month"),
    ):
        with pytest.raises(Invalid) as refused:
            reports.report_progress(coordinator, plan, given)
        assert field in refused.value.sentences
    with pytest.raises(Invalid):
        reports.report_progress(coordinator, world.draft(cast), ReportIn(date(2026, 10, 1), 10, TEXT))
    for player in ("subject_teacher", "office_director"):
        with pytest.raises(NotAllowed):
            reports.report_progress(cast.actor(player), plan, ReportIn(date(2026, 10, 1), 10, TEXT))


def test_one_report_a_month_is_kept_and_changed(app: Any, cast: Cast, clock: Clock) -> None:
    at(clock, 2026, 10, 20)
    coordinator, plan = cast.actor("school_coordinator"), world.in_force(cast)
    reports.report_progress(coordinator, plan, ReportIn(date(2026, 10, 15), 10, TEXT))
    reports.report_progress(coordinator, plan, ReportIn(date(2026, 10, 1), 20, TEXT, "缺一名备课组长"))
    (kept,) = db.session.scalars(select(ProgressReport)).all()
    assert (kept.month, kept.percent, kept.blockers) == (date(2026, 10, 1), 20, "缺一名备课组长")


def test_a_report_moves_the_clock_to_the_next_month(app: Any, cast: Cast, clock: Clock) -> None:
    at(clock, 2026, 10, 20)
    plan = world.in_force(cast)
    running = select(Deadline.due_at).where(Deadline.record_id == plan.id, Deadline.closed_at.is_(None))

    def due() -> list[date]:
        return [core_clock.local(moment).date() for moment in db.session.scalars(running)]

    assert due() == [date(2026, 11, 6)], "the fifth lasts until its end"
    assert plan.month_is_reported, "September is from before the plan"
    at(clock, 2026, 11, 3)
    assert not plan.month_is_reported
    reports.report_progress(cast.actor("principal"), plan, ReportIn(date(2026, 10, 1), 20, TEXT))
    assert due() == [date(2026, 12, 6)]


def _due(plan: Any) -> list[date]:
    """The days by which reports of the plan are awaited."""
    running = (Deadline.record_id == plan.id, Deadline.closed_at.is_(None))
    found = db.session.scalars(select(Deadline.due_at).where(*running).order_by(Deadline.due_at))
    return [core_clock.local(moment).date() for moment in found]


def _day_passes() -> None:
    sweep()
    await_reports()


def test_a_month_without_a_report_starts_the_next_clock_and_stays_overdue(app: Any, cast: Cast, clock: Clock) -> None:
    at(clock, 2026, 10, 20)
    plan = world.in_force(cast)
    at(clock, 2026, 11, 6)
    _day_passes()
    _day_passes()
    assert _due(plan) == [date(2026, 11, 6), date(2026, 12, 6)]
    at(clock, 2026, 12, 7)
    _day_passes()
    assert _due(plan) == [date(2026, 11, 6), date(2026, 12, 6), date(2027, 1, 6)]
    reports.report_progress(cast.actor("principal"), plan, ReportIn(date(2026, 11, 1), 20, TEXT))
    assert _due(plan) == [date(2026, 11, 6), date(2027, 1, 6)], "October is still missing"
    reports.report_progress(cast.actor("principal"), plan, ReportIn(date(2026, 10, 1), 10, TEXT))
    assert _due(plan) == [date(2027, 1, 6)]


def test_a_clock_runs_to_its_day_though_the_month_before_is_reported(app: Any, cast: Cast, clock: Clock) -> None:
    at(clock, 2026, 10, 7)
    plan = world.in_force(cast)
    for month, day in ((10, 24), (11, 1), (11, 5)):
        at(clock, 2026, month, day)
        sweep()
        assert _due(plan) == [date(2026, 11, 6)], "nobody has reported on October"


def test_a_report_that_is_mended_moves_no_clock(app: Any, cast: Cast, clock: Clock) -> None:
    at(clock, 2026, 10, 20)
    plan = world.in_force(cast)
    for percent in (10, 20, 30):
        reports.report_progress(cast.actor("principal"), plan, ReportIn(date(2026, 10, 1), percent, TEXT))
    assert _due(plan) == [date(2026, 12, 6)]


def test_a_report_keeps_funds_and_ticks_milestones(app: Any, cast: Cast) -> None:
    from decimal import Decimal

    from app.improvement.plans.operations import plans

    today = core_clock.today()
    draft = world.draft(cast)
    plans.edit_action(
        cast.actor("school_coordinator"), draft.actions[0],
        world.measure(cast, draft.item, milestones=(("完成分层作业库", today),)),
    )  # fmt: skip
    plans.submit_plan(cast.actor("principal"), draft, plans.PlanStep())
    plans.open_review(cast.actor("evaluator"), draft, plans.PlanStep())
    plans.approve_plan(cast.actor("office_director"), draft, plans.PlanStep())
    point = draft.actions[0].milestones[0]
    reports.report_progress(cast.actor("principal"), draft, ReportIn(today, 20, TEXT, "", Decimal("3000"), (point.id,)))
    assert (draft.budget_used, point.reached_on) == (Decimal("3000"), today)


def test_the_burden_is_the_sum_of_the_fewest_files_by_month_of_the_end(app: Any, cast: Cast, clock: Clock) -> None:
    from app.improvement.plans.operations import plans

    at(clock, 2026, 10, 20)
    item = world.item_in_planning(cast)
    plan = world.draft(cast, item)
    coordinator = cast.actor("school_coordinator")
    ends = (date(2026, 11, 30), date(2026, 12, 31))
    fewest = ((2, 1), (3,))
    for action, end, numbers in zip(plan.actions, ends, fewest, strict=True):
        criteria = tuple(CriterionIn(f"标准 {n}", n, 5) for n in numbers)
        plans.edit_action(
            coordinator,
            action,
            world.measure(cast, item, 0 if end == ends[0] else 1, planned_end=end, criteria=criteria),
        )
    office = cast.actor("office_director")
    assert burden(office)[1] == [], "a draft asks nobody for files"
    plans.submit_plan(cast.actor("principal"), plan, plans.PlanStep())
    plans.open_review(cast.actor("evaluator"), plan, plans.PlanStep())
    plans.approve_plan(office, plan, plans.PlanStep())
    months, (row,) = burden(office)
    assert months[0] == date(2026, 10, 1)
    assert (row.unit, row.months[:3], row.total) == ("双桥中学", (0, 3, 3), 6)
    at(clock, 2026, 12, 20)
    months, (row,) = burden(office)
    assert (months[0], row.months[0]) == (date(2026, 12, 1), 6), "what is overdue is due this month"
    assert burden(cast.actor("principal"))[1] == []
