"""The office of care with the phones of families: as `Desk`, and the sweep of each minute comes round when it is told to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from playwright.sync_api import Page, expect

from app.care.consent.operations.codes import Slip
from app.core.casework.daily import run_daily
from tests.browser.conftest import NARROW, Site, barriers, leave, picture, sideways
from tests.browser.loop.desk import Desk, Paper
from tests.care.taking_part import PHONES


def whole(page: Page, site: Site, name: str) -> None:
    """No barrier, nothing to push sideways; the picture is kept among those of rights."""
    picture(page, site, f"rights/{name}")
    assert not barriers(page), name
    assert not sideways(page), name


@dataclass
class Ward(Desk):
    """Office, phones and clock."""

    phones: list[Page] = field(default_factory=list)

    def minute(self) -> Ward:
        """The sweep comes round: jobs of the minute, then everything that they posted."""
        self.posted()
        self.site.inside(run_daily)
        self.posted()
        return self

    def phone(self, slip: Slip, born: date) -> Page:
        """A phone on which somebody came in with the slip that the school handed out."""
        page: Page = self.visit(None, NARROW)
        page.goto(f"{self.site.address}/code?code={slip.code}")
        page.get_by_label("孩子的出生日期").fill(f"{born:%Y%m%d}")
        page.get_by_label("家长手机号后四位").fill(PHONES[0][-4:])
        page.get_by_role("button", name="进入").click()
        page.wait_for_url(re.compile("/code/home"))
        return page

    def letters(self, who: str) -> Paper:
        """This person's inbox."""
        self.posted()
        return self.sits(who).opens("/inbox")


def answer(page: Page, title: str, *given: str) -> None:
    """Begin, and say one answer after the other; the last one is kept before it returns."""
    page.get_by_role("link", name=title).first.click()
    leave(page, page.get_by_role("button", name="我愿意参加，开始"))
    for number, words in enumerate(given, 1):
        page.locator("[data-question]:visible").get_by_role("button", name=words, exact=True).click()
        expect(page.locator("[data-answered]")).to_have_text(str(number))


def status(paper: Paper, address: str) -> int:
    """What the person's browser gets for an address that is typed in; in a window beside the watched one."""
    beside = paper.page.context.new_page()
    answered = beside.goto(paper.site.address + address)
    assert answered is not None
    beside.close()
    return answered.status
