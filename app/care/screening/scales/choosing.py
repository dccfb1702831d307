"""Which scales may be put before whom: licence, wording, grade and age (domain §5.1, §5.4; mission_care §2.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from app.care.screening.scales.definition import Scale
from app.care.screening.scales.shelf import SHELF, failed_vectors, shipped


@lru_cache(maxsize=2)
def _usable(changed: int) -> dict[tuple[str, str], Scale]:
    return {(one.code, one.version): one for one in shipped() if may_be_asked(one) and not failed_vectors(one)}


def usable() -> Mapping[tuple[str, str], Scale]:
    """(code, version) → scale, of all that may be put before students and pass their own vectors."""
    return _usable(max(path.stat().st_mtime_ns for path in SHELF.glob("*.yaml")))


def may_be_asked(scale: Scale) -> bool:
    """Worded, free of licence doubts, answered by the student alone, and not for interviews only."""
    return scale.complete and scale.licence.ship_text and scale.respondent == "self" and not scale.interview_only


def chosen(listed: Sequence[Mapping[str, Any]]) -> Iterator[Scale]:
    """The scales of a campaign, in its order; a version that is not usable any more is left out."""
    known = usable()
    for one in listed:
        scale = known.get((str(one["code"]), str(one["version"])))
        if scale is not None:
            yield scale


def unfit(listed: Sequence[Mapping[str, Any]], grades: Sequence[str]) -> list[str]:
    """What does not fit: versions that may not be used, grades for which no scale is meant ("G4" …)."""
    known = usable()
    wrong = [f"{one['code']} {one['version']}" for one in listed if (one["code"], one["version"]) not in known]
    scales = list(chosen(listed))
    return wrong + [grade for grade in grades if not any(fits_grade(scale, int(grade[1:])) for scale in scales)]


def fits_grade(scale: Scale, grade: int) -> bool:
    """Whether the scale is meant for a grade (1–12)."""
    gates = scale.eligibility
    return (gates.grade_min or 1) <= grade <= (gates.grade_max or 12)


def fits(scale: Scale, grade: int, age: int) -> bool:
    """Whether the scale is meant for a student of this grade (1–12) and age (completed years)."""
    gates = scale.eligibility
    return fits_grade(scale, grade) and (gates.age_min or 0) <= age <= (gates.age_max or 99)


def gates(listed: Sequence[Mapping[str, Any]]) -> list[dict[str, int]]:
    """The grade and age limits of a campaign's scales, for one SQL statement."""
    return [
        {
            "grade_min": one.eligibility.grade_min or 1,
            "grade_max": one.eligibility.grade_max or 12,
            "age_min": one.eligibility.age_min or 0,
            "age_max": one.eligibility.age_max or 99,
        }
        for one in chosen(listed)
    ]
