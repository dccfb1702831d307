"""Every page of the address map, opened by somebody who may: no error, no barrier, nothing pushed sideways."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from werkzeug.routing import Rule

from app.core.policy import decide
from app.core.policy.roles import ROLES
from app.core.web.current import PUBLIC, SIGNED_IN
from tests.browser.conftest import NARROW, WIDE, Site, Visit, Watch, barriers, sideways, speak
from tests.policy.addresses import ASKED_WITH, filled, rights_of, routes

pytestmark = pytest.mark.browser
WHO = ("principal", "office_director", "evaluator", "school_coordinator", "leading_group_head", "assessment_member",
       "subject_researcher", "dept_head", "inspector", "sys_admin", "security_admin", "auditor", "guidance_member")  # fmt: skip
"""Who opens the pages, the first who may; the records of the site are in the hand of the first."""
SHARES = 4
"""The pages of one reader are walked in so many tests, so that workers can share them."""
WALKS = (("zh", NARROW), ("en", WIDE))
"""In each run of the tests every page is seen once in each language and at each width; `make drill` walks all four."""


def _reader(site: Site, rule: Rule) -> str | None:
    rights = rights_of(site.app, rule)
    if rights[0] in (PUBLIC, SIGNED_IN):
        return WHO[0]
    return next((key for key in WHO for right in rights if decide.holds(site.cast.actor(key), right)), None)


def _pages(site: Site) -> dict[str, list[str]]:
    """Reader → the addresses to open."""
    found: dict[str, list[str]] = {key: [] for key in WHO}
    for method, rule in routes(site.app):
        who = _reader(site, rule) if method == "GET" else None
        if who is not None and rule.endpoint not in ASKED_WITH and not rule.endpoint.startswith(("drafts.", "api.")):
            found[who].append(filled(rule, site.records.refs))
    return found


def _is_a_page(page: Page, site: Site, address: str) -> str | bool:
    """Whether a whole page stands there; a sentence where it breaks."""
    answer = page.request.get(site.address + address, max_redirects=0)
    if answer.status >= 500:
        return f"{address}: {answer.status}"
    whole = answer.status == 200 and answer.headers.get("content-type", "").startswith("text/html")
    return whole and "attachment" not in answer.headers.get("content-disposition", "") and "<html" in answer.text()


def _seen(page: Page, site: Site, address: str) -> list[str]:
    page.goto(site.address + address)
    where = f"{address} [{page.evaluate('document.documentElement.lang')}, {page.evaluate('innerWidth')}]"
    found = [f"{where}: {barrier}" for barrier in barriers(page)]
    return found + ([f"{where}: pushes sideways"] if sideways(page) else [])


def _walk(page: Page, site: Site, addresses: list[str], language: str, size: dict[str, int]) -> list[str]:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(f"{site.address}/me")
    speak(page, site, language)
    return [fault for address in addresses for fault in _seen(page, site, address)]


def _faults(site: Site, visit: Visit, key: str, share: int, walks: tuple[tuple[str, dict[str, int]], ...]) -> list[str]:
    page = visit(key, at_the_door=False)
    known = {address: _is_a_page(page, site, address) for address in _pages(site)[key][share::SHARES]}
    watch, pages = Watch().of(page), [address for address, is_page in known.items() if is_page is True]
    faults = [said for said in known.values() if isinstance(said, str)]
    for language, size in walks:
        faults += _walk(page, site, pages, language, size)
    print(f"{key}, share {share}: {len(pages)} pages of {len(known)} addresses × {len(walks)} walks")
    return list(dict.fromkeys(faults + watch.complaints))


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("key", WHO)
def test_every_page_is_free_of_barriers(key: str, share: int, site: Site, visit: Visit) -> None:
    faults = _faults(site, visit, key, share, WALKS)
    assert not faults, "\n".join(faults)


@pytest.mark.drill
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("key", WHO)
def test_every_page_is_free_of_barriers_in_both_languages_and_widths(
    key: str, share: int, site: Site, visit: Visit
) -> None:
    every = tuple((language, size) for language in ("zh", "en") for size in (NARROW, WIDE))
    faults = _faults(site, visit, key, share, every)
    assert not faults, "\n".join(faults)


def test_every_page_has_somebody_who_opens_it(site: Site) -> None:
    alone = [
        rule.rule
        for method, rule in routes(site.app)
        if method == "GET" and not rule.endpoint.startswith("api.") and _reader(site, rule) is None
    ]
    assert not alone, f"Add somebody who may open them to WHO: {alone}"
    assert set(WHO) <= set(site.cast.players) and {site.cast[key].role for key in WHO} <= set(ROLES)


def test_the_language_of_the_page_follows_the_menu(site: Site, visit: Visit) -> None:
    page = visit("principal")
    for language in ("en", "zh"):
        speak(page, site, language)
        assert page.evaluate("document.documentElement.lang").startswith(language)
