"""The words of a list are written once for all who filter alike: whoever asks next is answered by their own values."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from app.core.casework import shaped
from app.core.casework.deadlines import Deadline
from app.core.clock import now, today
from app.core.database import db
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.queries import item_lists
from app.improvement.problems.queries.item_filter import COLUMNS, ItemFilter, opened
from tests.by_hand import by_hand
from tests.improvement.problems.scenes import Scene

PLAIN = ItemFilter()


@pytest.fixture
def mixed(scene: Scene) -> Scene:
    """Items of two schools in several states, with other categories, levels, dates and words."""
    scene.many(scene.issued({"title": "签收前的问题"}), 9)
    scene.item("closed", title="已经销号的问题")
    with by_hand("test.mixed"):
        for place, item in enumerate(db.session.query(ProblemItem).order_by(ProblemItem.id)):
            item.due_on = today() + timedelta(days=7 * place - 14)
            item.severity = ("severe", "ordinary")[place % 2]
            item.title = f"第{'甲乙丙'[place % 3]}类问题"
            item.unit_id = scene.cast.units[("shuangqiao", "yuntai")[place // 2 % 2]].id
    return scene


def _numbers(scene: Scene, wanted: ItemFilter) -> list[str]:
    found, actor = list[str](), scene.actor("office_director")
    page = item_lists.items_page(actor, wanted, 3)
    while True:
        found += [line.number for line in page.rows]
        assert page.total == len(item_lists.items_page(actor, wanted, 100).rows)
        if not page.after:
            return found
        page = item_lists.items_page(actor, replace(wanted, after=page.after), 3)


def test_a_page_says_what_the_workbook_says_whoever_filtered_alike_before(mixed: Scene) -> None:
    refs = [mixed.cast.units[name].ref for name in ("shuangqiao", "yuntai")]
    narrowed: list[ItemFilter] = [
        *(ItemFilter(units=(ref,)) for ref in refs),
        ItemFilter(units=tuple(refs)),
        *(ItemFilter(words=f"{one}类") for one in "甲乙丙"),
        *(ItemFilter(due=one) for one in ("week", "month", "quarter", today().isoformat())),
        *(ItemFilter(severities=(one,)) for one in ("severe", "ordinary")),
        *(ItemFilter(states=(one,), flags=("open",)) for one in ("implementing", "closed", "issued")),
        *(ItemFilter(used=(one,)) for one in ("first", "late")),
        *(ItemFilter(flags=(one,)) for one in ("overdue", "mine")),
    ]
    told, office = set[tuple[str, ...]](), mixed.actor("office_director")
    for one, sort, down in product(narrowed, ("due", "unit"), (False, True)):
        wanted = replace(one, sort=sort, descending=down)
        expected = [item.number for item in item_lists.all_items(office, wanted, 100)]
        assert _numbers(mixed, wanted) == expected, wanted
        told.add(tuple(expected))
    assert len(told) > 30, "the filters leave the same items, so they could be mistaken for each other"


def test_words_that_are_kept_hold_no_value_of_a_filter(mixed: Scene) -> None:
    """What is not a value of the filter's columns, of its words or its days is part of what the words are kept by."""
    given = {name: (f"value of {name}",) for name in COLUMNS}
    wanted, values = opened(replace(PLAIN, **given, words="甲类", due="2027-01-02", after="cursor", before="cursor"))  # type: ignore[arg-type]
    assert not [
        one for one in vars(wanted).values() if "value of" in str(one) or one in ("甲类", "2027-01-02", "cursor")
    ]
    assert {"%甲类%", *(one for (one,) in given.values())} <= {str(value) for value in values.values()}


def test_the_same_filter_is_asked_of_the_present_moment_also_within_a_day(mixed: Scene, clock: Any) -> None:
    item = mixed.item()
    with by_hand("test.soon"):
        for one in db.session.query(Deadline).filter_by(record_id=item.id):
            one.due_at = now() + timedelta(minutes=5)
    late, long_late = ItemFilter(flags=("overdue",)), ItemFilter(used=("late",))
    before = [_numbers(mixed, wanted) for wanted in (late, long_late)]
    day = today()
    clock.advance(minutes=10)
    assert today() == day and item.number not in before[0] + before[1]
    assert all(item.number in _numbers(mixed, wanted) for wanted in (late, long_late))


def test_people_who_filter_alike_share_the_words(mixed: Scene) -> None:
    refs = [mixed.cast.units[name].ref for name in ("shuangqiao", "yuntai")]
    _numbers(mixed, ItemFilter(units=(refs[0],), words="甲类"))
    written = shaped._written.cache_info().misses
    _numbers(mixed, ItemFilter(units=(refs[1],), words="乙类"))
    assert shaped._written.cache_info().misses == written
