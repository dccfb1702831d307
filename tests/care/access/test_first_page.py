"""The protection officer's first page: each register's numbers, who agreed by the newest audit, and nobody's name."""

from __future__ import annotations

import re

from flask import Flask

from app.care.access.operations import emergencies
from app.care.access.operations.emergencies import OpeningStep
from app.care.rights.operations.requests import Child
from app.care.yearly import operations as yearly
from app.care.yearly.operations import AuditPlace, YearIn
from app.core.outbox.deliver import drain
from tests.care.access.conftest import NAME, OTHER, Story
from tests.care.access.test_openings import opened
from tests.care.access.test_rights_requests import asked
from tests.care.sharing.test_handovers import emergency
from tests.dashboards.test_watchers import lines
from tests.improvement.problems.browsing import Browser

ROW = r'<td class="t-title"><a href="/[a-z-]+/\w{16}"'


def _told(story: Story, app: Flask) -> str:
    """A request, an opening to be reviewed, another that still runs, a notice that is due, an audit that was counted."""
    asked(story)
    over = opened(story)
    emergencies.end_opening(story.act("school_counselor"), over, OpeningStep())
    opened(story)
    story.act("school_counselor")
    emergency(story.cast, Child.of(story.student()))
    county = story.cast.county.id
    yearly.begin_audit(story.act("dpo"), AuditPlace(county, county), YearIn(2026))
    drain()
    return Browser(app, story.cast, "dpo").page("/")


def test_the_officer_begins_with_the_numbers_of_every_register_and_no_name(told_of: Story, app: Flask) -> None:
    page = _told(told_of, app)
    shown = {name: number for name, (number, _address) in lines(page).items()}
    assert (shown["没办完的权利请求"], shown["紧急查看：待核对"], shown["紧急情况告知：待告知监护人"]) == (
        "1",
        "1",
        "1",
    )
    assert (shown["身份查看：待核对"], shown["信息提供：已提交、已批准"], shown["到期待清理"]) == ("0", "0", "0")
    assert "查看中 1" in page and NAME not in page and OTHER not in page


def test_every_number_of_the_officer_opens_its_rows(told_of: Story, app: Flask) -> None:
    told = lines(_told(told_of, app))
    browser = Browser(app, told_of.cast, "dpo")
    for name in (
        "没办完的权利请求",
        "紧急查看：待核对",
        "身份查看：待核对",
        "紧急情况告知：待告知监护人",
        "信息提供：已提交、已批准",
    ):
        shown, address = told[name]
        assert len(re.findall(ROW, browser.page(address))) == int(shown), name
    assert len(re.findall(ROW, browser.page("/openings"))) == 2, "without a state every opening stands there"


def test_who_agreed_is_told_by_the_newest_audit_with_small_numbers_kept_back(told_of: Story, app: Flask) -> None:
    before = Browser(app, told_of.cast, "dpo").page("/")
    assert "年度审计还没有汇总过" in before
    told = lines(_told(told_of, app))
    shown, address = told["心理健康测评"]
    assert shown in ("—", "<10") and address.startswith("/yearly-audits/")


def test_on_a_wall_and_for_others_there_is_none_of_it(told_of: Story, app: Flask) -> None:
    _told(told_of, app)
    wall = Browser(app, told_of.cast, "dpo")
    wall.client.set_cookie("projector", "on")
    assert "没办完的权利请求" not in wall.page("/")
    for other in ("school_psych_lead", "psych_center_lead", "leading_group_head"):
        assert "没办完的权利请求" not in Browser(app, told_of.cast, other).page("/"), other
