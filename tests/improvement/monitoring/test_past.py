"""One indicator of one school through the rounds: what stands in which order, what may be compared, what is not told."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.web.over_time import Moment, over_time
from app.improvement.monitoring import operations, queries
from app.improvement.monitoring.models import MonitoringCycle, MonitoringResult, ReleaseAck, SourceConflict
from app.improvement.monitoring.past import measure_of_cell, rounds_of
from app.improvement.monitoring.queries import Measure
from tests.cast import Cast, sign_in
from tests.counting import counted_statements
from tests.factories.monitoring import NUMBER, PASS, Line, act_as, begin_cycle, put_in, refusal, released

TERM = 180


def days(ago: int) -> dict[str, date]:
    """A round that was measured so many days ago."""
    last = clock.today() - timedelta(days=ago)
    return {"starts_on": last - timedelta(days=3), "ends_on": last}


def term(county: Cast, number: int, *lines: Line, **more: Any) -> MonitoringCycle:
    """A released round, `number` terms ago."""
    given = {"code": f"T{number}", "name": f"{number}个学期前的监测", **days(7 + TERM * number), **more}
    return released(county, lines, **given)


def of(value: float, school: str = "yuntai", **more: Any) -> Line:
    """A school's value beside a county mean of its own."""
    return Line(school, value=value, **{"n": 100, "expected": 125, "benchmark": value + 20} | more)


@pytest.fixture
def three(county: Cast) -> MonitoringCycle:
    """Three rounds: the first with another instrument; returned is the newest."""
    term(county, 2, of(431), of(612, "shuangqiao"), instrument="市学业水平测评")
    term(county, 1, of(452), of(623, "shuangqiao"), instrument_version="2025")
    return term(county, 0, of(473), of(634, "shuangqiao"))


def cell(county: Cast, cycle: MonitoringCycle, school: str = "yuntai") -> MonitoringResult:
    act_as(county.actor("office_director"))
    unit = county.units[school].id
    found = select(MonitoringResult).where(MonitoringResult.cycle_id == cycle.id, MonitoringResult.unit_id == unit)
    return db.session.scalars(found).one()


def seen(app: Flask, county: Cast, key: str, path: str, **more: str) -> str:
    client = sign_in(app.test_client(), county[key])
    for name, value in more.items():
        client.set_cookie(name, value)
    answer = client.get(path, base_url="https://localhost")
    assert answer.status_code == 200
    return answer.text


def past_of(text: str) -> str:
    """The card of all rounds."""
    return text[text.index('id="past"') :].split("</section>")[0]


