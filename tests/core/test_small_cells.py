"""Small numbers stay hidden, also from those who can subtract, filter, wait and subtract again (security 31)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from app.core.small_cells import FEW, KEPT, LEAST, POOL, Line, Shown, Table, publish_line, publish_table, suppress

Rows = dict[str, list[int]]
At = tuple[str, int]


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


def _line_of(rows: Rows) -> list[int]:
    return [sum(column) for column in zip(*rows.values(), strict=True)]


def test_a_few_children_print_as_few_and_take_a_large_number_with_them() -> None:
    assert publish_line([200, 40, 12, 3]) == Line(255, [KEPT, 40, 12, FEW])
    assert publish_line([200, 40, 12, 0]) == Line(252, [KEPT, 40, 12, FEW])
    assert publish_line([200, 40, 12, 5]) == Line(257, [200, 40, 12, 5])
    assert publish_line([10, 9, 0]) is None


def test_a_number_that_moved_by_less_than_five_keeps_its_value() -> None:
    first = publish_line([200, 40, 12])
    assert first is not None
    second = publish_line([198, 43, 13], [first])
    assert second == Line(252, [200, 40, 12])
    assert publish_line([190, 46, 12], [first, second]) == Line(252, [190, 46, 12])


def test_few_children_stay_few_until_they_have_certainly_moved_by_five() -> None:
    first = publish_line([200, 40, 12, 3])
    assert first is not None
    second = publish_line([200, 40, 12, 8], [first])
    assert second is not None and second.cells == [KEPT, 40, 12, FEW]
    third = publish_line([200, 40, 12, 9], [first, second])
    assert third is not None and third.cells == [KEPT, 40, 12, 9]


def test_small_schools_are_told_together_and_keep_their_place_for_the_year() -> None:
    rows = {"a": [300, 60, 20], "b": [280, 55, 25], "c": [8, 4, 2], "d": [30, 10, 6]}
    county = publish_line(_line_of(rows))
    first = publish_table(rows, county)
    assert first is not None and first.pooled == ["c", "d"] and set(first.rows) == {"a", "b", POOL}
    grown = rows | {"c": [80, 40, 20]}
    second = publish_table(grown, county, [first])
    assert second is not None and second.pooled == ["c", "d"] and not second.carried
    left = {key: line for key, line in rows.items() if key != "a"}
    third = publish_table(left, county, [first, second])
    assert third is not None and third.carried and third.rows == second.rows


@st.composite
def terms(draw: st.DrawFn) -> list[Rows]:
    """A table of some schools and levels in three weeks: small and large numbers that mostly stay, sometimes jump."""
    width, height = draw(st.integers(2, 5)), draw(st.integers(2, 9))
    few, some = st.integers(0, 7), st.integers(0, 60)
    size = st.one_of(few, few, some, st.integers(20, 400))
    rows = {f"s{n}": [draw(st.integers(0, 500)), *(draw(size) for _ in range(width - 1))] for n in range(height)}
    weeks = [rows]
    for _ in range(2):
        moved = st.one_of(st.just(0), st.integers(-2, 2), st.integers(-40, 40))
        weeks.append({key: [max(0, n + draw(moved)) for n in line] for key, line in weeks[-1].items()})
    return weeks


def _told(week: Rows, county: Line | None, table: Table) -> tuple[dict[At, int], dict[At, Shown]]:
    rows = {key: line for key, line in week.items() if key not in table.pooled}
    if table.pooled:
        rows[POOL] = _line_of({key: week[key] for key in table.pooled})
    true = {(key, n): sum(line[c] for c in group) for key, line in rows.items() for n, group in enumerate(table.groups)}
    return true, {(key, n): cell for key, line in table.rows.items() for n, cell in enumerate(line.cells)}


def _reach(at: At, true: dict[At, int], shown: dict[At, Shown], known: dict[At, int]) -> tuple[float, float]:
    """Smallest and largest value of a hidden cell for somebody who knows every sum and every cell that is shown exactly."""
    hidden = [one for one in shown if shown[one] in (FEW, KEPT) and one not in known]
    place = {one: n for n, one in enumerate(hidden)}
    lines = [[one for one in hidden if one[side] == key] for side in (0, 1) for key in {one[side] for one in hidden}]
    equal = np.zeros((len(lines), len(hidden)))
    for number, line in enumerate(lines):
        equal[number, [place[one] for one in line]] = 1
    sums = [sum(true[one] for one in line) for line in lines]
    bounds = [(0, 2 * LEAST - 2) if shown[one] == FEW else (min(LEAST, true[one]), None) for one in hidden]
    goal = np.zeros(len(hidden))
    goal[place[at]] = 1
    ends = [linprog(sign * goal, A_eq=equal, b_eq=sums, bounds=bounds) for sign in (1, -1)]
    assert all(end.status == 0 for end in ends), [end.message for end in ends]
    return ends[0].fun, -ends[1].fun


@settings(max_examples=120)
@given(terms())
def test_no_sequence_of_publications_lets_a_hidden_number_be_computed(weeks: list[Rows]) -> None:
    lines: list[Line] = []
    tables: list[Table] = []
    for week in weeks:
        line = publish_line(_line_of(week), lines)
        if line is None:
            return
        table = publish_table(week, line, tables)
        if table is None:
            return
        lines, tables = [*lines, line], [*tables, table]
        assert not [cell for cell in line.cells if isinstance(cell, int) and cell < LEAST]
        if table.carried:
            continue
        true, shown = _told(week, line, table)
        for at, cell in shown.items():
            assert not isinstance(cell, int) or cell >= LEAST
            if cell == FEW:
                low, high = _reach(at, true, shown, {})
                assert low <= 0.01 and high >= LEAST - 1.01, (at, low, high, true, shown)
    for at in {(key, n) for table in tables for key, one in table.rows.items() for n in range(len(one.cells))}:
        told = [table.rows[at[0]].cells[at[1]] for table in tables if at[0] in table.rows]
        numbers = [cell for cell in told if isinstance(cell, int)]
        assert all(a == b or abs(a - b) >= LEAST for a in numbers for b in numbers), (at, told)
        assert KEPT not in told or not isinstance(told[-1], int), "what was kept back once stays so"
    for key in tables[-1].rows:
        sums = [table.rows[key].total for table in tables if key in table.rows]
        assert all(a == b or abs(a - b) >= LEAST for a in sums for b in sums)


@settings(max_examples=120)
@given(terms())
def test_what_was_shown_before_does_not_fill_in_what_is_kept_back_now(weeks: list[Rows]) -> None:
    """Somebody takes the last number seen for the number of today: every hidden cell is missed, or nothing fits."""
    lines: list[Line] = []
    tables: list[Table] = []
    for week in weeks:
        line = publish_line(_line_of(week), lines)
        table = publish_table(week, line, tables) if line is not None else None
        if line is None or table is None:
            return
        before = {
            (key, n): cell
            for old in tables
            for key, one in old.rows.items()
            for n, cell in enumerate(one.cells)
            if isinstance(cell, int)
        }
        lines, tables = [*lines, line], [*tables, table]
        if table.carried:
            continue
        true, shown = _told(week, line, table)
        for at, cell in shown.items():
            if cell == KEPT and at in before:
                assert abs(before[at] - true[at]) >= LEAST or true[at] < LEAST or _was_kept(at, tables[:-1]), at


def _was_kept(at: At, tables: list[Table]) -> bool:
    return any(table.rows[at[0]].cells[at[1]] == KEPT for table in tables if at[0] in table.rows)
