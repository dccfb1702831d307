"""Each role's first page says what waits and what the role reaches, and every number on it opens its rows."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, select

from app.core import clock
from app.core.audit import trail
from app.core.casework.deadlines import Deadline
from app.core.database import db, uuid7
from app.core.policy.actor import SYSTEM
from app.core.policy.roles import ADMINISTRATORS, ROLES
from app.improvement.monitoring import words as monitoring_words
from app.improvement.monitoring.models import DataRelease, MonitoringResult, ReleaseAck
from app.improvement.problems.models import ItemFinding
from app.improvement.problems.operations import lists
from app.improvement.problems.operations.drafting import Submission
from tests.cast import Cast
from tests.improvement.effects.scenes import EffectScene
from tests.improvement.problems.browsing import Browser
from tests.improvement.problems.scenes import Scene
from tests.standing import on_what_stands, one_transaction

NUMBER = re.compile(r'<div class="figure"><dt>([^<]+)</dt><dd><a class="plain" href="([^"]+)"><b[^>]*>(\d+)')


def _own_list(scene: Scene) -> None:
    """A list that the school made for itself: the county's board leaves it out, the school's list does not."""
    held = scene.school_draft()
    scene.add(held, by="school_coordinator", source_type="self_check")
    lists.submit_list(scene.actor("school_coordinator"), held, Submission())
    lists.approve_list(scene.actor("principal"), held, Submission())
    lists.issue_list(scene.actor("school_coordinator"), held, lists.IssueIn("双中〔2026〕3号"))


def figures(page: str) -> dict[str, tuple[str, int]]:
    return {name: (address.replace("&amp;", "&"), int(number)) for name, address, number in NUMBER.findall(page)}


CELL = re.compile(r'<a (?:class="cell[^"]*"|data-counted) href="([^"]+)">(\d+)')
LISTED = re.compile(r'(?:<h1>[^<]*<small>|<span role="status">)(\d+)')
BOARDS = (
    "principal",
    "school_coordinator",
    "dept_head",
    "inspector",
    "guidance_member",
    "office_director",
    "evaluator",
)


@pytest.fixture(scope="module")
def county_at_work(application: Flask, _cast_of_the_worker: Cast) -> Iterator[Connection]:
    """Items in several states, one late, one closed, one due soon, one on a school's own list; a request to verify."""
    with one_transaction(application) as connection:
        _people(EffectScene(_cast_of_the_worker))
        yield connection


@pytest.fixture
def app(county_at_work: Connection, application: Flask) -> Iterator[Flask]:
    """The application in that county: all tests of this module share the one transaction and leave it as it was."""
    with on_what_stands(application, county_at_work):
        yield application


@pytest.fixture
def world(app: Flask, cast: Cast) -> EffectScene:
    """A hand that goes on from there."""
    return EffectScene(cast)


def _people(scene: EffectScene) -> None:
    cast = scene.cast
    scene.closure_approved()
    scene.item("issued", due_on=clock.today() + timedelta(days=5))
    scene.item("implementing", category="management", due_on=clock.today() + timedelta(days=20))
    scene.item("issued", unit_id=cast.units["yuntai"].id)
    head = cast["dept_head"]
    scene.item("issued", unit_id=head.unit.id, responsible_person_id=head.person_id)
    _own_list(scene)
    scene.closure_submitted()
    with trail.act(SYSTEM, "system", "test.late"):
        late = db.session.scalars(
            select(Deadline).where(Deadline.entity == "problem_items", Deadline.closed_at.is_(None))
        )
        late.first().due_at = clock.now() - timedelta(days=3)  # type: ignore[union-attr]


def _listed(browser: Browser, address: str) -> int:
    found = LISTED.search(browser.page(address))
    assert found, address
    return int(found[1])


@pytest.mark.parametrize("role", sorted(set(ROLES) - ADMINISTRATORS))
def test_every_number_of_a_first_page_opens_the_rows_it_counts(role: str, world: EffectScene, app: Flask) -> None:
    browser = Browser(app, world.cast, role)
    page = browser.page("/")
    wanted = dict(figures(page).values()) | {html.unescape(at): int(n) for at, n in CELL.findall(page)}
    assert len(CELL.findall(page)) >= (2 if role == "dept_head" else 4) or role not in BOARDS
    for address, number in wanted.items():
        if address != "/monitoring/cycles":
            assert _listed(browser, address) == number, address


@pytest.mark.parametrize("role", ["office_director", "guidance_member"])
def test_the_handle_of_the_matrix_tells_as_many_open_and_late_items_as_their_lists(
    role: str, world: EffectScene, app: Flask
) -> None:
    browser = Browser(app, world.cast, role)
    said = re.search(r"<summary>(\d+) 个单位，在办 (\d+) 项，超期 (\d+) 项</summary>", browser.page("/"))
    assert said and int(said[1]) > 1
    assert int(said[2]) == _listed(browser, "/items?level=county&flag=open")
    assert int(said[3]) == _listed(browser, "/items?level=county&flag=open&flag=overdue") > 0


