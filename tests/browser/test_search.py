"""The search of the top bar, typed by hand: nothing typed is lost, on a wide window and on a phone."""

from __future__ import annotations

import pytest

from tests.browser.conftest import NARROW, WIDE, Site, Visit, barriers, sideways

pytestmark = pytest.mark.browser


def test_a_search_keeps_its_words_in_the_field_and_says_that_nothing_was_found(site: Site, visit: Visit) -> None:
    page = visit("office_director", at_the_door=False)
    page.goto(site.address)
    page.keyboard.press("/")
    page.keyboard.type("没有这样的词")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    field = page.locator("main input[type=search]")
    assert field.input_value() == "没有这样的词" and "没有找到" in page.locator("main").inner_text()
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert not sideways(page) and not barriers(page)
