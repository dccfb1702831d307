"""Answers on paper: two persons type, the program compares, somebody settles, and then they are answers like any other."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.care.screening.models import CriticalAlert, PaperSheet, ScaleResponse, ScaleResult, ScreeningCampaign
from app.care.screening.operations import alerts
from app.care.screening.operations.paper import SettleIn, places_of, settle_sheet, typed_in
from app.care.screening.operations.paper_taking import sheet_place
from app.care.screening.queries import paper as queries
from app.care.screening.scales.choosing import usable
from app.care.screening.sheets import opened, ring, sealed_as, values_in
from app.core.database import db, use_context
from app.core.errors import Invalid, NotFound, StepRefused
from app.core.imports import operations as imports
from app.core.imports.models import ImportBatch, ImportReport, ImportRow
from app.core.imports.operations import StepIn
from app.core.outbox import deliver
from app.core.policy.actor import SYSTEM
from app.core.vault import SealBroken
from tests.care.screening.papers import COUNSELLOR, LEAD, number, send, workbook
from tests.care.taking_part import send as filled_in
from tests.care.terms import CRISIS, GOOD, Term
from tests.cast import sign_in

OTHER = {"phq9": [1, 1, 2, 1, 1, 0, 1, 2, 0], "gad7": GOOD["gad7"]}


def both(term: Term, first: dict[int, Any], second: dict[int, Any]) -> tuple[ImportBatch, ImportBatch]:
    """The class typed by the counsellor, then by the psychology lead."""
    campaign = term.opened()
    for child in first:
        term.agree(f"学生{child:02d}")
    one = send(term, campaign, COUNSELLOR, workbook(campaign, "周老师", first))
    two = send(term, campaign, LEAD, workbook(campaign, "林老师", second))
    assert (one.state, two.state) == ("accepted", "accepted"), (one.trouble, two.trouble)
    return one, two


def test_what_two_persons_type_alike_is_sealed_scored_and_marked_as_paper(term: Term) -> None:
    both(term, {0: GOOD}, {0: GOOD})
    assert term.task("学生00").state == "valid"
    responses = {one.scale_code: one for one in term.all(ScaleResponse)}
    phq9 = usable()["phq9", "1.0.0"]
    assert {one.source for one in responses.values()} == {"paper"}
    assert opened(responses["phq9"], phq9).values == GOOD["phq9"]
    assert b"[1,1,2" not in responses["phq9"].sealed
    results = {one.scale_code: one for one in term.all(ScaleResult)}
    assert (results["phq9"].scores["total"], results["phq9"].band) == (7.0, 1)
    assert str(results["gad7"].answered_on) == "2026-12-21" and results["gad7"].band == 2


def test_one_typing_alone_is_no_answer(term: Term) -> None:
    campaign = term.opened()
    term.agree("学生00")
    send(term, campaign, COUNSELLOR, workbook(campaign, "周老师", {0: GOOD}))
    send(term, campaign, COUNSELLOR, workbook(campaign, "周老师", {0: OTHER}))
    assert term.all(ScaleResponse) == [] and term.task("学生00").state == "ready"
    assert {one.second_by for one in term.all(PaperSheet)} == {None}


def test_the_same_operator_under_another_account_is_refused(term: Term) -> None:
    campaign = term.opened()
    term.agree("学生00")
    send(term, campaign, COUNSELLOR, workbook(campaign, "周老师", {0: GOOD}))
    again = send(term, campaign, LEAD, workbook(campaign, "周老师", {0: OTHER}))
    assert (again.rows_good, again.rows_blocked) == (0, 2)


def test_where_they_differ_somebody_looks_at_the_paper(term: Term) -> None:
    both(term, {0: GOOD}, {0: OTHER})
    assert term.task("学生00").state == "ready"
    (sheet,) = [one for one in term.all(PaperSheet) if one.settled_at is None]
    assert [(place.number, place.first, place.second) for place in places_of(sheet)] == [(8, 0, 2)]
    counsellor = term.cast.actor(COUNSELLOR)
    lead = term.cast.actor(LEAD)
    use_context(lead.context())
    with pytest.raises(NotFound):
        queries.sheet_for(lead, sheet.ref)
    with pytest.raises(Invalid):
        settle_sheet(counsellor, sheet, SettleIn({}))
    with pytest.raises(Invalid):
        settle_sheet(counsellor, sheet, SettleIn({8: 7}))
    settle_sheet(counsellor, sheet, SettleIn({8: 2}))
    deliver.drain()
    assert term.task("学生00").state == "valid"
    assert {one.scale_code: one.scores["total"] for one in term.all(ScaleResult)} == {"phq9": 9.0, "gad7": 10.0}
    with pytest.raises(StepRefused):
        settle_sheet(counsellor, term.all(PaperSheet)[0], SettleIn({8: 0}))


@pytest.mark.parametrize("order", [(CRISIS, GOOD), (GOOD, CRISIS)], ids=["first", "second"])
def test_a_critical_answer_that_one_person_typed_calls_somebody_at_once(term: Term, order: tuple[Any, Any]) -> None:
    both(term, {0: order[0]}, {0: order[1]})
    assert alerts.raise_all() == 1 and alerts.raise_all() == 0
    (alert,) = term.all(CriticalAlert)
    assert alert.kind == "O1a" and term.all(ScaleResponse) == []


def test_answers_that_both_typed_critical_raise_one_alert_not_two(term: Term) -> None:
    campaign = term.opened()
    term.agree("学生00")
    send(term, campaign, COUNSELLOR, workbook(campaign, "周老师", {0: CRISIS}))
    assert alerts.raise_all() == 1
    send(term, campaign, LEAD, workbook(campaign, "林老师", {0: CRISIS}))
    assert alerts.raise_all() == 0 and len(term.all(CriticalAlert)) == 1
    assert {one.override for one in term.all(ScaleResponse) if one.alerted_at is not None} == {"O1a"}


def test_blank_answers_are_kept_as_blank_and_prorated(term: Term) -> None:
    gap = {"phq9": [2, 2, 1, None, 1, 1, 1, 0, 0], "gad7": GOOD["gad7"]}
    both(term, {0: gap}, {0: gap})
    assert [one.scores["total"] for one in term.all(ScaleResult) if one.scale_code == "phq9"] == [9.0]


def test_taking_the_second_file_back_takes_the_answers_back_and_leaves_the_first_typing(term: Term) -> None:
    _one, two = both(term, {0: GOOD}, {0: GOOD})
    imports.roll_back(term.cast.actor(LEAD), two, StepIn(reason="录错了班级，整份重新录入"))
    deliver.drain()
    db.session.refresh(two)
    assert (two.state, two.trouble) == ("rolled_back", [])
    assert term.all(ScaleResponse) == [] and term.all(ScaleResult) == [] and term.task("学生00").state == "ready"
    assert {(one.second_by, one.settled_at) for one in term.all(PaperSheet)} == {(None, None)}


def test_taking_the_first_file_back_makes_the_second_the_first(term: Term) -> None:
    one, two = both(term, {0: GOOD}, {0: OTHER})
    imports.roll_back(term.cast.actor(COUNSELLOR), one, StepIn(reason="录错了班级，整份重新录入"))
    deliver.drain()
    sheets = {sheet.scale_code: sheet for sheet in term.all(PaperSheet)}
    assert {sheet.first_batch for sheet in sheets.values()} == {two.id} and sheets["phq9"].second is None
    assert typed_in(sheets["phq9"], "first") == OTHER["phq9"]


def test_no_answer_of_a_file_stands_anywhere_in_the_clear(term: Term) -> None:
    both(term, {0: GOOD}, {0: OTHER})
    use_context(SYSTEM.context())
    rows = [(row.values, row.messages) for row in db.session.scalars(select(ImportRow))]
    assert all(values == {} for values, _ in rows)
    for report in db.session.scalars(select(ImportReport)):
        assert all(column["samples"] == [] for column in report.proposal["columns"])
    for key in (LEAD, "homeroom_teacher", "principal", "psych_center_lead", "yuntai_counselor"):
        use_context(term.cast.actor(key).context())
        assert db.session.scalars(select(PaperSheet)).all() == [], key


def test_security_33_a_sealed_form_opens_in_no_other_place(term: Term) -> None:
    campaign = term.opened()
    for child in (0, 1):
        term.agree(f"学生{child:02d}")
    send(term, campaign, COUNSELLOR, workbook(campaign, "周老师", {0: GOOD, 1: OTHER}))
    one, other = [sheet for sheet in term.all(PaperSheet) if sheet.scale_code == "phq9"]
    assert one.school_id is not None and one.first is not None and other.first is not None
    for place, sealed in (
        (sheet_place(one.school_id, one.id, "first"), other.first),
        (sheet_place(one.school_id, one.id, "second"), one.first),
    ):
        with pytest.raises(SealBroken):
            ring().open_text(place, sealed)


def test_by_the_pages_the_counsellor_finds_the_sheet_and_settles_it(term: Term, client: FlaskClient) -> None:
    both(term, {0: GOOD}, {0: OTHER})
    (sheet,) = [one for one in term.all(PaperSheet) if one.settled_at is None]
    campaign, group = term.all(ScreeningCampaign)[0], term.family.place.ref
    browser = sign_in(client, term.cast[COUNSELLOR])
    listed = browser.get(f"{campaign.address}/classes/{group}/paper", base_url="https://localhost").text
    assert number(0) in listed and sheet.address in listed and "学生00" not in listed
    blank = browser.get(f"{campaign.address}/classes/{group}/paper.xlsx", base_url="https://localhost")
    assert blank.status_code == 200 and blank.data.startswith(b"PK") and "学生00".encode() not in blank.data
    shown = browser.get(sheet.address, base_url="https://localhost").text
    assert "第 8 题" in shown and "周老师" in shown and "林老师" in shown
    refused = filled_in(browser, sheet.address, {})
    assert refused.status_code == 422 and "请对照纸质答卷选定" in refused.text
    assert filled_in(browser, sheet.address, {"place_8": "2"}).status_code == 303
    assert {one.settled_at is not None for one in term.all(PaperSheet)} == {True}


@given(st.lists(st.none() | st.integers(-1, 10), max_size=100))
def test_what_is_sealed_of_a_form_is_json_and_gives_the_answers_back(values: list[int | None]) -> None:
    kept = sealed_as(values)
    assert json.loads(kept) == {"a": values, "q": [0] * len(values)}
    assert values_in(kept) == values
