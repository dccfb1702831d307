"""Security requirement 75: how many children's pages one person opens, who is stopped, and who hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from app.core import clock as core_clock
from app.core import limits
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import ConfirmFirst, NotFound
from app.core.outbox.deliver import drain
from app.core.outbox.models import InboxLetter, OutboxRow
from app.core.policy.actor import SYSTEM, Actor
from app.core.policy.roles import ROLES
from app.core.reading import budgets, operations, queries
from app.core.reading.models import ReadingAlarm
from app.people.directory.models import Student
from tests.cast import Cast, code, sign_in
from tests.people.identity.races import race

HOUR, DAY = 4, 10
SOON, LATER = timedelta(minutes=4), timedelta(hours=3)
FOUND = "电话核实：本人在补录期末评语，确因工作需要"


@pytest.fixture
def small(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Budgets that a test can use up."""
    few = replace(
        app.extensions["bihuan.settings"], reads_hour=HOUR, reads_hour_county=2, reads_hour_care=HOUR, reads_day=DAY
    )
    monkeypatch.setitem(app.extensions, "bihuan.settings", few)
    yield


def child(cast: Cast) -> Student:
    """A child of the school; the budget asks of no other than that it is one."""
    place = cast.units["shuangqiao"]
    return Student(id=place.id, ref=place.ref, county_id=place.county_id, school_id=place.id)


def opens(actor: Actor, cast: Cast) -> bool:
    """Open one child's page; False where a code is asked for first."""
    use_context(actor.context())
    try:
        trail.saw(actor, child(cast), "student.page")
    except ConfirmFirst:
        return False
    return True


def alarms() -> list[ReadingAlarm]:
    """What was told, carried out."""
    drain()
    use_context(SYSTEM.context())
    return list(db.session.scalars(select(ReadingAlarm).order_by(ReadingAlarm.at, ReadingAlarm.id)))


def test_security_75_each_role_has_the_budget_of_the_settings(app: Flask) -> None:
    assert budgets.budget_of("homeroom_teacher") == budgets.Budget(60, 240, True)
    for role in ("psych_center_lead", "dpo", "inspector", "city_officer", "security_admin", "unheard of"):
        assert budgets.budget_of(role) == budgets.Budget(20, 240, True)
    stopped = {role for role in ROLES if budgets.budget_of(role).stops}
    assert set(ROLES) - stopped == {"school_counselor", "psych_expert"}


def test_security_75_beyond_the_budget_a_new_code_is_asked_for_and_told(
    app: Flask, small: None, cast: Cast, clock: Any
) -> None:
    teacher = cast.actor("homeroom_teacher")
    clock.advance(minutes=1)
    assert [opens(teacher, cast) for _ in range(HOUR + 2)] == [True] * HOUR + [False, False]
    [told] = alarms()
    assert (told.kind, told.opened, told.budget, told.stopped, told.role) == (
        "hour",
        HOUR,
        HOUR,
        True,
        "homeroom_teacher",
    )
    clock.advance(minutes=1)
    again = cast.actor("homeroom_teacher")
    assert [opens(again, cast) for _ in range(HOUR + 1)] == [True] * HOUR + [False]
    assert len(alarms()) == 2


def test_security_75_a_counsellor_and_an_expert_are_told_of_and_never_stopped(
    app: Flask, small: None, cast: Cast, clock: Any
) -> None:
    clock.advance(minutes=1)
    for key in ("school_counselor", "psych_expert"):
        assert all(opens(replace(cast.actor(key), fresh_until=0.0), cast) for _ in range(3 * HOUR))
    assert {(one.role, one.stopped) for one in alarms()} == {("school_counselor", False), ("psych_expert", False)}


