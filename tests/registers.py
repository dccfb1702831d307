"""Registers as tests walk them: page after page, as long as a page names a next one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from tests.by_hand import by_hand

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


def takes_no_other_along(client: Any, one: Register, refs: list[str], moves: str) -> None:
    """Fail where a row is never shown because the last one of a page went elsewhere by the statement `moves` before it was turned."""

    def move(page: list[str]) -> None:
        use_context(SYSTEM.context())
        with by_hand("test.moved"):
            db.session.execute(text(moves), {"ref": next(ref for ref in refs if one.told(ref) == page[-1])})

    shown = {row for page in walked(client, one, between=move) for row in page}
    assert {one.told(ref) for ref in refs} <= shown
