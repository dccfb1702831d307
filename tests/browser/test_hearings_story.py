"""After a release: the leaders hear a report, schools are fed back at a meeting, and what was asked for is not forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.casework.daily import run_daily
from app.core.database import db
from app.improvement.monitoring.models import DataFinding
from tests.browser.conftest import NARROW, Site, Visit, barriers
from tests.browser.loop.desk import Desk, Paper
from tests.factories.monitoring import act_as, make_indicators, released

pytestmark = pytest.mark.browser
ASKED, WHO = "各科教研组交一份不超过一页的分析，写明先改哪一项", "教研室主任"


def _staged(site: Site) -> tuple[str, list[tuple[str, str]]]:
    """A released round, and number and page of two findings of one school."""

    def make() -> tuple[str, list[tuple[str, str]]]:
        make_indicators(site.cast)
        cycle = released(site.cast)
        act_as(site.cast.actor("office_director"))
        own = DataFinding.school_id == site.cast.units["shuangqiao"].id
        found = db.session.scalars(
            select(DataFinding).where(DataFinding.cycle_id == cycle.id, own).order_by(DataFinding.number).limit(2)
        )
        return cycle.address, [(one.number, one.address) for one in found]

    staged: tuple[str, list[tuple[str, str]]] = site.inside(make)
    return staged


def _fine(paper: Paper, name: str) -> None:
    """Pictures of both widths, nothing pushed sideways; no barrier on a phone."""
    paper.keeps(f"hearings-{name}").page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    assert not barriers(paper.page), f"{paper.page.url}: {barriers(paper.page)}"


def test_a_meeting_names_two_findings_and_what_the_leaders_asked_for_is_asked_again_until_it_is_done(
    site: Site, visit: Visit
) -> None:
    (round_, (first, second)), desk, today = _staged(site), Desk(site, visit), clock.today()
    with desk.running():
        office = desk.sits("office_director").opens(f"{round_}/meetings/feedback")
        office.writes(held_on=today, level="县级", attendees="各校教学副校长", minutes="逐条反馈，学校认领。")
        office.page.get_by_text("勾选讨论了的数据发现").click()
        for number, _ in (first, second):
            office.page.get_by_label(number).check()
        office.presses("保存").reads("讨论了 2 条数据发现", first[0], second[0])

        school = desk.sits("principal").opens(first[1]).reads("在会上反馈过", "反馈会议・县级")
        _fine(school, "finding")
        school.opens("/monitoring/school-results").reads("还没有记专题听取汇报")
        _fine(school, "school-results")

        office.opens(f"{round_}/meetings/briefing")
        office.writes(held_on=today, chair="韩其琛", attendees="领导小组全体成员", minutes="听取汇报。")
        office.writes(follow_ups__0__what=ASKED, follow_ups__0__who=WHO)
        office.page.get_by_role("button", name="再加一项").click()
        office.writes(follow_ups__0__due_on=today + timedelta(days=3))
        office.page.locator("[name=follow_ups-0-who]").press("Enter")  # saves, and adds no line
        office.reads("1 项中 0 项已办结", ASKED, "前办完")
        _fine(office, "round")

        desk.on(today + timedelta(days=4))
        site.inside(run_daily)
        desk.posted()
        office = desk.sits("office_director").opens("/inbox").reads("听取汇报的一件后续事项已过期限")
        office.follows("听取汇报的一件后续事项已过期限").reads("过了期限")
        office.presses("记办结").reads("1 项中 1 项已办结")
        assert "过了期限" not in office.text()
        office.opens(f"{round_}/acknowledgements").reads("还没有专题听取汇报", "测评结束到发布")
        _fine(office, "sign-fors")
