"""Security headers stand on every answer, whatever became of the request and whoever gives it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app.core import limits
from app.people.identity import state_of_system
from tests.cast import Cast, sign_in

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}
"""Said here once more on purpose: what the application sends is compared with what was asked for, not with itself."""
REASON = "按上级要求停用，已和本人谈过"


@pytest.fixture(autouse=True)
def counted_anew() -> Iterator[None]:
    limits.throttle.reset()
    yield
    limits.throttle.reset()


def _too_often(client: FlaskClient, account: str) -> Any:
    return [client.get("/accounts.xlsx") for _ in range(31)][-1]


ANSWERS: dict[str, tuple[int, Any]] = {
    "a page": (200, lambda client, account: client.get("/me")),
    "onward": (303, lambda client, account: client.post("/sign-out")),
    "a foreign origin": (400, lambda client, account: client.post("/me/unsent", headers={"Origin": "https://evil.example"})),
    "nothing there": (404, lambda client, account: client.get("/accounts/0123456789abcdef")),
    "no such file": (404, lambda client, account: client.get("/static/none.js")),
    "another method": (404, lambda client, account: client.delete("/me")),
    "another method of a program": (405, lambda client, account: client.delete("/api/v1/items")),
    "a stale page": (
        409, lambda client, account: client.post(f"{account}/disable", data={"reason": REASON, "version": "99"}),
    ),
    "too large": (413, lambda client, account: client.post("/drafts/x", json={"note": ["长" * 100_000]})),
    "a refused form": (422, lambda client, account: client.post(f"{account}/disable", data={"reason": "短"})),
    "too often": (429, _too_often),
    "a fault": (500, lambda client, account: client.get("/system")),
    "no database": (503, lambda client, account: client.get("/system")),
}  # fmt: skip
BROKEN = {"a fault": RuntimeError("broken"), "no database": OperationalError("select", {}, Exception("away"))}


@pytest.mark.parametrize("which", ANSWERS)
def test_security_56_the_headers_of_every_class_of_answer(
    which: str, app: Flask, client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise BROKEN[which]

    status, ask = ANSWERS[which]
    sign_in(client, cast["sys_admin"])
    if which in BROKEN:
        monkeypatch.setattr(state_of_system, "system_state", fail)
        monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = ask(client, f"/accounts/{cast['principal'].account_ref}")
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.request.path.startswith("/static/") or answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["favicon.svg", "js/forms.js", "css/base.css"])
def test_security_56_files_of_ours_carry_the_same_headers_and_may_be_kept(path: str, client: FlaskClient) -> None:
    with client.get(f"/static/{path}") as answer:
        assert answer.status_code == 200
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_security_56_a_download_is_sandboxed(client: FlaskClient, cast: Cast) -> None:
    download = sign_in(client, cast["sys_admin"]).get("/accounts.xlsx")
    assert download.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
