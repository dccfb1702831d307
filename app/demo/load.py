"""Loads the demo: two counties, 40,000 students, five monitoring rounds, and problem items in every state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from sqlalchemy import func, select

from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.demo import roll, rounds, story, tree
from app.demo.story import Fate
from app.demo.telling import Story, Teller
from app.improvement.monitoring.models import DataFinding, MonitoringCycle
from app.people.directory.models import Unit

STUDENTS, SMALL = 40_000, 1_200
PAST = ("closes", "closes", "closes", "closes", "decided", "pending_closure", "evaluating", "closes")
PRESENT = (
    "issued", "contested", "accepted", "diagnosing", "planning", "planning_draft", "submitted", "implementing",
    "implementing", "evidence", "implementing", "planning", "implementing", "evidence", "submitted", "diagnosing",
)  # fmt: skip
FOLLOW_UP = date(2024, 3, 18)
"""After the release of the 2023 round the earlier items can be evaluated."""


def there_is_a_county() -> bool:
    """Whether anything is loaded already."""
    use_context(SYSTEM.context())
    found = bool(db.session.scalar(select(func.count()).select_from(Unit)))
    db.session.rollback()
    use_context(None)
    return found


def load(students: int = STUDENTS, say: Callable[[str], None] = print) -> None:
    """Everything in the order of its days; takes about a minute and a half on two cores."""
    teller = Teller()
    try:
        say("县、学校、人员与账号…")
        county, small = tree.build_main(), tree.build_small()
        say("学生与班级名册…")
        roll.load(county, students)
        roll.load(small, min(SMALL, students))
        say("监测指标与五轮监测…")
        rounds.add_indicators(county)
        stories: list[Story] = []
        for position, one in enumerate(rounds.ROUNDS):
            cycle = rounds.tell(county, teller, one)
            later = FOLLOW_UP if position < 3 else None
            stories += _stories(county, teller, cycle, one, later, position)
        say("问题项的经过…")
        told = teller.tell(stories, teller.real.date())
        say(f"讲了 {told} 段经过。")
    finally:
        teller.end()


def _stories(
    county: tree.County, teller: Teller, cycle: MonitoringCycle, one: rounds.Round, later: date | None, seed: int
) -> list[Story]:
    random = Random(one.seed)
    found = db.session.scalars(
        select(DataFinding)
        .where(DataFinding.cycle_id == cycle.id, DataFinding.state == "candidate")
        .order_by(DataFinding.number)
    ).all()
    keep = [finding for finding in found if random.random() < 0.9]
    for number, finding in enumerate(keep):
        if number % 4 == 0:
            teller.later(days=1)
        story.confirm(county, finding, random)
    issued = one.released + timedelta(days=21)
    teller.at(issued, 9)
    due = (FOLLOW_UP + timedelta(days=150)) if later else issued + timedelta(days=460)
    numbers = (f"清监办〔{issued.year}〕{10 + seed}号", f"清监办〔{issued.year}〕{30 + seed}号")
    items = story.issue_list(county, cycle, f"{one.name}问题清单", numbers[0], keep, due, random)
    fates = PAST if later else PRESENT
    return [
        story.item_story(
            county,
            item,
            issued if later else _spread(issued, number),
            later,
            Fate(
                fates[number % len(fates)],
                late=9 if number % 7 == 3 else 0,
                returns=number % 3,
                reports=number % 5 != 1,
            ),
            seed * 1000 + number,
        )  # fmt: skip
        for number, item in enumerate(items)
    ]


def _spread(issued: date, number: int) -> date:
    """Recent lists are signed for over some weeks, so that the board shows every state today."""
    return issued + timedelta(days=(number % 5) * 3)
