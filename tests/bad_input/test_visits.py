"""What goes wrong with visits on an ordinary day: a sentence that says what to do, what was typed kept, nothing written."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from app.core import clock
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.improvement.visits.models import SupervisionVisit, VisitMember, VisitObservation, VisitPhoto
from tests.cast import Cast, sign_in
from tests.improvement.visits.scenes import VisitScene

SCOPE = "八年级数学分层作业，听课三节"


@pytest.fixture
def scene(app: Flask, cast: Cast) -> VisitScene:
    """Everybody on stage, in a transaction that is rolled back."""
    return VisitScene(cast)


@pytest.fixture
def office(client: FlaskClient, cast: Cast) -> FlaskClient:
    """The office director's browser."""
    return sign_in(client, cast["office_director"])


def count(model: Any) -> int:
    use_context(SYSTEM.context())
    return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


def fields(cast: Cast, **changes: Any) -> dict[str, Any]:
    day = (clock.today() + timedelta(days=30)).isoformat()
    lead = cast["inspector"].person_ref
    return {
        "kind": "special",
        "focus": "school",
        "visit_on": day,
        "scope": SCOPE,
        "lead": lead,
        "points": "看课表",
    } | changes


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"visit_on": "下周三"}, "日期请写成 2026-11-25"),
        ({"visit_on": "2020-01-01"}, "视导日期不能早于今天"),
        ({"kind": "surprise"}, "请从列表里选一个"),
        ({"lead": ""}, "请选择组长"),
        ({"is_unannounced": "y"}, "只有常规视导可以不打招呼"),
        ({"exception_wanted": "太急了"}, "至少 10 个字"),
        ({"entry": "0123456789abcdef"}, "请从列表里选一个"),
        ({"scope": "看" * 301}, "最多 300 个字"),
    ],
)
def test_a_plan_that_cannot_be_kept(
    scene: VisitScene, office: FlaskClient, cast: Cast, changes: dict[str, Any], sentence: str
) -> None:
    before = count(SupervisionVisit)
    form = fields(cast, **changes)
    answer = office.post(f"/visits/new/{cast.units['shuangqiao'].ref}", data=form)
    assert answer.status_code == 422 and sentence in unescape(answer.text)
    assert form["scope"] in unescape(answer.text), "what was typed is gone"
    assert count(SupervisionVisit) == before


def test_a_visit_without_an_entry_of_the_list_is_planned_but_not_announced(
    scene: VisitScene, office: FlaskClient, cast: Cast
) -> None:
    visit = scene.planned()
    scene.join(visit, "inspector_2", "inspector_3")
    answer = office.post(f"{visit.address}/steps/notify", data={"version": visit.version})
    assert answer.status_code == 409 and "年度督导清单里没有这次视导" in unescape(answer.text)
    assert scene.again(visit).state == "draft"


def test_an_inspector_of_his_own_school_is_refused_on_the_page(
    scene: VisitScene, office: FlaskClient, cast: Cast
) -> None:
    visit = scene.planned()
    before = count(VisitMember)
    form = {"person": f"{cast['own_inspector'].person_ref}.inspector", "is_cleared": "y", "version": visit.version}
    answer = office.post(f"{visit.address}/team", data=form)
    assert answer.status_code == 422 and "需要回避，请换人" in unescape(answer.text)
    assert count(VisitMember) == before


def test_a_foreign_item_is_no_choice(scene: VisitScene, office: FlaskClient, cast: Cast) -> None:
    foreign = scene.item("issued", unit_id=cast.units["yuntai"].id)
    answer = office.post(f"/visits/new/{cast.units['shuangqiao'].ref}", data=fields(cast, items=foreign.ref))
    assert answer.status_code == 422 and foreign.title not in answer.text


