"""Registers as tests walk them: page after page, as long as a page names a next one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

HTTPS = "https://localhost"


@dataclass(frozen=True)
class Register:
    """One list: who reads it where, its table in its order, how a row is told on the page, how its rows are made."""

    key: str
    address: str
    table: str
    order: str
    row: str
    made: str
    cursor: str = "after"
    told: Callable[[str], str] = str


def walked(
    client: Any, one: Register, address: str = "", between: Callable[[list[str]], None] = lambda page: None
) -> list[list[str]]:
    """Rows page by page, as long as a page names a next one; `between` happens to the rows of a page before it is turned."""
    pages, address = [], address or one.address
    while address:
        answer = client.get(address, base_url=HTTPS)
        assert answer.status_code == 200
        pages.append(list(dict.fromkeys(re.findall(one.row, answer.text))))
        assert ("回到第一页" in answer.text) is (one.cursor in address)
        found = re.search(r'href="([^"]+)" rel="next"', answer.text)
        address = found[1].replace("&amp;", "&") if found else ""
        if address:
            between(pages[-1])
        assert not address or f"{one.cursor}=" in address
        assert len(pages) < 9
    return pages
