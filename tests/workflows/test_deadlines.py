"""The ladders: shares of the time for service deadlines, fixed days for dated plans, one notice a level above."""

from typing import Any

from workflows.deadlines import (
    DATED,
    QUIET,
    Cadence,
    Days,
    FromField,
    Ladder,
    Rung,
    Within,
    WorkingDays,
    YearlyDate,
)

NAMED: dict[str, Any] = {"code": "answer", "zh": "答复", "en": "Answer"}


def test_a_service_deadline_reminds_by_shares_and_climbs_one_level_a_working_day() -> None:
    deadline = WorkingDays(**NAMED, days=5, escalate_to=(("dept_head", "principal"), "leading_group_head"))
    assert deadline.rungs == (
        Rung("50%", percent=50),
        Rung("80%", percent=80),
        Rung("100%", percent=100),
        Rung("+1wd", working_days_after=1, roles=("dept_head", "principal")),
        Rung("+2wd", working_days_after=2, roles=("leading_group_head",)),
    )


def test_a_dated_plan_reminds_by_days_and_climbs_after_one_and_five_working_days() -> None:
    deadline = FromField(
        **NAMED, field="due_on", ladder=DATED, escalate_to=("principal", "office_director", "leading_group_head")
    )
    assert [rung.code for rung in deadline.rungs] == ["-30d", "-14d", "-7d", "-1d", "+1wd", "+5wd", "+6wd"]
    assert deadline.rungs[-1].roles == ("leading_group_head",)


def test_a_dated_plan_without_levels_above_still_reminds_when_it_is_late() -> None:
    late = [rung for rung in FromField(**NAMED, field="due_on", ladder=DATED).rungs if rung.working_days_after]
    assert [(rung.working_days_after, rung.roles) for rung in late] == [(1, ()), (5, ())]


def test_every_notice_has_a_name_of_its_own() -> None:
    for ladder in (DATED, Ladder(percents=(50,), climbs=(1, 2))):
        codes = [rung.code for rung in WorkingDays(**NAMED, days=3, ladder=ladder, escalate_to=("a", "b", "c")).rungs]
        assert len(set(codes)) == len(codes)


def test_a_quiet_deadline_says_nothing() -> None:
    assert WorkingDays(**NAMED, days=5, ladder=QUIET).rungs == ()


def test_every_kind_says_its_length_in_both_languages() -> None:
    assert WorkingDays(**NAMED, days=3).span == ("3 个工作日", "3 working days")
    assert Days(**NAMED, days=180).span == ("180 天", "180 days")
    assert Within(**NAMED, minutes=15).span == ("15 分钟", "15 min")
    assert Within(**NAMED, hours=2, minutes=30, school_hours=True).span == (
        "2 小时30 分钟（上课时间内）",
        "2 h 30 min of school hours",
    )
    assert FromField(**NAMED, field="due_on", day=("完成期限", "the due date"), days=-30).span == (
        "完成期限前 30 天",
        "30 days before the due date",
    )
    assert FromField(**NAMED, field="due_on", working_days=2).span == (
        "due_on后 2 个工作日",
        "2 working days after due_on",
    )
    assert FromField(**NAMED, field="due_on", day=("完成期限", "the due date")).span == (
        "不晚于完成期限",
        "by the due date",
    )
    assert YearlyDate(**NAMED, month=3, day=31).span == ("每年 3 月 31 日", "every year on 03-31")
    assert Cadence(**NAMED, day_of_month=5).span == ("每月 5 日", "monthly on day 5")
    assert Cadence(**NAMED, every_days=14).span == ("每 14 天", "every 14 days")
