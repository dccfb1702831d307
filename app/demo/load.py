"""Loads the demo: two counties, 40,000 students, five monitoring rounds, and problem items in every state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import cycle
from random import Random

from sqlalchemy import func, select

from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.demo import (
    agreements,
    answering,
    borrowing,
    coming,
    dictionary,
    districts,
    doubts,
    hand_offs,
    inspection,
    lesson_checks,
    letters,
    library,
    needs,
    others,
    outside,
    publishing,
    roll,
    rounds,
    sampling,
    spreading,
    story,
    teaching,
    topics,
    tree,
    value_added,
    visits,
    work,
)
from app.demo.beside import tell_beside
from app.demo.fates import Fate
from app.demo.telling import Story, Teller
from app.demo.term import telling as term
from app.improvement.monitoring.models import DataFinding, MonitoringCycle
from app.improvement.problems.models import ProblemItem
from app.people.directory.models import Unit

STUDENTS, SMALL = 40_000, 1_200
PAST = ("closes", "closes", "closes", "recheck_failed", "closes", "closes", "closes")
BETWEEN = ("closes", "closes", "decided", "closes", "computed", "closes", "evaluating", "closes", "evaluation_returned",
           "closes", "void_in_evaluation", "closes")  # fmt: skip
ENDINGS = ("closes", "reopened", "pending_closure", "closure_draft", "reopen_proposed", "closure_returned",
           "closure_verified", "closure_rejected", "closure_withdrawn", "reopen_dismissed", "closes")  # fmt: skip
IN_EVALUATION = ("decided", "computed", "evaluating", "evaluation_returned")
PRESENT = ("implementing", "implementing", "implementing", "planning", "implementing", "implementing")
PLANNING = ("planning", "planning_draft", "submitted", "under_review", "plan_returned", "submitted", "planning")
FRESH = ("diagnosing", "accepted", "diagnosing", "contested", "issued", "accepted", "diagnosing")
FOLLOW_UPS = (date(2024, 3, 18), date(2024, 3, 18), date(2024, 3, 18), date(2026, 9, 14), None)
"""When the items of each round can be evaluated: after the release of the round that measures again."""
SCORES_STAY = timedelta(days=3)
"""Pupils' scores are erased after a week; those of this run are still there to look at."""
PLANNED_LIST, FRESH_LIST = date(2026, 10, 29), date(2026, 11, 19)
MONTHS = (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1))
"""From then on every plan in force reports by the month."""


def there_is_a_county() -> bool:
    """Whether anything is loaded already."""
    use_context(SYSTEM.context())
    found = bool(db.session.scalar(select(func.count()).select_from(Unit)))
    db.session.rollback()
    use_context(None)
    return found


def load(students: int = STUDENTS, say: Callable[[str], None] = print, beside: bool = False) -> None:
    """Everything in the order of its days; takes about two minutes on two cores.

    `beside`: the screening term, which nothing else reads, is told by a process of its own meanwhile.
    """
    teller = Teller()
    try:
        say("县、学校、人员与账号…")
        county, small = tree.build_main(), tree.build_small()
        say("学生与班级名册…")
        roll.load(county, students)
        roll.load(small, min(SMALL, students))
        say("本学年的任课与带班…")
        teaching.tell(county, teller)
        wait = tell_beside(lambda: _term(county)) if beside else lambda: _term(county)
        told = _rounds(county, teller, say)
        say("还在路上的清单与监测…")
        _on_the_way(county, teller)
        say("全县的测评与成长支持…")
        wait()
        say(f"讲了 {told} 段经过。")
    finally:
        teller.end()


def _rounds(county: tree.County, teller: Teller, say: Callable[[str], None]) -> int:
    """Five rounds of monitoring and what became of them; pieces told."""
    say("监测指标与五轮监测…")
    rounds.add_indicators(county)
    rounds.add_further_indicators(county)
    stories: list[Story] = []
    told = 0
    topics.tell(county, teller)
    agreements.tell(county, teller)
    for position, one in enumerate(rounds.ROUNDS):
        if position == len(rounds.ROUNDS) - 1:
            told += teller.tell(stories, others.ISSUED - timedelta(days=21))
            stories += others.county_list(county, teller)
            stories += inspection.stories(county, teller.real.date())
            stories += visits.stories(county, teller.real.date())
        told += teller.tell(stories, one.released - timedelta(days=9))
        measured = rounds.tell(county, teller, one)
        value_added.tell(county, teller, measured, one)
        stories += _stories(county, teller, measured, one, position)
    told += _autumn(county, teller, stories)
    say("问题项的经过…")
    told += teller.tell(stories, teller.real.date())
    value_added.reckon(county, teller, measured, one, "english", teller.real.date() - SCORES_STAY)
    say("请第三方看一看…")
    outside.tell(county, teller)
    return told


def _term(county: tree.County) -> None:
    """The screening term, with a clock of its own."""
    teller = Teller()
    try:
        term.tell(county, teller)
    finally:
        teller.end()


