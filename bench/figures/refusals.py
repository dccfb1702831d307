"""Security 76: what a request over its limit costs, and how much slower others are while somebody goes on asking."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from bench.context import Context
from bench.figures.pages import Asker
from bench.rounds import figure, interleave
from bench.web import Line, Server, get, load, ours

COSTLY, FREE = "/lists.xlsx", 30
REQUESTS, CONNECTIONS, ROUNDS = 120, 4, 7
PER_SECOND = 100
"""How often the one who is refused asks again."""


def run(context: Context) -> Iterator[dict[str, Any]]:
    """Both figures on one server in production settings, its counts in Valkey."""
    served, asker = ours(context), Asker(context, context.county)
    greedy = asker.headers(context.county.office[0])
    others = [asker.headers(token) for token in context.county.office[1:]]
    assert others, "somebody else must be there to be slowed down"
    refused = get(COSTLY, greedy, status=429, says="Wait a minute")
    _use_up(served, greedy)
    pages = [get("/items", others[place % len(others)]) for place in range(REQUESTS)]

    def turned_away() -> float:
        _use_up(served, greedy)
        return load(served, [refused] * REQUESTS * 4, CONNECTIONS).per_second

    rounds = interleave(turned_away, lambda: load(served, pages, CONNECTIONS).per_second, rounds=ROUNDS)
    method = (
        f"requests/s over their limit, each answered 429 by a fixed page of both languages, {CONNECTIONS} connections; "
        f"partner: the list of items of the same server, {median(rounds.partner):.0f} requests/s in the same rounds"
    )
    yield figure("76 refused requests", median(rounds.ours), "req/s", rounds=rounds, goal=(">=", 5), method=method)

    def attacked() -> float:
        with _asking_on(served, greedy):
            return load(served, pages, CONNECTIONS).p95

    rounds = interleave(attacked, lambda: load(served, pages, CONNECTIONS).p95, rounds=ROUNDS)
    method = (
        f"p95 of the list of items for others while one browser asks {PER_SECOND} times a second for an export that it has "
        f"used up, {CONNECTIONS} connections; partner: nobody asks, {median(rounds.partner):.4f} s in the same rounds"
    )
    yield figure("76 others under refusals", median(rounds.ours), "s", rounds=rounds, goal=("<=", 1.2), method=method)


def _use_up(served: Server, greedy: dict[str, str]) -> None:
    """Ask until both workers refuse without looking anybody up."""
    line, seen = Line(served.port), 0
    for _ in range(FREE * 3):
        try:
            line.ask(get(COSTLY, greedy, status=429))
            seen += 1
        except AssertionError:
            line.close()
        if seen >= FREE:
            break
    line.close()


@contextmanager
def _asking_on(served: Server, greedy: dict[str, str]) -> Iterator[None]:
    """One who is refused and asks again, evenly, on a connection of its own."""
    _use_up(served, greedy)
    over = threading.Event()

    def ask() -> None:
        line, refused = Line(served.port), get(COSTLY, greedy, status=429)
        due = time.monotonic()
        while not over.is_set():
            try:
                line.ask(refused)
            except AssertionError:
                line.close()  # a new minute lets thirty through
            due += 1 / PER_SECOND
            time.sleep(max(0.0, due - time.monotonic()))
        line.close()

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield
    finally:
        over.set()
        asking.join()
