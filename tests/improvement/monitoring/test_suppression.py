"""Small numbers stay hidden, also from those who can subtract."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvement.monitoring.suppression import suppress


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((12, 30, 14), [12, 30, 14]),
        ((3, 40, 13), [None, 40, None]),
        ((0, 56, 0), [None, None, None]),
        ((2, 9, 45), [None, None, 45]),
        ((9, 1, 40, 20), [None, None, 40, 20]),
        ((1, 2, 40, 20), [None, None, 40, None]),
        ((), []),
    ],
)
def test_a_small_count_takes_another_one_with_it(counts: tuple[int, ...], shown: list[int | None]) -> None:
    assert suppress(counts, 10) == shown


@given(st.lists(st.integers(0, 60), max_size=6), st.integers(2, 12))
def test_no_hidden_count_can_be_told_from_the_sum(counts: list[int], least: int) -> None:
    shown = suppress(counts, least)
    hidden = [count for count, left in zip(counts, shown, strict=True) if left is None]
    assert all(left is None or left >= least for left in shown)
    assert not hidden or len(hidden) == len(counts) or (len(hidden) >= 2 and sum(hidden) >= least)
