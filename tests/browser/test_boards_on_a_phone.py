"""The boards and first pages on a phone: every number is in view with the name of its column, none behind an edge; long
parts fold."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, Site, Visit, barriers, sideways
from tests.browser.crowd import SCHOOLS, busy, crowd

pytestmark = pytest.mark.browser
OUT_OF_SIGHT = """() => {
    document.querySelectorAll('details.fold, details.unfold').forEach(part => { part.open = true; });
    const cells = [...document.querySelectorAll('.matrix td:not(:has(.is-none))')];
    const wide = document.documentElement.clientWidth;
    const hidden = cells.filter(cell => {
        const box = cell.getBoundingClientRect();
        const within = cell.closest('.table-box').getBoundingClientRect();
        return box.width === 0 || box.left < 0 || box.right > Math.min(wide, within.right) + 1;
    });
    const named = cells.filter(td => td.dataset.name && getComputedStyle(td, '::before').content !== 'none');
    return [cells.length, hidden.length, named.length];
}"""
"""Numbers of the matrices that are not nought: how many there are, how many lie out of sight, how many bear their column."""
PUSHED = "[...document.querySelectorAll('.table-box')].filter(box => box.scrollWidth > box.clientWidth + 1).length"
"""Boxes of tables that have to be pushed sideways, those in closed parts as well."""
CROWDED = ("/burden", "/boards/effects", "/boards", "/")


@pytest.fixture(scope="module")
def crowded(site: Site) -> Site:
    """The site with forty schools more, whose names take two lines."""
    crowd(site)
    return site


def opened(page: Page) -> list[bool]:
    """Which parts of the page stand open."""
    said: list[bool] = page.evaluate("[...document.querySelectorAll('details.fold')].map(part => part.open)")
    return said


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("role", "address"), [("office_director", "/"), ("office_director", "/boards"), ("principal", "/")]
)
def test_every_number_of_a_matrix_is_in_view_on_a_phone_with_the_name_of_its_column(
    site: Site, visit: Visit, role: str, address: str, language: str
) -> None:
    page = visit(role, size=NARROW, language=language, at_the_door=False)
    page.goto(site.address + address)
    page.wait_for_load_state()
    there, hidden, named = page.evaluate(OUT_OF_SIGHT)
    assert there > 0 and (hidden, named) == (0, there)
    assert not sideways(page) and barriers(page) == []


def test_on_a_desk_the_matrix_stays_a_table_with_its_columns_named_above(site: Site, visit: Visit) -> None:
    page = visit("office_director", size=WIDE, at_the_door=False)
    page.goto(f"{site.address}/boards")
    there, hidden, named = page.evaluate(OUT_OF_SIGHT)
    assert (there > 0, hidden, named) == (True, 0, 0)
    assert page.locator(".matrix.folds thead th").first.is_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_forty_schools_of_long_names_are_rows_on_a_phone_and_nothing_is_pushed_sideways(
    crowded: Site, visit: Visit, language: str
) -> None:
    page = visit("office_director", size=NARROW, language=language, at_the_door=False)
    for address in CROWDED:
        page.goto(crowded.address + address)
        page.wait_for_load_state()
        there, hidden, named = page.evaluate(OUT_OF_SIGHT)
        assert there > 2 * SCHOOLS and (hidden, named) == (0, there), address
        assert not sideways(page) and page.evaluate(PUSHED) == 0, address
        assert language == "en" or barriers(page) == [], address


def test_on_a_desk_every_part_stands_open_without_a_handle(crowded: Site, visit: Visit) -> None:
    page = visit("office_director", size=WIDE, at_the_door=False)
    for address in CROWDED:
        page.goto(crowded.address + address)
        assert (
            all(opened(page)) and page.locator(".fold > summary:visible, .unfold:visible, .jumps:visible").count() == 0
        ), address
        there, hidden, named = page.evaluate(OUT_OF_SIGHT)
        assert there > 2 * SCHOOLS and (hidden, named) == (0, 0), address
    assert barriers(page) == []


def test_on_a_phone_the_parts_after_the_first_wait_folded_behind_their_number_and_a_jump_opens_one(
    crowded: Site, visit: Visit
) -> None:
    page = visit("office_director", size=NARROW, at_the_door=False)
    page.goto(f"{crowded.address}/boards")
    parts = opened(page)
    assert parts[0] and not any(parts[1:]) and len(parts) > 5 and barriers(page) == []
    assert page.evaluate("document.documentElement.scrollHeight") < 7 * NARROW["height"]
    handles = page.locator(".fold > summary")
    assert all(any(sign.isdigit() for sign in said) for said in handles.all_inner_texts())
    jumps = page.locator(".jumps a")
    assert jumps.count() >= len(parts)
    jumps.and_(page.locator("[href='#rates']")).press("Enter")
    expect(page.locator("#rates table")).to_be_in_viewport()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#rates') !== null"), "one goes on from where the jump led"
    row = page.locator("#units tr").nth(2)
    expect(row.locator("td").first).not_to_be_visible()
    row.locator("summary").press("Enter")
    expect(row.locator("td:not(:has(.is-none))").first).to_be_visible()
    handle = page.locator("#categories summary")
    handle.press("Enter")
    expect(page.locator("#categories table")).to_be_visible()
    handle.press("Enter")
    expect(page.locator("#categories table")).not_to_be_visible()
    page.emulate_media(media="print")
    assert page.locator("summary:visible, .jumps:visible").count() == 0
    expect(page.locator("#units tr").nth(3).locator("td:not(:has(.is-none))").first).to_be_visible()
    expect(page.locator("#categories table")).to_be_visible()
    page.emulate_media(media="screen")
    page.set_viewport_size(WIDE)
    expect(page.locator("#categories table")).to_be_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("role", ["office_director", "leading_group_head", "guidance_member"])
def test_a_first_page_on_a_phone_says_what_waits_and_folds_every_part_behind_its_number(
    crowded: Site, visit: Visit, role: str, language: str
) -> None:
    page = visit(role, size=NARROW, language=language, at_the_door=False)
    page.goto(f"{crowded.address}/")
    page.wait_for_load_state()
    assert len(opened(page)) > 2 and not any(opened(page))
    assert page.evaluate("document.documentElement.scrollHeight") < 3500
    handles = page.locator(".fold > summary").all_inner_texts()
    assert all(said.endswith("—") or any(sign.isdigit() for sign in said) for said in handles)
    first = page.locator("main .card").first
    expect(first).to_have_class("card todos")
    expect(first.locator("h2")).to_be_in_viewport()
    assert not sideways(page) and barriers(page) == []
    handle = page.locator(".card:has(.matrix) .fold > summary")
    handle.press("Enter")
    row = page.locator(".matrix tbody tr").nth(3)
    row.locator("summary").press("Enter")
    expect(row.locator("td:not(:has(.is-none))").first).to_be_visible()
    assert not sideways(page) and barriers(page) == []
    handle.press("Enter")
    expect(row).not_to_be_visible()
    page.emulate_media(media="print")
    assert page.locator("summary:visible").count() == 0
    expect(row.locator("td:not(:has(.is-none))").first).to_be_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_first_page_of_a_busy_inspector_begins_with_the_next_visits_and_folds_what_can_wait(
    site: Site, visit: Visit, language: str
) -> None:
    if language == "zh":
        busy(site, "inspector")
    page = visit("inspector", size=NARROW, language=language, at_the_door=False)
    page.goto(f"{site.address}/")
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollHeight") < 3000
    first = page.locator("main .card").first
    assert first.locator("> .lines > li").count() == 2 and first.locator(".fold .lines > li").count() == 4
    assert len(opened(page)) > 4 and not any(opened(page))
    handle = first.locator(".fold > summary")
    handle.press("Enter")
    expect(first.locator(".fold .lines > li").last).to_be_visible()
    assert not sideways(page) and barriers(page) == []


def test_without_scripts_every_part_of_a_first_page_stands_open_on_a_phone(crowded: Site, visit: Visit) -> None:
    signed_in = visit("office_director", at_the_door=False).context
    assert signed_in.browser is not None
    plain = signed_in.browser.new_context(
        viewport=NARROW, java_script_enabled=False, storage_state=signed_in.storage_state()
    )
    page = plain.new_page()
    page.goto(f"{crowded.address}/")
    assert page.locator("details.fold").count() == page.locator("details.fold[open]").count() > 2
    expect(page.locator(".matrix tbody tr").last).to_be_visible()
    plain.close()


def test_on_a_desk_the_first_page_keeps_its_two_columns_without_a_gap(crowded: Site, visit: Visit) -> None:
    page = visit("office_director", size=WIDE, at_the_door=False)
    page.goto(f"{crowded.address}/")
    page.wait_for_load_state()
    waits, numbers, lamps = (
        box
        for place in (".todos", ".figures", ".with-todo > :last-child")
        if (box := page.locator(place).bounding_box()) is not None
    )
    assert lamps["x"] == waits["x"] < numbers["x"] and numbers["y"] == waits["y"]
    assert 0 < lamps["y"] - waits["y"] - waits["height"] < 24
