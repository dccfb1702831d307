"""Answers to scores, band and critical answers: pure arithmetic over a scale definition."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.care.screening.scales.definition import Bands, Critical, Item, Scale, Score, When

Answers = Mapping[int, int | None]
"""Item number → answer as given; a number that is missing, or None, is a blank."""


@dataclass(frozen=True, slots=True)
class Person:
    """What cuts may ask about the one who answered: completed years, grade 1–12, sex; None where it is not known."""

    sex: str | None = None
    age: int | None = None
    grade: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A critical answer: the item and the rule that it met."""

    item: int
    override: str
    crisis: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What answers say: `scores` by id (None: too much is missing), `band` 0–4 or None, every critical hit.

    `blank_critical`: critical items left open, which is no positive but a task for a counsellor (domain §4.2).
    `missing`: how many items are blank; `computable`: every score that a band reads could be made.
    """

    scores: Mapping[str, float | None]
    band: int | None
    hits: tuple[Hit, ...]
    blank_critical: tuple[int, ...]
    missing: int
    computable: bool

    @property
    def critical(self) -> bool:
        """Must a person look at once: an O1a or O1b answer, never O7 (decision 58)?"""
        return any(hit.override != "O7" for hit in self.hits)


def half_up(value: Fraction) -> int:
    """The nearest whole number, halves upward (domain §5.2)."""
    return math.floor(value + Fraction(1, 2))


def check_answers(scale: Scale, answers: Answers) -> list[str]:
    """What is wrong with answers, item by item: an unknown item, a value that is no option; empty when all fits."""
    wrong = []
    for number, answer in answers.items():
        item = scale.by_id.get(number)
        if item is None:
            wrong.append(f"item {number} is not part of {scale.code} {scale.version}")
        elif answer is not None and answer not in scale.values(item):
            wrong.append(f"item {number}: {answer} is not an answer of {scale.code} {scale.version}")
    return wrong


def score(scale: Scale, answers: Answers, person: Person = Person()) -> Result:
    """Scores, band and critical answers of one response.

    `answers`: as given, before reversal. Reversal is `max + min − value`; prorating is sum × n / answered, halves
    upward, before the multiplier. The band is the highest that any score reaches. Critical answers are read from the
    answers as given and ignore totals and validity. Raises ValueError for an answer that the scale does not know.
    Source: domain §5.1–5.3, decision 57.
    """
    if wrong := check_answers(scale, answers):
        raise ValueError("; ".join(wrong))
    scores = {one.id: _value(scale, one, answers) for one in scale.scores}
    read = [bands for bands in scale.bands if _meant_for(bands.when, person)]
    banded = [(bands, scores[one.id]) for bands in read for one in scale.scores if _reads(bands, one)]
    found = [_band(bands, value) for bands, value in banded if value is not None]
    return Result(
        scores={name: None if value is None else float(value) for name, value in scores.items()},
        band=max(found) if found and len(found) == len(banded) else None,
        hits=tuple(hit for item in scale.items if (hit := first_hit(item, answers.get(item.id))) is not None),
        blank_critical=tuple(item.id for item in scale.items if item.critical and answers.get(item.id) is None),
        missing=sum(answers.get(number) is None for number in scale.by_id),
        computable=all(value is not None for _, value in banded),
    )


def oriented(scale: Scale, item: Item, answer: int) -> int:
    """The answer with its direction taken away: `max + min − value` on a reversed item."""
    low, high = scale.ends(item)
    return low + high - answer if item.reverse else answer


def _value(scale: Scale, one: Score, answers: Answers) -> Fraction | None:
    members = scale.members(one)
    given = [
        oriented(scale, scale.by_id[number], answer)
        for number in members
        if (answer := answers.get(number)) is not None
    ]
    blank = len(members) - len(given)
    limit = len(members) // 5 if one.max_missing is None else one.max_missing
    if not given or blank > limit or (blank and one.missing == "invalid"):
        return None
    total = Fraction(sum(given))
    if one.method == "mean":
        return total / (len(members) if one.missing == "zero" else len(given)) * one.multiplier
    if blank and one.missing == "prorate":
        total = Fraction(half_up(total * len(members) / len(given)))
    return total * one.multiplier


def _reads(bands: Bands, one: Score) -> bool:
    prefix, _, group = bands.on.partition(":")
    return bands.on == one.id or (prefix == "any" and group != "" and group == one.group)


def _meant_for(when: When | None, person: Person) -> bool:
    if when is None:
        return True
    within = (
        (when.age_min, when.age_max, person.age),
        (when.grade_min, when.grade_max, person.grade),
    )
    for low, high, value in within:
        if (low is not None or high is not None) and value is None:
            return False
        if value is not None and ((low is not None and value < low) or (high is not None and value > high)):
            return False
    return when.sex is None or when.sex == person.sex


def _band(bands: Bands, value: Fraction) -> int:
    for cut in bands.cuts:
        if cut.holds(float(value)):
            return cut.band
    return bands.cuts[-1].band


def first_hit(item: Item, answer: int | None) -> Hit | None:
    """The first rule that the answer meets: rules stand from the most to the least urgent."""
    if answer is None:
        return None
    met: Critical | None = next((rule for rule in item.critical if rule.met_by(answer)), None)
    return None if met is None else Hit(item.id, met.override, met.crisis)
