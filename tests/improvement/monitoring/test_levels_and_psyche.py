"""The four levels of monitoring know one indicator by several codes; what is about the psyche comes in as aggregates alone."""

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.core.audit import trail
from app.core.database import db
from app.core.errors import Invalid
from app.core.imports.models import ImportBatch, ImportRow
from app.core.policy.actor import SYSTEM
from app.improvement.monitoring import operations
from app.improvement.monitoring.models import Indicator, MonitoringResult
from app.improvement.monitoring.words import DOMAINS, LEVELS
from tests.cast import Cast
from tests.factories.monitoring import NUMBER, SHAPE, Line, act_as, begin_cycle, bring_in, indicator_in

OWN = {"shuangqiao": 482.0, "yuntai": 470.0}
CALM = "CALM"


def indicator(county: Cast, code: str) -> Indicator:
    act_as(county.actor("office_director"))
    return db.session.scalars(select(Indicator).where(Indicator.code == code)).one()


def told(county: Cast, code: str, **codes: str) -> None:
    given = indicator_in(code, "数与运算", **codes)
    operations.change_indicator(act_as(county.actor("office_director")), indicator(county, code), given)


def test_rounds_have_the_four_levels_and_indicators_the_four_domains() -> None:
    assert list(LEVELS) == ["national", "province", "city", "county"]
    assert list(DOMAINS) == ["subject", "psychological", "physical", "comprehensive"]


def test_a_file_of_another_level_is_read_by_that_levels_codes(county: Cast) -> None:
    told(county, NUMBER, province_code="SC-SX-01", national_code="GJ-MATH-1")
    cycle = begin_cycle(county, level="province")
    batch = bring_in(county, cycle, [Line(key, "SC-SX-01", value) for key, value in OWN.items()])
    assert (batch.state, batch.rows_blocked) == ("accepted", 0)
    cells = db.session.scalars(select(MonitoringResult).where(MonitoringResult.cycle_id == cycle.id)).all()
    assert {cell.indicator_id for cell in cells} == {indicator(county, NUMBER).id}
    assert sorted(cell.value for cell in cells) == [470.0, 482.0]  # type: ignore[type-var]
    assert all(NUMBER in cell.cell_key for cell in cells)


def test_the_code_of_one_level_means_nothing_at_another(county: Cast) -> None:
    told(county, NUMBER, province_code="SC-SX-01")
    batch = bring_in(county, begin_cycle(county), [Line("yuntai", "SC-SX-01", 470)])
    assert batch.rows_blocked == 1


def test_a_code_of_a_level_stands_for_one_indicator_by_operation_and_by_plain_sql(county: Cast) -> None:
    told(county, NUMBER, city_code="WZ-1")
    with pytest.raises(Invalid, match="已经对应另一个指标"):
        told(county, SHAPE, city_code="WZ-1")
    with pytest.raises(IntegrityError, match="uq_indicators_city_code"):
        by_hand("update indicators set level_codes = cast(:c as jsonb) where code = :s", c='{"city": "WZ-1"}', s=SHAPE)


def by_hand(statement: str, **values: Any) -> None:
    with trail.act(SYSTEM, "system", "test.by_hand"):
        db.session.execute(text(statement), values)


@pytest.fixture
def calm(county: Cast) -> Cast:
    """With an indicator about the psyche."""
    given = indicator_in(CALM, "情绪稳定", domain="psychological")
    operations.add_indicator(act_as(county.actor("office_director")), Indicator(county_id=county.county.id), given)
    return county


def measured(calm: Cast, *lines: Line) -> ImportBatch:
    return bring_in(calm, begin_cycle(calm, indicator_codes=(CALM, NUMBER)), lines)


def test_aggregates_of_schools_about_the_psyche_come_in(calm: Cast) -> None:
    batch = measured(calm, Line("yuntai", CALM, 480), Line("shuangqiao", CALM, 490))
    assert (batch.state, batch.outcome) == ("accepted", {"added": 2})


@pytest.mark.parametrize(
    ("line", "column", "sentence"),
    [
        (
            Line("yuntai", CALM, 480, level="班级", class_no="3"),
            "scope_level",
            "心理领域的指标只收学校和年级以上的汇总",
        ),
        (Line("yuntai", CALM, 480, n=9), "n", "心理领域的指标每格至少 10 人"),
    ],
)
def test_no_class_and_no_cell_of_few_pupils_about_the_psyche_comes_in(
    calm: Cast, line: Line, column: str, sentence: str
) -> None:
    batch = measured(calm, line, Line("shuangqiao", NUMBER, 490, level="班级", class_no="3"))
    assert batch.rows_blocked == 1
    row = db.session.scalars(
        select(ImportRow).where(ImportRow.batch_id == batch.id, ImportRow.status == "blocked")
    ).one()
    assert [one["zh"] for one in row.messages if one["column"] == column] == [sentence]


@pytest.mark.parametrize("change", ["scope_level = 'class'", "n = 4"])
def test_plain_sql_does_not_bring_them_in_either(calm: Cast, change: str) -> None:
    measured(calm, Line("yuntai", CALM, 480), Line("shuangqiao", NUMBER, 490))
    with pytest.raises(IntegrityError, match="hold no class and no cell of few pupils"):
        by_hand(f"update monitoring_results set {change} where indicator_id = :id", id=indicator(calm, CALM).id)
