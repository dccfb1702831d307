"""A menu longer than the window shows the entry one is on, and a menu of further steps opens inside the window."""

import pytest

from tests.browser.conftest import NARROW, WIDE, Site, Visit, sideways

pytestmark = pytest.mark.browser
IN_VIEW = """() => {
  const here = document.querySelector(".side-menu [aria-current]"), entries = here.closest("nav");
  const row = here.getBoundingClientRect(), box = entries.getBoundingClientRect();
  return row.top >= box.top && row.bottom <= box.bottom;
}"""


def test_the_entry_of_the_page_stands_in_view_in_a_low_window(site: Site, visit: Visit) -> None:
    page = visit("office_director")
    page.set_viewport_size({"width": 1440, "height": 500})
    for address in ("/", "/rechecks", "/workdays"):
        page.goto(site.address + address)
        assert page.evaluate(IN_VIEW), address


def test_the_menu_of_further_steps_opens_inside_the_window(site: Site, visit: Visit) -> None:
    page = visit("assessment_member")
    page.goto(f"{site.address}/imports")
    page.locator("main details.menu").first.wait_for()
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert not sideways(page), size
