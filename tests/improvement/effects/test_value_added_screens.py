"""Pages of value added ask no more for many schools and rounds than for few; a wall shows no group of under ten."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.database import db
from app.improvement.effects.models import ValueAddedEffect, ValueAddedRun
from app.improvement.effects.operations.value_added import RunIn, run_value_added
from tests.cast import Cast, sign_in
from tests.counting import counted_statements
from tests.factories.monitoring import act_as, begin_cycle
from tests.improvement.effects.score_files import rows_of, send

CEILING = 20


def reckon(county: Cast, code: str, size: int = 30, schools: int = 6, seed: int = 4) -> ValueAddedRun:
    """A round of its own with pupils of the first schools, reckoned."""
    cycle = begin_cycle(county, code=code)
    rows = [row for row in rows_of(county, size, seed) if int(row[0][1:3]) < schools]
    assert send(county, cycle, rows, f"{code}.xlsx").state == "accepted"
    return run_value_added(act_as(county.actor("assessment_member")), cycle, RunIn("math", "multilevel"))


def asked(browser: FlaskClient, address: str) -> int:
    with counted_statements(db.sessionmaker.kw["bind"]) as seen:
        assert browser.get(address).status_code == 200
    return len([one for one in seen if not one.lower().startswith("update sign_in_sessions")])


@pytest.mark.parametrize("key", ["office_director", "evaluator", "assessment_member"])
def test_pages_of_value_added_ask_as_much_for_many_schools_and_rounds_as_for_few(
    county: Cast, client: FlaskClient, key: str
) -> None:
    small = reckon(county, "2026-a", schools=2)
    browser = sign_in(client, county[key])
    lists, school = "/value-added", f"/value-added/schools/{county.schools[0].ref}"
    browser.get(lists)
    before = [asked(browser, address) for address in (lists, small.address, school)]
    large = reckon(county, "2026-b", seed=5)
    reckon(county, "2026-c", seed=6)
    after = [asked(browser, address) for address in (lists, large.address, school)]
    assert after == before and max(after) <= CEILING


def test_the_own_page_of_a_school_asks_no_more_for_more_rounds(county: Cast, client: FlaskClient) -> None:
    reckon(county, "2026-a")
    browser = sign_in(client, county["principal"])
    browser.get("/value-added/own")
    before = asked(browser, "/value-added/own")
    reckon(county, "2026-b", seed=5)
    assert asked(browser, "/value-added/own") == before <= CEILING


def test_on_a_wall_no_group_of_under_ten_is_told(county: Cast, client: FlaskClient) -> None:
    run = reckon(county, "2026-a", size=8)
    browser = sign_in(client, county["office_director"])
    plain = browser.get(run.address).get_data(as_text=True)
    assert "8 / 8" in plain and "&lt;10 / &lt;10" not in plain
    browser.set_cookie("projector", "on")
    shown = browser.get(run.address).get_data(as_text=True)
    assert shown.count("&lt;10 / &lt;10") == 6 and "8 / 8" not in shown and 'class="forest f-' not in shown


def test_on_a_wall_each_school_is_covered_until_its_row_is_opened(county: Cast, client: FlaskClient) -> None:
    run = reckon(county, "2026-a")
    browser = sign_in(client, county["office_director"])
    assert "covered" not in browser.get(run.address).text
    browser.set_cookie("projector", "on")
    shown = browser.get(run.address).text
    assert shown.count('<tr class="covered">') == shown.count('<details class="opener">') == len(county.schools)


def test_a_school_with_one_pupil_stands_on_the_pages_without_an_effect_and_with_the_reason(
    county: Cast, client: FlaskClient
) -> None:
    cycle, own = begin_cycle(county, code="2026-a"), county["principal"].unit
    place = next(place for place, school in enumerate(county.schools) if school.id == own.school_id)
    rows = [row for row in rows_of(county) if int(row[0][1:3]) != place or row[0].endswith("0000")]
    assert send(county, cycle, rows, "一名学生.xlsx").state == "accepted"
    run = run_value_added(act_as(county.actor("assessment_member")), cycle, RunIn("math", "multilevel"))
    of_it = select(ValueAddedEffect).where(ValueAddedEffect.run_id == run.id, ValueAddedEffect.class_no.is_(None))
    alone = db.session.scalars(of_it.where(ValueAddedEffect.school_id == own.school_id)).one()
    assert (alone.n, alone.effect, alone.low, alone.high) == (1, None, None, None)
    said = sign_in(client, county["office_director"]).get(run.address).get_data(as_text=True)
    assert said.count('class="forest f-') == len(county.schools) - 1
    assert "不足以下结论" in said
    mine = sign_in(client, county["principal"]).get("/value-added/own")
    assert mine.status_code == 200 and "不足以下结论" in mine.get_data(as_text=True)
