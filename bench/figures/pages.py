"""Figures 1, 2, 3, 5 and 14: pages and steps over HTTP in a county of 40,000 items, and the memory of the web tier."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count, cycle
from statistics import median
from typing import Any

from sqlalchemy import text

from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.improvement.problems.queries.item_lists import PAGE
from bench import county as counties
from bench.context import Context
from bench.figures import step
from bench.rounds import Rounds, figure, interleave
from bench.web import BEHIND_PROXY, Ask, Line, Server, cookie, get, load, ours, partner, post

REQUESTS, CONNECTIONS = 40, 4
DEEP = 700
ROUNDS = 7
STEPS = 20
SWIFT = 1_000
"""Durable transactions a second of the machine for which the goals of steps over HTTP are stated."""
Figures = list[dict[str, Any]]


def run(context: Context) -> Iterator[dict[str, Any]]:
    """All of them on one county and one pair of servers."""
    county = context.county
    served, bare = ours(context), partner(context)
    asker = Asker(context, county)
    yield from _list(served, bare, asker)
    yield from _deep(context, served, asker)
    yield from _detail(context, served, bare, asker)
    yield from _steps(context, served, asker)
    yield _memory(served)


class Asker:
    """Requests of signed-in people, each time of another one."""

    def __init__(self, context: Context, county: counties.County) -> None:
        self.settings, self.county = context.settings, county
        self.office = cycle([self.headers(token) for token in county.office])

    def headers(self, token: str) -> dict[str, str]:
        """What a browser of this session sends."""
        held, csrf = cookie(self.settings, token)
        return {**BEHIND_PROXY, "Cookie": held, "X-CSRFToken": csrf}

    def pages(self, paths: Sequence[str], says: str) -> list[Ask]:
        """GETs by the office."""
        return [get(path, next(self.office), says=says) for path in paths]


def _list(served: Server, bare: Server, asker: Asker) -> Figures:
    path = f"/items?unit={asker.county.school_ref}&state={counties.FILTERED}"
    mine = asker.pages([path], "")[0]
    page, other = Line(served.port).ask(mine).decode(), Line(bare.port).ask(get(path)).decode()
    shown, wanted = re.findall(r"WT-\d{6}", page), re.findall(r"WT-\d{6}", other)
    assert list(dict.fromkeys(shown)) == wanted and len(wanted) == PAGE, "the two lists differ"
    loads: list[Any] = []

    def ask() -> float:
        loads.append(load(served, asker.pages([path] * REQUESTS, wanted[-1]), CONNECTIONS))
        return float(loads[-1].per_second)

    rounds = interleave(
        ask, lambda: load(bare, [get(path, says=wanted[-1])] * REQUESTS * 3, CONNECTIONS).per_second, rounds=ROUNDS
    )
    method = (
        f"requests/s of the list of {asker.county.items:,} items narrowed to a school and a state, signed in, production "
        f"settings, {CONNECTIONS} connections, p95 {median(one.p95 for one in loads):.3f} s; the {len(wanted)} rows of a "
        f"page are the partner's in the same order; partner: bare Flask, Jinja and two queries under the same gunicorn, "
        f"{median(rounds.partner):.0f} requests/s in the same rounds"
    )
    return [
        figure(
            "1 list page", median(rounds.ours), "req/s", rounds=rounds, goal=(">=", 0.25), stretch=0.5, method=method
        )
    ]


def _deep(context: Context, served: Server, asker: Asker) -> Figures:
    wanted = _numbers(context, (DEEP - 1) * PAGE - 1, PAGE + 1)
    first, path = "/items", f"/items?after={wanted[0].ref}"
    page = Line(served.port).ask(get(path, next(asker.office))).decode()
    shown = list(dict.fromkeys(re.findall(r"WT-\d{6}", page)))
    assert shown == [row.number for row in wanted[1:]], f"page {DEEP} does not show what stands there"

    def ask(path: str) -> float:
        return 1 / load(served, asker.pages([path] * 20, ""), 1).per_second

    rounds = interleave(lambda: ask(path), lambda: ask(first), rounds=ROUNDS)
    method = (
        f"seconds for page {DEEP} of {asker.county.items:,} items over all schools, one connection; its rows are "
        f"those that stand there in the order of the database; partner: page 1, {median(rounds.partner):.4f} s"
    )
    return [
        figure(f"2 page {DEEP}", median(rounds.ours), "s", rounds=rounds, goal=("<=", 1.3), stretch=1.1, method=method)
    ]


def _numbers(context: Context, before: int, many: int) -> list[Any]:
    """Ref and number of the items that stand there in the list's order."""
    wanted = text("select ref, number from problem_items order by due_on, id offset :before limit :many")
    with context.app.app_context():
        use_context(SYSTEM.context())
        found = list(db.session.execute(wanted, {"before": before, "many": many}))
        db.session.close()
    return found


