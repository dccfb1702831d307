"""City and province see weekly counts of a county: none small, none that gives a small one away, nothing of a school."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import func, select

from app.core.clock import today
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.improvement.problems.models import ProgressCount
from app.improvement.problems.operations.progress import COUNTED, QUIET_MOVE, REST, freeze_progress, published
from app.improvement.problems.queries import progress
from tests.improvement.problems.browsing import Browser
from tests.improvement.problems.scenes import Scene

LEAST = 10
COUNTS = some.fixed_dictionaries({state: some.integers(0, 60) for state in COUNTED})


@given(COUNTS)
def test_no_number_below_the_smallest_is_published(counts: dict[str, int]) -> None:
    told = published(counts, {}, LEAST)
    assert all(n is None or n >= LEAST for n in told.values())
    assert all(part == REST or n == counts[part] for part, n in told.items())


@given(COUNTS)
def test_what_is_left_out_cannot_be_had_by_subtraction(counts: dict[str, int]) -> None:
    told = published(counts, {}, LEAST)
    hidden = [state for state in COUNTED if state not in told]
    assert len(hidden) != 1
    assert not hidden or told[REST] == sum(counts[state] for state in hidden) or told[REST] is None


@given(COUNTS, COUNTS)
def test_from_one_week_to_the_next_a_number_stands_still_or_moves_by_five(
    first: dict[str, int], then: dict[str, int]
) -> None:
    before = published(first, {}, LEAST)
    after = published(then, before, LEAST)
    moves = [abs(n - old) for part, n in after.items() if n is not None and (old := before.get(part)) is not None]
    assert all(move == 0 or move > QUIET_MOVE for move in moves)


def test_a_week_is_frozen_once_and_a_new_item_does_not_move_it(scene: Scene) -> None:
    scene.item("issued")
    assert freeze_progress() == 1
    scene.item("issued")
    assert freeze_progress() == 0
    use_context(SYSTEM.context())
    days = db.session.execute(select(ProgressCount.taken_on, func.count()).group_by(ProgressCount.taken_on)).all()
    assert [(day.weekday(), n) for day, n in days] == [(0, 1)]
    assert (today() - days[0][0]).days < 7


def test_two_items_of_a_county_are_told_as_too_few(scene: Scene, browser: Callable[[str], Browser]) -> None:
    scene.item("issued")
    scene.item("closed")
    freeze_progress()
    use_context(scene.actor("city_officer").context())
    (week,) = progress.weeks(scene.actor("city_officer"))
    assert week.parts == {REST: None}
    assert week.total is None
    for key in ("city_officer", "province_viewer"):
        shown = browser(key).get("/")
        assert "不足 10" in shown.text
        assert "区县进度" in shown.text


def test_a_county_without_items_says_what_will_come(scene: Scene, browser: Callable[[str], Browser]) -> None:
    assert "每周一定格一次" in browser("city_officer").get("/").text


def test_nobody_of_the_other_county_sees_the_numbers(scene: Scene) -> None:
    scene.item("issued")
    freeze_progress()
    other = scene.actor("other_office_director")
    use_context(other.context())
    assert db.session.scalars(select(ProgressCount)).all() == []
