"""The pages: a citizen writes without an account and comes back by the code; the office and the inspector work it off."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.improvement.citizen_letters.models import CitizenLetter, LetterBox
from tests.cast import sign_in, with_token
from tests.improvement.citizen_letters.scenes import ANSWER, CONTACT, TEXT, LetterScene

CODE = re.compile(r"(?:[2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}")
SENDING = re.compile(r'name="sending"[^>]*value="([0-9a-f]{32})"')


def visitor(app: Flask) -> FlaskClient:
    return with_token(app.test_client())


def write(client: FlaskClient, box: LetterBox, **changes: Any) -> Any:
    opened = client.get(f"/mailbox/schools/{box.ref}").get_data(as_text=True)
    sending = SENDING.search(opened)
    assert sending is not None
    given = {"topic": "food", "text": TEXT, "contact": CONTACT, "sending": sending.group(1)} | changes
    return client.post(f"/mailbox/schools/{box.ref}", data=given)


def code_in(answer: Any) -> str:
    found = CODE.search(answer.get_data(as_text=True))
    assert found is not None
    return found.group()


def count() -> int:
    use_context(SYSTEM.context())
    return db.session.scalar(select(func.count()).select_from(CitizenLetter)) or 0


def only() -> CitizenLetter:
    use_context(SYSTEM.context())
    return db.session.scalars(select(CitizenLetter).execution_options(populate_existing=True)).one()


def test_a_letter_is_written_answered_and_rated_over_the_pages(scene: LetterScene, app: Flask) -> None:
    citizen = visitor(app)
    sent = write(citizen, scene.box())
    assert sent.status_code == 200
    code, letter = code_in(sent), only()
    office = sign_in(app.test_client(), scene.cast["office_director"])
    assert letter.number in office.get("/citizen-letters").get_data(as_text=True)
    page = office.get(letter.address).get_data(as_text=True)
    assert TEXT in page and CONTACT not in page
    person = scene.cast["inspector"].person_ref
    given = {"person": person, "version": letter.version}
    assert office.post(f"{letter.address}/steps/assign", data=given).status_code == 303
    inspector = sign_in(app.test_client(), scene.cast["inspector"])
    assert CONTACT in inspector.get(f"{letter.address}/contact").get_data(as_text=True)
    letter = only()
    given = {"answer": ANSWER, "version": letter.version}
    assert inspector.post(f"{letter.address}/steps/answer", data=given).status_code == 303
    phone = visitor(app)
    went = phone.post("/mailbox/follow", data={"code": code})
    assert (went.status_code, went.location) == (303, "/mailbox/letter")
    own = phone.get("/mailbox/letter").get_data(as_text=True)
    assert ANSWER in own and TEXT in own
    letter = only()
    rated = phone.post("/mailbox/letter/rating", data={"rating": "bad", "remark": "没变", "version": letter.version})
    assert rated.status_code == 303 and only().state == "returned"
    listed = office.get(f"{letter.address}/steps/assign-again").get_data(as_text=True)
    assert scene.cast["inspector_2"].name in listed and scene.cast["own_inspector"].name not in listed
    assert f'value="{person}"' not in listed
    phone.post("/mailbox/leave")
    assert phone.get("/mailbox/letter").status_code == 303


def test_the_same_form_sent_again_keeps_nothing_twice_and_shows_the_same_code(scene: LetterScene, app: Flask) -> None:
    citizen = visitor(app)
    first, again = (write(citizen, scene.box(), sending="cd" * 16) for _ in range(2))
    assert code_in(first) == code_in(again) and count() == 1


@pytest.mark.parametrize(
    "changes",
    [{"text": ""}, {"text": "长" * 2001}, {"topic": "gossip"}, {"contact": "随便"}, {"website": "http://x.test"}],
)
def test_what_cannot_be_taken_is_refused_with_what_was_typed(
    scene: LetterScene, app: Flask, changes: dict[str, str]
) -> None:
    answer = write(visitor(app), scene.box(), **changes)
    assert answer.status_code == 422 and count() == 0
    if "text" not in changes:
        assert TEXT in answer.get_data(as_text=True)


def test_markup_in_a_letter_is_shown_as_it_was_typed(scene: LetterScene, app: Flask) -> None:
    write(visitor(app), scene.box(), text="<script>alert(1)</script>")
    office = sign_in(app.test_client(), scene.cast["office_director"])
    page = office.get(only().address).get_data(as_text=True)
    assert "<script>alert" not in page and html.escape("<script>alert(1)</script>") in page


def test_a_letter_without_the_token_of_its_form_is_not_taken(scene: LetterScene, app: Flask) -> None:
    client = app.test_client()
    answer = client.post(f"/mailbox/schools/{scene.box().ref}", data={"topic": "food", "text": TEXT})
    assert answer.status_code in (400, 403) and count() == 0


def test_wrong_codes_get_one_answer_and_the_sixth_waits(scene: LetterScene, app: Flask) -> None:
    client = visitor(app)
    answers = [client.post("/mailbox/follow", data={"code": f"2345-2345-2345-234{n}"}) for n in range(2, 7)]
    bodies = {re.sub(r"[\w.-]{60,}|2345-\S{14}", "", one.get_data(as_text=True)) for one in answers}
    assert {one.status_code for one in answers} == {422} and len(bodies) == 1
    assert client.post("/mailbox/follow", data={"code": "2345-2345-2345-2347"}).status_code == 429


def test_the_thirteenth_letter_of_an_hour_waits_with_what_was_typed(scene: LetterScene, app: Flask) -> None:
    citizen = visitor(app)
    statuses = [write(citizen, scene.box()).status_code for _ in range(12)]
    late = write(citizen, scene.box(), text="第十三封：" + TEXT)
    assert statuses == [200] * 12 and late.status_code == 429
    assert "第十三封" in late.get_data(as_text=True) and count() == 12


def test_telephone_numbers_for_danger_stand_on_every_page_of_the_box(scene: LetterScene, app: Flask) -> None:
    client, box = visitor(app), scene.box()
    pages = [client.get(path).get_data(as_text=True) for path in (f"/mailbox/schools/{box.ref}", "/mailbox/follow")]
    receipt = write(client, box)
    client.post("/mailbox/follow", data={"code": code_in(receipt)})
    pages += [receipt.get_data(as_text=True), client.get("/mailbox/letter").get_data(as_text=True)]
    for page in pages:
        assert all(f"tel:{number}" in page for number in ("110", "12356", "12355"))


def test_what_was_written_is_in_no_address_and_no_log(
    scene: LetterScene, app: Flask, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    citizen = visitor(app)
    code = code_in(write(citizen, scene.box(), text="绿灯笼" + TEXT, is_urgent="y"))
    went = citizen.post("/mailbox/follow", data={"code": code})
    written = capfd.readouterr()
    for said in ("绿灯笼", CONTACT, code, code.replace("-", "")):
        assert said not in went.location
        assert not any(said in text for text in (caplog.text, written.out, written.err))


def test_a_letter_is_404_for_the_school_and_for_who_does_not_answer_it(scene: LetterScene, app: Flask) -> None:
    letter = scene.assigned("inspector_3")
    for key in ("principal", "inspector", "dept_head", "leading_group_head", "other_office_director"):
        client = sign_in(app.test_client(), scene.cast[key])
        for path in (letter.address, f"{letter.address}/contact", f"{letter.address}/steps/answer"):
            assert client.get(path).status_code == 404, (key, path)


def test_the_poster_is_one_page_with_the_offices_telephone(scene: LetterScene, app: Flask) -> None:
    address = f"/letter-boxes/{scene.box('yuntai').ref}/poster.pdf"
    office = sign_in(app.test_client(), scene.cast["office_director"])
    answer = office.get(address)
    assert answer.status_code == 200 and answer.data.startswith(b"%PDF")
    with pikepdf.open(io.BytesIO(answer.data)) as paper:
        assert len(paper.pages) == 1
    assert answer.headers["Content-Disposition"].startswith("attachment")
    other = sign_in(app.test_client(), scene.cast["other_office_director"])
    assert other.get(address).status_code == 404


def test_the_head_of_the_leading_group_sees_the_figures_and_no_letter(scene: LetterScene, app: Flask) -> None:
    scene.rate(scene.answered(), "good")
    head = sign_in(app.test_client(), scene.cast["leading_group_head"])
    page = head.get("/citizen-letters/figures").get_data(as_text=True)
    assert "按期答复" in page and "双桥" not in page
    assert head.get("/citizen-letters").status_code == 404
