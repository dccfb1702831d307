"""The list of sources that disagree: narrowed by the address, ordered by its heads, exported as it is shown."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.improvement.monitoring import operations
from app.improvement.monitoring.models import MonitoringResult, SourceConflict
from app.improvement.monitoring.operations import QuestionIn, SettlementIn
from tests.by_hand import by_hand
from tests.cast import Cast, sign_in
from tests.factories.monitoring import NUMBER, SHAPE, Line, act_as, released
from tests.improvement.monitoring.test_conflicts import SETTLEMENT

ADDRESS = "/monitoring/conflicts"
WIDE, WIDER = "云台两轮相差 40 分，请核对名单", "双桥两轮相差 80 分，请核对名单"


@pytest.fixture
def two_rounds(county: Cast) -> Cast:
    day = clock.today() - timedelta(days=60)
    before = (Line("yuntai", NUMBER, 470), Line("shuangqiao", NUMBER, 440), Line("chengguan", SHAPE, 450))
    after = (Line("yuntai", NUMBER, 520), Line("shuangqiao", NUMBER, 521), Line("chengguan", SHAPE, 525))
    released(county, before, code="A", starts_on=day, ends_on=day)
    released(county, after, code="B")
    return county


@pytest.fixture
def asked(two_rounds: Cast) -> dict[str, SourceConflict]:
    """About 云台 (open), earlier about 双桥 (settled); what 城关 says is only suspected."""
    found = {key: _asked(two_rounds, key, words) for key, words in (("yuntai", WIDE), ("shuangqiao", WIDER))}
    act_as(two_rounds.actor("office_director"))
    with by_hand("test.earlier"):
        found["shuangqiao"].created_at = clock.now() - timedelta(days=3)
    given = SettlementIn(found["shuangqiao"].second_id, SETTLEMENT)
    operations.settle_conflict(act_as(two_rounds.actor("office_director")), found["shuangqiao"], given)
    return found


def _asked(county: Cast, key: str, words: str) -> SourceConflict:
    act_as(county.actor("office_director"))
    unit = county.units[key].id
    first, second = db.session.scalars(
        select(MonitoringResult).where(MonitoringResult.unit_id == unit).order_by(MonitoringResult.value)
    ).all()
    place = SourceConflict(county_id=first.county_id, school_id=first.school_id, first_id=first.id, second_id=second.id)
    return operations.ask_data_owner(act_as(county.actor("evaluator")), place, QuestionIn(words, unit))


def _book(client: FlaskClient, address: str) -> list[dict[str, Any]]:
    heads, *rows = openpyxl.load_workbook(io.BytesIO(client.get(address).data)).active.values
    return [dict(zip(heads, row, strict=True)) for row in rows]


def _questions(client: FlaskClient, query: str) -> list[str]:
    page = client.get(f"{ADDRESS}{query}").get_data(as_text=True)
    places = sorted((page.find(words), words) for words in (WIDE, WIDER) if words in page)
    return [words for _place, words in places]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", [WIDE, WIDER]),
        ("?state=asked", [WIDE]),
        ("?state=one&state=both", [WIDER]),
        ("?q=shuangqiao", [WIDER]),
        ("?q=数与", [WIDE, WIDER]),
        ("?q=几何", []),
        ("?subject=chinese", []),
        ("?sort=asked", [WIDER, WIDE]),
        ("?sort=nonsense", [WIDE, WIDER]),
    ],
)
def test_the_address_narrows_and_orders_page_and_workbook_alike(
    two_rounds: Cast, asked: dict[str, SourceConflict], client: FlaskClient, query: str, shown: list[str]
) -> None:
    sign_in(client, two_rounds["office_director"])
    assert _questions(client, query) == shown
    assert [row["问题"] for row in _book(client, f"{ADDRESS}/export{query}")] == shown


def test_by_unit_the_order_is_that_of_the_codes(
    two_rounds: Cast, asked: dict[str, SourceConflict], client: FlaskClient
) -> None:
    sign_in(client, two_rounds["office_director"])
    rows = _book(client, f"{ADDRESS}/export?sort=unit")
    assert [row["单位代码"] for row in rows] == sorted(row["单位代码"] for row in rows)
    assert _questions(client, "?sort=unit") == [row["问题"] for row in rows]


def test_the_workbook_says_what_was_decided(
    two_rounds: Cast, asked: dict[str, SourceConflict], client: FlaskClient
) -> None:
    sign_in(client, two_rounds["office_director"])
    (row,) = _book(client, f"{ADDRESS}/export?state=one")
    assert (row["来源一的数值"], row["来源二的数值"], row["采用的来源"]) == (440, 521, "来源二")
    assert (row["裁定理由"], row["状态"]) == (SETTLEMENT, "已裁定：以一个为准")


def test_what_looks_as_if_it_disagreed_is_narrowed_ordered_and_exported_too(
    two_rounds: Cast, client: FlaskClient
) -> None:
    sign_in(client, two_rounds["office_director"])
    whole = _book(client, f"{ADDRESS}/suspected/export")
    assert [row["单位代码"] for row in whole] == sorted(row["单位代码"] for row in whole)
    assert len(whole) == 3
    widest = _book(client, f"{ADDRESS}/suspected/export?pairs=widest")
    gaps = [row["相差（效应量）"] for row in widest]
    assert gaps == sorted(gaps, reverse=True) and gaps[0] == 0.81
    (one,) = _book(client, f"{ADDRESS}/suspected/export?q=几何")
    assert (one["来源一的数值"], one["来源二的数值"]) == (450, 525)


def test_a_school_reads_and_exports_its_own_alone(
    two_rounds: Cast, asked: dict[str, SourceConflict], client: FlaskClient
) -> None:
    sign_in(client, two_rounds["yuntai_principal"])
    assert _questions(client, "") == [WIDE]
    assert [row["问题"] for row in _book(client, f"{ADDRESS}/export")] == [WIDE]
