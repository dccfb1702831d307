"""A student's phone in a real browser: one question a screen, a network that goes away, a second window, the same end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import select

from app.care.screening.models import ScaleResponse
from app.care.screening.scales.choosing import usable
from app.care.screening.sheets import opened
from app.core import clock as core_clock
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Student
from tests.browser.conftest import NARROW, WIDE, Site, barriers, picture, sideways
from tests.care.taking_part import Family
from tests.care.terms import BORN, MONDAY, Term, at
from tests.conftest import Clock

pytestmark = pytest.mark.browser
PUPILS = [f"学生{number:02d}" for number in range(12)]


@pytest.fixture(scope="module")
def term(site: Site) -> Iterator[Term]:
    """A term whose campaign is open, in the site's own database."""
    clock = Clock()
    clock.set(at(MONDAY, 9))

    def work() -> Term:
        family = Family(site.cast, BORN, many=len(PUPILS)).enrol()
        family.ask()
        made = Term(site.cast, family, clock, family.slips())
        made.opened()
        for name in PUPILS:
            made.agree(name)
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


def _kept(site: Site, name: str = PUPILS[0]) -> Any:
    def work() -> Any:
        use_context(SYSTEM.context())
        found = select(ScaleResponse).join(Student, Student.id == ScaleResponse.student_id)
        rows = db.session.scalars(found.where(Student.name == name, ScaleResponse.sealed.is_not(None))).all()
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
    expect(page.get_by_role("button", name="有几天")).to_be_visible()
    picture(page, site, "answering-question")
    assert not barriers(page) and not sideways(page)
    box = page.get_by_role("button", name="有几天").bounding_box()
    assert box is not None and box["height"] >= 48
    _gives(page, "有几天")
    expect(page.locator("[data-answered]")).to_have_text("1")
    context.set_offline(True)
    page.get_by_role("button", name="几乎每天").click()
    expect(page.locator("[data-banner]")).to_contain_text("断网了")
    picture(page, site, "answering-away")
    page.get_by_role("button", name="完全没有").click()
    context.set_offline(False)
    expect(page.locator("[data-answered]")).to_have_text("3")
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
        page = _started(context, site, term, name)
        for number in range(1, 17):
            _gives(page, last)
            _has(page, number)
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


SHELF = """async () => {
    const asked = (request) => new Promise((done, failed) => { request.onsuccess = () => done(request.result); request.onerror = failed; });
    const found = (await indexedDB.databases()).filter((one) => one.name.startsWith("answers-")), kept = [];
    for (const { name } of found) {
        const db = await asked(indexedDB.open(name));
        if (db.objectStoreNames.length) kept.push(...await asked(db.transaction("kept").objectStore("kept").getAll()));
        db.close();
    }
    if (!kept.length) return null;
    const key = kept.find((one) => !one.sealed), sealed = kept.filter((one) => one.sealed);
    return {
        extractable: key.extractable, algorithm: key.algorithm.name, places: sealed.length,
        words: sealed.map((one) => new TextDecoder().decode(one.sealed)).join(),
        taken: await crypto.subtle.exportKey("raw", key).then(() => true, () => false),
    };
}"""
"""What waits on this device: null where nothing does."""
OLDER = """async (hours) => {
    const asked = (request) => new Promise((done, failed) => { request.onsuccess = () => done(request.result); request.onerror = failed; });
    const found = (await indexedDB.databases()).find((one) => one.name.startsWith("answers-"));
    const db = await asked(indexedDB.open(found.name));
    const store = () => db.transaction("kept", "readwrite").objectStore("kept");
    for (const place of (await asked(store().getAllKeys())).filter((one) => one !== "key")) {
        const kept = await asked(store().get(place));
        await asked(store().put({ ...kept, at: kept.at - hours * 3600000 }, place));
    }
    db.close();
}"""


def _away(route: Route) -> None:
    """Pages come, answers do not get through."""
    route.abort() if route.request.method == "POST" else route.continue_()


def _started(context: BrowserContext, site: Site, term: Term, name: str) -> Page:
    """The first question, wholly there: a page still on its way slips past a network that is taken away meanwhile."""
    page = context.new_page()
    _go_in(page, site, term, name)
    page.get_by_role("button", name="我愿意参加，开始").click()
    page.locator("[data-question]:visible").wait_for()
    page.wait_for_load_state()
    return page


