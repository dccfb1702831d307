"""Panels of the first pages: queue of evidence, plans, visits and common problems; each number opens the rows it counts."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.audit import trail
from app.core.database import db
from app.core.policy.actor import SYSTEM
from app.improvement.monitoring import at_a_glance as findings
from app.improvement.monitoring.models import MonitoringResult
from app.improvement.plans import at_a_glance as plans
from app.improvement.plans.models import Evidence
from app.improvement.visits import at_a_glance as visits
from app.people.directory.models import Unit
from tests.cast import Cast
from tests.improvement.effects.scenes import EffectScene
from tests.improvement.problems.browsing import Browser
from tests.improvement.visits.scenes import VisitScene

LISTED = re.compile(r'(?:<h1>[^<]*<small>|<span role="status">)(\d+)')


@pytest.fixture
def scene(app: Flask, cast: Cast) -> EffectScene:
    """An item in its second edition of a plan, another with a plan that waits, a planned visit, three schools with one problem."""
    scene = EffectScene(cast)
    scene.plan(scene.item("planning"), "submitted")
    later = scene.plan_in_force(scene.item("implementing"))
    with trail.act(SYSTEM, "system", "test.edition"):
        later.edition = 2
    cycle = scene.round("2026-spring")
    for number, school in enumerate(("shuangqiao", "yuntai", "chengguan"), 1):
        scene.finding(cycle, school, number=number)
    VisitScene(cast).planned()
    return scene


def lines(panel: object) -> dict[str, tuple[str, str]]:
    assert panel is not None
    return {line.name: (line.shown, line.url) for line in panel.lines}  # type: ignore[attr-defined]


def test_the_office_sees_evidence_plans_and_visits_at_a_glance(scene: EffectScene, app: Flask) -> None:
    with app.test_request_context():
        told = lines(plans.panel_of(scene.actor("office_director")))
        assert (told["待审批方案"][0], told["改过版本的方案"][0]) == ("1", "1")
        assert told["待审佐证"][1] == lines(plans.panel_of(scene.actor("evaluator")))["待审佐证"][1] == "/verification"
        year = lines(visits.panel_of(scene.actor("office_director")))
        assert year["已到校 / 年度清单"][0].startswith("0 / ")
        assert plans.panel_of(scene.actor("principal")) is None and visits.panel_of(scene.actor("principal")) is None


def test_every_number_of_the_plans_opens_its_rows(scene: EffectScene, app: Flask) -> None:
    browser = Browser(app, scene.cast, "office_director")
    page = browser.page("/")
    told = dict(re.findall(r'<a href="([^"]*/plans\?[^"]+)"><b>(\d+)</b>', page))
    assert len(told) == 2
    for address, number in told.items():
        listed = LISTED.search(browser.page(html.unescape(address)))
        assert listed and listed[1] == number, address


def test_a_researcher_sees_what_three_schools_of_the_subject_share(scene: EffectScene, app: Flask) -> None:
    with app.test_request_context():
        told = lines(findings.panel_of(scene.actor("subject_researcher")))
    assert told["数与运算"][0] == "3 所" and "视导中发现的问题" in told
    page = Browser(app, scene.cast, "subject_researcher").page(told["数与运算"][1])
    listed = LISTED.search(page)
    assert listed and listed[1] == "3", told["数与运算"][1]
    with app.test_request_context():
        assert findings.panel_of(scene.actor("office_director")) is None


@pytest.fixture
def judged(scene: EffectScene) -> EffectScene:
    """The same, with every cell of the round judged."""
    with trail.act(SYSTEM, "system", "test.judged"):
        for cell in db.session.scalars(select(MonitoringResult)):
            cell.verdict, cell.effect, cell.effect_low, cell.effect_high = "candidate", -0.40, -0.65, -0.15
    return scene


def _matrix(page: str) -> str:
    found = re.search(r'<table class="matrix effects folds">.*?</table>', page, re.DOTALL)
    return found[0] if found else ""


def test_a_researcher_finds_effects_by_school_in_code_order_with_intervals_as_on_their_page(
    judged: EffectScene, app: Flask
) -> None:
    browser = Browser(app, judged.cast, "subject_researcher")
    shown = _matrix(browser.page("/"))
    rows = re.findall(r'<th scope="row">([^<]+)', shown)
    in_order = db.session.scalars(select(Unit.short_name).where(Unit.short_name.in_(rows)).order_by(Unit.code)).all()
    assert len(rows) == 3 and rows == list(in_order)
    assert shown.count('<svg class="forest f-problem" ') == shown.count('aria-hidden="true"') == 3
    assert shown.count("−0.65 至 −0.15") == 3 and shown == _matrix(browser.page("/boards/effects"))
    for other in ("principal", "office_director", "guidance_member"):
        assert not _matrix(Browser(app, judged.cast, other).page("/")), other


def test_on_a_wall_the_effects_of_the_first_page_are_covered_school_by_school(judged: EffectScene, app: Flask) -> None:
    browser = Browser(app, judged.cast, "subject_researcher")
    browser.client.set_cookie("projector", "on")
    shown = _matrix(browser.page("/"))
    assert shown.count('<tr class="covered">') == shown.count('<details class="opener">') == 3


def test_the_office_sees_day_by_day_what_falls_due_and_each_day_opens_its_items(scene: EffectScene, app: Flask) -> None:
    today = clock.today()
    for ahead in (0, 5, 5, 14, 15):
        scene.item("issued", due_on=today + timedelta(days=ahead))
    browser = Browser(app, scene.cast, "office_director")
    page = browser.page("/").partition("期限日历")[2].partition("</section>")[0]
    told = re.findall(r'<a href="([^"]*due=(\d{4}-\d\d-\d\d)[^"]*)"><b>(\d+) 项到期', page)
    days = {day: int(number) for _address, day, number in told}
    assert list(days) == sorted(days) and days[(today + timedelta(5)).isoformat()] >= 2
    assert today.isoformat() in days and (today + timedelta(14)).isoformat() in days
    assert (today + timedelta(15)).isoformat() not in days
    for address, _day, number in told:
        listed = LISTED.search(browser.page(html.unescape(address)))
        assert listed and listed[1] == number, address
    assert "期限日历" not in Browser(app, scene.cast, "dept_head").page("/")


def test_each_coming_day_of_visits_opens_the_visits_of_that_day(scene: EffectScene, app: Flask) -> None:
    browser = Browser(app, scene.cast, "office_director")
    told = re.findall(r'<a href="([^"]*/visits\?[^"]*day=(\d{4}-\d\d-\d\d)[^"]*)"><b>(\d+) 次视导', browser.page("/"))
    assert told
    for address, day, number in told:
        page = browser.page(html.unescape(address))
        assert f"{number} 条符合" in page and page.count('<td class="t-badge">') == int(number), day
    assert "0 条符合" in browser.page("/visits?day=2020-01-01") and "“soon”不是日期" in browser.page("/visits?day=soon")


@pytest.mark.parametrize("day", ["2026-13-40", "0000-00-00", "tomorrow!!", "2026-12-1"])
def test_a_day_that_is_none_is_told_in_a_sentence_and_leaves_the_list_as_it_is(
    day: str, scene: EffectScene, app: Flask
) -> None:
    browser = Browser(app, scene.cast, "office_director")
    every = LISTED.search(browser.page("/items"))
    page = browser.page(f"/items?due={day}")
    listed = LISTED.search(page)
    assert every and listed and every[1] == listed[1]
    assert f"“{day}”不是日期，没有按它筛选" in page and "2026-12-01" in page
    assert "不是日期" not in browser.page("/items?due=week") + browser.page("/items?due=2026-12-01")


def test_who_steers_reads_the_queue_of_evidence_and_judges_none_of_it(scene: EffectScene, app: Flask) -> None:
    plan = scene.plan(scene.item("planning"), edition=2, state="active")
    scene.evidence(plan.actions[0])
    piece = db.session.scalars(select(Evidence).where(Evidence.action_id == plan.actions[0].id)).one()
    scene.moved(piece, "submitted")
    measure = plan.actions[0].ref
    for role, opened in (
        ("office_director", "actions"),
        ("leading_group_head", "actions"),
        ("evaluator", "verification"),
    ):
        browser = Browser(app, scene.cast, role)
        found = re.search(r'<a href="/verification"><b>(\d+)</b>', browser.page("/"))
        page = browser.page("/verification")
        assert found and f"{found[1]} 份待审" in page and f'<a href="/{opened}/{measure}">' in page, role
        assert browser.get(f"/{opened}/{measure}").status_code == 200, role
    assert Browser(app, scene.cast, "office_director").get(f"/verification/{measure}").status_code == 404
    assert Browser(app, scene.cast, "dept_head").get("/verification").status_code == 404
