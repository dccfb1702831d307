"""The numbers of the rainbow code, one frozen version at a time, as a county keeps them in config/rainbow."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.core.yaml_files import loaded

FOLDER = Path(__file__).resolve().parents[3] / "config" / "rainbow"

Tier = Literal["green", "yellow", "orange", "red"]
Domain = Literal["BG", "EV", "SC", "TR", "PA"]
Level = Literal["none", "mild", "moderate", "high"]
Days = Annotated[int, Field(ge=1, le=3660)]
Points = Annotated[int, Field(ge=0, le=100)]
FactorCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]

TIERS: tuple[Tier, ...] = ("green", "yellow", "orange", "red")
"""From everyday support to help at once; a tier's place in this row is its rank 0–3."""


class Piece(BaseModel):
    """A piece of the rule set; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Factor(Piece):
    """A fact that gives points for `days` days or `months` calendar months from its date, both ends included.

    Of the factors of one `group` only the highest counts; `only_from` names the one source that may tell it.
    """

    domain: Literal["BG", "EV"]
    points: Points
    group: str
    days: Days | None = None
    months: Annotated[int, Field(ge=1, le=60)] | None = None
    only_from: str | None = None

    @model_validator(mode="after")
    def _one_window(self) -> Self:
        if (self.days is None) == (self.months is None):
            raise ValueError("a factor has either days or months")
        return self


class Scales(Piece):
    """Points of scale bands 0–4 and of further constructs; results older than `fresh_days` count half (decision 56)."""

    band_points: tuple[Points, Points, Points, Points, Points]
    fresh_days: Days
    usable_days: Days
    further_from_band: Annotated[int, Field(ge=1, le=4)]
    further_points: Points
    further_points_stale: Points


class Rating(Piece):
    """The class teacher's six items (sum 0–18): (end, points) pairs, and what the two danger items do."""

    days: Days
    points: tuple[tuple[int, Points], ...]
    danger_items: dict[Tier, Annotated[int, Field(ge=1, le=3)]]


class Assessment(Piece):
    """Points and hard floor of each level of a professional assessment."""

    days: Days
    points: dict[Level, Points]
    floors: dict[Level, Tier]


class Lasting(Piece):
    """A floor that holds for some days from the date of what caused it."""

    tier: Tier
    days: Days


class Floors(Piece):
    """Floors that act whatever the total (domain §4.2)."""

    urgent_alert: Tier
    same_day_alert: Tier
    cleared_alert: Lasting
    crisis_open: Tier
    self_harm: tuple[Lasting, ...]
    returned_from_leave: Lasting
    fresh_band: dict[Annotated[int, Field(ge=1, le=4)], Tier]
    worry_item: Tier


class Completeness(Piece):
    """Weight of each known source, and the least sum that lets green be said."""

    SC: float
    TR: float
    BG: float
    least: float


class StepDown(Piece):
    """Total at least `margin` under the tier's lower end, `dwell_days` in it, two computations `agree_days` apart."""

    margin: Points
    dwell_days: Days
    agree_days: Days


class Conversion(Piece):
    """What a step down asks of people (domain B5): counts, days before today, per cent of the plan's goals."""

    interviews_apart_days: Days
    guardian_days: Days
    sessions: Annotated[int, Field(ge=0, le=50)]
    assessment_days: Days
    assessed_at_most: Level
    goals_percent: Annotated[int, Field(ge=0, le=100)]
    check_ins: Annotated[int, Field(ge=0, le=50)]
    events_days: Days
    watch_days: Days


class Conflict(Piece):
    """When teacher and student tell opposite stories (decisions §6)."""

    rating_from: int
    band_from: Annotated[int, Field(ge=1, le=4)]


class Expected(Piece):
    """What a worked case comes to."""

    kind: Literal["propose", "step_down", "undetermined", "hold_points", "hold_dwell", "hold_once", "hold_lapsed"]
    tier: Tier | None = None
    total: Points
    flags: tuple[str, ...] = ()


class RuleVector(Piece):
    """A worked case (domain §4.4): what a student brings, and what the rules have to say.

    `facts` by factor code, ten days old; `scales` are bands of scales of different constructs; `rating` is the sum of the
    six items, `danger` item 7; a level in force of `dwell_days` with two agreeing computations.
    """

    name: Annotated[str, Field(min_length=1, max_length=40)]
    facts: tuple[str, ...] = ()
    scales: Annotated[tuple[Annotated[int, Field(ge=0, le=4)], ...], Field(max_length=4)] = ()
    scale_days: Annotated[int, Field(ge=0, le=400)] = 5
    rating: Annotated[int, Field(ge=0, le=18)] | None = None
    danger: Annotated[int, Field(ge=0, le=3)] = 0
    assessed: Level | None = None
    assessed_days: Annotated[int, Field(ge=0, le=400)] = 4
    alerts: tuple[Literal["O1a", "O1b"], ...] = ()
    returned_days: Annotated[int, Field(ge=0, le=400)] | None = None
    tier: Tier | None = None
    dwell_days: Annotated[int, Field(ge=1, le=4000)] = 40
    expect: Expected


class RuleSet(Piece):
    """Every number of domain §4; points are whole, dates in days or calendar months, tiers from green to red."""

    version: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{1,38}$")]
    tiers: dict[Tier, Points]
    total_cap: Points
    caps: dict[Domain, Points]
    factors: dict[FactorCode, Factor]
    scales: Scales
    rating: Rating
    assessment: Assessment
    floors: Floors
    ceiling: Tier
    completeness: Completeness
    step_down: StepDown
    conversion: Conversion
    care_flag_from: Points
    conflict: Conflict
    test_vectors: Annotated[tuple[RuleVector, ...], Field(max_length=200)] = ()

    def numbers(self) -> dict[str, Any]:
        """What the engine reads, as JSON: everything but the worked cases."""
        return self.model_dump(mode="json", exclude={"test_vectors"})

    @model_validator(mode="after")
    def _tiers_rise(self) -> Self:
        if tuple(self.tiers) != TIERS or self.tiers["green"] != 0:
            raise ValueError("tiers name green, yellow, orange, red in this order; green begins at 0")
        starts = list(self.tiers.values())
        if starts != sorted(set(starts)):
            raise ValueError("each tier begins above the one before")
        return self

    @model_validator(mode="after")
    def _background_alone_stays_green(self) -> Self:
        if self.caps["BG"] >= self.tiers["yellow"]:
            raise ValueError("background alone must never leave green: its cap lies below the start of yellow")
        return self

    @model_validator(mode="after")
    def _points_rise_with_the_band(self) -> Self:
        if list(self.scales.band_points) != sorted(self.scales.band_points):
            raise ValueError("a higher band never gives fewer points")
        ends = [end for end, _ in self.rating.points]
        if ends != sorted(set(ends)) or ends[-1] != 18:
            raise ValueError("the ends of the rating rise up to 18")
        return self


def read_rule_set(text: str) -> RuleSet:
    """A rule set from YAML.

    Raises yaml.YAMLError for text that is no YAML, pydantic.ValidationError for content that is no rule set.
    """
    return RuleSet.model_validate(loaded(text))


@cache
def shipped_rule_set(version: int = 1) -> RuleSet:
    """The rule set that comes with the project; raises FileNotFoundError for a version that was never issued."""
    return read_rule_set((FOLDER / f"rule_set_v{version}.yaml").read_text(encoding="utf-8"))


def rank(tier: Tier) -> int:
    """0 for green to 3 for red."""
    return TIERS.index(tier)
