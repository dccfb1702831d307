"""Everybody signs in with both factors and opens each entry of the menu: no error, no dead link, no barrier."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from app.core.policy.roles import ROLES
from tests.browser.conftest import NARROW, WIDE, Site, Visit, Watch, barriers, sideways, speak

# Every role, menu and language takes longer than a run of the tests may; `make drill` walks it.
pytestmark = [pytest.mark.browser, pytest.mark.drill]
CHECKED: set[tuple[str, str]] = set()
"""(address, language) that axe has seen in this process: it is the same page for the next role."""
LINKS = "Array.from(document.querySelectorAll(wanted)).map(a => a.getAttribute('href'))"


def _entries(page: Page) -> list[str]:
    found: list[str] = page.evaluate(f"wanted => {LINKS}", "nav a[href^='/']")
    return list(dict.fromkeys(found))


def _links(page: Page) -> set[str]:
    found: list[str] = page.evaluate(f"wanted => {LINKS}", "main a[href^='/']:not([download])")
    return {address.partition("#")[0] for address in found if "#" != address[0]}


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_role_opens_every_entry_of_its_menu(role: str, site: Site, visit: Visit) -> None:
    page, faults, links = visit(role), [], set()
    watch = Watch().of(page)
    for number, address in enumerate(_entries(page)):
        page.set_viewport_size(WIDE if number % 2 else NARROW)
        faults += _opened(page, site, address, "zh", links)
    speak(page, site, "en")
    for number, address in enumerate(_entries(page)):
        page.set_viewport_size(NARROW if number % 2 else WIDE)
        faults += _opened(page, site, address, "en", links)
    for address in sorted(links):
        answer = page.request.get(site.address + address, max_redirects=0)
        if answer.status >= 400:
            faults.append(f"dead link {address}: {answer.status}")
    assert not faults + watch.complaints, "\n".join(dict.fromkeys(faults + watch.complaints))


def _opened(page: Page, site: Site, address: str, language: str, links: set[str]) -> list[str]:
    answer = page.goto(site.address + address)
    if answer is None or answer.status != 200:
        return [f"{address}: {answer.status if answer else 'no answer'}"]
    links |= _links(page)
    faults = [f"{address}: pushes sideways at {page.viewport_size}"] if sideways(page) else []
    seen = (urlsplit(address).path, language)
    if seen not in CHECKED:
        CHECKED.add(seen)
        faults += [f"{address} [{language}]: {barrier}" for barrier in barriers(page)]
    return faults
