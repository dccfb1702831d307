"""The register of suppliers in a real browser: both languages, phone and desk; an agreement with its file, a refused upload."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from app.core import clock
from app.improvement.suppliers.operations import SupplierIn
from tests.browser.conftest import NARROW, WIDE, Site, Visit, Watch, barriers, picture, sideways, speak
from tests.improvement.monitoring.test_findings_import import BOARD, file_of
from tests.improvement.suppliers.test_suppliers import registered, scan, signed

pytestmark = pytest.mark.browser
NAMES = ("明测教育评价中心", "星河班班通运维与数据采集服务平台（县域教育数字化联合运营中心）", "知行增值测算实验室")


def _staged(site: Site) -> tuple[str, str]:
    """One valid, one ending, one ended; the pages of the last two."""

    def make() -> tuple[str, str]:
        app: Flask = site.app
        made = [registered(site.cast, SupplierIn(name, "platform", "月报，按学校", "设备发现")) for name in NAMES]
        for number, (supplier, ends) in enumerate(zip(made, (300, 20, -15), strict=True)):
            signed(site.cast, app, supplier, -60, ends, number)
        return made[1].address, made[2].address

    staged: tuple[str, str] = site.inside(make)
    return staged


def test_an_agreement_is_put_in_and_then_the_suppliers_file_is_taken(site: Site, visit: Visit, tmp_path: Path) -> None:
    (ending, ended), watch = _staged(site), Watch()
    office = visit("office_director", at_the_door=False)
    watch.of(office)
    for name, address in {
        "list": "/suppliers", "empty": "/suppliers?standing=missing", "ending": ending, "ended": ended,
        "form": "/suppliers/new", "agreement": f"{ended}/agreements", "upload": "/imports/new?kind=findings",
    }.items():  # fmt: skip
        for language in ("zh", "en"):
            speak(office, site, language)
            office.goto(site.address + address)
            for size, width in ((NARROW, "390"), (WIDE, "1440")):
                office.set_viewport_size(size)
                picture(office, site, f"suppliers-{name}-{language}-{width}")
                assert not sideways(office), f"{office.url} pushes sideways at {width}"
                assert not barriers(office), f"{office.url} at {width}: {barriers(office)}"
    speak(office, site, "zh")
    (tmp_path / "月报.xlsx").write_bytes(file_of(BOARD))
    (tmp_path / "协议.png").write_bytes(scan(9))

    def send() -> None:
        office.goto(f"{site.address}/imports/new?kind=findings")
        office.locator("input[name=file]").first.set_input_files(tmp_path / "月报.xlsx")
        office.select_option("[name=supplier]", label=NAMES[2])
        office.click("main form button[type=submit]")

    send()
    expect(office.locator("main")).to_contain_text("保密协议已经到期，文件没有收")
    picture(office, site, "suppliers-refused-zh-1440")
    office.goto(f"{site.address}{ended}/agreements")
    office.fill("[name=number]", "清教保〔2026〕9号")
    office.fill("[name=from_on]", f"{clock.today()}")
    office.fill("[name=until_on]", f"{clock.today() + timedelta(days=364)}")
    office.select_option("[name=responsible]", index=1)
    office.locator("input[name=file]").first.set_input_files(tmp_path / "协议.png")
    office.click("main form button[type=submit]")
    expect(office.locator("main")).to_contain_text("清教保〔2026〕9号")
    send()
    expect(office.locator("main")).to_contain_text(f"来自 {NAMES[2]}")
    assert not [one for one in watch.complaints if "422" not in one], watch.complaints
