"""What a scale file may say: items, options, scores, bands, validity, licence and the vectors that it must pass."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from app.core.yaml_files import Wrong
from workflows.wording import plural

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Version = Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
Band = Annotated[int, Field(ge=0, le=4)]
Grade = Annotated[int, Field(ge=1, le=12)]
Age = Annotated[int, Field(ge=3, le=25)]
Override = Literal["O1a", "O1b", "O7"]
SUICIDE_METHOD = "suicide_method"
"""Tag of an item that names a way to die: never shown below the grade that the county sets (mission_care §2.2)."""


class Part(BaseModel):
    """A piece of a scale file; unknown keys are refused and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Part):
    """One text in both languages; English may be missing where no free translation exists."""

    zh: Annotated[str, Field(min_length=1, max_length=500)]
    en: Annotated[str, Field(max_length=500)] = ""


class Licence(Part):
    """May the item texts be shown: `ship_text` false means that a licensed bureau must bring them."""

    status: Literal["free", "restricted", "unverified"]
    text: str
    source: str = ""
    ship_text: bool


class Eligibility(Part):
    """Whole grades 1–12 and completed years of age, both ends included; a missing end is open."""

    grade_min: Grade | None = None
    grade_max: Grade | None = None
    age_min: Age | None = None
    age_max: Age | None = None

    @model_validator(mode="after")
    def _ends_in_order(self) -> Self:
        for low, high in ((self.grade_min, self.grade_max), (self.age_min, self.age_max)):
            if low is not None and high is not None and low > high:
                raise Wrong(f"下限 {low} 大于上限 {high}", f"the lower end ({low}) lies above the upper end ({high})")
        return self


class Option(Part):
    """One answer: the number it counts for, and its words."""

    value: Annotated[int, Field(ge=0, le=9)]
    zh: str = ""
    en: str = ""


class Critical(Part):
    """When an answer acts by itself, whatever the total and the validity: `override` names the floor (domain §4.2).

    O1a and O1b call people; O7 is a soft floor without an alert; `crisis`: an acute answer opens a crisis event too.
    """

    op: Literal[">=", "=="]
    value: int
    override: Override
    crisis: bool = False

    def met_by(self, answer: int) -> bool:
        """Does the answer as given (before reversal) meet the rule?"""
        return answer >= self.value if self.op == ">=" else answer == self.value


class Item(Part):
    """One question; its text is empty where the licence does not let us ship it."""

    id: Annotated[int, Field(ge=1, le=200)]
    zh: str = ""
    en: str = ""
    reverse: bool = False
    required: bool = True
    options: tuple[Option, ...] = ()
    critical: tuple[Critical, ...] = ()
    tags: tuple[str, ...] = ()


class Score(Part):
    """One number made of several items.

    `group` bands several scores at once (`any:<group>`); `multiplier` is applied after prorating;
    `max_missing` None: 20 % of its items, rounded down (decisions §6); `missing`: what a blank does within that limit.
    """

    id: Code
    zh: str = ""
    en: str = ""
    group: str = ""
    items: Literal["all"] | tuple[int, ...] = "all"
    method: Literal["sum", "mean"] = "sum"
    multiplier: Annotated[int, Field(ge=1, le=10)] = 1
    max_missing: Annotated[int, Field(ge=0)] | None = None
    missing: Literal["prorate", "zero", "invalid"] = "prorate"


class Cut(Part):
    """One band of values: up to and including `max`, or strictly under `below` for scores that are means."""

    band: Band
    max: float | None = None
    below: float | None = None
    zh: str = ""
    en: str = ""

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if (self.max is None) == (self.below is None):
            raise Wrong("每一档写 max 或 below，只写一个", "a cut has either max or below")
        return self

    def holds(self, value: float) -> bool:
        """Does the value lie inside, once every lower cut has refused it?"""
        return value <= self.max if self.max is not None else value < (self.below or 0)

    @property
    def end(self) -> float:
        """The upper end, whichever way it is written."""
        return self.max if self.max is not None else self.below or 0


class When(Part):
    """For whom a set of cuts is meant; a missing line means everybody (decision 57)."""

    sex: Literal["male", "female"] | None = None
    age_min: Age | None = None
    age_max: Age | None = None
    grade_min: Grade | None = None
    grade_max: Grade | None = None


class Bands(Part):
    """The cuts of one score, or of every score of a group (`on: any:<group>`), from low values to high."""

    on: str
    source: Annotated[str, Field(max_length=300)] = ""
    """Where the cuts are from: author, year and page, as it is cited."""
    cuts: Annotated[tuple[Cut, ...], Field(min_length=1)]
    when: When | None = None

    @field_validator("cuts")
    @classmethod
    def _rising(cls, cuts: tuple[Cut, ...]) -> tuple[Cut, ...]:
        ends = [(cut.end, cut.max is not None) for cut in cuts]
        if ends != sorted(set(ends)):
            raise Wrong("各档要从小到大", "cuts rise from one to the next")
        return cuts


class Straightline(Part):
    """Equal answers in a row: the shortest run that counts, as items and as share of all (domain §5.4 V2)."""

    min_run: Annotated[int, Field(ge=2)] = 10
    share: Annotated[float, Field(gt=0, le=1)] = 0.8


class Lie(Part):
    """Items whose sum tells that somebody wishes to look good; at `retest_at` the answers are asked again (V3)."""

    items: tuple[int, ...] = ()
    retest_at: int | None = None


class Pair(Part):
    """Two items that say the same after reversal: further apart than `max_difference` they contradict (V4)."""

    items: tuple[int, int]
    max_difference: Annotated[int, Field(ge=0)]


