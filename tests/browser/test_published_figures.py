"""The figures of care that the leading group reads: the first page and the release, wide, narrow, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import NARROW, WIDE, Site, Visit, barriers, picture, serving, sideways, speak
from tests.care.figures_of_care import fill
from tests.care.test_figures import approve, freeze, prepared
from tests.care.test_figures_of_the_head import SCHOOLS, alerts

pytestmark = pytest.mark.browser
TOLD = {
    "zh": ("同意有效的占比", "警报接手用时的中位数", "在办的红色个案（层级：需要马上帮助）"),
    "en": ("Consent in force", "Median time until an alert is taken on", "Open red cases (level: Help at once)"),
}


@pytest.fixture(scope="module")
def site(cluster: Any, worker: str, keys: Any) -> Iterator[Site]:
    """A county without a student of its own, so that nobody has a level yet."""
    with serving(cluster, worker, keys) as running:
        yield running


def published(site: Site) -> str:
    """A county in the middle of its term, its newest week let out; the address of the release."""

    def furnish() -> str:
        cast = site.cast
        fill(cast.county.id, [cast.units[key].id for key in SCHOOLS], cast["school_counselor"].person_id, 100)
        alerts(cast, 25, 12)
        freeze(cast)
        release = prepared(cast)
        approve(cast, release)
        return release.address

    return site.inside(furnish)  # type: ignore[no-any-return]


def test_the_leading_group_reads_the_published_figures_and_finds_no_way_to_a_case(site: Site, visit: Visit) -> None:
    release = published(site)
    page = visit("leading_group_head", at_the_door=False)
    for size, width, language in ((WIDE, "wide", "zh"), (NARROW, "narrow", "zh"), (WIDE, "wide-en", "en"),
                                  (NARROW, "narrow-en", "en")):  # fmt: skip
        page.set_viewport_size(size)  # type: ignore[arg-type]
        speak(page, site, language)
        for name, address in (("first", "/"), ("release", release)):
            page.goto(f"{site.address}{address}")
            assert not sideways(page) and not barriers(page), (name, width)
            picture(page, site, f"published-{name}-{width}")
            folded = page.locator("details.fold:not([open]) > summary")
            while folded.count():
                folded.first.click()
            words = page.locator("main").inner_text()
            wanted = TOLD[language] if name == "first" else TOLD[language][:2]
            assert all(one in words for one in wanted), (name, width)
        assert page.locator("main a[href^='/alerts'], main a[href^='/students'], main a[href^='/support']").count() == 0
