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

# Every page in both languages takes longer than a run of the tests may; `make drill` walks it.
pytestmark = [pytest.mark.browser, pytest.mark.drill]
WHO = ("principal", "office_director", "evaluator", "school_coordinator", "leading_group_head", "assessment_member",
       "subject_researcher", "dept_head", "inspector", "sys_admin", "security_admin", "auditor", "guidance_member")  # fmt: skip
"""Who opens the pages, the first who may; the records of the site are in the hand of the first."""


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
        if who is not None and rule.endpoint not in ASKED_WITH and not rule.endpoint.startswith("drafts."):
            found[who].append(filled(rule, site.records.refs))
    return found


def _open(page: Page, site: Site, address: str) -> list[str]:
    answer = page.request.get(site.address + address, max_redirects=0)
    if answer.status != 200 or not answer.headers.get("content-type", "").startswith("text/html"):
        return [f"{address}: {answer.status}"] if answer.status >= 500 else []
    if "attachment" in answer.headers.get("content-disposition", "") or "<html" not in answer.text():
        return []
    page.goto(site.address + address)
    found = [f"{address}: {barrier}" for barrier in barriers(page)]
    return found + ([f"{address}: pushes sideways at {page.viewport_size}"] if sideways(page) else [])


def _walk(site: Site, visit: Visit, key: str, language: str, width: int | None) -> list[str]:
    page = visit(key, language=language)
    watch, faults = Watch().of(page), []
    for number, address in enumerate(_pages(site)[key]):
        page.set_viewport_size(WIDE if (width or (1440, 390)[number % 2]) == 1440 else NARROW)
        faults += _open(page, site, address)
    return list(dict.fromkeys(faults + watch.complaints))


@pytest.mark.parametrize("key", WHO)
def test_every_page_is_free_of_barriers(key: str, site: Site, visit: Visit) -> None:
    language = ("zh", "en")[WHO.index(key) % 2]
    faults = _walk(site, visit, key, language, None)
    assert not faults, "\n".join(faults)


@pytest.mark.drill
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("key", WHO)
def test_every_page_is_free_of_barriers_in_both_languages_and_widths(
    key: str, language: str, width: int, site: Site, visit: Visit
) -> None:
    faults = _walk(site, visit, key, language, width)
    assert not faults, "\n".join(faults)


def test_every_page_has_somebody_who_opens_it(site: Site) -> None:
    alone = [rule.rule for method, rule in routes(site.app) if method == "GET" and _reader(site, rule) is None]
    assert not alone, f"Add somebody who may open them to WHO: {alone}"
    assert set(WHO) <= set(site.cast.players) and {site.cast[key].role for key in WHO} <= set(ROLES)


def test_the_language_of_the_page_follows_the_menu(site: Site, visit: Visit) -> None:
    page = visit("principal")
    for language in ("en", "zh"):
        speak(page, site, language)
        assert page.evaluate("document.documentElement.lang").startswith(language)