def test_security_75_slow_reading_all_day_long_is_told_once_a_day(
    app: Flask, cast: Cast, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_ = app.extensions["bihuan.settings"]
    assert settings_.reads_day < 24 * 60 / 5, "one page in five minutes for a day is more than the day's budget"
    few = replace(settings_, reads_day=24)
    monkeypatch.setitem(app.extensions, "bihuan.settings", few)
    for _ in range(28):
        clock.advance(minutes=50)
        assert opens(cast.actor("homeroom_teacher"), cast)
    [told] = alarms()
    assert (told.kind, told.opened, told.stopped) == ("day", 24, False)
    clock.advance(hours=25)
    assert opens(cast.actor("homeroom_teacher"), cast) and len(alarms()) == 1


def test_security_75_rows_of_a_list_and_a_childs_own_people_are_not_counted(
    app: Flask, small: None, cast: Cast, clock: Any
) -> None:
    teacher = cast.actor("homeroom_teacher")
    for _ in range(3 * HOUR):
        trail.saw(teacher, None, "class.list", ["0" * 16] * 50)
        assert opens(Actor(role="guardian", student_id=cast.county.id, county_id=cast.county.id), cast)
    assert alarms() == []


def test_security_75_the_count_is_in_the_database_and_cannot_be_taken_back(
    app: Flask, small: None, cast: Cast, clock: Any
) -> None:
    clock.advance(minutes=1)
    teacher = replace(cast.actor("homeroom_teacher"), fresh_until=0.0)
    assert [opens(teacher, cast) for _ in range(HOUR)] == [True] * HOUR
    limits.throttle.reset()
    use_context(cast.actor("subject_teacher").context())
    counted = db.session.execute(text("select in_hour from audit.opened(:now)"), {"now": core_clock.now()}).scalar()
    assert counted == 0, "somebody else's count is nobody's business"
    assert opens(teacher, cast) is False


def test_security_75_who_opens_many_pages_at_the_same_moment_opens_no_more(committed: Flask, cast: Cast) -> None:
    few = replace(committed.extensions["bihuan.settings"], reads_hour=HOUR)
    before, committed.extensions["bihuan.settings"] = committed.extensions["bihuan.settings"], few
    teacher = replace(cast.actor("homeroom_teacher"), fresh_until=0.0)
    try:
        for _ in range(5):
            got = race(committed, 8, lambda _n: opens(teacher, cast))
            assert set(got) <= {True, False}, got
        with committed.app_context():
            use_context(SYSTEM.context())
            seen = text("select count(*) from audit.access_log where step = 'read.student'")
            assert db.session.execute(seen).scalar() == HOUR
            assert db.session.execute(text("select count(*) from outbox where kind = 'reading_alarm'")).scalar() == 1
    finally:
        committed.extensions["bihuan.settings"] = before


TIMES = st.sampled_from([timedelta(seconds=5), SOON, timedelta(minutes=25), LATER])
DEEDS = st.lists(st.tuples(TIMES, st.sampled_from(["open", "open", "open", "confirm"])), min_size=5, max_size=40)


def test_security_75_no_sequence_of_opening_and_confirming_gets_past_a_budget(
    app: Flask, small: None, cast: Cast, clock: Any
) -> None:
    @settings(max_examples=20, deadline=None)
    @given(deeds=DEEDS, role=st.sampled_from(["homeroom_teacher", "school_counselor"]))
    def holds(deeds: list[tuple[timedelta, str]], role: str) -> None:
        clock.advance(days=2)
        _walk(cast, clock, deeds, role)

    holds()


def _walk(cast: Cast, clock: Any, deeds: list[tuple[timedelta, str]], role: str) -> None:
    """Whatever the order: between two codes no hour holds more than a budget, and each refusal has been told of."""
    began = core_clock.now()
    confirmed, opened, refused = [began], list[datetime](), list[datetime]()
    actor = cast.actor(role)
    for gap, deed in deeds:
        clock.advance(seconds=gap.total_seconds())
        if deed == "confirm":
            confirmed, actor = [*confirmed, core_clock.now()], cast.actor(role)
        else:
            done = opens(actor, cast)
            (opened if done else refused).append(core_clock.now())
    told = [one for one in alarms() if one.at > began]
    crossed = [one.at for one in told if one.kind == "hour"]
    assert not refused or role == "homeroom_teacher"
    for first, then in pairwise([*confirmed, core_clock.now() + LATER]):
        within = [at for at in opened if first < at <= then]
        assert role == "school_counselor" or all(_within(within, at, timedelta(hours=1)) <= HOUR for at in within)
    assert all(any(at <= moment for at in crossed) for moment in refused)
    assert len(crossed) <= len(opened) / HOUR
    assert crossed or all(_within(opened, at, timedelta(hours=1)) <= HOUR for at in opened)
    steady = [one.at for one in told if one.kind == "day"]
    for at in opened:
        if _within(opened, at, timedelta(hours=24)) > DAY:
            assert any(at - timedelta(hours=24) < moment <= at for moment in steady)
    assert all(then - first >= timedelta(hours=24) for first, then in pairwise(steady))


def _within(moments: list[datetime], until: datetime, length: timedelta) -> int:
    return sum(until - length < one <= until for one in moments)


def test_security_75_the_browser_is_sent_to_the_code_and_back(
    app: Flask, small: None, client: FlaskClient, cast: Cast, clock: Any
) -> None:
    teacher = cast["school_coordinator"]
    ref = _on_the_roll(cast)
    browser = sign_in(client, teacher)
    clock.advance(seconds=40)
    assert [browser.get(f"/students/{ref}").status_code for _ in range(HOUR)] == [200] * HOUR
    stopped = browser.get(f"/students/{ref}")
    assert (stopped.status_code, stopped.headers["Location"]) == (303, f"/sign-in/again?then=/students/{ref}")
    assert "打开的学生页面较多" in browser.get(stopped.headers["Location"]).text
    assert browser.get(f"/students/{ref}").status_code == 303
    clock.advance(seconds=40)
    onward = browser.post("/sign-in/again", data={"factor_code": code(teacher), "then": f"/students/{ref}"})
    assert onward.headers["Location"] == f"/students/{ref}"
    assert browser.get(f"/students/{ref}").status_code == 200


def _on_the_roll(cast: Cast) -> str:
    place = cast.units["shuangqiao"]
    with trail.act(SYSTEM, "system", "test.enrol"):
        made = Student(
            county_id=place.county_id, school_id=place.id, class_id=cast.classes["shuangqiao"], student_no="S75",
            name="不在提醒里的名字", pinyin="x", gender="2", birth_date=date(2013, 5, 1), from_on=date(2026, 9, 1), grade="G7",
        )  # fmt: skip
        db.session.add(made)
    return made.ref


def test_security_75_those_who_watch_are_told_by_letter_and_nothing_names_a_child(
    app: Flask, small: None, client: FlaskClient, cast: Cast, clock: Any
) -> None:
    clock.advance(minutes=1)
    for _ in range(HOUR + 1):
        opens(cast.actor("homeroom_teacher"), cast)
    [row] = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "reading_alarm"))
    assert str(cast.units["shuangqiao"].ref) not in str(row.data) and row.queue == "urgent"
    [told] = alarms()
    letters = db.session.scalars(select(InboxLetter).where(InboxLetter.kind == "reading_alarm")).all()
    watching = {"security_admin", "security_admin_2", "auditor"}
    assert {one.person_id for one in letters} == {cast[key].person_id for key in watching}
    assert all(cast["homeroom_teacher"].name not in one.title_zh for one in letters)
    for key in ("security_admin", "auditor"):
        page = sign_in(client, cast[key]).get(told.address).text
        assert cast["homeroom_teacher"].name in page and "怎么办" in page and "给本人打电话" in page
    assert sign_in(client, cast["sys_admin"]).get(told.address).status_code == 404