class Validity(Part):
    """When answers are doubted; seconds are per item, mean over the form (domain §5.4)."""

    min_seconds_per_item: Annotated[float, Field(gt=0)] = 1.5
    hard_min_seconds_per_item: Annotated[float, Field(gt=0)] = 1.0
    straightline: Straightline = Straightline()
    lie: Lie = Lie()
    pairs: tuple[Pair, ...] = ()


class Expectation(Part):
    """What a vector must give; a line that is left out is not compared."""

    scores: dict[str, float] = {}
    band: Band | None = None
    critical: bool | None = None
    overrides: tuple[Override, ...] | None = None
    verdict: Literal["valid", "flagged", "needs_retest", "invalid"] | None = None


class Vector(Part):
    """Answers in the order of the items (null: blank) and what they must give before the scale may be used."""

    answers: tuple[int | None, ...]
    expect: Expectation


class Scale(Part):
    """One version of a scale, whole (domain §5.2 with decision 57).

    Raises pydantic.ValidationError for unknown keys, items that no score knows, bands on a score that does not exist,
    vectors of the wrong length or with an answer that is no option.
    """

    code: Code
    version: Version
    title: Words
    construct_code: Annotated[Code, Field(alias="construct")]
    tags: tuple[str, ...] = ()
    symptom: bool = True
    interview_only: bool = False
    licence: Licence
    respondent: Literal["self", "guardian", "teacher", "interviewer"] = "self"
    eligibility: Eligibility = Eligibility()
    period: Annotated[str, Field(pattern=r"^P(\d+[YMWD])+$")] | None = None
    options: Annotated[tuple[Option, ...], Field(min_length=2)]
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=200)]
    scores: Annotated[tuple[Score, ...], Field(min_length=1)]
    bands: tuple[Bands, ...] = ()
    combine: Literal["max"] = "max"
    validity: Validity = Validity()
    test_vectors: Annotated[tuple[Vector, ...], Field(min_length=1)]

    @cached_property
    def by_id(self) -> dict[int, Item]:
        """Items by their number, in the order in which they are asked."""
        return {item.id: item for item in self.items}

    @cached_property
    def critical(self) -> tuple[tuple[int, Item], ...]:
        """The questions of which an answer may call for somebody at once, each with its place from 0."""
        return tuple((place, item) for place, item in enumerate(self.items) if item.critical)

    def values(self, item: Item) -> frozenset[int]:
        """The answers that an item knows."""
        return frozenset(option.value for option in item.options or self.options)

    def ends(self, item: Item) -> tuple[int, int]:
        """Lowest and highest answer of an item, for reversal: `max + min − value`."""
        values = self.values(item)
        return min(values), max(values)

    def members(self, score: Score) -> tuple[int, ...]:
        """The item numbers of a score."""
        return tuple(self.by_id) if score.items == "all" else score.items

    @property
    def both_ways(self) -> bool:
        """Has it items in both directions, so that equal answers contradict themselves (decisions §6, §5.4 V2)?"""
        return len({item.reverse for item in self.items}) == 2

    @property
    def may_be_left_out(self) -> bool:
        """Is there a question that need not be answered?"""
        return not all(item.required for item in self.items)

    @property
    def names_methods(self) -> bool:
        """Does a question name a way to die?"""
        return SUICIDE_METHOD in self.tags or any(SUICIDE_METHOD in item.tags for item in self.items)

    @property
    def complete(self) -> bool:
        """Is every item and every option worded, so that somebody can be asked?"""
        return all(item.zh for item in self.items) and all(
            option.zh for item in self.items for option in item.options or self.options
        )

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        if len(self.by_id) != len(self.items):
            raise Wrong("有题号重复", "an item number stands twice")
        known = set(self.by_id)
        named = {number for score in self.scores for number in self.members(score)}
        named |= set(self.validity.lie.items) | {number for pair in self.validity.pairs for number in pair.items}
        if named - known:
            raise Wrong(f"没有第 {sorted(named - known)} 题", f"no item has the number {sorted(named - known)}")
        names, groups = [score.id for score in self.scores], {score.group for score in self.scores}
        if len(set(names)) != len(names):
            raise Wrong("有分数重复", "a score stands twice")
        for bands in self.bands:
            prefix, _, group = bands.on.partition(":")
            if bands.on not in names and not (prefix == "any" and group and group in groups):
                raise Wrong(f"分档的 on 写的是 {bands.on}，没有这个分数", f"bands on {bands.on}, which no score is")
        return self

    @model_validator(mode="after")
    def _rules_can_be_met(self) -> Self:
        for item in self.items:
            for rule in item.critical:
                if not any(rule.met_by(value) for value in self.values(item)):
                    raise Wrong(
                        f"第 {item.id} 题没有答案满足 {rule.op} {rule.value}",
                        f"item {item.id}: no answer meets {rule.op} {rule.value}",
                    )
        for number, vector in enumerate(self.test_vectors, 1):
            if len(vector.answers) != len(self.items):
                raise Wrong(
                    f"第 {number} 组用例有 {len(vector.answers)} 个答案，量表有 {len(self.items)} 题",
                    f"vector {number} has {plural(len(vector.answers), 'answer')} for {plural(len(self.items), 'item')}",
                )
            for item, answer in zip(self.items, vector.answers, strict=True):
                if answer is not None and answer not in self.values(item):
                    raise Wrong(
                        f"第 {number} 组用例：第 {item.id} 题没有 {answer} 这个答案",
                        f"vector {number}: {answer} is no answer of item {item.id}",
                    )
        return self
