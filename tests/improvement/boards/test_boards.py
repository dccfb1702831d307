"""Every number of the board opens exactly the rows it counts; a frozen day never changes; rates carry their interval."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.core import clock as clock_
from app.core.audit import trail
from app.core.calendar.hours import end_of_day, moment
from app.core.casework.deadlines import Deadline
from app.core.database import db, use_context, uuid7
from app.core.policy.actor import SYSTEM
from app.improvement.boards import letters, queries
from app.improvement.boards.codes import code_of, verify_address
from app.improvement.boards.models import BoardCount, BoardSnapshot
from app.improvement.boards.operations import freeze_where_due
from app.improvement.boards.rates import DEFINITIONS, Rate, rates_of
from app.improvement.monitoring.models import BriefingRecord, ReleaseAck
from app.improvement.plans.models import Evidence, RemediationAction
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.queries.tallies import long_ago, present_clocks
from tests.cast import Cast, sign_in
from tests.improvement.effects.scenes import EffectScene


@pytest.fixture
def world(scene: EffectScene) -> EffectScene:
    """Items of two units in several states and categories, one of them closed, one on a school's own list."""
    scene.closure_approved()
    scene.item("implementing", category="management")
    scene.item("issued")
    scene.item("issued", unit_id=scene.cast.units["yuntai"].id)
    return scene


def test_every_number_of_the_board_opens_the_rows_it_counts(
    world: EffectScene, client: FlaskClient, cast: Cast
) -> None:
    office = sign_in(client, cast["office_director"])
    text_ = office.get("/boards").get_data(as_text=True)
    cells = re.findall(r'<a class="cell[^"]*" href="([^"]+)">(\d+)', text_)
    assert len(cells) >= 8
    for address, number in set(cells):
        listed = office.get(html.unescape(address)).get_data(as_text=True)
        found = re.search(r"<small>(\d+)", listed)
        assert found and found[1] == number, address


COUNTED = re.compile(r'<a data-counted href="([^"]+)">(\d+)</a>')
LISTED = re.compile(r'(?:<h1>[^<]*<small>|<span role="status">)(\d+)')


@pytest.fixture
def busy(world: EffectScene) -> EffectScene:
    """More of everything that a rate or a month counts: reopened, void, returned evidence, a signed result, a briefing."""
    again = world.item("diagnosing", due_on=clock_.today() + timedelta(days=40))
    late = world.item("implementing", due_on=clock_.today() - timedelta(days=3))
    void = world.item("issued")
    cycle = world.round("2026-spring", date(2026, 3, 1))
    school = world.cast.units["shuangqiao"]
    office = world.cast["office_director"]
    whose = {"county_id": school.county_id, "school_id": school.id, "unit_id": school.id}
    with trail.act(SYSTEM, "system", "test.counted"):
        again.recurrence_count, again.issued_on = 1, date(2026, 5, 6)
        void.state, late.issued_on = "void", date(2026, 8, 9)
        cycle.released_on = date(2026, 6, 1)
        measure = db.session.scalars(select(RemediationAction)).first()
        assert measure is not None
        for state, returned in (("accepted", 0), ("accepted", 1), ("returned", 1), ("draft", 0)):
            db.session.add(
                Evidence(
                    id=uuid7(), action_id=measure.id, owner_id=office.person_id, kind="text", title=f"{state}{returned}",
                    state=state, returned_version=returned, **{**whose, "unit_id": measure.unit_id},
                )
            )  # fmt: skip
        for unit, at in (("shuangqiao", clock_.now()), ("yuntai", None)):
            one = world.cast.units[unit]
            db.session.add(
                ReleaseAck(
                    id=uuid7(), cycle_id=cycle.id, unit_id=one.id, county_id=one.county_id, school_id=one.id,
                    cycle_name=cycle.name, state="acknowledged" if at else "pending", released_on=cycle.released_on,
                    acknowledged_at=at,
                )
            )  # fmt: skip
        db.session.add(
            BriefingRecord(
                id=uuid7(), cycle_id=cycle.id, unit_id=school.county_id, county_id=school.county_id, chair="王局长",
                held_on=date(2026, 6, 9), attendees="领导小组", minutes="听取了汇报", recorded_by=office.person_id,
            )
        )  # fmt: skip
    return world


def test_every_rate_outcome_month_and_age_opens_the_rows_it_counts(
    busy: EffectScene, client: FlaskClient, cast: Cast
) -> None:
    office = sign_in(client, cast["office_director"])
    board = office.get("/boards").get_data(as_text=True)
    found = {html.unescape(address): number for address, number in COUNTED.findall(board)}
    assert {code for code in ("tally=", "outcome=", "issued_in=", "closed_in=", "used=", "rate=") if any(code in a for a in found)} == {
        "tally=", "outcome=", "issued_in=", "closed_in=", "used=", "rate=",
    }  # fmt: skip
    for address, number in found.items():
        listed = LISTED.search(office.get(address).get_data(as_text=True))
        assert listed and listed[1] == number, address


