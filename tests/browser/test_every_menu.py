"""Everybody signs in with both factors and opens each entry of the menu: no error, no dead link, no barrier.

Each entry is asked for and read as each role. It is drawn in the window where it has anything that was not drawn before at
that width: roles see the same pages with more or less on them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, ViewportSize

from app.core.policy.roles import ROLES
from tests.browser.conftest import NARROW, WIDE, Site, Visit, Watch, barriers, sideways

pytestmark = pytest.mark.browser
OF_ONE_S_OWN = {"/", "/todo"}
"""Pages that are another one for each role; of the others test_every_page asks axe."""
OUT = "/public/"
"""The records' public pages bear invented names, which nobody finds outside: test_public_pages follows real ones."""
LINKS = "Array.from(document.querySelectorAll(wanted)).map(a => a.getAttribute('href'))"


def _entries(page: Page) -> list[str]:
    found: list[str] = page.evaluate(f"wanted => {LINKS}", "nav a[href^='/']")
    return list(dict.fromkeys(found))


EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
"""Elements without an end."""
DRAWN: dict[int, set[str]] = {}
"""Width of the window → places of the pages that were drawn at it in this run."""


@dataclass
class Built(HTMLParser):
    """How a page is built: its links in the main part, and each place as the elements and classes that lead to it."""

    within: list[str] = field(default_factory=list)
    places: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the place; of a link in the main part, where it leads."""
        given = dict(attrs)
        self.within.append(f"{tag}.{given.get('class') or ''}")
        self.places.add(" ".join(self.within))
        address = (given.get("href") or "").partition("#")[0]
        main = any(element.startswith("main.") for element in self.within)
        if tag == "a" and main and address.startswith("/") and not address.startswith(OUT) and "download" not in given:
            self.links.add(address)
        if tag in EMPTY:
            self.within.pop()

    def handle_endtag(self, tag: str) -> None:
        """Leave the element, and those inside that need no end of their own."""
        while any(element.startswith(f"{tag}.") for element in self.within):
            if self.within.pop().startswith(f"{tag}."):
                break


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_role_opens_every_entry_of_its_menu(role: str, site: Site, visit: Visit) -> None:
    _walk(site, visit(role), "zh")


@pytest.mark.drill
@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_role_opens_every_entry_of_its_english_menu(role: str, site: Site, visit: Visit) -> None:
    _walk(site, visit(role, language="en"), "en")


def _walk(site: Site, page: Page, language: str) -> None:
    faults: list[str] = []
    links: set[str] = set()
    watch, entries = Watch().of(page), _entries(page)
    for number, address in enumerate(entries):
        faults += _opened(page, site, address, (language, WIDE if number % 2 else NARROW), links)
    for address in sorted(links):
        answer = page.request.get(site.address + address, max_redirects=0)
        if answer.status >= 400:
            faults.append(f"dead link {address}: {answer.status}")
    assert not faults + watch.complaints, "\n".join(dict.fromkeys(faults + watch.complaints))


def _opened(page: Page, site: Site, address: str, seen: tuple[str, ViewportSize], links: set[str]) -> list[str]:
    answer = page.request.get(site.address + address)
    if answer.status != 200:
        return [f"{address}: {answer.status}"]
    built = Built()
    built.feed(answer.text())
    links |= built.links
    language, size = seen
    own, drawn = urlsplit(address).path in OF_ONE_S_OWN, DRAWN.setdefault(size["width"], set())
    if not own and built.places <= drawn:
        return []
    page.set_viewport_size(size)
    page.goto(site.address + address)
    drawn |= built.places
    faults = [f"{address}: pushes sideways at {size}"] if sideways(page) else []
    if own:
        faults += [f"{address} [{language}]: {barrier}" for barrier in barriers(page)]
    return faults
