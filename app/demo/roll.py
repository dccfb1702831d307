"""40,000 invented students in about 1,000 classes, through the same set-based way as a roster import."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random

from app.demo import names
from app.demo.tree import County
from app.people.directory import bulk

DAY = date(2026, 9, 1)
NEVER_ISSUED = "330000"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
ORDERS = 500
"""So many boys and girls of one birthday have different ID numbers; who comes that much later has another birthday."""
COHORTS = {1: 0.66, 2: 0.72, 3: 0.78}
"""The youngest years are smaller, as in every county of these years; the others count as one."""
WIDTH, OF_HIGH_SCHOOLS = (0.35, 1.9), (0.85, 1.1)
"""How different schools are in size; a county's few high schools have two to four thousand students each."""
GRADES = {"21": range(1, 7), "31": range(7, 10), "38": range(1, 10), "34": range(10, 13)}


def identity_number(area: str, born: date, order: int) -> str:
    """An ID number of an area that was never issued, with a right check digit (domain §6.1)."""
    body = f"{area}{born:%Y%m%d}{order % 1000:03d}"
    return body + CHECKS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def load(county: County, total: int) -> int:
    """Load `total` students over all schools; returns how many."""
    bulk.load_roster(county.id, rows(county, total), DAY)
    return total


def rows(county: County, total: int) -> Iterator[tuple[object, ...]]:
    """One row a student in the order of the roster's columns; classes of about 40, some small schools much smaller."""
    random = Random(40_000)
    classes = list(_classes(county, random, total))
    number = 0
    for code, grade, class_no, size in classes:
        for _seat in range(size):
            number += 1
            yield _student(random, number, code, grade, class_no)


def _classes(county: County, random: Random, total: int) -> Iterator[tuple[str, int, int, int]]:
    weights = {
        code: random.uniform(*(OF_HIGH_SCHOOLS if kind == "34" else WIDTH))
        for code, (_i, kind, _s) in county.schools.items()
    }
    grades = [(code, grade) for code, (_i, kind, _s) in county.schools.items() for grade in GRADES[kind]]
    of_grade: defaultdict[int, float] = defaultdict(float)
    for code, grade in grades:
        of_grade[grade] += weights[code]
    for (code, grade), size in zip(grades, _sizes(weights, grades, of_grade, total), strict=True):
        count = max(1, round(size / 40))
        for number in range(count):
            yield code, grade, number + 1, size // count + (1 if number < size % count else 0)


def _sizes(
    weights: Mapping[str, float], grades: Sequence[tuple[str, int]], of_grade: Mapping[int, float], total: int
) -> list[int]:
    """Students of each grade of each school, `total` together; what the smallest have too many, the largest have fewer."""
    cohorts = sum(COHORTS.get(grade, 1.0) for grade in of_grade)
    sizes = [
        max(8, round(total * COHORTS.get(grade, 1.0) / cohorts * weights[code] / of_grade[grade]))
        for code, grade in grades
    ]
    while over := sum(sizes) - total:
        sizes[sizes.index(max(sizes))] -= 1 if over > 0 else -1
    return sizes


def _student(random: Random, number: int, code: str, grade: int, class_no: int) -> tuple[object, ...]:
    born = date(2026 - 6 - grade, 9, 1) - timedelta(days=(number * 211 + number // ORDERS) % 365)
    girl = random.random() < 0.48
    card = identity_number(NEVER_ISSUED, born, number % ORDERS * 2 + (0 if girl else 1))
    return (
        code,
        f"G{card}",
        names.person(random),
        "id",
        card,
        "2" if girl else "1",
        born.isoformat(),
        f"G{grade}",
        class_no,
        2026 - (grade - 1),
        random.random() < 0.12,
        names.person(random),
        random.choice(("father", "mother", "grandparent")),
        f"139{number:08d}",
        None,
        None,
        None,
        random.choices(("none", "one", "both"), (0.8, 0.13, 0.07))[0],
        None,
    )
