"""The office draws from the schools' own lists, an inspector looks and writes, the school reads it then and not before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.care.ward import status
from tests.browser.conftest import NARROW, WIDE, Site, Visit, barriers, serving, speak
from tests.browser.loop.desk import Desk, Paper
from tests.improvement.sampling.scenes import BROKEN, FOUND, LOOKED, WHY, SampleScene

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(cluster: Any, worker: str, keys: Any) -> Iterator[Site]:
    """A county with nothing in it yet."""
    with serving(cluster, worker, keys) as running:
        yield running


def _lists(site: Site) -> None:
    """Lists of two schools, both in the hand of one inspector; one of theirs has a closed item."""

    def work() -> None:
        scene = SampleScene(site.cast)
        held = scene.running("shuangqiao", items=2)
        scene.closed(held.items[0])
        for _ in range(10):
            scene.running("yuntai")

    site.inside(work)


def _whole(site: Site, paper: Paper, name: str) -> None:
    """Both widths and languages; no barrier on the phone."""
    for language in ("en", "zh"):
        speak(paper.page, site, language)
        paper.keeps(f"list-checks/{name}-{language}")
        paper.page.set_viewport_size(NARROW)
        assert not barriers(paper.page), (name, language)
        paper.page.set_viewport_size(WIDE)


def test_a_school_list_is_drawn_looked_at_and_read_by_the_school(site: Site, visit: Visit) -> None:
    _lists(site)
    desk = Desk(site, visit)
    with desk.running():
        office = desk.sits("office_director").opens("/list-checks").reads("还要随机抽 2 份")
        _whole(site, office, "none-drawn")
        office.opens("/list-checks/draw").reads("11 份，2 所学校")
        _whole(site, office, "draw")
        office.presses("现在抽取").reads("按种子重算，结果一致")
        _whole(site, office, "drawn")
        desk.posted()
        inspector = desk.sits("inspector").opens("/list-checks?q=shuangqiao").reads("待抽查")
        address = inspector.page.locator("td.t-title a").first.get_attribute("href") or ""
        assert status(desk.sits("principal"), address) == 404
        inspector.opens(address).reads("学校在有结论以后才看得到")
        _whole(site, inspector, "to-check")
        inspector.presses("写抽查结论")
        _whole(site, inspector, "form")
        inspector.writes(looked_at=LOOKED, finding=FOUND, answer__0="不属实", note__0=BROKEN, answer__1="属实")
        inspector.writes(result="不属实", reason=WHY).presses("提交抽查结论").reads("已提议重新打开")
        _whole(site, inspector, "found")
        desk.posted()
        school = desk.sits("principal").opens("/inbox").reads("判定不属实")
        school.opens(address).reads(BROKEN)
        school.opens("/list-checks").reads("抽查不属实")
        _whole(site, school, "school")
        school.follows("shuangqiao 自查清单", "main").follows("打开清单", "main").reads("抽查不属实", FOUND)
        _whole(site, school, "list")
        office.opens("/list-checks").reads("18.1%")
        _whole(site, office, "register")
        inspector.opens("/").reads("校级清单抽查")
        _whole(site, inspector, "first-page")
