"""The first part of E1: a workbook with F1–F8 comes in through the real import and gives exactly its findings."""

import pytest
from sqlalchemy import select

from app.core.database import db
from app.core.imports.models import ImportBatch
from app.improvement.monitoring.models import DataFinding, Indicator, MonitoringResult
from tests.cast import Cast
from tests.factories.monitoring import (
    NUMBER,
    PASS,
    SHAPE,
    WORKED,
    act_as,
    begin_cycle,
    bring_in,
    release,
    verify,
)


@pytest.fixture
def loaded(county: Cast) -> Cast:
    """The worked workbook, from its upload to the release."""
    cycle = begin_cycle(county)
    bring_in(county, cycle, WORKED)
    verify(county, cycle)
    release(county, cycle)
    return county


def findings(cast: Cast) -> dict[tuple[str, str], DataFinding]:
    act_as(cast.actor("office_director"))
    names = {place.id: key for key, place in cast.units.items()}
    rows = db.session.execute(
        select(DataFinding, Indicator.code).join(Indicator, Indicator.id == DataFinding.indicator_id)
    )
    return {(names[finding.unit_id], code): finding for finding, code in rows}


def test_the_worked_cells_give_three_candidates_and_two_to_watch(loaded: Cast) -> None:
    found = {key: (f.state, f.severity) for key, f in findings(loaded).items()}
    assert found == {
        ("yuntai", NUMBER): ("candidate", "minor"),
        ("shuangqiao", PASS): ("candidate", "minor"),
        ("chengguan", SHAPE): ("candidate", "moderate"),
        ("shuangqiao", NUMBER): ("watch", None),
        ("chengguan", NUMBER): ("watch", None),
    }


def test_a_finding_leads_back_to_the_cell_of_the_file(county: Cast) -> None:
    cycle = begin_cycle(county)
    batch = bring_in(county, cycle, WORKED)
    verify(county, cycle)
    release(county, cycle)
    finding = findings(county)["chengguan", SHAPE]
    cell = db.session.get_one(MonitoringResult, finding.result_id)
    assert (cell.file_sha256, cell.sheet, cell.row_no, cell.cell) == (batch.file_sha256, "Sheet1", 9, "K9")
    proof = finding.provenance
    assert (proof["batch_sha256"], proof["file"], proof["cell"]) == (batch.file_sha256, "结果.xlsx", "K9")
    assert (proof["value"], proof["n"], proof["sd"], proof["benchmark"], proof["deff"]) == (460, 64, 100, 500, 1)
    assert (round(proof["z"], 3), round(proof["p"], 5), round(proof["adjusted_p"], 5)) == (-3.2, 0.00069, 0.0024)
    assert (proof["family_size"], proof["rule_version"]) == (7, "findings-1")
    assert finding.title == "七年级数学“图形与几何”低于县均值 0.40 个标准差"


def test_findings_are_numbered_in_the_order_of_unit_codes(loaded: Cast) -> None:
    numbers = sorted((f.number, key[0]) for key, f in findings(loaded).items())
    assert [number for number, _ in numbers] == [f"FX-{n:04d}" for n in range(1, 6)]


def test_the_batch_is_accepted_by_another_person_than_the_one_who_sent_it(county: Cast) -> None:
    cycle = begin_cycle(county)
    batch = bring_in(county, cycle, WORKED)
    kept = db.session.get_one(ImportBatch, batch.id)
    assert kept.state == "accepted"
    assert kept.owner_id == county["assessment_member"].person_id
    assert kept.accepted_by == county["evaluator"].person_id
