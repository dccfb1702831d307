"""A page that says what went wrong stands in the frame without menu, and looks nothing up for one."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.core.database import db, use_context
from app.core.policy.actor import Actor
from app.core.web import navigation
from app.people.identity.routes import own
from tests.cast import Cast, sign_in


def test_an_error_page_counts_nothing_for_a_menu_that_it_does_not_show(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def count(actor: Actor) -> int:
        asked.append("count")
        return 0

    def notices(actor: Actor) -> list[str]:
        asked.append("notices")
        return []

    monkeypatch.setattr(navigation, "COUNTERS", [count])
    monkeypatch.setattr(navigation, "NOTICES", [notices])
    client = sign_in(app.test_client(), cast["principal"])
    refused = client.get("/plans/0000000000000000")
    assert refused.status_code == 404 and "<nav" not in refused.text
    assert asked == []
    shown = client.get("/me")
    assert shown.status_code == 200 and "<nav" in shown.text
    assert sorted(asked) == ["count", "notices"]


def sent_into(error: Exception, app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The answer to a form whose deed meets the error."""

    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(own.drafts, "forget_draft", fail)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    return client.post("/me/unsent", data={"note": "半小时写的字", "factor_code": "123456", "password": "geheim"})


def said_by_postgresql(fault: type[psycopg.Error]) -> OperationalError:
    return OperationalError("update", {}, fault("canceling statement"))


AWAY, BUSY = "系统暂时连不上数据", "等得太久"


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (RuntimeError("broken"), 500, "刚才没有办成"),
        (OperationalError("update", {}, psycopg.OperationalError("connection refused")), 503, AWAY),
        (said_by_postgresql(psycopg.errors.AdminShutdown), 503, AWAY),
        (said_by_postgresql(psycopg.errors.LockNotAvailable), 503, BUSY),
        (said_by_postgresql(psycopg.errors.DeadlockDetected), 503, BUSY),
        (said_by_postgresql(psycopg.errors.QueryCanceled), 503, BUSY),
    ],
)
def test_a_fault_gives_back_what_was_typed_and_says_whether_the_database_is_away_or_was_waited_for(
    error: Exception,
    status: int,
    title: str,
    app: Flask,
    client: FlaskClient,
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sign_in(client, cast["principal"])
    answer = sent_into(error, app, client, monkeypatch)
    assert answer.status_code == status and title in answer.text
    assert "半小时写的字" in answer.text
    assert "123456" not in answer.text and "geheim" not in answer.text
    assert answer.headers.get("Retry-After") == ("5" if title == BUSY else None)


def test_a_row_that_somebody_else_holds_is_told_as_waiting_and_works_afterwards(committed: Flask, cast: Cast) -> None:
    client = sign_in(committed.test_client(), cast["principal"])
    assert client.post("/drafts/unsent", json={"note": ["wait"]}).json["saved_at"]
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with committed.app_context():
            use_context(cast.actor("principal").context())
            assert db.session.scalar(text("select id from drafts for update"))
            held.set()
            let_go.wait(30)
            db.session.rollback()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    met = client.post("/me/unsent", data={"note": "半小时写的字"})
    let_go.set()
    holder.join()
    assert met.status_code == 503 and BUSY in met.text and "半小时写的字" in met.text
    assert client.post("/me/unsent", data={}).status_code == 303
