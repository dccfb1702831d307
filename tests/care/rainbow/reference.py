"""The rule engine written a second time, one student at a time: what the SQL must say too (decisions §4)."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.care.rainbow.rule_set import TIERS, Factor, RuleSet

GREEN, YELLOW, ORANGE, RED = range(4)


@dataclass(frozen=True)
class Fact:
    code: str
    on: date
    source: str = "school"
    ended_on: date | None = None


@dataclass(frozen=True)
class Answered:
    scale: str
    construct: str
    band: int
    on: date
    worry: bool = False


@dataclass(frozen=True)
class Rated:
    on: date
    items: tuple[int, int, int, int, int, int, int, int]


@dataclass(frozen=True)
class Alert:
    kind: str
    on: date
    cleared_on: date | None = None


@dataclass(frozen=True)
class Pupil:
    facts: tuple[Fact, ...] = ()
    results: tuple[Answered, ...] = ()
    ratings: tuple[Rated, ...] = ()
    assessments: tuple[tuple[str, date], ...] = ()
    alerts: tuple[Alert, ...] = ()
    reviews: tuple[date, ...] = ()
    """Days on which a qualified person went through the plan and signed for it."""
    roster_known: bool = True
    tier: str | None = None
    tier_since: date | None = None
    fits_since: date | None = None
    """Since which computation, without a break, the total and the floors would have allowed one step down."""


@dataclass(frozen=True)
class Answer:
    kind: str
    tier: str | None
    points: dict[str, int]
    total: int
    completeness: float
    hard: str
    soft: str
    flags: frozenset[str] = field(default_factory=frozenset)
    fits_since: date | None = None


def plus_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def inside(factor: Factor, fact: Fact, today: date) -> bool:
    last = plus_months(fact.on, factor.months) if factor.months else fact.on + timedelta(days=factor.days or 0)
    told = factor.only_from in (None, fact.source)
    return told and fact.on <= today <= last and (fact.ended_on is None or fact.ended_on > today)


def background(rules: RuleSet, pupil: Pupil, today: date, domain: str) -> int:
    best: dict[str, int] = {}
    for fact in pupil.facts:
        factor = rules.factors.get(fact.code)
        if factor and factor.domain == domain and inside(factor, fact, today):
            best[factor.group] = max(best.get(factor.group, 0), factor.points)
    return min(rules.caps[domain], sum(best.values()))  # type: ignore[index]


def in_use(rules: RuleSet, pupil: Pupil, today: date) -> list[Answered]:
    newest: dict[str, Answered] = {}
    for result in pupil.results:
        if result.on <= today and (today - result.on).days <= rules.scales.usable_days:
            known = newest.get(result.scale)
            if known is None or result.on > known.on:
                newest[result.scale] = result
    return list(newest.values())


def fresh(rules: RuleSet, result: Answered, today: date) -> bool:
    return (today - result.on).days <= rules.scales.fresh_days


def scale_points(rules: RuleSet, used: list[Answered], today: date) -> int:
    if not used:
        return 0

    def points(result: Answered) -> int:
        full = rules.scales.band_points[result.band]
        return full if fresh(rules, result, today) else full // 2

    main = min(used, key=lambda result: (-points(result), result.construct, result.scale))
    further: dict[str, int] = {}
    for result in used:
        if result.construct != main.construct and result.band >= rules.scales.further_from_band:
            more = rules.scales.further_points if fresh(rules, result, today) else rules.scales.further_points_stale
            further[result.construct] = max(further.get(result.construct, 0), more)
    return min(rules.caps["SC"], points(main) + sum(further.values()))


def newest_rating(rules: RuleSet, pupil: Pupil, today: date) -> Rated | None:
    valid = [one for one in pupil.ratings if 0 <= (today - one.on).days <= rules.rating.days]
    return max(valid, key=lambda one: one.on) if valid else None


def newest_assessment(rules: RuleSet, pupil: Pupil, today: date) -> tuple[str, date] | None:
    valid = [one for one in pupil.assessments if 0 <= (today - one[1]).days <= rules.assessment.days]
    return max(valid, key=lambda one: one[1]) if valid else None


def rank(tier: str) -> int:
    return TIERS.index(tier)  # type: ignore[arg-type]


def hard_floor(rules: RuleSet, pupil: Pupil, today: date) -> int:
    floors, rating, assessed = [GREEN], newest_rating(rules, pupil, today), newest_assessment(rules, pupil, today)
    for alert in pupil.alerts:
        if alert.on > today:
            continue
        if alert.cleared_on is None or alert.cleared_on > today:
            floors.append(rank(rules.floors.urgent_alert if alert.kind == "O1a" else rules.floors.same_day_alert))
        elif (today - alert.cleared_on).days <= rules.floors.cleared_alert.days:
            floors.append(rank(rules.floors.cleared_alert.tier))
    for fact in pupil.facts:
        age = (today - fact.on).days
        if age < 0 or (fact.ended_on is not None and fact.ended_on <= today):
            continue
        if fact.code == "crisis_open":
            floors.append(rank(rules.floors.crisis_open))
        if fact.code == "self_harm":
            floors += [rank(one.tier) for one in rules.floors.self_harm if age <= one.days]
        if fact.code == "returned_from_leave" and age <= rules.floors.returned_from_leave.days:
            floors.append(rank(rules.floors.returned_from_leave.tier))
    if assessed:
        floors.append(rank(rules.assessment.floors[assessed[0]]))  # type: ignore[index]
    if rating:
        worst = max(rating.items[6:])
        floors += [rank(tier) for tier, least in rules.rating.danger_items.items() if worst >= least]
    return max(floors)


def soft_floor(rules: RuleSet, used: list[Answered], today: date) -> int:
    floors = [GREEN]
    for result in used:
        if fresh(rules, result, today):
            floors.append(rank(rules.floors.fresh_band.get(result.band, "green")))
            if result.worry:
                floors.append(rank(rules.floors.worry_item))
    return max(floors)


def band(rules: RuleSet, total: int) -> int:
    return max(rank(tier) for tier, start in rules.tiers.items() if total >= start)


def compute(rules: RuleSet, pupil: Pupil, today: date) -> Answer:
    used, rating = in_use(rules, pupil, today), newest_rating(rules, pupil, today)
    assessed = newest_assessment(rules, pupil, today)
    raw = sum(rating.items[:6]) if rating else None
    points = {
        "BG": background(rules, pupil, today, "BG"),
        "EV": background(rules, pupil, today, "EV"),
        "SC": scale_points(rules, used, today),
        "TR": next(value for end, value in rules.rating.points if raw <= end) if raw is not None else 0,
        "PA": rules.assessment.points[assessed[0]] if assessed else 0,  # type: ignore[index]
    }
    points = {domain: min(value, rules.caps[domain]) for domain, value in points.items()}  # type: ignore[index]
    total = min(rules.total_cap, sum(points.values()))
    weights = rules.completeness
    completeness = round(
        weights.SC * bool(used) + weights.TR * (rating is not None) + weights.BG * pupil.roster_known, 3
    )
    calm = bool(used and assessed and assessed[0] == "none" and all(assessed[1] >= one.on for one in used))
    hard, soft = hard_floor(rules, pupil, today), GREEN if calm else soft_floor(rules, used, today)
    reached = max(min(band(rules, total), rank(rules.ceiling) if calm else RED), hard, soft)
    flags = set()
    if not used:
        flags.add("no_self_report")
    if points["BG"] >= rules.care_flag_from:
        flags.add("care_flag")
    if used and not any(fresh(rules, one, today) for one in used):
        flags.add("stale")
    highest = max((one.band for one in used), default=None)
    if raw is not None and highest is not None:
        told_by_teacher = raw >= rules.conflict.rating_from and points["SC"] == 0
        told_by_student = highest >= rules.conflict.band_from and raw == 0
        if told_by_teacher or told_by_student:
            flags.add("conflict")

    def answer(kind: str, tier: str | None, fits: date | None = None) -> Answer:
        return Answer(
            kind, tier, points, total, completeness, TIERS[hard], TIERS[soft], frozenset(flags), fits_since=fits
        )

    if completeness < weights.least and total < rules.tiers["yellow"] and max(hard, soft) == GREEN:
        return answer("undetermined", None)
    if pupil.tier is None or reached >= rank(pupil.tier):
        return answer("propose", TIERS[reached])
    lower = TIERS[rank(pupil.tier) - 1]
    start = rules.tiers[pupil.tier]  # type: ignore[index]
    fits = total <= start - rules.step_down.margin and max(hard, soft) <= rank(lower)
    if not fits:
        return answer("hold_points", pupil.tier)
    since = pupil.fits_since or today
    assert pupil.tier_since is not None
    if (today - pupil.tier_since).days < rules.step_down.dwell_days:
        return answer("hold_dwell", pupil.tier, since)
    if (today - since).days < rules.step_down.agree_days:
        return answer("hold_once", pupil.tier, since)
    looked_again = any(one.on > pupil.tier_since for one in used) or (
        assessed is not None and assessed[1] > pupil.tier_since
    )
    looked_again |= any(pupil.tier_since < day <= today for day in pupil.reviews)
    if not looked_again:
        return answer("hold_lapsed", pupil.tier, since)
    return answer("step_down", lower, since)
