"""A department is asked to help with another's problem, gives it back, and whoever was not asked finds nothing there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.improvement.problems.operations import items
from tests.browser.care.ward import status
from tests.browser.conftest import NARROW, Site, Visit, barriers, serving
from tests.browser.loop.desk import Desk, Paper
from tests.improvement.problems.scenes import Scene

pytestmark = pytest.mark.browser
ASKED, DONE = "请体卫艺科核对两所学校的体质监测数据", "两所学校的数据已核对，一处录入错误已请学校改正"


@pytest.fixture(scope="module")
def site(cluster: Any, worker: str, keys: Any) -> Iterator[Site]:
    """A county with nothing in it yet."""
    with serving(cluster, worker, keys) as running:
        yield running


def an_item(site: Site) -> str:
    """The address of a problem of 基础教育科 with which 体卫艺科 may help, signed for."""

    def work() -> str:
        scene, units = Scene(site.cast), site.cast.units
        line = {"unit_id": units["basic_education"].id, "co_units": [str(units["health"].id)], "category": "management",
                "responsible_person_id": site.cast["dept_head"].person_id, "subject": None, "grade": None}  # fmt: skip
        (item,) = scene.issued(line).items
        given = items.AcceptIn(site.cast["dept_officer"].person_id, site.cast["dept_head"].person_id)
        items.accept_item(scene.actor("dept_head"), item, given)
        return str(item.address)

    found: str = site.inside(work)
    return found


def whole(paper: Paper, name: str) -> None:
    """Both widths, not pushed sideways; no barrier on the phone."""
    paper.keeps(f"helping/{name}")
    paper.page.set_viewport_size(NARROW)
    assert not barriers(paper.page), name


def test_a_department_helps_another_and_gives_it_back(site: Site, visit: Visit) -> None:
    address, desk = an_item(site), Desk(site, visit)
    with desk.running():
        asking = desk.sits("dept_head").opens(f"{address}/hand-offs")
        asking.writes(unit="体卫艺科", note=ASKED).presses("转交").reads(ASKED)
        desk.posted()
        helping = desk.sits("health_head").opens("/inbox").reads("转到你单位协同办理")
        helping.opens("/hand-offs").reads(ASKED)
        whole(helping, "list")
        errand = helping.page.locator("td.t-title a").first.get_attribute("href") or ""
        helping.opens(errand).reads("请本单位办什么", ASKED, "基础教育科")
        whole(helping, "one")
        assert [status(desk.sits("shiyan_principal"), one) for one in (errand, address, f"{address}/hand-offs")] == [
            404
        ] * 3
        assert status(desk.sits("dept_head"), errand) == 404
        helping.writes(note=DONE).presses("交回责任单位").reads("没有别的单位转来的事")
        assert status(helping, errand) == 404
        desk.posted()
        desk.sits("dept_head").opens("/inbox").reads("交回")
        asking.opens(f"{address}/hand-offs").reads(DONE, "体卫艺科")
