"""Panels of the first pages: queue of evidence, plans, visits and common problems; each number opens the rows it counts."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask

from app.core.audit import trail
from app.core.policy.actor import SYSTEM
from app.improvement.monitoring import at_a_glance as findings
from app.improvement.plans import at_a_glance as plans
from app.improvement.visits import at_a_glance as visits
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
        assert told["待审佐证"][1] == "" and lines(plans.panel_of(scene.actor("evaluator")))["待审佐证"][1]
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
