"""What may no longer be kept is erased in the browser: one proposes, another approves, each with a fresh code; a record stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from app.core import clock
from app.core.database import db, keep
from tests.browser.care.ward import Ward, status
from tests.browser.conftest import NARROW, Site, Visit, barriers, serving
from tests.browser.loop.desk import Paper
from tests.care.retention.conftest import who_left
from tests.conftest import Clock

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(cluster: Any, worker: str, keys: Any) -> Iterator[Site]:
    with serving(cluster, worker, keys) as running:
        yield running
    clock.set_offset_source(None)


def whole(paper: Paper, name: str) -> None:
    """Both widths, not pushed sideways; no barrier on the phone."""
    paper.keeps(f"erasing/{name}")
    paper.page.set_viewport_size(NARROW)
    assert not barriers(paper.page), name


def staged(site: Site) -> tuple[str, str]:
    """A child of whom the roll alone is left, whose period is over: the address of the child's page, and of the batch."""

    def work() -> tuple[str, str]:
        left = who_left(site.cast, Clock())
        for code in ("answers", "register", "care"):
            left.erased(code)
        batch = left.listed()["roll"].address
        child = db.session.execute(text("select ref from students where id = :id"), {"id": left.gone}).scalar_one()
        keep(text("delete from outbox where kind = 'x'"))
        return f"/students/{child}", batch

    found: tuple[str, str] = site.inside(work)
    return found


def with_a_fresh_code(paper: Paper, site: Site) -> Paper:
    """The code of the phone, which is asked for once more: the last one is six minutes old."""
    paper.reads("验证码")
    paper.page.fill("main [name=factor_code]", site.code_for(site.cast[paper.who]))
    paper.presses("确认")
    expect(paper.page.locator("[name=factor_code]")).to_have_count(0)
    return paper


def test_what_is_over_is_erased_by_two_and_the_record_of_it_stays(site: Site, visit: Visit) -> None:
    child, batch = staged(site)
    with Ward(site, visit).running() as ward:
        officer, head, school = (ward.sits(key) for key in ("dpo", "leading_group_head", "school_coordinator"))
        assert status(school, child) == 200
        Clock().advance(minutes=6)
        whole(officer.opens("/retention/due").reads("学籍信息"), "due")
        officer.opens(batch).presses("提出清理")
        whole(officer, "code")
        with_a_fresh_code(officer, site)
        officer.presses("提出清理").reads("已提出，等批准")
        assert status(school, child) == 200
        offered = officer.opens(batch).page.locator("main button, main a.btn")
        assert not offered.filter(has_text="批准清理").count(), "who proposes does not approve"
        with_a_fresh_code(head.opens(batch).presses("批准清理"), site).presses("批准清理")
        ward.posted()
        head.opens(batch).reads("清理了什么", "摘要，与操作轨迹一致")
        whole(head, "done")
        expect(head.page.get_by_role("link", name="销毁记录").last).to_be_visible()
        assert status(school, child) == 404