def _detail(context: Context, served: Server, bare: Server, asker: Asker) -> Figures:
    with context.app.app_context():
        use_context(SYSTEM.context())
        wanted = text("select ref, number from problem_items where state = 'implementing' order by md5(ref) limit 40")
        items = list(db.session.execute(wanted))
        db.session.close()
    asks = [ask for ref, number in items for ask in asker.pages([f"/items/{ref}"], number)]
    path = f"/items?unit={asker.county.school_ref}&state={counties.FILTERED}"
    rounds = interleave(
        lambda: load(served, asks * (REQUESTS // len(asks)), CONNECTIONS).per_second,
        lambda: load(bare, [get(path)] * REQUESTS * 3, CONNECTIONS).per_second,
        rounds=ROUNDS,
    )
    method = (
        f"requests/s of the page of one item with its timeline, chain, plan and measures, {len(items)} items by turns, "
        f"each page naming its item; partner as for the list, {median(rounds.partner):.0f} requests/s"
    )
    return [
        figure(
            "3 detail page", median(rounds.ours), "req/s", rounds=rounds, goal=(">=", 0.2), stretch=0.4, method=method
        )
    ]


def _steps(context: Context, served: Server, asker: Asker) -> Figures:
    found = []
    rival = step.Partner(context)
    for connections, goal in ((1, 180), (4, 250)):
        many = STEPS * connections * (ROUNDS + 1)
        with context.app.app_context():
            before, waiting = step.entries(), counties.waiting_measures(asker.county, many)
        place = count()

        def ask(connections: int = connections, waiting: list[Any] = waiting, place: Any = place) -> float:
            start = next(place) * STEPS * connections
            mine = waiting[start : start + STEPS * connections]
            asks = [
                post(f"/actions/{row.ref}/start", "version=1", asker.headers(asker.county.heads[row.school_id][1]))
                for row in mine
            ]
            return load(served, asks, connections).per_second

        rounds: Rounds = interleave(ask, rival.steps_per_second, rounds=ROUNDS)
        with context.app.app_context():
            step.assert_written([row.ref for row in waiting], before)
        value, beside = median(rounds.ours), median(rounds.partner)
        method = (
            f"a measure begun by its principal: POST, form, right, guards, trail, outbox, redirect; {many} different "
            f"measures, each in its new state with one entry and one letter to be sent; partner: the durable transaction "
            f"of figure 4 by one client, {beside:.0f} per s in the same rounds; below {SWIFT:,} of them, less is asked of "
            f"ours in proportion"
        )
        name = f"5 step over HTTP, {connections} connection{'s' if connections > 1 else ''}"
        found.append(
            figure(
                name,
                value,
                "steps/s",
                rounds=rounds,
                judged=value * max(1, SWIFT / beside),
                goal=(">=", goal),
                stretch=2 * goal,
                method=method,
            )  # fmt: skip
        )
    return found


def _memory(served: Server) -> dict[str, Any]:
    value = served.pss()
    method = (
        "PSS of gunicorn's master and its 2 workers of 8 threads after everything above was answered "
        "(/proc/*/smaps_rollup); no partner"
    )
    return figure("14 memory of the web tier", value, "MiB", goal=("<=", 300), stretch=200, method=method)