def test_security_75_one_security_administrator_settles_it_and_never_about_oneself(
    app: Flask, small: None, client: FlaskClient, cast: Cast, clock: Any
) -> None:
    clock.advance(minutes=1)
    for _ in range(HOUR + 1):
        opens(cast.actor("homeroom_teacher"), cast)
    [told] = alarms()
    assert sign_in(client, cast["auditor"]).post(f"{told.address}/settle", data={"finding": FOUND}).status_code == 404
    browser = sign_in(client, cast["security_admin"])
    short = browser.post(f"{told.address}/settle", data={"finding": "看过了"})
    assert short.status_code == 422 and "看过了" in short.text
    assert browser.post(f"{told.address}/settle", data={"finding": FOUND}).status_code == 303
    assert FOUND in browser.get(told.address).text
    assert browser.post(f"{told.address}/settle", data={"finding": FOUND}).status_code == 409
    own = replace(cast.actor("security_admin"))
    for _ in range(3):
        opens(own, cast)
    about = next(one for one in alarms() if one.role == "security_admin")
    letters = db.session.scalars(select(InboxLetter.person_id).where(InboxLetter.record_id == about.id)).all()
    assert cast["security_admin"].person_id not in letters
    assert browser.post(f"{about.address}/settle", data={"finding": FOUND}).status_code == 409


def test_an_alarm_that_is_delivered_twice_is_one_and_another_county_never_sees_it(
    app: Flask, small: None, cast: Cast, clock: Any
) -> None:
    clock.advance(minutes=1)
    for _ in range(HOUR + 1):
        opens(cast.actor("homeroom_teacher"), cast)
    [told] = alarms()
    row = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "reading_alarm")).one()
    assert operations.note(row).id == told.id and len(alarms()) == 1
    for key in ("other_security_admin", "other_auditor"):
        if key in cast.players:
            stranger = cast.actor(key)
            use_context(stranger.context())
            with pytest.raises(NotFound):
                queries.alarm_for(stranger, told.ref)
    use_context(cast.actor("principal").context())
    assert db.session.scalars(select(ReadingAlarm)).all() == []
