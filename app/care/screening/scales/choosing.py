"""Which scales may be put before whom: licence, wording, grade and age (domain §5.1, §5.4; mission_care §2.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from app.care.screening.scales.definition import Scale
from app.care.screening.scales.shelf import SHELF, failed_vectors, shipped
from app.core.yaml_files import loaded

LIMITS = SHELF.parent / "scales_limits.yaml"
Known = Mapping[tuple[str, str], Scale]
"""(code, version) → scale."""


@lru_cache(maxsize=2)
def _shelf(changed: int) -> dict[tuple[str, str], Scale]:
    return {(one.code, one.version): one for one in shipped()}


@lru_cache(maxsize=2)
def _usable(changed: int) -> dict[tuple[str, str], Scale]:
    kept = _shelf(changed).items()
    return {key: one for key, one in kept if may_be_asked(one) and not failed_vectors(one)}


def _changed() -> int:
    return max(path.stat().st_mtime_ns for path in SHELF.glob("*.yaml"))


def shelf() -> Known:
    """All that come with the project, also those whose texts a licensed bureau has to bring."""
    return _shelf(_changed())


def usable() -> Known:
    """Those that come with the project, may be put before students, and pass their own vectors."""
    return _usable(_changed())


def may_be_asked(scale: Scale, *, licensed: bool = False) -> bool:
    """Worded, free of licence doubts or licensed, answered by the student alone, and not for interviews only."""
    allowed = scale.licence.ship_text or licensed
    return scale.complete and allowed and scale.respondent == "self" and not scale.interview_only


def unfit(listed: Sequence[Mapping[str, Any]], grades: Sequence[str], known: Known) -> list[str]:
    """What does not fit: versions that are not among the `known`, grades for which no scale is meant ("G4" …)."""
    wrong = [f"{one['code']} {one['version']}" for one in listed if (one["code"], one["version"]) not in known]
    scales = [known[key] for one in listed if (key := (one["code"], one["version"])) in known]
    return wrong + [grade for grade in grades if not any(fits_grade(scale, int(grade[1:])) for scale in scales)]


def fits_grade(scale: Scale, grade: int) -> bool:
    """Whether the scale is meant for a grade (1–12)."""
    return lowest_grade(scale) <= grade <= (scale.eligibility.grade_max or 12)


def lowest_grade(scale: Scale) -> int:
    """The first grade that may be asked: where a question names a way to die, not below the county's limit."""
    lowest = scale.eligibility.grade_min or 1
    return max(lowest, _methods_from(LIMITS.stat().st_mtime_ns)) if scale.names_methods else lowest


@lru_cache(maxsize=2)
def _methods_from(changed: int) -> int:
    return int(loaded(LIMITS.read_text(encoding="utf-8"))["suicide_method_from_grade"])


def fits(scale: Scale, grade: int, age: int) -> bool:
    """Whether the scale is meant for a student of this grade (1–12) and age (completed years)."""
    gates = scale.eligibility
    return fits_grade(scale, grade) and (gates.age_min or 0) <= age <= (gates.age_max or 99)


def gates(scales: Sequence[Scale]) -> list[dict[str, int]]:
    """The grade and age limits of scales, for one SQL statement."""
    return [
        {
            "grade_min": lowest_grade(one),
            "grade_max": one.eligibility.grade_max or 12,
            "age_min": one.eligibility.age_min or 0,
            "age_max": one.eligibility.age_max or 99,
        }
        for one in scales
    ]
