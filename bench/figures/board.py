"""Figure 15: the board of a county of 14,000 items, every matrix of it, whole and narrowed to a category, counted anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle
from statistics import median
from typing import Any

from app.improvement.problems.words import CATEGORIES
from bench.context import Context
from bench.rounds import figure
from bench.web import BEHIND_PROXY, Ask, Line, cookie, get, load, ours

ITEMS = 14_000
ROUNDS, REQUESTS, CONNECTIONS = 5, 40, 1


def run(context: Context) -> Iterator[dict[str, Any]]:
    """The p95 of its pages; a page whose sums are not those of the county raises AssertionError."""
    site = context.sized("fourteen_thousand", ITEMS)
    served = ours(context, site.settings)
    office = cycle([{**BEHIND_PROXY, "Cookie": cookie(site.settings, token)[0]} for token in site.county.office])
    paths = ["/boards", *(f"/boards?category={code}" for code in CATEGORIES)]

    def asks() -> list[Ask]:
        return [get(path, next(office), says="matrix") for path, _ in zip(cycle(paths), range(REQUESTS), strict=False)]

    _assert_whole(Line(served.port).ask(get("/boards", next(office))).decode(), site.county.items)
    load(served, asks(), CONNECTIONS)
    loads = [load(served, asks(), CONNECTIONS) for _ in range(ROUNDS)]
    value = median(one.p95 for one in loads)
    method = (
        f"95th percentile of the seconds for the board of {site.county.items:,} items with clocks: unit × state, category "
        f"× state, severity × state, time used, months, rates, forecast, lamps; by turns whole and narrowed to each of "
        f"{len(paths) - 1} categories, signed in, production settings, {CONNECTIONS} connection, median of {ROUNDS} rounds "
        f"of {REQUESTS}; {median(one.per_second for one in loads):.1f} pages/s; nothing is kept between pages; no partner"
    )
    yield figure("15 board", value, "s", goal=("<=", 0.3), stretch=0.1, method=method)


def _assert_whole(page: str, items: int) -> None:
    plain = re.sub(r"(?<=\d)[,\s](?=\d)", "", page)
    assert f">{items}<" in plain, f"the board does not count {items} items"
