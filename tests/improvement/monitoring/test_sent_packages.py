"""The list of packages that were sent: whoever answers for several schools narrows it, and turns its pages."""

import re

import pytest
from flask import Flask

from app.core import registers
from app.core.database import db
from app.improvement.monitoring import queries
from app.improvement.monitoring.models import DataFinding, ReleaseAck
from app.improvement.monitoring.queries import Sent
from app.people.directory.models import Unit
from tests.cast import Cast
from tests.factories.monitoring import WORKED, Line, act_as, released
from tests.improvement.monitoring.test_pages import page

ROWS = re.compile(r'<td class="t-title"><a href="([^"]+)">([^<]+)</a>.*?<td class="t-line">([^<]+)<', re.DOTALL)


@pytest.fixture
def twice(county: Cast) -> Cast:
    """Two rounds, each sent to the schools of the inspector and to others."""
    for code in ("M1", "M2"):
        released(county, (*WORKED, Line("shimen", "MATH-GEO", 540, n=200)), code=code, name=f"第 {code} 轮监测")
    return county


def test_page_by_page_the_inspector_gets_each_package_of_his_schools_once_and_in_order(
    twice: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspector = twice.actor("inspector")
    act_as(inspector)
    whole = queries.own_acks(inspector, Sent())
    assert len({row.name for row in whole}) > 1 and len(whole) > 2
    monkeypatch.setattr(registers, "PAGE", 1)
    after, turned = "", []
    for _turn in whole:
        row, *more = queries.own_acks(inspector, Sent(after=after))
        after = row[0].ref
        turned.append(after)
        assert len(more) == (len(turned) < len(whole))
    assert turned == [row[0].ref for row in whole]


def test_the_inspector_narrows_the_packages_to_a_school_a_round_and_a_state(twice: Cast, app: Flask) -> None:
    inspector = twice.actor("inspector")
    act_as(inspector)
    row, *_ = queries.own_acks(inspector, Sent())
    sent, unit = row[0], db.session.get_one(Unit, row[0].unit_id)
    text = page(app, twice, "inspector", f"/monitoring/school-results?unit={unit.ref}").text
    assert {school for _address, _round, school in ROWS.findall(text)} == {row.name}
    text = page(app, twice, "inspector", f"/monitoring/school-results?round={sent.cycle_name}&unit={unit.ref}").text
    assert [address for address, _round, _school in ROWS.findall(text)] == [sent.address]
    assert "没有符合条件的数据" in page(app, twice, "inspector", "/monitoring/school-results?state=withdrawn").text


def test_a_school_that_was_sent_only_its_own_has_nothing_to_narrow(twice: Cast, app: Flask) -> None:
    assert "data-filters" not in page(app, twice, "yuntai_principal", "/monitoring/school-results").text
    assert "data-filters" in page(app, twice, "inspector", "/monitoring/school-results").text


def test_the_page_of_a_package_names_every_open_finding_of_its_school(
    twice: Cast, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspector = twice.actor("inspector")
    act_as(inspector)
    monkeypatch.setattr(registers, "PAGE", 0)
    told = set()
    for row in db.session.query(ReleaseAck).all():
        found = db.session.query(DataFinding).filter(DataFinding.unit_id == row.unit_id)
        refs = {one.ref for one in found.filter(DataFinding.state.in_(queries.OPEN_FINDINGS))}
        if len(refs) > 1:
            told.add(row.unit_id)
            shown = page(app, twice, "inspector", row.address).text
            assert set(re.findall(r'href="/monitoring/findings/([0-9a-f]{16})"', shown)) >= refs
    assert told