def _photo(size: tuple[int, int] = (64, 48)) -> bytes:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (28.0, 30.0, 0.0), 3: "E", 4: (120.0, 12.0, 0.0)}
    content = io.BytesIO()
    Image.new("RGB", size, (20, 90, 160)).save(content, "JPEG", exif=exif)
    return content.getvalue()


def _send(browser: FlaskClient, visit: SupervisionVisit, line: str, content: bytes, name: str = "教室.jpg") -> Any:
    data = {"line": line, "key": str(uuid.uuid4()), "file": (io.BytesIO(content), name)}
    return browser.post(f"{visit.address}/photos", data=data, content_type="multipart/form-data")


def test_200_photos_of_one_line(scene: VisitScene, client: FlaskClient, cast: Cast) -> None:
    visit = scene.visit("on_site")
    browser, line, photo = sign_in(client, cast["inspector"]), visit.lines[0].ref, _photo()
    answers = [_send(browser, visit, line, photo) for _ in range(20)]
    assert [one.status_code for one in answers] == [200] * 12 + [422] * 8
    assert "一项最多 12 张照片" in answers[-1].json["sentence"]
    assert count(VisitPhoto) == 12


def test_a_photo_with_a_place_in_it(scene: VisitScene, client: FlaskClient, cast: Cast) -> None:
    visit = scene.visit("on_site")
    browser = sign_in(client, cast["inspector"])
    kept = _send(browser, visit, visit.lines[0].ref, _photo())
    shown = browser.get(kept.json["url"])
    assert shown.status_code == 200 and shown.mimetype == "image/jpeg"
    picture = Image.open(io.BytesIO(shown.data))
    assert not picture.getexif() and b"Exif" not in shown.data


@pytest.mark.parametrize(
    ("name", "content"),
    [("教室.jpg", b"not a picture"), ("教室.exe", b"MZ"), ("说明.pdf", b"%PDF-1.4 broken"), ("教室.jpg", b"")],
)
def test_what_is_no_photo(scene: VisitScene, client: FlaskClient, cast: Cast, name: str, content: bytes) -> None:
    visit = scene.visit("on_site")
    answer = _send(sign_in(client, cast["inspector"]), visit, visit.lines[0].ref, content, name)
    assert answer.status_code == 422 and answer.json["sentence"]
    assert count(VisitPhoto) == 0


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        {"records": "x"},
        {"records": [1]},
        {"records": [{"line": "nowhere", "key": "0123456789", "seen": "seen"}]},
        {"records": [{"line": "LINE", "key": "../../etc", "seen": "seen"}]},
        {"records": [{"line": "LINE", "key": "0123456789", "seen": "perhaps"}]},
        {"records": [{"line": "LINE", "key": "0123456789", "seen": "seen", "note": "长" * 1001}]},
        {"records": [{"line": "LINE", "key": f"{n:010}", "seen": "seen"} for n in range(201)]},
    ],
)
def test_records_that_no_phone_of_ours_sends(scene: VisitScene, client: FlaskClient, cast: Cast, sent: Any) -> None:
    visit = scene.visit("on_site")
    for row in sent["records"] if isinstance(sent, dict) and isinstance(sent["records"], list) else ():
        if isinstance(row, dict) and row["line"] == "LINE":
            row["line"] = visit.lines[0].ref
    answer = sign_in(client, cast["inspector"]).post(f"{visit.address}/observations", json=sent)
    assert answer.status_code == 422 and answer.json["sentence"]
    assert count(VisitObservation) == 0


def test_a_phone_that_writes_its_time_strangely_is_taken_at_our_time(
    scene: VisitScene, client: FlaskClient, cast: Cast
) -> None:
    visit = scene.visit("on_site")
    row = {"line": visit.lines[0].ref, "key": str(uuid.uuid4()), "seen": "seen", "at": "昨天下午"}
    answer = sign_in(client, cast["inspector"]).post(f"{visit.address}/observations", json={"records": [row]})
    assert answer.json["records"] == {row["key"]: "kept"}