def _gives(page: Page, words: str) -> None:
    """Clicks once the page's script has taken over: before that the form would go out as a page of its own."""
    answer = page.locator("[data-question]:visible").get_by_role("button", name=words)
    answer.wait_for()
    page.wait_for_load_state("domcontentloaded")
    answer.click()


def _has(page: Page, answered: int) -> None:
    expect(page.locator("[data-answered]")).to_have_text(str(answered))


def test_what_waits_on_a_phone_is_sealed_by_a_key_that_stays_there_and_is_gone_once_it_arrived(
    site: Site, chromium: Browser, term: Term
) -> None:
    context = chromium.new_context(viewport=NARROW)  # type: ignore[arg-type]
    page = _started(context, site, term, PUPILS[3])
    context.route("**/code/questions/*", _away)
    _gives(page, "几乎每天")
    expect(page.locator("[data-banner]")).to_contain_text("断网了")
    shelf = page.evaluate(SHELF)
    assert (shelf["algorithm"], shelf["extractable"], shelf["taken"], shelf["places"]) == ("AES-GCM", False, False, 1)
    assert "phq9" not in shelf["words"] and "value" not in shelf["words"]
    context.unroute("**/code/questions/*", _away)
    _has(page, 1)
    page.wait_for_function(f"async () => await ({SHELF})() === null")
    assert _kept(site, PUPILS[3])["phq9"][0] == 3
    context.close()


def test_what_waits_is_sent_after_a_reload_with_a_wrong_clock_and_erased_after_a_day(
    site: Site, chromium: Browser, term: Term
) -> None:
    context = chromium.new_context(viewport=NARROW)  # type: ignore[arg-type]
    context.add_init_script("const now = Date.now; Date.now = () => now() - 5 * 365 * 24 * 3600 * 1000")
    page = _started(context, site, term, PUPILS[4])
    context.route("**/code/questions/*", _away)
    _gives(page, "有几天")
    expect(page.locator("[data-banner]")).to_contain_text("断网了")
    page.evaluate(OLDER, 23)
    context.unroute("**/code/questions/*", _away)
    page.reload()
    _has(page, 1)
    assert _kept(site, PUPILS[4])["phq9"][:2] == [1, None]
    context.route("**/code/questions/*", _away)
    page.reload()
    _gives(page, "几乎每天")
    expect(page.locator("[data-banner]")).to_contain_text("断网了")
    page.evaluate(OLDER, 25)
    page.reload()
    page.wait_for_function(f"async () => await ({SHELF})() === null")
    context.unroute("**/code/questions/*", _away)
    page.reload()
    _gives(page, "完全没有")
    _has(page, 2)
    assert _kept(site, PUPILS[4])["phq9"][:3] == [1, 0, None]
    context.close()


def test_an_answer_given_after_the_time_is_over_waits_until_the_code_is_typed_again(
    site: Site, chromium: Browser, term: Term
) -> None:
    context = chromium.new_context(viewport=NARROW)  # type: ignore[arg-type]
    page = _started(context, site, term, PUPILS[5])
    _gives(page, "有几天")
    _has(page, 1)
    context.clear_cookies()
    _gives(page, "几乎每天")
    expect(page.locator("[data-banner]")).to_contain_text("请重新输入个人码")
    _go_in(page, site, term, PUPILS[5])
    _has(page, 2)
    assert _kept(site, PUPILS[5])["phq9"][:3] == [1, 3, None]
    context.close()


