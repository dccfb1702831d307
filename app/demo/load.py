"""Loads the demo: two counties, 40,000 students, five monitoring rounds, and problem items in every state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from sqlalchemy import func, select

from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
<<<<<<< Updated upstream
from app.demo import roll, rounds, story, tree, visits
=======
from app.demo import roll, rounds, story, tree, value_added
>>>>>>> Stashed changes
from app.demo.story import Fate
from app.demo.telling import Story, Teller
from app.improvement.monitoring.models import DataFinding, MonitoringCycle
from app.improvement.problems.models import ProblemItem
from app.people.directory.models import Unit

STUDENTS, SMALL = 40_000, 1_200
PAST = ("closes",)
BETWEEN = ("closes", "closes", "pending_closure", "decided", "evaluating", "closes")
PRESENT = ("planning", "planning_draft", "submitted", "implementing", "implementing", "submitted", "implementing")
FRESH = ("issued", "accepted", "diagnosing", "contested", "issued", "accepted", "diagnosing")
FOLLOW_UPS = (date(2024, 3, 18), date(2024, 3, 18), date(2024, 3, 18), date(2026, 9, 14), None)
"""When the items of each round can be evaluated: after the release of the round that measures again."""
FRESH_LIST = date(2026, 11, 16)
SCORES_STAY = timedelta(days=2)
"""Pupils' scores of the newest reckoning are still there when the demo opens."""


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
        told = 0
        for position, one in enumerate(rounds.ROUNDS):
            if position == len(rounds.ROUNDS) - 1:
                stories += visits.stories(county, teller.real.date())
            told += teller.tell(stories, one.released - timedelta(days=9))
            cycle = rounds.tell(county, teller, one)
            value_added.tell(county, teller, cycle, one)
            stories += _stories(county, teller, cycle, one, position)
        say("问题项的经过…")
        told += teller.tell(stories, teller.real.date())
        value_added.reckon(county, teller, cycle, one, "english", teller.real.date() - SCORES_STAY)
        say(f"讲了 {told} 段经过。")
    finally:
        teller.end()


def _stories(
    county: tree.County, teller: Teller, cycle: MonitoringCycle, one: rounds.Round, position: int
) -> list[Story]:
    random, later = Random(one.seed), FOLLOW_UPS[position]
    kept = _read(county, teller, cycle, one.released, random)
    issued = one.released + timedelta(days=21)
    if later is not None:
        teller.at(issued, 9)
        due = later + timedelta(days=120)
        fates = BETWEEN if position == 3 else PAST
        items = story.issue_list(county, cycle, f"{one.name}问题清单", _number(issued, position), kept, due, random)
        told = [_story(county, item, issued, later, fates, n, position) for n, item in enumerate(items)]
        return [*told, story.end_of_round(county, cycle, later + timedelta(days=200))] if position < 3 else told
    half = len(kept) // 2
    teller.at(issued, 9)
    due = issued + timedelta(days=400)
    first = story.issue_list(county, cycle, f"{one.name}问题清单", _number(issued, position), kept[:half], due, random)
    told = [_story(county, item, issued, None, PRESENT, n, position) for n, item in enumerate(first)]
    return [*told, _fresh_list(county, cycle, one, kept[half:], position)]


def _read(
    county: tree.County, teller: Teller, cycle: MonitoringCycle, released: date, random: Random
) -> list[DataFinding]:
    """Researchers confirm most candidates and explain the rest away."""
    found = db.session.scalars(
        select(DataFinding)
        .where(DataFinding.cycle_id == cycle.id, DataFinding.state == "candidate")
        .order_by(DataFinding.number)
    ).all()
    kept = []
    for number, finding in enumerate(found):
        teller.at(released + timedelta(days=6 + number // 4), 10 + number % 6)
        if random.random() < 0.9:
            story.confirm(county, finding, random)
            kept.append(finding)
        else:
            story.dismiss(county, finding)
    return kept


def _number(issued: date, position: int) -> str:
    return f"清监办〔{issued.year}〕{10 + position}号"


def _story(
    county: tree.County,
    item: ProblemItem,
    issued: date,
    later: date | None,
    fates: tuple[str, ...],
    number: int,
    seed: int,
) -> Story:
    fate = Fate(
        fates[number % len(fates)], late=4 if number % 7 == 3 else 0, returns=number % 3, reports=number % 5 != 1
    )
    return story.item_story(county, item, issued, later, fate, seed * 1000 + number)


def _fresh_list(
    county: tree.County, cycle: MonitoringCycle, one: rounds.Round, kept: list[DataFinding], position: int
) -> Story:
    """A second list that went out last week: signed for by some, contested by one."""
    yield FRESH_LIST
    due = FRESH_LIST + timedelta(days=380)
    name, number = f"{one.name}问题清单（第二批）", _number(FRESH_LIST, position + 7)
    items = story.issue_list(county, cycle, name, number, kept, due, Random(one.seed))
    told = [_story(county, item, FRESH_LIST, None, FRESH, n, position + 1) for n, item in enumerate(items)]
    waiting = sorted((day, n, one_story) for n, one_story in enumerate(told) if (day := next(one_story, None)))
    while waiting:
        day, n, one_story = waiting.pop(0)
        yield day
        following = next(one_story, None)
        if following is not None:
            waiting = sorted([*waiting, (following, n, one_story)], key=lambda w: w[:2])
