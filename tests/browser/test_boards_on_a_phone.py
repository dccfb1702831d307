"""Where problems stand, on a phone: every number of the boards is in view with the name of its column, none behind an edge."""

from __future__ import annotations

import pytest

from tests.browser.conftest import NARROW, WIDE, Site, Visit, barriers, sideways

pytestmark = pytest.mark.browser
OUT_OF_SIGHT = """() => {
    const cells = [...document.querySelectorAll('.matrix.folds .cell:not(.is-none)')];
    const wide = document.documentElement.clientWidth;
    const hidden = cells.filter(cell => {
        const box = cell.getBoundingClientRect();
        const within = cell.closest('.table-box').getBoundingClientRect();
        return box.width === 0 || box.left < 0 || box.right > Math.min(wide, within.right) + 1;
    });
    const named = cells.filter(({parentNode: td}) => td.dataset.name && getComputedStyle(td, '::before').content !== 'none');
    return [cells.length, hidden.length, named.length];
}"""
"""Numbers of the matrices that are not nought: how many there are, how many lie out of sight, how many bear their column."""


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
