"""What of a reckoning of value added may be told beside earlier ones: no pupil by a small class, none by subtraction.

Means and numbers of two reckonings that differ by one to four pupils would give those pupils' scores (security 31).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.core.errors import Sentence
from app.core.small_cells import LEAST, suppress
from app.improvement.effects.value_added import Effect
from app.improvement.provenance import Reason

NUMBERS = ("pre_mean", "pre_sd", "post_mean", "post_sd", "effect", "low", "high", "verdict")
TOO_NEAR = Sentence(
    "这份成绩和先前算过的只差几名学生，两次结果相减就会看出这几名学生的成绩，所以不再计算；请沿用先前的结果",
    "These scores differ from ones reckoned before by a few pupils; the two results subtracted would show them, so nothing"
    " is reckoned. Use the earlier result",
)
NEAR = Reason(
    "near",
    "和先前的计算只差几名学生，为免相减看出这几名学生的成绩，沿用先前的结果或不显示",
    "A few pupils apart from an earlier reckoning: its result stands, or nothing is shown, so that they cannot be worked out",
)
BESIDE = Reason(
    "beside",
    "为免推算出人数太少的班，不显示",
    "Not shown, or a class of very few could be worked out",
)


@dataclass(frozen=True)
class Told:
    """One line of an earlier reckoning, and the model that it was reckoned by."""

    model: str | None
    line: Effect


def told_safely(effects: Sequence[Effect], model: str | None, earlier: Iterable[Told]) -> tuple[Effect, ...] | None:
    """The lines of schools and classes as they may be told; None where the county itself would show a few pupils.

    A school near an earlier line of its own keeps that line, or tells nothing where another model was used; with a class
    that does so the whole school does, unless five pupils moved in its classes together.
    """
    known: dict[tuple[str, int | None], list[Told]] = defaultdict(list)
    for before in earlier:
        known[before.line.school, before.line.class_no].append(before)
    near = {
        (one.school, one.class_no): found for one in effects if (found := _near(one, known[one.school, one.class_no]))
    }
    for one in effects:
        moved = sum(_moved(line, near[line.school, line.class_no]) for line in _classes(effects, one.school, near))
        if one.class_no is None and 0 < moved < LEAST and known[one.school, None]:
            near.setdefault((one.school, None), known[one.school, None][-1])
    schools = [one for one in effects if one.class_no is None and (one.school, None) in near]
    if 0 < sum(max(1, _moved(one, near[one.school, None])) for one in schools) < LEAST:
        return None
    told = [_as_before(one, model, near.get((one.school, one.class_no))) for one in effects]
    hidden = _beside_few(told)
    return tuple(_silent(one, BESIDE) if (one.school, one.class_no) in hidden else one for one in told)


def _classes(effects: Iterable[Effect], school: str, near: Iterable[tuple[str, int | None]]) -> list[Effect]:
    wanted = set(near)
    return [
        one for one in effects if one.school == school and one.class_no is not None and (school, one.class_no) in wanted
    ]


def _near(one: Effect, earlier: Sequence[Told]) -> Told | None:
    found = [told for told in earlier if is_near(one.n, told.line.n) or is_near(one.rows, told.line.rows)]
    return min(found, key=lambda told: abs(told.line.n - one.n)) if found else None


def is_near(now: int, before: int) -> bool:
    """Apart by one to four pupils."""
    return 0 < abs(now - before) < LEAST


def _moved(one: Effect, told: Told) -> int:
    return abs(one.n - told.line.n)


def _as_before(one: Effect, model: str | None, told: Told | None) -> Effect:
    if told is None:
        return one
    if told.model != model:
        return _silent(replace(one, rows=told.line.rows, n=told.line.n), NEAR)
    return replace(
        one, rows=told.line.rows, n=told.line.n, reason=NEAR, **{name: getattr(told.line, name) for name in NUMBERS}
    )


def _silent(one: Effect, why: Reason) -> Effect:
    nothing: dict[str, Any] = dict.fromkeys(NUMBERS)
    return replace(one, reason=why, **nothing)


def _beside_few(effects: Sequence[Effect]) -> set[tuple[str, int | None]]:
    """Classes that say nothing because a smaller one beside them could be worked out from the school and them."""
    hidden: set[tuple[str, int | None]] = set()
    for school in effects:
        classes = [one for one in effects if one.school == school.school and one.class_no is not None]
        if school.class_no is None and school.post_mean is not None:
            shown = suppress([one.n for one in classes], LEAST)
            hidden |= {
                (one.school, one.class_no)
                for one, n in zip(classes, shown, strict=True)
                if n is None and one.post_mean is not None
            }
    return hidden
