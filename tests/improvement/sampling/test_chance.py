"""What chance draws: at least a tenth, the same by the same seed, schools in turn."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from app.improvement.sampling.chance import digest_of, draw, least_of

FRAMES = st.lists(st.integers(1, 12), min_size=1, max_size=60).map(
    lambda schools: [(f"XQ-{n:04d}/1", f"S{school:02d}") for n, school in enumerate(schools)]
)
SEEDS = st.text("0123456789abcdef", min_size=32, max_size=32)


@given(st.integers(0, 5000))
def test_a_tenth_is_rounded_up_and_never_none_of_some(count: int) -> None:
    least = least_of(count)
    assert least * 10 >= count > (least - 1) * 10 or (count == 0 and least == 0)


@given(FRAMES, SEEDS, st.data())
def test_the_same_seed_draws_the_same_lists_in_whatever_order_they_are_read(
    frame: list[tuple[str, str]], seed: str, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(frame))
    assert draw(frame, least_of(len(frame)), seed) == draw(shuffled, least_of(len(frame)), seed)
    assert digest_of(frame) == digest_of(shuffled)


@given(FRAMES, SEEDS, st.data())
def test_no_school_is_drawn_twice_before_each_was_drawn_once(
    frame: list[tuple[str, str]], seed: str, data: st.DataObject
) -> None:
    wanted = data.draw(st.integers(0, len(frame)))
    drawn, held = draw(frame, wanted, seed), Counter(school for _number, school in frame)
    assert len(drawn) == len(set(drawn)) == wanted
    of = dict(frame)
    taken = Counter(of[number] for number in drawn)
    for school, lists in held.items():
        others = max((taken[other] for other in held if other != school), default=0)
        assert taken[school] >= min(lists, others - 1), "a school is left behind while another is drawn again"


def test_another_seed_draws_others() -> None:
    frame = [(f"XQ-{n:04d}/1", f"S{n:02d}") for n in range(40)]
    assert len({tuple(draw(frame, 4, f"{seed:032x}")) for seed in range(20)}) > 15
