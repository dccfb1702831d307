"""What is kept of a long form while it is written, in a real browser: said to be saved only when it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from app.core.database import db
from tests.browser.conftest import NARROW, Site, Visit, barriers, picture, sideways
from tests.cast import sign_in
from tests.improvement.plans import world
from tests.improvement.plans.test_plan_pages import hidden

pytestmark = pytest.mark.browser
LEAVING = """() => {
    const leaving = new Event("beforeunload", { cancelable: true });
    window.dispatchEvent(leaving);
    return leaving.defaultPrevented;
}"""
Written = Callable[[str], Page]


@pytest.fixture
def address(site: Site) -> str:
    """A section of a plan that is being drawn up."""
    return str(site.inside(lambda: world.draft(site.cast).address)) + "/sections/risks"


@pytest.fixture
def write(site: Site, visit: Visit, address: str) -> Written:
    """Opens the section as the coordinator, types, and has the half minute pass at once."""
    page = visit("school_coordinator", size=NARROW, at_the_door=False)
    page.goto(site.address + address)

    def typing(words: str) -> Page:
        page.locator("textarea[name=risks]").fill(words)
        page.evaluate("window.dispatchEvent(new Event('online'))")
        return page

    return typing


def test_what_was_typed_is_kept_put_back_and_given_up(site: Site, address: str, write: Written) -> None:
    page = write("写到一半的风险")
    expect(page.locator("[data-draft-line]")).to_contain_text("已自动保存")
    assert page.evaluate(LEAVING) is False, "nothing is lost by leaving"
    page.goto(site.address + address)
    expect(page.locator("textarea[name=risks]")).to_have_value("写到一半的风险")
    assert not barriers(page) and not sideways(page)
    picture(page, site, "draft-put-back")
    page.locator("textarea[name=risks]").fill("还没有存的一句")
    page.get_by_role("button", name="放弃草稿，用现在保存的内容").click()
    expect(page.get_by_text("草稿已放弃")).to_be_visible()
    expect(page.locator("textarea[name=risks]")).not_to_have_value("还没有存的一句")
    expect(page.get_by_role("button", name="放弃草稿，用现在保存的内容")).to_have_count(0)


def test_when_the_session_is_over_the_page_says_that_nothing_was_saved_and_warns_who_leaves(
    site: Site, write: Written
) -> None:
    def end() -> None:
        db.session.execute(text("update sign_in_sessions set ended_at = now()"))
        db.session.commit()

    page = write("已经存上的一句")
    expect(page.locator("[data-draft-line]")).to_contain_text("已自动保存")
    site.inside(end)
    write("登录结束以后写的")
    expect(page.locator("[data-draft-line]")).to_contain_text("没有存上：你的登录已结束")
    assert page.evaluate(LEAVING) is True


def test_when_the_page_is_too_old_it_says_what_to_do(write: Written) -> None:
    page = write("第一句")
    expect(page.locator("[data-draft-line]")).to_contain_text("已自动保存")
    page.evaluate("document.querySelector('[data-draft-url]').elements.csrf_token.value = 'another'")
    write("第二句")
    expect(page.locator("[data-draft-line]")).to_contain_text("这一页开得太久了")
    assert page.evaluate(LEAVING) is True


def test_an_answer_that_is_no_word_of_ours_counts_as_not_saved(write: Written) -> None:
    page = write("第一句")
    expect(page.locator("[data-draft-line]")).to_contain_text("已自动保存")
    page.route("**/drafts/**", lambda route: route.fulfill(status=200, content_type="text/html", body="<p>门户</p>"))
    write("第二句")
    expect(page.locator("[data-draft-line]")).to_contain_text("草稿暂时没存上")
    assert page.evaluate(LEAVING) is True


def test_a_draft_that_was_overtaken_stands_beside_what_is_saved(site: Site, address: str, write: Written) -> None:
    page = write("联络员写到一半的风险")
    expect(page.locator("[data-draft-line]")).to_contain_text("已自动保存")

    def save() -> None:
        client = site.app.test_client()
        sign_in(client, site.cast["principal"])
        version = hidden(client.get(address).get_data(as_text=True), "version")
        client.post(address, data={"risks": "校长后来保存的风险", "version": version})

    site.inside(save)
    page.goto(site.address + address)
    expect(page.get_by_role("alert")).to_contain_text("校长后来保存的风险")
    assert not barriers(page) and not sideways(page)
    picture(page, site, "draft-overtaken")
    page.get_by_role("link", name="看过了，接着用我的草稿").click()
    expect(page.locator("textarea[name=risks]")).to_have_value("联络员写到一半的风险")
    page.get_by_role("button", name="保存这一节").click()
    expect(page.get_by_text("已保存")).to_be_visible()
