"""What goes wrong on an ordinary day, a row each: no failure, nothing written, a sentence that says what to do, in both languages."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select, text, update

from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import ImportRefused
from app.core.policy.actor import SYSTEM
from app.core.spreadsheets import open_book
from app.improvement.problems.models import ProblemItem
from app.people.identity.models import SignInSession
from tests.cast import Cast, sign_in
from tests.factories import hostile_workbooks as hostile
from tests.factories.workbooks import as_xlsx, roster, student
from tests.policy.records import Chain, write

TYPED = "双桥中学教务处王老师发来"
PLUMBING = {
    "alembic_version",
    "attempts",
    "effects",
    "inbox_letters",
    "outbox",
    "sign_in_sessions",
    "drafts",
    "vault_keys",
}
CHINESE = re.compile("[\u4e00-\u9fff]")


@dataclass
class Desk:
    """Where a bad thing arrives: a signed-in coordinator, own and foreign records."""

    app: Flask
    cast: Cast
    client: FlaskClient
    own: Chain
    foreign: Chain

    def counts(self) -> dict[str, int]:
        """Rows of every table that people write."""
        use_context(SYSTEM.context())
        tables = set(inspect(db.session.connection()).get_table_names()) - PLUMBING
        return {name: int(db.session.execute(text(f"select count(*) from {name}")).scalar_one()) for name in tables}

    def speak(self, language: str) -> None:
        """Change the language of the pages."""
        self.client.post("/language", data={"language": language})

    def send(self, name: str, content: bytes) -> Any:
        """Send a roster file with the word of who sent it."""
        data = {"kind": "students", "sender": TYPED, "file": (io.BytesIO(content), name)}
        return self.client.post("/imports/new", data=data, content_type="multipart/form-data")


@pytest.fixture
def desk(app: Flask, cast: Cast) -> Desk:
    """Everything on the desk of the school coordinator."""
    school, other = cast.units["shuangqiao"], cast.units["other_yizhong"]
    own = write(cast, cast["school_coordinator"], school, school, "本县记号")
    foreign = write(cast, cast["other_principal"], other, other, "云溪记号")
    return Desk(app, cast, sign_in(app.test_client(), cast["school_coordinator"]), own, foreign)


def _said(page: str) -> str:
    """The words of the main part of a page."""
    main = page.partition("<main")[2].partition("</main>")[0] or page
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


FILES: dict[str, Callable[[], tuple[str, bytes]]] = {
    "a document instead of a workbook": lambda: ("八年级名册.xlsx", hostile.word_document()),
    "a picture with the name of a workbook": lambda: ("名册.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 400),
    "a workbook with a password": lambda: ("名册.xls", hostile.xls_with_password()),
    "a workbook cut off on the way": lambda: ("名册.xlsx", hostile.good()[:1500]),
    "an empty file": lambda: ("名册.xlsx", b""),
    "a zip bomb": lambda: ("名册.xlsx", hostile.steep_bomb()),
    "a workbook that lies about its size": lambda: ("名册.xlsx", hostile.lying_bomb()),
    "a workbook with a macro": lambda: ("名册.xlsx", hostile.macro_types()),
}


@pytest.mark.parametrize("what", FILES)
def test_a_file_that_cannot_be_read(what: str, desk: Desk) -> None:
    before = desk.counts()
    name, content = FILES[what]()
    with pytest.raises(ImportRefused) as refused:
        open_book(content, name)
    (sentence,) = refused.value.sentences
    for language, wanted in (("zh", sentence.zh), ("en", sentence.en)):
        desk.speak(language)
        answer = desk.send(name, content)
        words = unescape(answer.text)
        assert answer.status_code == 422, f"{language}: {answer.status_code} {_said(answer.text)[:200]}"
        assert TYPED in words, f"{language}: what was typed is gone"
        assert wanted in words and bool(CHINESE.search(wanted.replace(name, ""))) == (language == "zh"), wanted
    assert desk.counts() == before


def test_the_same_file_twice(desk: Desk) -> None:
    content = as_xlsx(roster(student(1), student(2)))
    assert desk.send("名册.xlsx", content).status_code == 303
    before = desk.counts()
    answer = desk.send("名册的副本.xlsx", content)
    assert answer.status_code == 409 and TYPED in answer.text and desk.counts() == before


def test_a_foreign_schools_reference(desk: Desk) -> None:
    before = desk.counts()
    for path in ("items/{}/remarks", "items/{}/sign-for"):
        answer = desk.client.post("/" + path.format(desk.foreign.refs["problem_items"]), data={"text": "请看这条"})
        assert answer.status_code == 404 and "云溪记号" not in answer.text
    assert desk.counts() == before


def _principal(desk: Desk, state: str) -> tuple[FlaskClient, str, dict[str, str]]:
    """The principal's browser before the sign-for form of an item in `state`."""
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.state"):
        item = db.session.get_one(ProblemItem, desk.own.ids["problem_items"])
        item.state = state
    ref = desk.own.refs["problem_items"]
    form = {
        "version": str(item.version), "owner": desk.cast["school_coordinator"].person_ref,
        "handler": desk.cast["school_coordinator"].person_ref, "deputy": desk.cast["grade_leader"].person_ref,
    }  # fmt: skip
    db.session.rollback()
    return sign_in(desk.app.test_client(), desk.cast["principal"]), f"/items/{ref}/sign-for", form


def test_a_step_that_the_state_does_not_allow(desk: Desk) -> None:
    browser, address, form = _principal(desk, "evaluating")
    before = desk.counts()
    answer = browser.post(address, data=form)
    assert answer.status_code in (404, 409, 422) and desk.counts() == before
    assert _state(desk) == "evaluating"


def test_a_stale_page(desk: Desk) -> None:
    browser, address, form = _principal(desk, "issued")
    before = desk.counts()
    answer = browser.post(address, data={**form, "version": "0"})
    assert answer.status_code in (409, 422), _said(answer.text)[:200]
    assert desk.counts() == before and _state(desk) == "issued"


def test_a_double_click(desk: Desk) -> None:
    browser, address, form = _principal(desk, "issued")
    first, second = browser.post(address, data=form), browser.post(address, data=form)
    assert first.status_code == 303, _said(first.text)[:300]
    assert second.status_code in (303, 404, 409)
    use_context(SYSTEM.context())
    steps = text("select count(*) from audit.transition_log where record_id = :id and step = 'problem_item.accept'")
    assert db.session.execute(steps, {"id": desk.own.ids["problem_items"]}).scalar_one() == 1


def _state(desk: Desk) -> str:
    use_context(SYSTEM.context())
    return str(db.session.scalar(select(ProblemItem.state).where(ProblemItem.id == desk.own.ids["problem_items"])))


def test_a_session_that_expired_in_a_long_form(desk: Desk) -> None:
    long = "这段归因写了半个小时：" + "错题没有归类，" * 40
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.account_id == desk.cast["school_coordinator"].account_id)
        .values(last_seen_at=clock.now() - timedelta(hours=2))
    )
    db.session.commit()
    before = desk.counts()
    answer = desk.client.post(f"/items/{desk.own.refs['problem_items']}/remarks", data={"text": long})
    assert answer.status_code == 303 and "/sign-in" in answer.headers["Location"]
    assert desk.counts() == before
    again = sign_in(desk.app.test_client(), desk.cast["school_coordinator"]).get("/me/unsent")
    assert again.status_code == 200 and long in unescape(again.text)