def test_a_school_reads_its_newest_results_with_interval_county_mean_and_benchmark(
    world: EffectScene, app: Flask
) -> None:
    cell = {
        "indicator_name": "数与运算", "subject": "math", "grade": "G8", "class_no": None, "n": 100, "value": 470.0,
        "value_type": "mean", "value_low": 450.4, "value_high": 489.6, "county": 500.0, "benchmark": 500.0,
        "benchmark_type": "county", "effect": -0.30, "effect_low": -0.55, "effect_high": -0.05, "verdict": "candidate",
        "band": "lower",
    }  # fmt: skip
    few = {**cell, "indicator_name": "图形与几何", "n": 3, "value": None, "missing": "few"}
    school = world.cast.units["shuangqiao"]
    cycle = world.round("2026-spring", date(2026, 3, 1))
    with trail.act(SYSTEM, "system", "test.sent"):
        sent = ReleaseAck(
            id=uuid7(), cycle_id=cycle.id, unit_id=school.id, county_id=school.county_id, school_id=school.id,
            cycle_name=cycle.name, state="pending", released_on=clock.today(), package={"cells": [cell, {**cell, "class_no": 3}, few]},
        )  # fmt: skip
        db.session.add(sent)
    page = Browser(app, world.cast, "principal").page("/")
    for words in ("470.0", "450.4", "489.6", "500.0", "−0.30", f"/monitoring/school-results/{sent.ref}"):
        assert words in page, words
    assert page.count("数与运算</a><div") == 1, "the class stands on the page of the round"
    assert str(monitoring_words.MISSING["few"].zh) in page, "a cell of too few is told in words"
    assert "470.0" not in Browser(app, world.cast, "yuntai_principal").page("/")


def test_the_security_administrator_begins_with_the_requests(app: Flask, cast: Cast) -> None:
    assert Browser(app, cast, "security_admin").get("/").headers["Location"].endswith("/role-requests")


def test_a_department_reads_the_newest_round_of_the_county_and_the_editions_of_its_plans(
    world: EffectScene, app: Flask
) -> None:
    each = {
        "indicator": "M01", "indicator_name": "数与运算", "subject": "math", "grade": "G8", "value_type": "mean", "n": 900,
        "units": 12, "county": 501.5, "benchmark": 500.0, "benchmark_type": "county", "level": "school",
        "verdicts": {"candidate": 2, "watch": 1, "none": 8, "strength": 1}, "effects": [-0.5, -0.25, -0.04, 0.31, 0.6],
    }  # fmt: skip
    own = world.cast["dept_head"].unit
    cycle = world.round("2026-spring", date(2026, 3, 1))
    with trail.act(SYSTEM, "system", "test.sent"):
        db.session.add(
            DataRelease(
                id=uuid7(),
                cycle_id=cycle.id,
                county_id=own.county_id,
                audience="analysis",
                snapshot={"indicators": [each]},
                snapshot_sha256="0" * 64,
                prepared_by=world.cast["office_director"].person_id,
            )
        )
        sent = ReleaseAck(
            id=uuid7(),
            cycle_id=cycle.id,
            unit_id=own.id,
            county_id=own.county_id,
            school_id=None,
            cycle_name=cycle.name,
            state="pending",
            released_on=clock.today(),
            package={"audience": "analysis"},
        )
        db.session.add(sent)
    page = Browser(app, world.cast, "dept_head").page("/")
    for words in ("501.5", "−0.25 至 +0.31", f"/monitoring/school-results/{sent.ref}", "改过版本的方案"):
        assert words in page, words
    assert "501.5" not in Browser(app, world.cast, "inspector").page("/")


def test_a_department_reads_the_data_behind_its_open_items_with_interval_and_county_mean(
    world: EffectScene, app: Flask
) -> None:
    own = world.cast["dept_head"]
    cycle = world.round()
    found = world.finding(cycle, "shuangqiao", 470.0)
    with trail.act(SYSTEM, "system", "test.judged"):
        cell = db.session.get_one(MonitoringResult, found.result_id)
        cell.verdict, cell.effect, cell.effect_low, cell.effect_high = "candidate", -0.30, -0.54, -0.06
    item = world.item("issued", unit_id=own.unit.id, responsible_person_id=own.person_id)
    with trail.act(SYSTEM, "system", "test.cited"):
        db.session.add(ItemFinding(item_id=item.id, finding_id=found.id))
    page = Browser(app, world.cast, "dept_head").page("/")
    table = page.partition("本单位问题项依据的数据")[2].partition("</section>")[0]
    for words in ("数与运算", "470.0", "（445.5 至 494.5）", "500.0", "−0.30，95% 区间 −0.54 至 −0.06", "双桥"):
        assert words in table, words
    for other in ("health_head", "inspector"):
        assert "本单位问题项依据的数据" not in Browser(app, world.cast, other).page("/"), other
    world.moved(item, "closed")
    assert "本单位问题项依据的数据" not in Browser(app, world.cast, "dept_head").page("/")
