"""A student's phone in a real browser: one question a screen, a network that goes away, a second window, the same end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.care.screening.models import ScaleResponse
from app.care.screening.scales.choosing import usable
from app.care.screening.sheets import opened
from app.core import clock as core_clock
from app.core.database import use_context
from app.core.policy.actor import SYSTEM
from tests.browser.conftest import NARROW, WIDE, Site, barriers, picture, sideways
from tests.care.taking_part import Family
from tests.care.terms import BORN, MONDAY, Term, at
from tests.conftest import Clock

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def term(site: Site) -> Iterator[Term]:
    """A term whose campaign is open, in the site's own database."""
    clock = Clock()
    clock.set(at(MONDAY, 9))

    def work() -> Term:
        family = Family(site.cast, BORN).enrol()
        family.ask()
        made = Term(site.cast, family, clock, family.slips())
        made.opened()
        made.agree("学生00")
        made.agree("学生01")
        made.agree("学生02")
        made.slips = family.slips()
        use_context(None)
        return made

    yield site.inside(work)
    core_clock.set_offset_source(None)


def _go_in(page: Page, site: Site, term: Term, name: str) -> None:
    page.goto(f"{site.address}/code?code={term.slips[name, 'student'].code}")
    page.get_by_label("孩子的出生日期").fill(f"{BORN:%Y%m%d}")
    page.get_by_label("家长手机号后四位").fill("1111")
    page.get_by_role("button", name="进入").click()
    page.get_by_role("link", name="秋季学期测评").first.click()


def _kept(site: Site) -> Any:
    def work() -> Any:
        use_context(SYSTEM.context())
        from app.core.database import db

        rows = db.session.query(ScaleResponse).filter(ScaleResponse.sealed.is_not(None)).all()
        scales = {code: scale for (code, _version), scale in usable().items()}
        return {one.scale_code: opened(one, scales[one.scale_code]).values for one in rows if one.scale_code in scales}

    return site.inside(work)


def test_on_a_phone_answers_survive_a_lost_network_a_reload_and_a_second_window(
    site: Site, chromium: Browser, term: Term
) -> None:
    context = chromium.new_context(viewport=NARROW)  # type: ignore[arg-type]
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    _go_in(page, site, term, "学生00")
    assert not barriers(page) and not sideways(page)
    picture(page, site, "answering-start")
    page.get_by_role("button", name="我愿意参加，开始").click()
    picture(page, site, "answering-question")
    assert not barriers(page) and not sideways(page)
    box = page.get_by_role("button", name="有几天").bounding_box()
    assert box is not None and box["height"] >= 48
    page.get_by_role("button", name="有几天").click()
    expect(page.locator("[data-answered]")).to_have_text("1")
    context.set_offline(True)
    page.get_by_role("button", name="几乎每天").click()
    expect(page.locator("[data-banner]")).to_contain_text("断网了")
    picture(page, site, "answering-away")
    page.get_by_role("button", name="完全没有").click()
    context.set_offline(False)
    expect(page.locator("[data-answered]")).to_have_text("3", timeout=15_000)
    assert _kept(site)["phq9"][:4] == [1, 3, 0, None]
    page.reload()
    expect(page.locator("[data-question]:visible .question")).to_contain_text("疲倦")
    second = context.new_page()
    second.goto(page.url)
    second.get_by_role("button", name="有几天").click()
    expect(second.locator("[data-answered]")).to_have_text("4")
    page.get_by_role("button", name="完全没有").click()
    expect(page.locator("[data-answered]")).to_have_text("4")
    assert [line for line in said if "ERR_INTERNET_DISCONNECTED" not in line] == []
    context.close()


def test_everybody_comes_to_the_same_end_whatever_was_answered(site: Site, chromium: Browser, term: Term) -> None:
    ends = {}
    for name, last in (("学生01", "完全没有"), ("学生02", "几乎每天")):
        context = chromium.new_context(viewport=NARROW)  # type: ignore[arg-type]
        page = context.new_page()
        _go_in(page, site, term, name)
        page.get_by_role("button", name="我愿意参加，开始").click()
        for number in range(1, 17):
            page.locator("[data-question]:visible").get_by_role("button", name=last).click()
            expect(page.locator("[data-answered]")).to_have_text(str(number))
        picture(page, site, "answering-hand-in")
        page.get_by_role("button", name="交", exact=True).click()
        expect(page.get_by_role("heading", name="谢谢你")).to_be_visible()
        assert not barriers(page)
        picture(page, site, "answering-end")
        ends[name] = page.locator("main").inner_text()
        context.close()
    assert ends["学生01"] == ends["学生02"], json.dumps(ends, ensure_ascii=False)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_of_the_staff_are_without_barriers(
    site: Site, visit: Any, term: Term, size: Any, language: str
) -> None:
    def address() -> str:
        use_context(SYSTEM.context())
        found = term.all(type(term.task("学生00").campaign))
        return str(next(one.address for one in found if one.state == "open"))

    campaign, faults = site.inside(address), []
    page = visit("school_counselor", size, language, at_the_door=False)
    for place in ("/consents", "/consents/new", "/screenings", "/screenings/new", campaign, "/alerts"):
        page.goto(f"{site.address}{place}")
        faults += [f"{place}: {barrier}" for barrier in barriers(page)]
        faults += [f"{place}: pushes sideways"] if sideways(page) else []
        picture(page, site, f"staff-{place.strip('/').replace('/', '-')[:20]}-{language}-{size['width']}")
    assert not faults, "\n".join(faults)
    assert timedelta(0) <= core_clock.offset()
