"""Deadlines, dates and numbers in the words that people read."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from flask import Flask, request
from flask_babel import Babel

from app.core.web import chips

NOW = datetime(2026, 11, 25, 6, 6, tzinfo=UTC)  # Wednesday 14:06 in the county


def weekdays(first: date, last: date) -> int:
    return sum((first + timedelta(days)).weekday() < 5 for days in range(1, (last - first).days + 1))


@pytest.fixture(autouse=True)
def a_page() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app, default_locale="zh", locale_selector=lambda: request.args.get("language", "zh"))
    with app.test_request_context("/"):
        yield


@pytest.fixture
def in_english() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app, default_locale="en")
    with app.test_request_context("/"):
        yield


def say(due: date | datetime | None, **given: object) -> tuple[str, str]:
    chip = chips.deadline(due, now=NOW, **{"count_days": weekdays, **given})  # type: ignore[arg-type]
    assert chip is not None
    return chip.look, chip.text


@pytest.mark.parametrize(
    ("due", "look", "text"),
    [
        (date(2027, 6, 30), "plain", "2027-06-30"),
        (date(2026, 12, 1), "plain", "12-01"),
        (date(2026, 11, 30), "soon", "还有 3 个工作日"),
        (date(2026, 11, 27), "soon", "还有 2 个工作日"),
        (date(2026, 11, 25), "today", "今天"),
        (date(2026, 11, 24), "late", "超 1 个工作日"),
        (date(2026, 11, 20), "late", "超 3 个工作日"),
    ],
)
def test_a_deadline_says_working_days_from_three_days_before(due: date, look: str, text: str) -> None:
    assert say(due) == (look, text)


def test_a_far_deadline_may_say_the_days_left_as_well() -> None:
    assert say(date(2026, 12, 4), long=True) == ("plain", "12-04，还有 7 个工作日")


def test_without_a_calendar_the_days_are_called_days() -> None:
    assert say(date(2026, 11, 28), count_days=None) == ("soon", "还有 3 天")
    assert say(date(2026, 11, 15), count_days=None) == ("late", "超 10 天")


def test_across_a_weekend_no_working_day_is_invented() -> None:
    saturday = datetime(2026, 11, 28, 2, tzinfo=UTC)
    chip = chips.deadline(date(2026, 11, 29), now=saturday, count_days=weekdays)
    late = chips.deadline(date(2026, 11, 27), now=saturday, count_days=weekdays)
    assert (chip and chip.text, late and late.text) == ("还有 1 天", "超 1 天")


def test_a_deadline_at_midnight_belongs_to_the_day_that_ends_there() -> None:
    end_of_the_day = datetime(2026, 11, 25, 16, tzinfo=UTC)  # 24:00 of the 25th in the county
    assert say(end_of_the_day) == ("today", "今天")
    assert say(end_of_the_day - timedelta(days=1)) == ("late", "超 1 个工作日")


def test_under_two_hours_a_moment_counts_in_minutes() -> None:
    chip = chips.deadline(NOW + timedelta(minutes=74), now=NOW, count_days=weekdays)
    assert chip is not None
    assert (chip.look, chip.text, chip.live_until) == ("soon", "还有 74 分钟", NOW + timedelta(minutes=74))
    assert say(NOW + timedelta(hours=2)) == ("today", "今天")


def test_a_paused_clock_says_when_it_goes_on() -> None:
    assert say(date(2026, 11, 1), paused=True, resumes_on=date(2026, 12, 10)) == ("paused", "计时暂停，12月10日恢复")
    assert say(date(2026, 11, 1), paused=True) == ("paused", "计时暂停")


def test_where_there_is_no_deadline_there_is_no_chip() -> None:
    assert chips.deadline(None) is None


def test_every_look_has_an_icon_of_its_own_shape_for_late_and_paused() -> None:
    icons = {look: chips.Chip(look, "").icon for look in ("plain", "soon", "late", "paused", "met")}
    assert len(set(icons.values())) == len(icons)


def test_a_kept_deadline_says_the_day_and_the_deed() -> None:
    day = date(2026, 11, 6)
    assert chips.met(day, "核验").text.endswith("11-06 核验")


def test_dates_in_chinese() -> None:
    day = date(2026, 11, 25)
    assert chips.long_date(day) == "2026年11月25日"
    assert chips.day_and_week(day) == "2026年11月25日 星期三"
    assert chips.day_of_year(day, today=day) == "11月25日"
    assert chips.day_of_year(date(2027, 1, 2), today=day) == "2027年1月2日"
    assert chips.short_date(date(2027, 6, 30), today=day) == "2027-06-30"
    assert chips.moment(datetime(2026, 11, 23, 8, 42, tzinfo=UTC), today=day) == "11月23日 16:42"
    assert chips.time_of_day(datetime(2026, 11, 23, 20, 5, tzinfo=UTC)) == "04:05"


@pytest.mark.usefixtures("in_english")
def test_dates_and_words_in_english() -> None:
    day = date(2026, 11, 25)
    assert chips.long_date(day) == "25 Nov 2026"
    assert chips.day_and_week(day) == "Wednesday 25 Nov 2026"
    assert chips.day_of_year(day, today=day) == "25 Nov"
    assert chips.short_date(day, today=day) == "11-25"
    assert chips.word(SimpleNamespace(zh="已签收", en="Accepted")) == "Accepted"


def test_a_word_is_said_in_the_language_of_the_page() -> None:
    assert chips.word(SimpleNamespace(zh="已签收", en="Accepted")) == "已签收"
    assert chips.word("原样") == "原样"
    assert chips.word(None) == ""


def test_nothing_is_written_for_a_missing_date() -> None:
    assert [
        f(None) for f in (chips.long_date, chips.short_date, chips.day_of_year, chips.moment, chips.time_of_day)
    ] == [""] * 5


def test_sizes_are_said_in_kilobytes_and_megabytes() -> None:
    assert [chips.size_words(n) for n in (1, 186_000, 26 * 1024 * 1024)] == ["1 KB", "182 KB", "26.0 MB"]


def test_a_badge_has_the_icon_of_its_family_and_escapes_its_word() -> None:
    drawn = chips.badge_of("late", "<b>红灯</b>")
    assert "badge-late" in drawn and "#alert-triangle" in drawn
    assert "<b>" not in drawn
    assert "#flag" in chips.badge_of("active", "候选", "flag")


def test_a_chip_keeps_the_whole_date_in_its_title() -> None:
    chip = chips.deadline(date(2026, 11, 27), now=NOW, count_days=weekdays)
    assert chip is not None
    assert 'title="2026年11月27日"' in chips.chip_of(chip)