def rows(text: str) -> list[str]:
    """Its lines, tags left out."""
    body = past_of(text).split("<tbody>")[1].split("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in body.split("</tr>") if row.strip()]


def ack_path(county: Cast, cycle: MonitoringCycle, school: str = "yuntai") -> str:
    act_as(county.actor("office_director"))
    wanted = select(ReleaseAck).where(ReleaseAck.cycle_id == cycle.id, ReleaseAck.unit_id == county.units[school].id)
    return db.session.scalars(wanted).one().address


@pytest.mark.parametrize("key", ["evaluator", "yuntai_principal"])
def test_a_cells_page_shows_the_measure_in_every_released_round_in_order_of_time(
    app: Flask, county: Cast, three: MonitoringCycle, key: str
) -> None:
    told = rows(seen(app, county, key, f"/monitoring/cells/{cell(county, three).ref}"))
    assert [row.split()[0] for row in told] == ["2个学期前的监测", "1个学期前的监测", "0个学期前的监测"]
    assert "473.0 （453.4 至 492.6） 493.0 100 80.0% 县学业水平测评 2026" in told[2] and "本轮" in told[2]
    assert "452.0" in told[1] and "472.0" in told[1] and "县学业水平测评 2025" in told[1]


def test_a_round_with_another_instrument_is_not_comparable_and_another_edition_is(
    app: Flask, county: Cast, three: MonitoringCycle
) -> None:
    text = seen(app, county, "evaluator", f"/monitoring/cells/{cell(county, three).ref}")
    told = rows(text)
    assert "不可比 工具不同" in told[0] and "不可比" not in told[1] and told[1].endswith("可比")
    drawn = past_of(text)
    assert drawn.count("s-apart") == 1 and drawn.count("s-dot") == 3
    assert len(re.findall(r"[ML]", re.search(r'class="s-line" d="([^"]+)"', drawn)[1])) == 2  # type: ignore[index]


def test_a_round_that_was_decided_against_is_crossed_out_and_no_line_leads_to_it(
    app: Flask, county: Cast, three: MonitoringCycle
) -> None:
    path = f"/monitoring/cells/{cell(county, three).ref}"
    before = past_of(seen(app, county, "evaluator", path))
    assert "s-struck" not in before and "打叉" not in before
    first, second = db.session.scalars(
        select(MonitoringResult).where(MonitoringResult.value.in_((452, 473))).order_by(MonitoringResult.value)
    )
    place = SourceConflict(county_id=first.county_id, school_id=first.school_id, first_id=first.id, second_id=second.id)
    question = operations.QuestionIn("两次监测相差 21 分，请核对", first.unit_id)
    conflict = operations.ask_data_owner(act_as(county.actor("evaluator")), place, question)
    assert past_of(seen(app, county, "evaluator", path)).count("s-struck") == 2, "while it is asked about, both"
    given = operations.SettlementIn(second.id, "名单核对过，以后一次为准")
    operations.settle_conflict(act_as(county.actor("office_director")), conflict, given)
    for key, address in (("evaluator", path), ("yuntai_principal", ack_path(county, three))):
        after = past_of(seen(app, county, key, address))
        assert after.count("s-struck") == 1 and "打叉的点" in after and 'class="s-line"' not in after
        assert "已裁定不采用" in rows(after)[1] and "已裁定" not in rows(after)[2]


def test_the_package_shows_the_measure_that_was_chosen_and_none_of_another_school(app: Flask, county: Cast) -> None:
    rate = {"kind": "比率", "n": 100}
    term(county, 1, of(452), Line("yuntai", PASS, 0.61, 0.7, **rate), of(623, "shuangqiao"))
    newest = term(county, 0, of(473), Line("yuntai", PASS, 0.64, 0.7, **rate), of(634, "shuangqiao"))
    path = ack_path(county, newest)
    first = seen(app, county, "yuntai_principal", path)
    links = re.findall(r'href="([^"]+of=[^"]+)#past"', first)
    assert len(rows(first)) == 2 and len(links) == 2
    chosen = rows(seen(app, county, "yuntai_principal", next(one for one in links if PASS in one)))
    assert "61.0%" in chosen[0] and "64.0%" in chosen[1] and "70.0%" in chosen[1]
    assert "623.0" not in first and "634.0" not in first
    assert rows(seen(app, county, "yuntai_principal", f"{path}?of=none")) == rows(first)


def test_what_is_not_released_or_taken_back_is_not_in_it(app: Flask, county: Cast, three: MonitoringCycle) -> None:
    collecting = begin_cycle(county, code="NOW", name="还没有发布的监测", **days(1))
    put_in(county, collecting, (of(499),))
    back = term(county, 3, of(420))
    operations.withdraw_cycle(act_as(county.actor("leading_group_head")), back, refusal())
    for cycle in (three, collecting):
        told = " ".join(rows(seen(app, county, "evaluator", f"/monitoring/cells/{cell(county, cycle).ref}")))
        assert "499.0" not in told and "420.0" not in told and told.count("学期前的监测") == 3


def test_security_31_the_past_tells_no_value_of_too_few_pupils(app: Flask, county: Cast) -> None:
    term(county, 1, of(418.7, n=4), of(500, "shuangqiao"))
    newest = term(county, 0, of(473), of(500, "shuangqiao"))
    for key, path in (
        ("evaluator", f"/monitoring/cells/{cell(county, newest).ref}"),
        ("yuntai_principal", ack_path(county, newest)),
    ):
        told = rows(seen(app, county, key, path))
        assert "不足 5 人，不显示" in told[0] and "418.7" not in told[0]
        assert re.search(r"438\.7 — — 县", told[0]), "neither pupils nor coverage"


def test_on_a_wall_nothing_is_drawn_and_every_row_is_covered(app: Flask, county: Cast, three: MonitoringCycle) -> None:
    text = past_of(seen(app, county, "evaluator", f"/monitoring/cells/{cell(county, three).ref}", projector="on"))
    assert '<svg class="slope' not in text and text.count('class="covered"') == 3


def test_a_class_is_followed_as_it_moves_up_and_other_grades_are_marked(county: Cast) -> None:
    class_1 = {"level": "班级", "class_no": "1"}
    term(county, 2, of(441, "shuangqiao", **class_1), of(555, "shuangqiao", level="年级"))
    newest = term(
        county,
        0,
        of(462, "shuangqiao", grade="八年级", **class_1),
        of(333, "shuangqiao", **class_1),
        grades=("G7", "G8"),
    )
    actor = act_as(county.actor("evaluator"))
    own = select(MonitoringResult).where(MonitoringResult.cycle_id == newest.id, MonitoringResult.grade == "G8")
    found = rounds_of(queries.past_of(actor, measure_of_cell(db.session.scalars(own).one(), NUMBER)), newest.id)
    assert [one.cell.value for one in found] == [441, 462]


def test_the_past_is_one_statement_however_many_rounds_there_are(county: Cast, three: MonitoringCycle) -> None:
    actor = act_as(county.actor("evaluator"))
    measure = Measure(county.units["yuntai"].id, NUMBER, "school", "G7")
    queries.past_of(actor, measure)
    with counted_statements() as seen_:
        assert len(rounds_of(queries.past_of(actor, measure), three.id)) == 3
    assert len(seen_) == 1


def test_another_county_and_another_school_have_no_past_of_it(county: Cast, three: MonitoringCycle) -> None:
    measure = Measure(county.units["yuntai"].id, NUMBER, "school", "G7")
    for key in ("principal", "other_office_director", "sys_admin"):
        assert not queries.past_of(act_as(county.actor(key)), measure), key


def test_the_matrix_shows_interval_and_coverage_beside_each_value(
    app: Flask, county: Cast, three: MonitoringCycle
) -> None:
    text = " ".join(re.sub(r"<[^>]+>", " ", seen(app, county, "evaluator", f"{three.address}/results")).split())
    assert "473.0 （453.4 至 492.6） 100 人・参测 80.0%" in text


def test_one_value_alone_is_not_drawn_and_a_gap_is_left_empty(app: Flask) -> None:
    assert over_time([Moment("2026-01", "1.0", 1.0), Moment("2026-09", "", None)]) is None
    drawn = over_time([Moment("a", "1.0", 1.0), Moment("b", "", None), Moment("<c>", "2.0", 2.0, 1.5, 2.5)])
    with app.test_request_context("/"):
        said = str(app.jinja_env.get_template("_parts/charts.html").module.over_time(drawn, "<words>"))  # type: ignore[attr-defined]
    assert said.count("<circle") == 2 and "&lt;c&gt;" in said and 'aria-label="&lt;words&gt;"' in said
    assert "style=" not in said
