"""How the demo's students feel: real distributions of moods, turned into answers to the scales that may be asked.

DEPRESSED and ANXIOUS are counts of 4,344 American adolescents of grades 7 to 12 (data set `AddHealth` of the R package
heplots, from the National Longitudinal Study of Adolescent Health): how often somebody felt depressed and anxious in the
past year, 0 never to 4 every day. BAND turns the first into bands of PHQ-9 so that the shares are those of 17,524 Chinese
pupils: 24.6 % at 10 and above, 7.4 % at 15 and above. Thoughts of death (CALLS) are told far less often than the 31 %
that surveys of a whole life find: the item asks about two weeks, and every such answer waits for a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from random import Random
from typing import NamedTuple

from app.care.screening.bulk import Filled
from app.care.screening.scales.definition import Scale
from app.care.screening.scales.scoring import score

DEPRESSED: Mapping[int, tuple[int, ...]] = {
    7: (311, 166, 77, 44, 24),
    8: (287, 167, 114, 65, 31),
    9: (295, 209, 157, 77, 40),
    10: (283, 235, 145, 103, 51),
    11: (230, 241, 169, 100, 50),
    12: (194, 199, 163, 92, 25),
}
"""Grade → how many said 0, 1, 2, 3, 4; younger pupils are taken to be like grade 7."""
ANXIOUS: Mapping[int, tuple[int, ...]] = {
    0: (1208, 273, 77, 26, 16),
    1: (486, 482, 174, 65, 10),
    2: (191, 315, 219, 91, 9),
    3: (70, 126, 135, 124, 26),
    4: (32, 24, 33, 58, 74),
}
"""Depressed so often → how many were anxious 0, 1, 2, 3, 4."""
BAND: Mapping[int, tuple[int, ...]] = {
    0: (100, 0, 0, 0, 0),
    1: (45, 55, 0, 0, 0),
    2: (5, 50, 45, 0, 0),
    3: (0, 0, 80, 20, 0),
    4: (0, 0, 0, 65, 35),
}
"""Felt so often → share in each band 0–4 of a scale of two weeks."""
CALLS: Mapping[int, tuple[float, float]] = {
    0: (0.001, 0.0), 1: (0.01, 0.001), 2: (0.035, 0.006), 3: (0.09, 0.025), 4: (0.16, 0.09),
}  # fmt: skip
"""Band → share who say of item 9 "several days", and share who say more."""
CRITICAL, SEVERAL_DAYS = "phq9", 1
PACES, SHARES = (0.8, 1.3, 2.6, 3.4, 4.8), (17, 30, 300, 400, 253)
"""Mean seconds an item; under one second it is asked again, under one and a half it is flagged (domain §5.4)."""
HASTY, CALM = PACES[0], PACES[3]
POOL = 40
"""So many different sheets of each band."""
SEEN: Mapping[int, int] = {0: 15, 1: 35, 2: 90, 3: 300, 4: 500}
"""Felt so often → how many in a thousand a class teacher sees to be heavy-hearted: some of them, and some who are not."""
LOOKS: Mapping[int, tuple[int, int, int, int]] = {
    0: (82, 15, 3, 0), 1: (78, 18, 3, 1), 2: (70, 23, 6, 1), 3: (60, 28, 10, 2), 4: (52, 30, 14, 4),
}  # fmt: skip
"""Felt so often → share of looks 0–3 at one who does not seem so; teacher and student agree a little, as everywhere."""
HEAVY = (20, 33, 33, 14)


class Felt(NamedTuple):
    """How a student has been, 0 never to 4 every day: what is answered and what a teacher sees come of the same."""

    depressed: int
    anxious: int


def feel(grade: int, random: Random) -> Felt:
    """One student of a grade (1–12)."""
    depressed = random.choices(range(5), DEPRESSED[max(grade, min(DEPRESSED))])[0]
    return Felt(depressed, random.choices(range(5), ANXIOUS[depressed])[0])


def answers(scales: tuple[Scale, ...], felt: Felt, random: Random, pace: float | None = None) -> tuple[Filled, ...]:
    """What one student says: a sheet of each scale, all at one pace (mean seconds an item), drawn where none is given."""
    pace = pace or random.choices(PACES, SHARES)[0]
    return tuple(
        Filled(
            scale, _sheet(scale, felt.anxious if scale.construct_code == "anxiety" else felt.depressed, random), pace
        )
        for scale in scales
    )


def _sheet(scale: Scale, felt: int, random: Random) -> tuple[int, ...]:
    pool = _pool(scale.code, scale)
    band = min(random.choices(range(5), BAND[felt])[0], max(pool))
    values = random.choice(pool[band])
    if scale.code != CRITICAL:
        return values
    several, more = CALLS[band]
    drawn = random.random()
    return values if drawn > several + more else (*values[:-1], SEVERAL_DAYS if drawn > more else 2)


_POOLS: dict[str, dict[int, list[tuple[int, ...]]]] = {}


def _pool(code: str, scale: Scale) -> dict[int, list[tuple[int, ...]]]:
    if code not in _POOLS:
        _POOLS[code] = _filled(scale)
    return _POOLS[code]


def _filled(scale: Scale) -> dict[int, list[tuple[int, ...]]]:
    """Band → sheets of that band, of every total that it spans; nothing is said of a critical item."""
    random, found = Random(9), dict[int, list[tuple[int, ...]]]()
    free = [place for place, item in enumerate(scale.items) if not item.critical]
    most = max(scale.values(scale.items[0]))
    for total in range(most * len(free) + 1):
        for _ in range(POOL // 4):
            values = [0] * len(scale.items)
            for _point in range(total):
                place = random.choice([one for one in free if values[one] < most])
                values[place] += 1
            band = score(scale, {item.id: value for item, value in zip(scale.items, values, strict=True)}).band
            if band is not None:
                found.setdefault(band, []).append(tuple(values))
    return found


@cache
def rating(kind: int, felt: int) -> tuple[int, ...]:
    """Six looks 0–3 of a class teacher at a student who felt so (0–4), and nothing to act on at once; `kind` 0–999 is
    drawn by the caller."""
    random = Random(kind)
    heavy = random.randrange(1000) < SEEN[felt]
    weights = HEAVY if heavy else LOOKS[felt]
    return (*random.choices((0, 1, 2, 3), weights, k=6), 0, 0)
