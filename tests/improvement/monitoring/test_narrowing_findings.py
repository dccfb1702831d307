"""The list of findings by what is evaluated and how, and what it says of those that are settled."""

from __future__ import annotations

import io
import re

import openpyxl
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.database import db
from app.improvement.monitoring import operations, queries
from app.improvement.monitoring.models import DataFinding, Indicator
from app.improvement.monitoring.operations import RejectIn
from app.improvement.monitoring.queries import Wanted
from tests.cast import Cast, sign_in
from tests.factories.monitoring import NUMBER, WORKED, act_as, indicator_in, released
from tests.improvement.monitoring.test_findings import manual, place
from tests.improvement.monitoring.test_objects import add, finding_of

ON_TEACHERS = "师德测评偏低"
BY_HAND = "消防通道被占"


def staged(county: Cast) -> DataFinding:
    """Findings of results on schools, one on teachers, and one by hand without an indicator: that one."""
    released(county, WORKED)
    finding_of(county, add(county, object_code="teacher", evaluation_type="process"))
    office = act_as(county.actor("office_director"))
    number = db.session.scalars(select(Indicator).where(Indicator.code == NUMBER)).one()
    operations.change_indicator(office, number, indicator_in(NUMBER, "数与运算", evaluation_type="value_added"))
    evaluator = act_as(county.actor("evaluator"))
    return operations.register_finding(evaluator, place(county), manual("safety", title=BY_HAND))


def titles(county: Cast, wanted: Wanted) -> set[str]:
    return {row.title for row in queries.finding_rows(act_as(county.actor("evaluator")), wanted)}


def test_by_object_a_finding_without_indicator_is_one_on_its_school(county: Cast) -> None:
    staged(county)
    assert titles(county, Wanted(object="teacher")) == {ON_TEACHERS}
    on_schools = titles(county, Wanted(object="school"))
    assert BY_HAND in on_schools and ON_TEACHERS not in on_schools
    assert titles(county, Wanted(object="student")) == set()


def test_by_type_only_findings_and_strengths_on_indicators_of_that_type_are_left(county: Cast) -> None:
    staged(county)
    rows = queries.finding_rows(act_as(county.actor("evaluator")), Wanted(types=("value_added",)))
    assert {row.indicator_code for row in rows} == {NUMBER}
    assert titles(county, Wanted(types=("process",))) == {ON_TEACHERS}
    both = titles(county, Wanted(types=("process", "value_added")))
    assert ON_TEACHERS in both and BY_HAND not in both


def sheet(client: FlaskClient, query: str) -> list[tuple[object, ...]]:
    answer = client.get(f"/monitoring/findings/export?{query}")
    book = openpyxl.load_workbook(io.BytesIO(answer.data), read_only=True)
    return list(book.worksheets[0].iter_rows(values_only=True))


def test_both_stand_in_the_address_on_a_chip_and_in_the_export(app: Flask, county: Cast) -> None:
    staged(county)
    client = sign_in(app.test_client(), county["evaluator"])
    query = "object=teacher&type=process"
    shown = client.get(f"/monitoring/findings?{query}").text
    assert "FX-9001・自查" in shown and BY_HAND not in shown
    for chip in ("对象：教师", "过程评价"):
        assert 'filter-chip" href="/monitoring/findings?' in shown and chip in shown
    assert "/monitoring/findings/export?object=teacher" in shown
    head, *rows = sheet(client, query)
    (row,) = (dict(zip(head, each, strict=True)) for each in rows)
    assert (row["评价对象"], row["评价类型"]) == ("教师（师德师风、工作实绩）", "过程评价")
    assert len(sheet(client, "object=parent")) == len(sheet(client, "")), "an unknown object is left out"


def reject(county: Cast, finding: DataFinding) -> None:
    other = act_as(county.actor("evaluator_2"))
    operations.reject_finding(other, finding, RejectIn("dismissed", "现场看过，通道当天已经清空。"))


def test_what_is_settled_is_counted_and_one_click_away_where_no_state_was_chosen(app: Flask, county: Cast) -> None:
    finding = staged(county)
    reject(county, finding)
    evaluator = act_as(county.actor("evaluator"))
    assert queries.finding_count(evaluator, Wanted(source="safety")) == (0, 1)
    assert queries.finding_count(evaluator, Wanted(source="safety", states=("rejected",))) == (1, 0)
    client = sign_in(app.test_client(), county["evaluator"])
    empty = client.get("/monitoring/findings?source=safety").text
    assert BY_HAND not in empty and "没有待办的发现" in empty
    assert "看已转问题项或已了结的" in empty and "有 1 条" in empty
    assert "/monitoring/findings?source=safety&amp;state=all" in empty
    assert BY_HAND in client.get("/monitoring/findings?source=safety&state=all").text
    whole = client.get("/monitoring/findings").text
    assert "另有 1 条已转问题项或已了结" in whole and "/monitoring/findings?state=all" in whole
    assert "另有" not in client.get("/monitoring/findings?state=candidate").text
    assert len(sheet(client, "source=safety&state=all")) == 2


def test_in_english_the_list_has_a_name_for_many_and_no_two_filters_share_one(app: Flask, county: Cast) -> None:
    client = sign_in(app.test_client(), county["evaluator"])
    with client.session_transaction(base_url="https://localhost") as session:
        session["language"] = "en"
    page = client.get("/monitoring/findings", base_url="https://localhost").text
    names = re.findall(r'class="(?:filter-name|menu-label)">([^<]+)<', page)
    assert "Severity" in names and "Level" in names and len(names) == len(set(names))
    assert "<h1>Data findings" in re.sub(r"<h1[^>]*>\s*", "<h1>", page)
