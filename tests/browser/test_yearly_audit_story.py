"""The yearly audit and the evidence of controls in a real browser: officer, auditor and security administrator, both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from app.care.yearly.models import YearlyAudit
from app.core import clock
from app.core.database import db, use_context
from app.core.outbox.deliver import drain
from app.core.policy.actor import SYSTEM
from tests.browser.conftest import NARROW, WIDE, Site, Visit, Watch, barriers, leave, picture, sideways, speak
from tests.care.taking_part import Family
from tests.care.terms import BORN

pytestmark = pytest.mark.browser
CONCLUSION = "本年度处理活动总体合规，没有发生个人信息泄露；例外见报告最后一部分，已逐项安排整改。"
MEASURES = "一、三月底前补做一次事故演练，由安全管理员负责。二、与没有保密协议的供应商在二月前补签。"


def _looked_at(page: Page, site: Site, name: str, address: str) -> None:
    for language in ("zh", "en"):
        speak(page, site, language)
        page.goto(site.address + address)
        for size, width in ((NARROW, "390"), (WIDE, "1440")):
            page.set_viewport_size(size)
            picture(page, site, f"{name}-{language}-{width}")
            assert not sideways(page), f"{page.url} pushes sideways at {width}"
            assert not barriers(page), f"{page.url} at {width}: {barriers(page)}"
    speak(page, site, "zh")


def _of_last_year(site: Site) -> int:
    def year() -> int:
        Family(site.cast, BORN, many=25).enrol()
        return clock.today().year - 1

    found: int = site.inside(year)
    return found


def _send(page: Page) -> None:
    leave(page, page.locator("main form button[type=submit]").first)


def test_the_officer_begins_the_auditor_signs_and_the_officer_notes_the_filing(site: Site, visit: Visit) -> None:
    year, watch = _of_last_year(site), Watch()
    officer = visit("dpo", at_the_door=False)
    watch.of(officer)
    _looked_at(officer, site, "audits-empty", "/yearly-audits")
    officer.goto(f"{site.address}/yearly-audits/new")
    officer.fill("[name=year]", "1999")
    _send(officer)
    assert "2020 年到今年" in officer.inner_text("main") and officer.input_value("[name=year]") == "1999"
    officer.fill("[name=year]", str(year))
    _send(officer)
    address = officer.url.removeprefix(site.address)
    assert "正在汇总" in officer.inner_text("main")
    site.inside(drain)
    _looked_at(officer, site, "audit-draft", address)
    officer.goto(f"{site.address}{address}/text")
    officer.fill("[name=conclusion]", CONCLUSION)
    officer.fill("[name=measures]", MEASURES)
    _send(officer)
    assert "补做一次事故演练" in officer.inner_text("main")
    officer.goto(f"{site.address}{address}/steps/submit")
    _send(officer)
    auditor = visit("auditor", at_the_door=False)
    watch.of(auditor)
    _looked_at(auditor, site, "audit-sign", f"{address}/steps/sign")
    auditor.goto(f"{site.address}{address}/steps/sign")
    _send(auditor)
    officer.goto(f"{site.address}{address}/steps/file")
    officer.fill("[name=filed_on]", "")
    officer.fill("[name=filed_with]", "县互联网信息办公室")
    _send(officer)
    assert "请写报送日期" in officer.inner_text("main") and officer.input_value("[name=filed_with]")
    _looked_at(officer, site, "audit-signed", address)
    with officer.expect_download() as kept:
        officer.click("text=下载 PDF")
    assert kept.value.suggested_filename.endswith(".pdf")

    def stands() -> str:
        use_context(SYSTEM.context())
        return db.session.scalars(select(YearlyAudit.state).where(YearlyAudit.ref == address.rpartition("/")[2])).one()

    assert site.inside(stands) == "signed"
    assert not [one for one in watch.complaints if "422" not in one], watch.complaints


def test_the_security_administrator_measures_the_controls(site: Site, visit: Visit) -> None:
    watch, keeper = Watch(), visit("security_admin", at_the_door=False)
    watch.of(keeper)
    _looked_at(keeper, site, "controls-empty", "/audit/controls")
    keeper.goto(f"{site.address}/audit/controls")
    leave(keeper, keeper.get_by_text("现在测量").first)
    assert "正在测量" in keeper.inner_text("main")
    site.inside(drain)
    keeper.goto(f"{site.address}/audit/controls")
    leave(keeper, keeper.locator("main table.list a").first)
    address = keeper.url.removeprefix(site.address)
    _looked_at(keeper, site, "controls", address)
    assert "数据库逐行隔离" in keeper.inner_text("main") and not watch.complaints
