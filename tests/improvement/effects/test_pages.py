"""The pages of effects: each opens for those who work with it, for nobody else, with few queries, and says what it should."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import docx
import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import inspect as sa_inspect
from sqlalchemy import select

from app.core import clock, pdf
from app.core.audit import trail
from app.core.database import db, use_context, uuid7
from app.core.outbox.deliver import drain
from app.core.policy.actor import SYSTEM
from app.improvement.effects import letters
from app.improvement.effects.models import ClosurePrint, ClosureRequest, DocumentRecord
from tests.cast import Cast, sign_in
from tests.counting import counted_statements
from tests.improvement.effects.scenes import EffectScene


def test_an_evaluation_shows_design_numbers_with_n_and_the_computed_outcome_as_a_suggestion(
    scene: EffectScene, client: FlaskClient, cast: Cast
) -> None:
    evaluation = scene.computed()
    said = sign_in(client, cast["evaluator"]).get(evaluation.address).get_data(as_text=True)
    for words in (
        "建议，由人定论",
        "达标",
        "470.0",
        "505.0",
        "+7.9 至 +62.1",
        "没有做回归校正",
        "输入摘要",
        "领导小组组长",
    ):
        assert words in said, words


def test_the_forms_carry_an_item_from_its_data_to_its_closure(scene: EffectScene, app: Flask, cast: Cast) -> None:
    evaluation = scene.planned()
    scene.cell(date(2026, 9, 1), 505.0, 110)
    item = evaluation.item.address

    def act(who: str, path: str, **data: Any) -> None:
        browser = sign_in(app.test_client(), cast[who])
        opened = browser.get(path)
        assert opened.status_code in (200, 404), (path, opened.status_code)
        answer = browser.post(path, data=data)
        assert answer.status_code == 303, (path, answer.status_code, answer.get_data(as_text=True)[-3000:])

    page = sign_in(app.test_client(), cast["assessment_member"]).get(f"{evaluation.address}/data")
    cell = page.get_data(as_text=True).split('name="follow_up"')[1].split('value="')[1].split('"')[0]
    act("assessment_member", f"{evaluation.address}/data", follow_up=cell)
    act("evaluator", f"{evaluation.address}/proposal", outcome="achieved", judgement="复测达标", uses="close")
    act("leading_group_head", f"{evaluation.address}/decision", outcome="achieved", judgement="同意", uses="close")
    sign_in(app.test_client(), cast["school_coordinator"]).post(f"{item}/moves/ask-for-closure")
    form = sign_in(app.test_client(), cast["school_coordinator"]).get(f"{item}/closure-request").get_data(as_text=True)
    proof = form.split('name="evidence"')[1].split('value="')[1].split('"')[0]
    act("school_coordinator", f"{item}/closure-request", self_summary="措施完成，复测达标", evidence=proof)
    listed = sign_in(app.test_client(), cast["principal"]).get("/closures").get_data(as_text=True)
    closure = "/closures/" + listed.split('href="/closures/')[1].split('"')[0]
    act("principal", f"{closure}/submission")
    act("inspector", f"{closure}/verification", opinion="材料属实，到校看过", on_site="y")
    act("office_director", f"{closure}/steps/approve")
    assert "已批准，问题项已销号" in sign_in(app.test_client(), cast["principal"]).get(closure).get_data(as_text=True)


@pytest.mark.parametrize("who", ["yuntai_principal", "other_office_director"])
def test_a_foreign_school_and_county_find_nothing(
    scene: EffectScene, client: FlaskClient, cast: Cast, who: str
) -> None:
    request = scene.closure_approved()
    addresses = (request.address, scene.evaluation_of(request.item).address, scene.recheck_of(request).address)
    stranger = sign_in(client, cast[who])
    for address in (*addresses, f"{request.address}/documents/pdf"):
        assert stranger.get(address).status_code == 404, address
    for listed in ("/evaluations", "/closures", "/rechecks"):
        assert request.item.title not in stranger.get(listed).get_data(as_text=True)


def test_lists_filter_in_the_address_and_export_what_they_show(
    scene: EffectScene, client: FlaskClient, cast: Cast
) -> None:
    scene.closure_approved()
    office = sign_in(client, cast["office_director"])
    for path, word in (("/evaluations", "decided"), ("/closures", "closed"), ("/rechecks", "due")):
        assert "1 条符合" in office.get(f"{path}?state={word}").get_data(as_text=True)
        assert "没有符合条件的" in office.get(f"{path}?q=没有这样的问题").get_data(as_text=True)
        assert "没有符合条件的" not in office.get(f"{path}?q=shuangqiao").get_data(as_text=True), "as a name sounds"
        assert office.get(f"{path}.xlsx?state={word}").data[:2] == b"PK"


def test_the_item_page_leads_to_evaluation_request_and_recheck(
    scene: EffectScene, client: FlaskClient, cast: Cast
) -> None:
    request = scene.closure_approved()
    said = sign_in(client, cast["office_director"]).get(request.item.address).get_data(as_text=True)
    for address in (request.address, scene.evaluation_of(request.item).address, scene.recheck_of(request).address):
        assert f'href="{address}"' in said


def test_security_59_the_printed_form_is_made_once_and_its_code_says_true_without_content(
    scene: EffectScene, app: Flask, client: FlaskClient, cast: Cast
) -> None:
    request = scene.closure_approved()
    drain()
    use_context(SYSTEM.context())
    kept = db.session.scalars(select(DocumentRecord).where(DocumentRecord.record_id == request.id)).all()
    assert {one.form for one in kept} == ({"pdf", "word"} if pdf.available() else {"word"})
    principal = sign_in(app.test_client(), cast["principal"])
    for one in kept:
        start = b"%PDF" if one.form == "pdf" else b"PK"
        with principal.get(f"{request.address}/documents/{one.form}") as answer:
            assert answer.data.startswith(start)
    code = db.session.scalars(select(ClosurePrint.ref).where(ClosurePrint.number == request.number)).first()
    said = client.get(f"/verify/closures/{code}")
    assert said.status_code == 200 and "属实" in said.get_data(as_text=True)
    for secret in (request.item.title, cast["principal"].name, cast.units["shuangqiao"].name):
        assert secret not in said.get_data(as_text=True)
    wrong = client.get("/verify/closures/0123456789abcdef")
    assert wrong.status_code == 404 and "查不到" in wrong.get_data(as_text=True)


def _queries(browser: FlaskClient, path: str) -> int:
    """How many statements one page sends."""
    browser.get(path)
    with counted_statements() as seen:
        assert browser.get(path).status_code == 200
    return len(seen)


def test_a_longer_list_sends_no_more_queries(scene: EffectScene, client: FlaskClient, cast: Cast) -> None:
    scene.closure_approved()
    office = sign_in(client, cast["office_director"])
    paths = ("/evaluations", "/closures", "/rechecks")
    before = [_queries(office, path) for path in paths]
    scene.closure_approved()
    scene.closure_verified()
    after = [_queries(office, path) for path in paths]
    assert all(later <= first for later, first in zip(after, before, strict=True)), (before, after)
    assert max(after) <= 30, after


def test_the_usual_closure_sheet_is_one_page_with_its_labels_in_order(scene: EffectScene, app: Flask) -> None:
    request = scene.closure_approved()
    with app.test_request_context():
        sheet = letters.pdf_of_form(letters.facts_of(scene.actor("office_director"), request), request.ref, 1)
    pages = PdfReader(io.BytesIO(sheet)).pages
    said = "".join(page.extract_text() for page in pages).replace("\n", "")
    labels = (
        "问题编号",
        "完成的措施",
        "整改前后",
        "佐证清单",
        "单位意见",
        "核验人意见",
        "批准人意见",
        "批准日期",
        "复核日期",
        "扫码核验",
        "第 1 版，摘要",
        "用印处",
    )
    places = [said.find(label) for label in labels]
    assert len(pages) == 1 and -1 not in places and places == sorted(places), dict(zip(labels, places, strict=True))


def test_an_item_closed_again_gets_the_next_edition_of_its_sheet(
    scene: EffectScene, app: Flask, client: FlaskClient, cast: Cast
) -> None:
    request = scene.closure_approved()
    with trail.act(SYSTEM, "system", "test.closed_before"):
        own = ("id", "ref", "number", "state")
        told = {one.key: getattr(request, one.key) for one in sa_inspect(ClosureRequest).column_attrs}
        before = ClosureRequest(
            id=uuid7(), number="XH-0", state="rejected", **{key: told[key] for key in told if key not in own}
        )
        db.session.add(before)
        paper = {"number": "XH-0", "form": "pdf", "file_sha256": "0" * 64, "made_at": clock.now()}
        db.session.add(
            DocumentRecord(
                kind="closure", entity="closure_requests", record_id=before.id, county_id=request.county_id, **paper
            )
        )
    drain()
    use_context(SYSTEM.context())
    kept = db.session.scalars(select(DocumentRecord).where(DocumentRecord.record_id == request.id)).all()
    assert {one.edition for one in kept} == {2}
    with sign_in(client, cast["principal"]).get(f"{request.address}/documents/word") as answer:
        typed = [one.text for one in docx.Document(io.BytesIO(answer.data)).paragraphs]
    assert any("第 2 版" in line for line in typed) and "（用印处）" in typed


def test_effects_are_narrowed_and_exported_by_what_is_evaluated(
    scene: EffectScene, client: FlaskClient, cast: Cast
) -> None:
    evaluation = scene.computed()
    browser = sign_in(client, cast["evaluator"])
    title = evaluation.item.title
    on_schools = browser.get("/evaluations?object=school").text
    assert title in on_schools and "对象：学校" in on_schools
    assert "/evaluations.xlsx?object=school" in on_schools
    on_teachers = browser.get("/evaluations?object=teacher").text
    assert title not in on_teachers and "当前条件：对象：教师" in on_teachers
    rows = [sheet_rows(browser.get(f"/evaluations.xlsx?object={whom}").data) for whom in ("school", "teacher")]
    assert [len(each) for each in rows] == [2, 1]
    assert dict(zip(*rows[0], strict=True))["评价对象"] == "学校（办学条件、办学质量）"


def sheet_rows(content: bytes) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0].iter_rows(values_only=True))
