"""What waits for a qualified person: the most urgent first, and a line where the hours of the week end."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.care.rainbow.duty_plan import duty_plan
from app.care.rainbow.queries import proposals as queries
from tests.care.rainbow.conftest import Class
from tests.care.rainbow.test_deciding import Desk
from tests.cast import Cast, sign_in

MIXED = ("yellow", "red", "orange", "yellow", "green", "orange", "red", "yellow")


@pytest.fixture
def desk(app: Flask, cast: Cast, school_class: Class) -> Desk:
    return Desk(cast, school_class)


def test_the_most_urgent_stand_first_and_among_equals_the_nearest_day(desk: Desk) -> None:
    desk.propose(*MIXED)
    actor = desk.act("school_counselor")
    found = [one for one, _class in queries.queue(actor)]
    assert [one.proposed for one in found] == ["red"] * 2 + ["orange"] * 2 + ["yellow"] * 3 + ["green"]
    days = [(one.priority, one.together_by_at or one.decide_by_at) for one in found]
    assert days == sorted(days, key=str)
    assert [(one.tier, one.n) for one in queries.waiting(actor)] == [
        ("red", 2),
        ("orange", 2),
        ("yellow", 3),
        ("green", 1),
    ]


@pytest.mark.parametrize(("drawn", "reached"), [(0, 600), (10, 436), (20, 343)])
def test_talks_with_those_drawn_by_chance_take_their_time_of_the_week(drawn: int, reached: int) -> None:
    """Six hundred minutes; a look of everyday support takes one, a talk thirty."""
    plan = duty_plan()
    assert (plan.hours_a_week, plan.minutes["green"], plan.minutes["yellow"]) == (10, 1, 30)
    group = queries.Group("green", 776, None, drawn)
    found = queries.fits_this_week([group])
    assert found == min(776, int(600 / (1 + drawn * 29 / 776))) == reached


def test_the_queue_says_whom_the_hours_of_a_week_reach_and_draws_the_line_there(desk: Desk, app: Flask) -> None:
    desk.propose(*["red"] * 4, *["orange"] * 6, *["yellow"] * 9)
    plan = duty_plan()
    left, reached = plan.hours_a_week * 60, 0
    for tier in ["red"] * 4 + ["orange"] * 6 + ["yellow"] * 9:
        left -= plan.minutes[tier]  # type: ignore[index]
        reached += left >= 0
    assert 10 < reached < 19, "the numbers of the plan no longer try this"
    actor = desk.act("school_counselor")
    assert queries.fits_this_week(queries.waiting(actor)) == reached
    client = sign_in(app.test_client(), desk.cast["school_counselor"])
    page = client.get("/support/proposals", base_url="https://localhost").text
    assert f"每周 {plan.hours_a_week} 小时，前 {reached} 人这周看得完" in page
    before, _line, behind = page.partition("从这里起排到下周以后")
    rows = re.compile(r'<td class="t-title')
    assert (len(rows.findall(before)), len(rows.findall(behind))) == (reached, 19 - reached)


def test_a_heap_is_one_thing_that_waits_however_much_lies_on_it_and_what_is_due_first_stands_above_it(
    desk: Desk, app: Flask
) -> None:
    """Who reads that five hundred things wait begins none; the number stands at the heap."""
    desk.propose("red", *["yellow"] * 9)
    client = sign_in(app.test_client(), desk.cast["school_counselor"])
    page = client.get("/", base_url="https://localhost").text
    told = re.search(r"有 (\d+) 件事等你", page)
    assert told is not None and '待确认的建议</h2><span class="count">10</span>' in page
    tasks = page.count('<a class="todo" ') + page.count("先办这件</h2>")
    assert int(told[1]) == tasks + page.count(">去看</a>") <= 8
    assert page.index("先办这件</h2>") < page.index("待确认的建议</h2>")
