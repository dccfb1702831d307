"""Why this level: a computation as a person reads it, down to fact, source, day and until when it counts (PIPL 24)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from app.care.rainbow import words
from app.care.rainbow.models import RainbowComputation
from app.care.rainbow.rule_set import TIERS, RuleSet, shipped_rule_set
from app.core.errors import Sentence

DOMAINS = ("BG", "EV", "SC", "TR", "PA")
FLOOR_NAMES = {"AL": "O1", "SF": "O2–O4", "PA": "O5", "TR": "O6"}


@dataclass(frozen=True)
class Fact:
    """One fact: words, source, day, last day it counts, points; `counts` false where another of its group is higher."""

    what: Sentence
    source: Sentence
    on: date
    until: date | None
    points: int
    counts: bool


@dataclass
class Part:
    """One domain: its facts, its points under the cap."""

    code: str
    cap: int
    points: int
    facts: list[Fact] = field(default_factory=list)


@dataclass(frozen=True)
class Floor:
    """A fact that holds the level up whatever the points are: its rule, its words, the level; whether it decided."""

    rule: str
    what: Sentence
    tier: str
    decides: bool


@dataclass(frozen=True)
class Explained:
    """Everything that the page of the grounds draws: parts, floors, start of each level on the scale 0–100."""

    parts: tuple[Part, ...]
    floors: tuple[Floor, ...]
    starts: Mapping[str, int]
    by_points: str


def explained(computed: RainbowComputation, rules: RuleSet | None = None) -> Explained:
    """The grounds of a computation in words. `rules` is the rule set it was made with; the shipped one by default."""
    rules = rules or shipped_rule_set()
    points = {"BG": computed.bg, "EV": computed.ev, "SC": computed.sc, "TR": computed.tr, "PA": computed.pa}
    parts = {code: Part(code, rules.caps[code], points[code]) for code in DOMAINS}  # type: ignore[index]
    floors = []
    for told in computed.factors:
        if told["domain"] in parts:
            parts[told["domain"]].facts.append(_fact(told, rules))
        reached = max(told.get("floor", 0), told.get("soft", 0))
        if reached:
            floors.append(_floor(told, reached, computed.tier))
    by_points = max((tier for tier in TIERS if rules.tiers[tier] <= computed.total), key=TIERS.index)
    starts = {str(tier): start for tier, start in rules.tiers.items()}
    return Explained(tuple(parts.values()), tuple(sorted(floors, key=lambda one: one.rule)), starts, by_points)


def _fact(told: Mapping[str, Any], rules: RuleSet) -> Fact:
    on = date.fromisoformat(told["on"])
    known = words.FACTS.get(told["code"])
    what = known or Sentence(f"量表 {told['code'].upper()}", f"Scale {told['code'].upper()}")
    return Fact(
        what,
        words.said(words.SOURCES, told["source"]),
        on,
        _until(told, on, rules),
        told["points"],
        told.get("counts", True),
    )


def _until(told: Mapping[str, Any], on: date, rules: RuleSet) -> date | None:
    factor = rules.factors.get(told["code"])
    if factor is not None and factor.months is not None:
        months = on.month - 1 + factor.months
        year, month = on.year + months // 12, months % 12 + 1
        last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
        return date(year, month, min(on.day, last))
    days = {"SC": rules.scales.usable_days, "TR": rules.rating.days, "PA": rules.assessment.days}
    span = factor.days if factor is not None else days.get(told["domain"])
    return on + timedelta(days=span) if span else None


def _floor(told: Mapping[str, Any], reached: int, tier: str | None) -> Floor:
    rule = "O7" if told.get("soft") and not told.get("floor") else FLOOR_NAMES.get(told["domain"], "")
    known = words.FACTS.get(told["code"])
    what = known or Sentence(f"量表 {told['code'].upper()}", f"Scale {told['code'].upper()}")
    return Floor(rule, what, TIERS[reached], TIERS[reached] == tier)
