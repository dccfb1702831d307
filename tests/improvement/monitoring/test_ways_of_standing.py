"""Whether a cell stands is asked in five ways: in whatever order sources disagreed and were decided on, all say the same."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select, text
from sqlalchemy.orm import undefer

from app.core import clock
from app.core.audit import trail
from app.core.database import db, uuid7
from app.core.policy.actor import SYSTEM
from app.improvement.monitoring.models import DataRelease, MonitoringCycle, MonitoringResult, ReleaseAck, SourceConflict
from app.improvement.monitoring.models.rulings import (
    all_stand,
    standing,
    standing_instead_of,
    standing_of,
    stands,
    stands_in_sql,
)
from app.improvement.monitoring.queries.rulings import package_cells, rulings
from tests.cast import Cast, sign_in
from tests.counting import counted_statements
from tests.factories.monitoring import (
    NUMBER,
    SHAPE,
    Line,
    act_as,
    begin_cycle,
    bring_in,
    put_in,
    release,
    released,
    verify,
)
from tests.improvement.monitoring.test_rulings import asked, settled

History = tuple[tuple[str, str], ...]
"""What happened between the cells A, B and C: the two that disagreed, and what came of it (open, both, neither or the winner)."""
HISTORIES: dict[History, tuple[str, str, str, str | None]] = {
    (): ("stands", "stands", "stands", "A"),
    (("AB", "open"),): ("disputed", "disputed", "stands", None),
    (("AB", "both"),): ("stands", "stands", "stands", "A"),
    (("AB", "neither"),): ("set_aside", "set_aside", "stands", None),
    (("AB", "A"),): ("stands", "set_aside", "stands", "A"),
    (("AB", "B"),): ("set_aside", "stands", "stands", "B"),
    (("AB", "A"), ("AB", "open")): ("disputed", "set_aside", "stands", None),
    (("AB", "B"), ("BC", "open")): ("set_aside", "disputed", "disputed", None),
    (("AB", "B"), ("BC", "C")): ("set_aside", "set_aside", "stands", "C"),
    (("AB", "B"), ("AC", "C"), ("BC", "B")): ("set_aside", "stands", "set_aside", "B"),
    (("AB", "B"), ("AC", "C"), ("BC", "both")): ("set_aside", "stands", "stands", "C"),
    (("AB", "B"), ("AC", "C"), ("BC", "neither")): ("set_aside", "set_aside", "set_aside", None),
    (("AB", "B"), ("BC", "C"), ("AC", "A")): ("set_aside", "set_aside", "set_aside", None),
    (("AB", "A"), ("AB", "B")): ("set_aside", "set_aside", "stands", None),
}
"""History → what A, B and C are, and which cell counts in the place of A."""


@pytest.fixture
def cells(county: Cast) -> dict[str, MonitoringResult]:
    """One thing measured three times."""
    for code, value in (("A", 470.0), ("B", 480.0), ("C", 520.0)):
        day = clock.today() - timedelta(days={"A": 90, "B": 60, "C": 30}[code])
        released(county, (Line("yuntai", NUMBER, value),), code=code, starts_on=day, ends_on=day)
    act_as(county.actor("office_director"))
    found = db.session.scalars(select(MonitoringResult).order_by(MonitoringResult.value)).all()
    return dict(zip("ABC", found, strict=True))


def _happened(county: Cast, cells: dict[str, MonitoringResult], history: History) -> None:
    """Each a minute after the one before."""
    with trail.act(SYSTEM, "system", "test.history"):
        for place, (sides, came) in enumerate(history):
            first, second = (cells[name] for name in sides)
            decided = None if came == "open" else clock.now() + timedelta(minutes=place)
            db.session.add(
                SourceConflict(
                    id=uuid7(), county_id=first.county_id, school_id=first.school_id, first_id=first.id,
                    second_id=second.id, question="两个来源不一样", asked_by=county["evaluator"].person_id,
                    outcome=None if decided is None else came if came in ("both", "neither") else "one",
                    chosen_id=cells[came].id if came in cells else None, settled_at=decided,
                    settled_by=county["office_director"].person_id if decided else None,
                    settlement="按花名册核对过" if decided else None,
                )
            )  # fmt: skip
    act_as(county.actor("office_director"))


@pytest.mark.parametrize("history", HISTORIES, ids=lambda one: " ".join("=".join(step) for step in one) or "nothing")
def test_all_ways_of_asking_say_the_same_of_a_cell(
    county: Cast, cells: dict[str, MonitoringResult], history: History
) -> None:
    _happened(county, cells, history)
    told = dict(zip("ABC", HISTORIES[history][:3], strict=True))
    ids = {name: cell.id for name, cell in cells.items()}
    assert {name: standing_of(one) for name, one in ids.items()} == told
    r, names = MonitoringResult, {one: name for name, one in ids.items()}
    rows = db.session.execute(select(r.id, standing(r.id), stands(r.id))).all()
    assert {names[row[0]]: row[1] for row in rows} == told
    assert {names[row[0]] for row in rows if row[2]} == {name for name, word in told.items() if word == "stands"}
    plain = db.session.scalars(text(f"select id from monitoring_results r where {stands_in_sql('r.id')}")).all()
    assert {names[one] for one in plain} == {name for name, word in told.items() if word == "stands"}
    for asked_for in ("A", "B", "C", "AB", "BC", "ABC"):
        assert all_stand([ids[name] for name in asked_for]) == all(told[name] == "stands" for name in asked_for)
    found = rulings(county.actor("office_director"), ids.values())
    assert {names[one] for one in found} == {name for name, word in told.items() if word != "stands"}
    assert {names[one] for one, why in found.items() if why.at} == {
        name for name, word in told.items() if word == "set_aside"
    }, "a decision is named before a question that is still open"
    instead = HISTORIES[history][3]
    assert standing_instead_of(ids["A"]) == (ids[instead] if instead else None)


def test_many_cells_are_asked_about_by_one_question(county: Cast, cells: dict[str, MonitoringResult]) -> None:
    with counted_statements() as asked_for:
        assert all_stand([cell.id for cell in cells.values()])
        assert all_stand([])
    assert len(asked_for) == 1


@pytest.mark.parametrize("chosen", [0, None])
def test_no_mean_count_or_topic_of_a_release_is_made_of_a_cell_that_does_not_stand(
    county: Cast, chosen: int | None
) -> None:
    day = clock.today() - timedelta(days=60)
    released(county, (Line("yuntai", NUMBER, 520),), code="A", starts_on=day, ends_on=day)
    autumn = begin_cycle(county, code="B")
    around = tuple(Line(school, NUMBER, 500) for school in ("shuangqiao", "chengguan"))
    put_in(county, autumn, (Line("yuntai", NUMBER, 470, n=1000), *around, Line("yuntai", SHAPE, 500)))
    conflict = asked(county)
    if chosen is not None:
        settled(county, conflict, 1)
    verify(county, autumn)
    release(county, autumn)
    out = select(DataRelease).where(DataRelease.cycle_id == autumn.id).options(undefer(DataRelease.snapshot))
    found = {one.audience: one for one in db.session.scalars(out)}
    package = found["basic"].snapshot["packages"][str(county.units["shuangqiao"].id)]
    (own,) = (cell for cell in package["cells"] if cell["indicator"] == NUMBER)
    assert (own["county"], own["county_from"]) == (500, "weighted")
    line = next(one for one in found["analysis"].snapshot["indicators"] if one["indicator"] == NUMBER)
    assert (line["units"], line["county"]) == (2, 500)
    basic = [cell["value"] for cell in found["basic"].snapshot["cells"] if cell["indicator"] == NUMBER]
    assert sorted(basic) == [470, 500, 500], "what was measured is handed out, and marked where it is read"


def test_a_package_is_not_marked_for_a_value_that_a_newer_sheet_replaced_before_the_release(county: Cast) -> None:
    day = clock.today() - timedelta(days=60)
    released(county, (Line("yuntai", NUMBER, 520),), code="A", starts_on=day, ends_on=day)
    autumn = begin_cycle(county, code="B")
    put_in(county, autumn, (Line("yuntai", NUMBER, 470),))
    conflict = asked(county)
    settled(county, conflict, 1)
    bring_in(county, autumn, (Line("yuntai", NUMBER, 519),))
    fallen = db.session.get_one(MonitoringResult, conflict.first_id, populate_existing=True)
    assert fallen.superseded_at is not None
    verify(county, autumn)
    release(county, autumn)
    act_as(county.actor("office_director"))
    ack = db.session.scalars(
        select(ReleaseAck).where(ReleaseAck.cycle_id == autumn.id, ReleaseAck.unit_id == county.units["yuntai"].id)
    ).one()
    (shown,) = package_cells(county.actor("office_director"), ack)
    assert (shown["value"], shown["ruling"]) == (519, None)


def test_the_basic_version_marks_what_was_decided_against_on_the_page_and_in_the_workbook(
    app: Flask, county: Cast
) -> None:
    day = clock.today() - timedelta(days=60)
    released(county, (Line("yuntai", NUMBER, 520),), code="A", starts_on=day, ends_on=day)
    released(county, (Line("yuntai", NUMBER, 470), Line("shuangqiao", NUMBER, 500)), code="B")
    settled(county, asked(county), 1)
    act_as(county.actor("office_director"))
    autumn = db.session.scalars(select(MonitoringCycle).where(MonitoringCycle.code == "B")).one()
    office = sign_in(app.test_client(), county["office_director"])
    address = f"/monitoring/cycles/{autumn.ref}/versions/basic"
    assert office.get(address).text.count("已裁定不采用") == 1
    sheet = load_workbook(BytesIO(office.get(f"{address}/export").data)).active
    rows = list(sheet.iter_rows(values_only=True))
    at = next(row for row in rows if "来源不一致" in row).index("来源不一致")
    said = {row[7]: row[at] or "" for row in rows if row[7] in (470, 500)}
    assert said[470].startswith("已裁定不采用") and said[500] == ""
