"""From the notice over the statement to decision and appeal, in real browsers, each person at his or her own desk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.core import clock as core_clock
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.improvement.accountability.models import AccountabilityRecord
from app.improvement.accountability.operations import hearing
from tests.browser.conftest import NARROW, WIDE, Site, Visit, Watch, barriers, leave, picture, sideways, speak
from tests.improvement.accountability.scenes import ACCOUNT, APPEAL, BASIS, REASON, SAID, WEIGHED, AccountabilityScene

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def own_time() -> Iterator[None]:
    """The clock that the story moves is put back."""
    yield
    core_clock.set_offset_source(None)


def _fine(page: Page, site: Site, name: str) -> None:
    """Both languages and widths: no barrier, nothing pushed sideways, and a picture of each."""
    address = page.url
    for language in ("en", "zh"):
        speak(page, site, language)
        page.goto(address)
        for size, width in ((NARROW, "390"), (WIDE, "1440")):
            page.set_viewport_size(size)
            picture(page, site, f"accountability-{name}-{language}-{width}")
            assert not sideways(page), f"{page.url} pushes sideways at {width}"
            assert not barriers(page), f"{page.url} at {width}: {barriers(page)}"


def _after_the_window(site: Site, ref: str) -> None:
    def move() -> None:
        use_context(SYSTEM.context())
        record: Any = db.session.query(AccountabilityRecord).filter_by(ref=ref).one()
        scene = AccountabilityScene(site.cast)
        scene.days_on(record, lambda amount: core_clock.set_offset_source(lambda: amount))
        assert hearing.keep_time_of_all() == 1

    site.inside(move)


def test_from_notice_to_appeal_everybody_does_their_part_in_the_browser(site: Site, visit: Visit) -> None:
    watch, unit = Watch(), site.cast["principal"].unit
    site.inside(lambda: AccountabilityScene(site.cast).at_work().ref)

    desk = visit("evaluator", at_the_door=False)
    watch.of(desk)
    desk.goto(f"{site.address}/accountability/new")
    desk.select_option("select[name=unit]", unit.ref)
    desk.click("main form button[type=submit]")
    desk.fill("input[name=title]", "数学问题项逾期")
    desk.fill("textarea[name=account]", ACCOUNT)
    desk.locator("input[name=facts]").first.check()
    desk.fill("input[name=basis]", BASIS)
    desk.select_option("select[name=measure]", "circular")
    _press(desk, "保存草稿")
    expect(desk.locator("body")).to_contain_text("草稿已保存")
    ref = desk.url.rsplit("/", 1)[-1]
    _fine(desk, site, "draft")

    office = visit("office_director", at_the_door=False)
    watch.of(office)
    office.goto(f"{site.address}/accountability/{ref}/steps/notify")
    office.locator(".confirm button[type=submit]").click()
    expect(office.locator("body")).to_contain_text("已送达")

    school = visit("principal", at_the_door=False)
    watch.of(school)
    school.goto(f"{site.address}/accountability/{ref}")
    expect(school.locator("main")).to_contain_text(ACCOUNT)
    _fine(school, site, "notice")
    _press(school, "提交陈述申辩")
    _fine(school, site, "statement")
    school.fill("textarea[name=words]", SAID)
    school.click("main form button[type=submit]")
    expect(school.locator("body")).to_contain_text("期满以前还可以补充")

    _after_the_window(site, ref)
    head = visit("leading_group_head", at_the_door=False)
    head.goto(f"{site.address}/accountability/{ref}")
    _press(head, "作出决定")
    expect(head.locator("main")).to_contain_text(SAID)
    _fine(head, site, "decision")
    head.fill("input[name=met_on]", site.inside(core_clock.today).isoformat())
    for name in ("方景行", "邵怀瑾"):
        head.get_by_label(name).check()
    head.fill("textarea[name=weighed]", WEIGHED)
    head.select_option("select[name=measure]", "interview")
    head.fill("textarea[name=reason]", REASON)
    head.select_option("select[name=level]", "party")
    _press(head, "记录决定")
    expect(head.locator("body")).to_contain_text("决定已记录")
    _fine(head, site, "decided")

    school = visit("principal", at_the_door=False)
    school.goto(f"{site.address}/accountability/{ref}/appeal")
    school.fill("textarea[name=words]", APPEAL)
    school.click("main form button[type=submit]")
    expect(school.locator("body")).to_contain_text("由没有参加决定的人复核")

    member = visit("leading_group_member", at_the_door=False)
    member.goto(f"{site.address}/accountability/{ref}/answer")
    member.check("input[name=outcome][value=uphold]")
    member.get_by_label("顾明川").check()
    member.fill("textarea[name=reason]", "补齐的措施在决定以后，不影响事实认定")
    _press(member, "记录复核结果")
    expect(member.locator("main")).to_contain_text("维持")
    _fine(member, site, "answered")
    member.goto(f"{site.address}/accountability")
    _fine(member, site, "list")
    member.goto(f"{site.address}/circulars")
    _fine(member, site, "circulars")
    assert not watch.complaints, watch.complaints


def _press(page: Page, words: str) -> None:
    named = page.get_by_role("link", name=words, exact=True).or_(page.get_by_role("button", name=words, exact=True))
    leave(page, named.first)
