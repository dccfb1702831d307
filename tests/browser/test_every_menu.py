"""Everybody signs in with both factors and opens each entry of the menu: no error, no dead link, no barrier."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

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


def _links(page: Page) -> set[str]:
    found: list[str] = page.evaluate(f"wanted => {LINKS}", "main a[href^='/']:not([download])")
    return {address.partition("#")[0] for address in found if "#" != address[0] and not address.startswith(OUT)}


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
        page.set_viewport_size(WIDE if number % 2 else NARROW)
        faults += _opened(page, site, address, language, links)
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
    if urlsplit(address).path in OF_ONE_S_OWN:
        faults += [f"{address} [{language}]: {barrier}" for barrier in barriers(page)]
    return faults