def test_two_windows_without_a_network_lose_neither_answer_and_the_last_word_counts(
    site: Site, chromium: Browser, term: Term
) -> None:
    context = chromium.new_context(viewport=NARROW)  # type: ignore[arg-type]
    page = _started(context, site, term, PUPILS[6])
    other = context.new_page()
    other.goto(page.url)
    for words in ("有几天", "完全没有", "几乎每天"):
        _gives(other, words)
    _has(other, 3)
    _gives(page, "几乎每天")  # the window that was opened first counts less, and is asked last
    _has(page, 3)
    assert _kept(site, PUPILS[6])["phq9"][:4] == [3, 0, 3, None]
    page.reload()
    other.reload()
    context.route("**/code/questions/*", _away)
    _gives(page, "有几天")
    expect(page.locator("[data-banner]")).to_contain_text("断网了")
    other.evaluate("document.querySelectorAll('[data-question]').forEach((one, at) => { one.hidden = at !== 4; })")
    _gives(other, "完全没有")
    expect(other.locator("[data-banner]")).to_contain_text("断网了")
    assert page.evaluate(SHELF)["places"] == 2
    page.close()
    other.close()
    context.unroute("**/code/questions/*", _away)
    again = context.new_page()
    _go_in(again, site, term, PUPILS[6])
    _has(again, 5)
    assert _kept(site, PUPILS[6])["phq9"][:5] == [3, 0, 3, 1, 0]
    context.close()


def test_another_device_goes_on_and_what_waited_on_the_first_does_not_undo_it(
    site: Site, chromium: Browser, term: Term
) -> None:
    phone = chromium.new_context(viewport=NARROW)  # type: ignore[arg-type]
    page = _started(phone, site, term, PUPILS[7])
    _gives(page, "有几天")
    _has(page, 1)
    phone.route("**/code/questions/*", _away)
    _gives(page, "几乎每天")
    expect(page.locator("[data-banner]")).to_contain_text("断网了")
    room = chromium.new_context(viewport=WIDE)  # type: ignore[arg-type]
    screen = room.new_page()
    _go_in(screen, site, term, PUPILS[7])
    expect(screen.locator("[data-answered]")).to_have_text("1")
    _gives(screen, "完全没有")
    _has(screen, 2)
    phone.unroute("**/code/questions/*", _away)
    expect(page.locator("[data-banner]")).to_contain_text("另一个窗口")
    assert _kept(site, PUPILS[7])["phq9"][:3] == [1, 0, None]
    phone.close()
    room.close()


def test_where_a_browser_may_keep_nothing_it_says_that_the_answer_is_not_kept(
    site: Site, chromium: Browser, term: Term
) -> None:
    context = chromium.new_context(viewport=NARROW)  # type: ignore[arg-type]
    context.add_init_script("Object.defineProperty(window, 'isSecureContext', {get: () => false})")
    page = _started(context, site, term, PUPILS[9])
    context.route("**/code/questions/*", _away)
    _gives(page, "有几天")
    expect(page.locator("[data-banner]")).to_contain_text("请连上网再答")
    assert page.evaluate(SHELF) is None
    context.unroute("**/code/questions/*", _away)
    _has(page, 1)  # as long as the page stands open it goes out all the same
    context.close()


def test_what_another_student_left_on_a_device_goes_after_a_day(site: Site, chromium: Browser, term: Term) -> None:
    context = chromium.new_context(viewport=WIDE)  # type: ignore[arg-type]
    page = _started(context, site, term, PUPILS[10])
    context.route("**/code/questions/*", _away)
    _gives(page, "有几天")
    expect(page.locator("[data-banner]")).to_contain_text("断网了")
    context.unroute("**/code/questions/*", _away)
    page.evaluate(OLDER, 25)
    page.goto("about:blank")
    context.clear_cookies()
    page = _started(context, site, term, PUPILS[11])
    page.wait_for_function(f"async () => await ({SHELF})() === null")
    context.close()


def test_handing_in_waits_for_the_last_answer_and_needs_one_press(site: Site, chromium: Browser, term: Term) -> None:
    context = chromium.new_context(viewport=NARROW)  # type: ignore[arg-type]
    page = _started(context, site, term, PUPILS[8])
    for number in range(1, 16):
        _gives(page, "有几天")
        _has(page, number)
    slow = "setTimeout(() => { window.fetch = fetch_of_before; }, 1500)"
    page.evaluate(f"""() => {{ window.fetch_of_before = fetch; {slow};
        window.fetch = async (...given) => {{ await new Promise((go) => setTimeout(go, 1000)); return fetch_of_before(...given); }}; }}""")
    _gives(page, "完全没有")
    page.get_by_role("button", name="交", exact=True).click()
    expect(page.get_by_role("heading", name="谢谢你")).to_be_visible()
    assert _kept(site, PUPILS[8])["gad7"][-1] == 0
    context.close()
