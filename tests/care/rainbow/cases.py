"""The worked cases of domain §4.4, as pupils: what each brings and what the rules must say."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.care.rainbow.reference import Alert, Answered, Fact, Pupil, Rated

TODAY = date(2026, 11, 16)
CONSTRUCTS = (("phq9", "depression"), ("gad7", "anxiety"), ("who5", "wellbeing"))


@dataclass(frozen=True)
class Case:
    name: str
    pupil: Pupil
    points: tuple[int, int, int, int, int]
    completeness: float
    kind: str
    tier: str | None
    flags: frozenset[str] = field(default_factory=frozenset)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def pupil(
    facts: str = "",
    bands: tuple[int, ...] | None = (),
    rating: int | None = None,
    *,
    assessed: tuple[str, int] | None = None,
    scale_age: int = 5,
    alerts: tuple[Alert, ...] = (),
    danger: int = 0,
    left: int | None = None,
    tier: tuple[str, int] | None = None,
) -> Pupil:
    found = [Fact(code, ago(10), "guardian") for code in facts.split()]
    if left is not None:
        found.append(Fact("returned_from_leave", ago(left)))
    items = [0] * 6
    for place in range(rating or 0):
        items[place % 6] += 1
    return Pupil(
        facts=tuple(found),
        results=tuple(
            Answered(scale, construct, band, ago(scale_age))
            for (scale, construct), band in zip(CONSTRUCTS, bands or (), strict=False)
        ),
        ratings=() if rating is None else (Rated(ago(3), (*items, danger, 0)),),  # type: ignore[arg-type]
        assessments=((assessed[0], ago(assessed[1])),) if assessed else (),
        alerts=alerts,
        tier=tier[0] if tier else None,
        tier_since=ago(tier[1]) if tier else None,
        fits_since=ago(min(20, tier[1] - 1)) if tier else None,
    )


O1A, O1B = Alert("O1a", ago(5)), Alert("O1b", ago(5))
CARE, NO_SELF, STALE = frozenset({"care_flag"}), frozenset({"no_self_report"}), frozenset({"stale"})
NONE: frozenset[str] = frozenset()

CASES = [
    Case("R01", pupil("", (0,), 1), (0, 0, 0, 0, 0), 1.0, "propose", "green"),
    Case("R02", pupil("orphan destitute student_disability left_behind", (0,), 2), (15, 0, 0, 0, 0), 1.0, "propose",
         "green", CARE),
    Case("R03", pupil("single_parent left_behind", (1,), 5), (7, 0, 8, 5, 0), 1.0, "propose", "yellow"),
    Case("R06", pupil("single_parent bullying", (3, 2), 12), (3, 5, 32, 15, 0), 1.0, "propose", "orange"),
    Case("R07", pupil("", (0,), 0, alerts=(O1B,)), (0, 0, 0, 0, 0), 1.0, "propose", "orange"),
    Case("R24", pupil("", (0,), 0, alerts=(O1A,)), (0, 0, 0, 0, 0), 1.0, "propose", "red"),
    Case("R08", pupil("", (3,), 4, assessed=("none", 4)), (0, 0, 28, 5, 0), 1.0, "propose", "yellow"),
    Case("R09", pupil("", (1,), 2, assessed=("high", 4)), (0, 0, 8, 0, 30), 1.0, "propose", "red"),
    Case("R10", pupil("left_behind subsistence_allowance", None), (7, 0, 0, 0, 0), 0.2, "undetermined", None, NO_SELF),
    Case("R11", pupil("abnormal_absence bullying bereavement single_parent", None, 10), (3, 15, 0, 10, 0), 0.5,
         "propose", "yellow", NO_SELF),
    Case("R12", pupil("", (1,), 5, assessed=("mild", 4), tier=("red", 35)), (0, 0, 8, 5, 10), 1.0, "step_down",
         "orange"),
    Case("R14", pupil("", (1,), 2, tier=("orange", 12)), (0, 0, 8, 0, 0), 1.0, "hold_dwell", "orange"),
    Case("R15", pupil("left_behind bullying", (1,), 4, assessed=("mild", 4), tier=("orange", 40)), (4, 5, 8, 5, 10),
         1.0, "step_down", "yellow"),
    Case("R16", pupil("left_behind", (0,), 3, tier=("yellow", 45)), (4, 0, 0, 0, 0), 1.0, "step_down", "green"),
    Case("R17", pupil("", (0,), 1, danger=1), (0, 0, 0, 0, 0), 1.0, "propose", "orange"),
    Case("R18", pupil("single_parent", (3,), 4, scale_age=200), (3, 0, 14, 5, 0), 1.0, "propose", "yellow", STALE),
    Case("R19", pupil("", (1,), 0, assessed=("mild", 4), alerts=(O1A,), tier=("yellow", 40)), (0, 0, 8, 0, 10), 1.0,
         "propose", "red"),
    Case("R20", pupil("", None, 3, left=20), (0, 0, 0, 0, 0), 0.5, "propose", "orange", NO_SELF),
    Case("R21", pupil("", (3,), 1), (0, 0, 28, 0, 0), 1.0, "propose", "orange"),
    Case("R22", pupil("single_parent bullying bereavement", (4, 3), 14), (3, 11, 35, 15, 0), 1.0, "propose", "red"),
    Case("R23", pupil("", (0,), 1, assessed=("none", 4), alerts=(O1A,)), (0, 0, 0, 0, 0), 1.0, "propose", "red"),
]  # fmt: skip
