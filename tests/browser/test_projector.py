"""Projector mode before many eyes: named values open row by row, care and counts are gone, nobody is shut out."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE, Site, Visit, barriers, picture, sideways

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("size", "name"), [(NARROW, "narrow"), (WIDE, "wide")])
def test_on_a_wall_a_row_shows_its_values_once_it_is_opened(site: Site, visit: Visit, size: object, name: str) -> None:
    page = visit("office_director", size=size, at_the_door=False)
    page.context.add_cookies([{"name": "projector", "value": "on", "url": site.address}])
    page.goto(f"{site.address}/monitoring/findings")
    row = page.locator("tr.covered").first
    value = row.locator(".t-badge")
    expect(value).to_be_hidden()
    assert not sideways(page) and not barriers(page)
    picture(page, site, f"projector-{name}-covered")
    row.locator("summary").press("Enter")
    expect(value).to_be_visible()
    assert not barriers(page)
    row.locator("summary").press("Enter")
    expect(value).to_be_hidden()
    assert not page.locator(".count-dot").count()
    assert "心灵彩虹码" not in page.locator("nav").all_inner_texts()


def test_a_school_declares_its_classrooms_on_a_page_for_everybody(site: Site, visit: Visit) -> None:
    for size, name in ((NARROW, "narrow"), (WIDE, "wide")):
        page = visit("principal", size=size, at_the_door=False)
        page.goto(f"{site.address}/units/{site.cast.units['shuangqiao'].ref}/classrooms")
        page.fill("input[name=networks]", "10.20.30.5/24")
        page.get_by_role("button", name="保存网段").click()
        expect(page.locator("[role=alert]").first).to_contain_text("不是网段")
        assert page.input_value("input[name=networks]") == "10.20.30.5/24"
        assert not sideways(page) and not barriers(page)
        picture(page, site, f"classrooms-{name}")
