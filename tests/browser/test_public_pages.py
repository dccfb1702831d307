"""Public pages in a real browser: no barrier, nothing pushed sideways, no cookie, in both languages and widths."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from app.core import clock
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.improvement.disclosure.models import PublicPage
from app.improvement.disclosure.operations import disclosures
from app.improvement.disclosure.operations.disclosures import DisclosureIn, DisclosurePlace, DisclosureStep
from tests.browser.conftest import NARROW, WIDE, Site, barriers, sideways

pytestmark = pytest.mark.browser
TITLE = "一所名字很长很长的学校关于秋季学期数学教学改进情况以及下一步安排的公开说明"


def _published(site: Site) -> list[str]:
    """One page that is out, one that was withdrawn, and the list of the bureau."""

    def work() -> list[str]:
        addresses = []
        office, head = site.cast.actor("office_director"), site.cast.actor("leading_group_head")
        for taken_back in (False, True):
            use_context(office.context())
            place = DisclosurePlace(site.cast.county.id, site.cast["office_director"].unit.id)
            today = clock.today()
            given = DisclosureIn(TITLE, "第一段。\n第二段。", today, today + timedelta(days=30))
            one = disclosures.draft_disclosure(office, place, given)
            disclosures.submit_disclosure(office, one, DisclosureStep())
            use_context(head.context())
            disclosures.approve_disclosure(head, one, DisclosureStep())
            if taken_back:
                disclosures.withdraw_disclosure(head, one, DisclosureStep(reason="附表年份写错，更正后重新公开"))
            use_context(SYSTEM.context())
            page = db.session.query(PublicPage).filter_by(record_id=one.id).one()
            addresses += [page.address, f"/public/bureaus/{page.bureau}"]
        return [*dict.fromkeys(addresses), "/public"]

    found: list[str] = site.inside(work)
    return found


def test_everybody_reads_public_pages_without_barrier_or_cookie(site: Site, chromium: Browser) -> None:
    addresses, faults = _published(site), []
    for language, size in (("zh", NARROW), ("en", WIDE), ("zh", WIDE), ("en", NARROW)):
        context = chromium.new_context(viewport=size)  # type: ignore[arg-type]
        page = context.new_page()
        for address in addresses:
            page.goto(f"{site.address}{address}?language={language}")
            where = f"{address} [{language}, {size['width']}]"
            faults += [f"{where}: {barrier}" for barrier in barriers(page)]
            faults += [f"{where}: pushes sideways"] if sideways(page) else []
        faults += ["a cookie was kept"] if context.cookies() else []
        context.close()
    assert not faults, "\n".join(faults)
