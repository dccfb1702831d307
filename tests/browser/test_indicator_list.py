"""The county's list of indicators comes in as a file: what does not fit is named with row and column, another person accepts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import NARROW, Site, Visit, barriers, serving
from tests.browser.loop.desk import Desk, Paper
from tests.improvement.monitoring.test_dictionary_import import READING, SLEEP, file_of

pytestmark = pytest.mark.browser
NAMELESS = ["READ-2", "", *READING[2:15], "SC-YW-02"]


@pytest.fixture(scope="module")
def site(cluster: Any, worker: str, keys: Any) -> Iterator[Site]:
    """A county whose list is empty."""
    with serving(cluster, worker, keys) as running:
        yield running


def whole(paper: Paper, name: str) -> None:
    """Both widths, not pushed sideways; no barrier on the phone."""
    paper.keeps(f"indicator-list/{name}")
    paper.page.set_viewport_size(NARROW)
    assert not barriers(paper.page), name


def test_a_list_of_indicators_is_sent_mended_by_its_report_and_accepted_by_another(site: Site, visit: Visit) -> None:
    desk = Desk(site, visit)
    with desk.running():
        sender = desk.sits("assessment_member").opens("/monitoring/indicators").presses("导入指标库")
        whole(sender, "upload")
        sender.writes(file=("指标库.xlsx", file_of(READING, NAMELESS, SLEEP))).presses("上传并找列名")
        sender.presses("开始核对").reads("指标没有填写", "Sheet1 B4", "这一步要由另一个人来办")
        whole(sender, "report")
        office = desk.takes_up("office_director", "指标库").reads("指标没有填写")
        office.presses("先接收其余 2 行").reads("已接收 2 行")
        whole(office, "accepted")
        office.opens("/monitoring/indicators").reads("阅读理解", "睡眠达标率")
        assert "READ-2" not in office.text()