def test_the_rates_count_what_their_definitions_say(busy: EffectScene) -> None:
    told = queries.figures(busy.actor("office_director"))
    assert told["reopened"] == [1, 2], "one of two that were ever closed came back"
    assert told["first_pass"][0] == 1 + told["first_pass"][1] - 3, "drafts and returned pieces never pass at first"
    assert told["briefed"] == [1, 2] and told["heard"] == [1, 3], "nobody reported on the rounds of the scene"


def test_a_figure_of_another_county_is_not_counted(busy: EffectScene, client: FlaskClient, cast: Cast) -> None:
    mine, theirs = busy.actor("office_director"), replace(busy.actor("office_director"), county_id=None)
    assert queries.figures(mine)["briefed"] == [1, 2]
    assert queries.figures(theirs)["briefed"] == [0, 0]


@pytest.mark.parametrize(
    ("due", "used"),
    [(date(2026, 9, 20), "long_late"), (date(2026, 9, 21), "late"), (date(2026, 10, 12), "second")],
)
def test_ten_working_days_late_are_counted_by_the_calendar_and_open_their_rows(
    due: date, used: str, scene: EffectScene, client: FlaskClient, cast: Cast, clock: Any
) -> None:
    """On 12 October 2026 ten working days have passed since 21 September: Mid-Autumn and National Day lie between."""
    clock.set(moment(date(2026, 10, 12), time(10)))
    item = scene.item("issued")
    with trail.act(SYSTEM, "system", "test.late"):
        for one in db.session.scalars(select(Deadline).where(Deadline.record_id == item.id)):
            one.started_at, one.due_at = moment(date(2026, 9, 1)), end_of_day(due)
    clocks = present_clocks(clock.now(), long_ago())
    told = {row.record_id: row.used for row in db.session.execute(select(clocks.c.record_id, clocks.c.used))}
    assert told[item.id] == used
    page = sign_in(client, cast["office_director"]).get("/").text
    number = int(re.search(r"其中超 10 个工作日 (\d+)", page)[1])  # type: ignore[index]
    assert number == (used == "long_late") and "/items?flag=open&amp;used=long_late" in page
    listed = client.get("/items?flag=open&used=long_late").text
    assert int(LISTED.search(listed)[1]) == number  # type: ignore[index]


def test_the_sums_of_the_board_are_those_of_plain_sql(world: EffectScene) -> None:
    told: Counter[tuple[str, str]] = Counter()
    for count in queries.counts(world.actor("office_director")):
        told[count.unit, count.state] += count.n
    use_context(SYSTEM.context())
    plain = db.session.execute(
        text(
            "select u.short_name, i.state, count(*) as n from problem_items i join units u on u.id = i.unit_id"
            " where i.state not in ('draft', 'void') and i.level = 'county' group by 1, 2"
        )
    )
    assert told == {(row[0], row[1]): row[2] for row in plain}


def _freeze() -> BoardSnapshot:
    freeze_where_due()
    return db.session.scalars(
        select(BoardSnapshot).join(ProblemItem, ProblemItem.county_id == BoardSnapshot.county_id)
    ).first()  # type: ignore[return-value]


def test_a_day_is_frozen_once_and_its_sums_are_those_of_the_board(world: EffectScene) -> None:
    day = _freeze()
    assert freeze_where_due() == 0
    total = db.session.scalar(select(func.sum(BoardCount.n)).where(BoardCount.snapshot_id == day.id))
    live = queries.counts(world.actor("office_director"))
    assert total == sum(count.n for count in live) == day.item_count == len(day.ledger)


@pytest.mark.parametrize("table", ["board_snapshots", "board_counts"])
@pytest.mark.parametrize("deed", ["delete from {}", "update {} set school_id = null"])
def test_a_frozen_day_is_never_changed(world: EffectScene, table: str, deed: str) -> None:
    _freeze()
    with pytest.raises(DBAPIError, match="never changed"), trail.act(SYSTEM, "system", "test.thaw"):
        db.session.execute(text(deed.format(table)))


def test_the_ledger_of_a_frozen_day_is_the_same_file_whenever_it_is_asked_for(
    world: EffectScene, client: FlaskClient, cast: Cast, clock: object
) -> None:
    ref = _freeze().ref
    office = sign_in(client, cast["office_director"])
    first = office.get(f"/boards/ledger/{ref}.xlsx").data
    use_context(SYSTEM.context())
    world.item("issued")
    clock.advance(seconds=7)  # type: ignore[attr-defined]
    assert office.get(f"/boards/ledger/{ref}.xlsx").data == first and first[:2] == b"PK"


