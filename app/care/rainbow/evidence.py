"""What a step down rests on (domain B5): read by one statement, judged against the numbers of the rule set."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import text

from app.care.rainbow.rule_set import TIERS, RuleSet
from app.core.database import db

READ = text((Path(__file__).parent / "evidence.sql").read_text(encoding="utf-8"))
LEVELS = ("none", "mild", "moderate", "high")


@dataclass(frozen=True)
class Found:
    """What there is about one student in one level; days as dates, goals in percent, None where nothing is written."""

    kind: str | None
    tier: str | None
    total: int | None
    no_crisis: bool
    interviews_agree: bool
    interviews: int
    guardian_on: date | None
    referred_on: date | None
    feedback_on: date | None
    sessions: int
    assessed: str | None
    goals_percent: int | None
    check_ins: int
    no_recent_event: bool


@dataclass(frozen=True)
class Need:
    """One requirement of a step: its code (the guard of the same name), what there is, whether that is enough."""

    code: str
    there: int | date | str | None
    asked: int | str | None
    met: bool


ASKED_OF = {
    "red": ("no_crisis", "interviews_agree", "guardian_was_told", "referral_came_back"),
    "orange": ("sessions_held", "was_assessed", "goals_met"),
    "yellow": ("checked_in", "no_recent_event"),
}
"""Level that is left → what is asked besides the days and the computation (domain B5)."""


def found(student: uuid.UUID, school: uuid.UUID, since: date, today: date, rules: RuleSet) -> Found:
    """What is written about a student since the level began on `since`, as of `today`."""
    asks = rules.conversion
    row = db.session.execute(
        READ,
        {
            "student": student, "school": school, "since": since, "today": today,
            "assessment_days": asks.assessment_days, "interviews_apart_days": asks.interviews_apart_days,
            "events_days": asks.events_days,
            "event_codes": [code for code, factor in rules.factors.items() if factor.domain == "EV"],
        },
    ).one()  # fmt: skip
    return Found(**row._mapping)


def needs(tier: str, target: str, since: date, today: date, there: Found, rules: RuleSet) -> tuple[Need, ...]:
    """Every requirement of the step from `tier` to `target`, one level below, in the order in which a page shows them.

    Source: domain B5, its numbers from `rules.conversion` and `rules.step_down`.
    """
    asks, days = rules.conversion, (today - since).days
    highest = rules.tiers[tier] - rules.step_down.margin  # type: ignore[index]
    suggested = there.kind == "step_down" and there.tier == target
    told = there.guardian_on is not None and (today - there.guardian_on).days <= asks.guardian_days
    answered = (
        there.feedback_on is not None and there.referred_on is not None and there.feedback_on >= there.referred_on
    )
    goals = there.goals_percent is not None and there.goals_percent >= asks.goals_percent
    mild = there.assessed is not None and LEVELS.index(there.assessed) <= LEVELS.index(asks.assessed_at_most)
    every = (
        Need("lasted", days, rules.step_down.dwell_days, days >= rules.step_down.dwell_days),
        Need("rules_suggest_it", there.total, highest, suggested),
        Need("no_crisis", None, None, there.no_crisis),
        Need("interviews_agree", there.interviews, asks.interviews_apart_days, there.interviews_agree),
        Need("guardian_was_told", there.guardian_on, asks.guardian_days, told),
        Need("referral_came_back", there.feedback_on, None, there.referred_on is None or answered),
        Need("sessions_held", there.sessions, asks.sessions, there.sessions >= asks.sessions),
        Need("was_assessed", there.assessed, asks.assessment_days, mild),
        Need("goals_met", there.goals_percent, asks.goals_percent, goals),
        Need("checked_in", there.check_ins, asks.check_ins, there.check_ins >= asks.check_ins),
        Need("no_recent_event", None, asks.events_days, there.no_recent_event),
    )
    wanted = ("lasted", "rules_suggest_it", *ASKED_OF[tier])
    return tuple(one for one in every if one.code in wanted)


def below(tier: str) -> str | None:
    """The next level down; None for everyday support."""
    at = [str(one) for one in TIERS].index(tier)
    return TIERS[at - 1] if at else None