def _on_the_way(county: tree.County, teller: Teller) -> None:
    """What waits on desks, comes next, is published or asked for."""
    others.on_the_desk(county, teller)
    others.second_edition(county, teller)
    spreading.tell(county, teller)
    others.twice(county, teller)
    dictionary.tell(county, teller)
    lesson_checks.tell(county, teller)
    coming.tell(county, teller)
    doubts.tell(county, teller)
    publishing.tell(county, teller)
    library.tell(county, teller)
    needs.tell(county, teller)
    letters.tell(county, teller)
    hand_offs.tell(county, teller)
    sampling.tell(county, teller)
    districts.tell(county, teller)
    publishing.show(county, teller)
    borrowing.tell(county, teller)
    answering.tell(county, teller)


def _autumn(county: tree.County, teller: Teller, stories: list[Story]) -> int:
    """Reports by the month, the county's second list of other sources, the schools' own lists; pieces told so far."""
    stories.append(work.monthly_reports(county, MONTHS))
    told = teller.tell(stories, others.SECOND_ISSUED - timedelta(days=21))
    stories += others.county_list_of_autumn(county, teller)
    told += teller.tell(stories, others.SCHOOLS_OWN - timedelta(days=3))
    stories += others.school_lists(county, teller)
    return told


def _stories(
    county: tree.County, teller: Teller, measured: MonitoringCycle, one: rounds.Round, position: int
) -> list[Story]:
    random, later = Random(one.seed), FOLLOW_UPS[position]
    kept = _read(county, teller, measured, one.released, random)
    issued = one.released + timedelta(days=21)
    if later is not None:
        teller.at(issued, 9)
        due = later + timedelta(days=120)
        fates, endings = (BETWEEN, cycle(ENDINGS)) if position == 3 else (PAST, None)
        items = story.issue_list(county, measured, f"{one.name}问题清单", _number(issued, position), kept, due, random)
        told = [_story(county, item, issued, later, fates, n, position, endings) for n, item in enumerate(items)]
        return [*told, story.end_of_round(county, measured, later + timedelta(days=200))] if position < 3 else told
    third = len(kept) // 3
    teller.at(issued, 9)
    due = issued + timedelta(days=400)
    first = story.issue_list(
        county, measured, f"{one.name}问题清单", _number(issued, position), kept[:third], due, random
    )
    told = [_story(county, item, issued, None, PRESENT, n, position) for n, item in enumerate(first)]
    planned, fresh = kept[third : 2 * third], kept[2 * third :]
    return [
        *told,
        _later_list(county, measured, one, planned, (PLANNED_LIST, "第二批", PLANNING), position),
        _later_list(county, measured, one, fresh, (FRESH_LIST, "第三批", FRESH), position + 1),
    ]


def _read(
    county: tree.County, teller: Teller, measured: MonitoringCycle, released: date, random: Random
) -> list[DataFinding]:
    """Researchers confirm most candidates and explain the rest away."""
    found = db.session.scalars(
        select(DataFinding)
        .where(
            DataFinding.cycle_id == measured.id, DataFinding.state == "candidate", DataFinding.scope_level != "class"
        )
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
    teller.at(released + timedelta(days=10), 15)
    of_classes = select(DataFinding).where(
        DataFinding.cycle_id == measured.id, DataFinding.state == "candidate", DataFinding.scope_level == "class"
    )
    for finding in db.session.scalars(of_classes).all():
        story.leave_to_the_school(county, finding)
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
    endings: Iterator[str] | None = None,
) -> Story:
    stops = fates[number % len(fates)]
    if later is not None and stops in IN_EVALUATION:
        later += timedelta(days=63)
    fate = Fate(
        stops,
        late=4 if number % 7 == 3 else 0,
        returns=number % 3,
        endings=endings,
    )
    return story.item_story(county, item, issued, later, fate, seed * 1000 + number)


def _later_list(
    county: tree.County,
    measured: MonitoringCycle,
    one: rounds.Round,
    kept: list[DataFinding],
    when: tuple[date, str, tuple[str, ...]],
    position: int,
) -> Story:
    """A further list of the round, on its day, with what became of its items: plans on the desk, or just signed for."""
    issued, batch, fates = when
    yield issued
    due = issued + timedelta(days=380)
    name, number = f"{one.name}问题清单（{batch}）", _number(issued, position + 7)
    items = story.issue_list(county, measured, name, number, kept, due, Random(one.seed))
    told = [_story(county, item, issued, None, fates, n, position + 1) for n, item in enumerate(items)]
    waiting = sorted((day, n, one_story) for n, one_story in enumerate(told) if (day := next(one_story, None)))
    while waiting:
        day, n, one_story = waiting.pop(0)
        yield day
        following = next(one_story, None)
        if following is not None:
            waiting = sorted([*waiting, (following, n, one_story)], key=lambda w: w[:2])
