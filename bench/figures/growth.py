"""Figure 17: list, board, step and scoring in a county ten times as large, beside the same in the county of the other figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, cycle
from statistics import median
from typing import Any

from sqlalchemy import select

from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.improvement.boards.models import CountyTally
from app.improvement.boards.tally import LIVE_UP_TO, tally_large_counties
from app.improvement.plans.models import RemediationAction
from app.improvement.plans.operations.actions import StartIn, start_action
from app.improvement.problems.queries.item_lists import PAGE
from bench import county as counties
from bench.context import Context, Site
from bench.figures import scoring, step
from bench.rounds import figure, interleave, seconds
from bench.web import BEHIND_PROXY, Line, Server, cookie, get, ours

TIMES = 10
ROUNDS, LISTS, BOARDS, STEPS = 5, 12, 2, 40
GOAL, STRETCH = 2, 1.2
ROWS = PAGE


def run(context: Context) -> Iterator[dict[str, Any]]:
    """How many times longer each takes; a page that lacks its rows or a step that left nothing raises AssertionError."""
    small = Place(Site(context.app, context.settings, context.county), ours(context))
    grown = context.grown(TIMES)
    large = Place(grown, ours(context, grown.settings))
    assert large.site.county.items == TIMES * small.site.county.items
    sizes = f"{large.site.county.items:,} problem items with their clocks beside {small.site.county.items:,}"
    listed = f"seconds for the list narrowed to a school and a state, a full page of {ROWS} rows each; {sizes}"
    yield _compared("17 growth: list", small.list_page, large.list_page, listed)
    took = [place.tallied() for place in (small, large)]
    board = (
        f"seconds for the first page of an evaluator with its board; counties of more than {LIVE_UP_TO:,} items are "
        f"counted by the sweep once a minute or more rarely ({took[1]:.2f} s in the background, {took[0]:.2f} s in the "
        f"smaller county), which ran before the rounds; {sizes}"
    )
    yield _compared("17 growth: board", small.board, large.board, board)
    small_before, large_before = small.begin(), large.begin()
    stepped = f"seconds for one step in process, right, guards, trail and outbox, {STEPS} a round; {sizes}"
    yield _compared("17 growth: step", small.steps, large.steps, stepped)
    small.assert_begun(small_before)
    large.assert_begun(large_before)
    yield _scored(context, grown)


def _scored(context: Context, grown: Site) -> dict[str, Any]:
    """How many times longer a run of the rules takes for each student of a county ten times as large."""
    rolls = (
        scoring.Roll(context.app, context.county, scoring.superuser(context), scoring.STUDENTS),
        scoring.Roll(grown.app, grown.county, scoring.superuser(context, f"grown_{TIMES}"), TIMES * scoring.STUDENTS),
    )
    for one in rolls:
        one.prepare()
    small, large = rolls
    told = (
        f"seconds for each student of one deed that computes and proposes for all, as in figure 9; {large.students:,} "
        f"students beside {small.students:,}"
    )
    return _compared(
        "17 growth: scoring", lambda: small.seconds() / small.students, lambda: large.seconds() / large.students, told
    )


def _compared(name: str, small: Callable[[], float], large: Callable[[], float], method: str) -> dict[str, Any]:
    rounds = interleave(large, small, rounds=ROUNDS)
    told = f"{method}; the smaller county takes {median(rounds.partner):.4g} s in the same rounds"
    return figure(name, median(rounds.ours), "s", rounds=rounds, goal=("<=", GOAL), stretch=STRETCH, method=told)


@dataclass
class Place:
    """A county, the server that shows it, and the measures in it that the bench begins."""

    site: Site
    served: Server

    def __post_init__(self) -> None:
        county, settings = self.site.county, self.site.settings
        self._office = cycle([{**BEHIND_PROXY, "Cookie": cookie(settings, token)[0]} for token in county.office])
        self._place = count()
        with self.site.app.app_context():
            self._waiting = counties.waiting_measures(county, STEPS * (ROUNDS + 1))

    def list_page(self) -> float:
        """Seconds for one."""
        path = f"/items?unit={self.site.county.school_ref}&state={counties.FILTERED}"
        return self._seconds(path, LISTS, lambda page: len(set(re.findall(r"WT-\d{6}", page))) == ROWS)

    def board(self) -> float:
        """Seconds for one."""
        return self._seconds(
            "/", BOARDS, lambda page: f"{self.site.county.items}" in re.sub(r"(?<=\d)[,\s](?=\d)", "", page)
        )

    def _seconds(self, path: str, many: int, is_whole: Callable[[str], bool]) -> float:
        line, pages = Line(self.served.port), list[bytes]()
        line.ask(get("/static/favicon.svg"))
        asks = [get(path, next(self._office)) for _ in range(many)]
        took = seconds(lambda: pages.extend(map(line.ask, asks)))
        line.close()
        assert all(is_whole(page.decode()) for page in pages), f"{path} does not show what stands in the county"
        return took / many

    def tallied(self) -> float:
        """Seconds of the sweep's count, which then stands for every page."""
        with self.site.app.app_context():
            use_context(SYSTEM.context())
            assert tally_large_counties() == 1
            use_context(SYSTEM.context())
            took = db.session.scalar(select(CountyTally.seconds))
            db.session.rollback()
        assert took is not None
        return float(took)

    def begin(self) -> int:
        """Entries of the trail before the steps."""
        with self.site.app.app_context():
            return step.entries()

    def steps(self) -> float:
        """Seconds for one step."""
        start = next(self._place) * STEPS
        with self.site.app.app_context():
            use_context(SYSTEM.context())
            wanted = [row.ref for row in self._waiting[start : start + STEPS]]
            chosen = select(RemediationAction).where(RemediationAction.ref.in_(wanted))
            records = list(db.session.scalars(chosen).unique())
            db.session.commit()
            deeds = [(self.site.county.heads[record.school_id][0], record) for record in records if record.school_id]
            assert len(deeds) == STEPS

            def walk() -> None:
                for actor, record in deeds:
                    use_context(actor.context())
                    start_action(actor, record, StartIn(version=1))

            return seconds(walk) / STEPS

    def assert_begun(self, before: int) -> None:
        """Each of the measures is in progress, with its entry and its letter."""
        with self.site.app.app_context():
            step.assert_written([row.ref for row in self._waiting], before)