def test_nobody_of_a_school_or_of_another_county_sees_a_frozen_day(
    world: EffectScene, client: FlaskClient, cast: Cast
) -> None:
    ref = _freeze().ref
    for who in ("principal", "school_coordinator", "subject_teacher", "other_principal"):
        assert sign_in(client, cast[who]).get(f"/boards/ledger/{ref}.xlsx").status_code == 404


def test_rates_carry_wilsons_interval_and_none_below_five() -> None:
    rate = Rate(DEFINITIONS[0], 8, 10)
    low, high = rate.interval
    assert rate.share == 0.8 and low == pytest.approx(0.4902, abs=1e-4) and high == pytest.approx(0.9433, abs=1e-4)
    assert Rate(DEFINITIONS[0], 3, 4).share is None and Rate(DEFINITIONS[0], 3, 4).interval == (None, None)


def test_the_trend_has_wilsons_band_around_each_line_and_a_gap_below_five(
    world: EffectScene, client: FlaskClient, cast: Cast, clock: Any
) -> None:
    _freeze()
    world.item("issued")
    clock.advance(days=1)
    use_context(SYSTEM.context())
    freeze_where_due()
    series = sign_in(client, cast["office_director"]).get("/boards/trend.json").json["series"]
    below, width = (row["data"] for row in series if row.get("stack") == "closure")
    line = next(row["data"] for row in series if row.get("name") == "销号率")
    low, high = Rate(DEFINITIONS[1], 1, 5).interval
    assert line == [None, 20.0], "one of four says nothing, one of five does"
    assert below == [None, round(100 * low, 1)] and width[1] == pytest.approx(100 * (high - low), abs=0.1)


def test_closed_items_count_in_every_rate_as_defined(world: EffectScene) -> None:
    told = {rate.definition.code: (rate.done, rate.all) for rate in rates_of(queries.figures(world.actor("evaluator")))}
    assert told["closure"] == (1, 4) and told["reopened"] == (0, 1) and told["signed_for"] == (2, 4)


def test_the_weekly_report_tells_the_frozen_numbers(world: EffectScene) -> None:
    day = _freeze()
    said = letters.html_of(day)
    assert "问题整改工作周报" in said and f"共有已交办问题项 {day.item_count} 项" in said
    assert day.ledger_sha256[:16] in said and "双桥中学" in said


def test_security_59_the_code_on_the_weekly_report_says_true_without_content(
    world: EffectScene, client: FlaskClient
) -> None:
    day = _freeze()
    assert verify_address(day).endswith(f"/boards/verify/reports/{code_of(day)}") and "扫码核验真伪" in letters.html_of(
        day
    )
    told = client.get(f"/boards/verify/reports/{code_of(day)}")
    assert told.status_code == 200 and "属实" in told.text and day.ledger_sha256[:16] in told.text
    assert "双桥" not in told.text
    day_of_it, digest, seal = code_of(day).split("-")
    for false in (
        f"20200101-{digest}-{seal}",
        f"{day_of_it}-{'0' * 16}-{seal}",
        f"{day_of_it}-{digest}-{'0' * 24}",
        "nothing",
    ):
        refused = client.get(f"/boards/verify/reports/{false}")
        assert refused.status_code == 404 and "查不到" in refused.text and "属实" not in refused.text


def test_effects_stand_in_code_order_with_their_interval_and_a_school_sees_only_its_own(
    world: EffectScene, client: FlaskClient, cast: Cast
) -> None:
    cycle = world.round("2026-spring", date(2026, 3, 1))
    for number, school in enumerate(("yuntai", "shuangqiao"), 50):
        found = world.finding(cycle, school, number=number)
        cell = queries.db.session.get(queries.MonitoringResult, found.result_id)
        with trail.act(SYSTEM, "system", "test.judged"):
            cell.verdict, cell.effect, cell.effect_low, cell.effect_high = "candidate", -0.40, -0.65, -0.15
    text_ = sign_in(client, cast["office_director"]).get("/boards/effects").get_data(as_text=True)
    assert text_.index("双桥中学") < text_.index("云台学校") and "−0.65 至 −0.15" in text_
    wall = sign_in(client, cast["office_director"])
    wall.set_cookie("projector", "on")
    shown = wall.get("/boards/effects").text
    assert shown.count('<tr class="covered">') == shown.count("<details") - text_.count("<details") >= 2
    wall.delete_cookie("projector")
    own = sign_in(client, cast["principal"]).get("/boards/effects").get_data(as_text=True)
    assert "双桥中学" in own and "云台学校" not in own
