"""Sign-in by the bureau's own service: it stands for the password, never for the second factor, and only for linked accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.core.database import db
from app.people.identity import bureau
from app.people.identity.models import AccountLink
from config.settings import Settings, SettingsRefused
from tests.cast import Cast, code, sign_in, with_token
from tests.factories.identity_service import CLIENT, SECRET, IdentityService


@pytest.fixture
def service(app: Flask, tmp_path: Any) -> Iterator[IdentityService]:
    """The bureau's sign-in service, known to the application."""
    running, before = IdentityService(), app.extensions["bihuan.settings"]
    (tmp_path / "oidc.secret").write_text(SECRET)
    app.extensions["bihuan.settings"] = replace(
        before,
        oidc_issuer=running.issuer,
        oidc_client_id=CLIENT,
        oidc_secret_file=tmp_path / "oidc.secret",
        public_url="https://localhost",
    )
    bureau.register(app)
    yield running
    app.extensions["bihuan.settings"] = before
    app.extensions.pop("authlib.integrations.flask_client")
    running.stop()


def there_and_back(client: FlaskClient, start: str) -> Any:
    """Follow the way to the service and back; the last answer of ours."""
    away = client.get(start)
    assert away.status_code == 302, away.text
    back = requests.get(away.headers["Location"], allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(back)
    return client.get(f"{parts.path}?{parts.query}")


def linked(app: Flask, cast: Cast, key: str = "principal") -> FlaskClient:
    """A player who has linked the account."""
    client = sign_in(app.test_client(), cast[key])
    assert client.post("/me/bureau").status_code == 200
    assert there_and_back(client, "/me/bureau").status_code == 303
    return client


def test_whoever_is_linked_comes_in_with_the_service_and_the_phone(
    app: Flask, cast: Cast, service: IdentityService
) -> None:
    linked(app, cast)
    client = app.test_client()
    answer = there_and_back(client, "/sign-in/bureau")
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in/code")
    assert client.get("/items").status_code == 303, "the second factor is still missing"
    done = with_token(client).post("/sign-in/code", data={"code": code(cast["principal"])})
    assert done.status_code == 303 and client.get("/items").status_code == 200


def test_whoever_is_not_linked_is_told_how_to_and_gets_no_session(
    app: Flask, cast: Cast, service: IdentityService
) -> None:
    client = app.test_client()
    answer = there_and_back(client, "/sign-in/bureau")
    assert answer.status_code == 422 and "还没有关联" in answer.text
    assert client.get("/sign-in/code").status_code == 303


def test_one_identity_stands_for_one_account(app: Flask, cast: Cast, service: IdentityService) -> None:
    linked(app, cast)
    other = sign_in(app.test_client(), cast["evaluator"])
    other.post("/me/bureau")
    answer = there_and_back(other, "/me/bureau")
    assert answer.status_code == 422 and "已关联另一个账号" in answer.text
    assert db.session.scalar(select(func.count()).select_from(AccountLink).where(AccountLink.subject == "u-1001")) == 1


def test_an_account_that_is_no_longer_linked_is_as_unknown_as_before(
    app: Flask, cast: Cast, service: IdentityService
) -> None:
    client = linked(app, cast)
    assert client.post("/me/bureau/unlink").status_code == 303
    assert there_and_back(app.test_client(), "/sign-in/bureau").status_code == 422


@pytest.mark.parametrize(
    "spoil", [{"aud": "another"}, {"nonce": "replayed"}, {"iss": "http://evil.invalid"}, {"exp": 1}]
)
def test_a_token_that_was_not_meant_for_this_sign_in_is_refused(
    spoil: dict[str, Any], app: Flask, cast: Cast, service: IdentityService
) -> None:
    linked(app, cast)
    service.spoil = spoil
    answer = there_and_back(app.test_client(), "/sign-in/bureau")
    assert answer.status_code == 422 and "统一认证没有给出可用的回答" in answer.text


def test_coming_back_without_having_left_or_to_another_browser_opens_nothing(
    app: Flask, cast: Cast, service: IdentityService
) -> None:
    linked(app, cast)
    assert app.test_client().get("/sign-in/bureau/back?code=x&state=y").status_code == 422
    away = app.test_client().get("/sign-in/bureau").headers["Location"]
    back = urlsplit(requests.get(away, allow_redirects=False, timeout=5).headers["Location"])
    assert app.test_client().get(f"{back.path}?{back.query}").status_code == 422


def test_when_the_service_is_away_people_are_sent_to_the_password(app: Flask, service: IdentityService) -> None:
    service.stop()
    answer = app.test_client().get("/sign-in/bureau")
    assert answer.status_code == 503 and "账号和密码" in answer.text


def test_without_a_service_its_addresses_do_not_exist(app: Flask, cast: Cast) -> None:
    client = sign_in(app.test_client(), cast["principal"])
    assert client.get("/sign-in/bureau").status_code == 404
    assert client.get("/sign-in/bureau/back").status_code == 404
    assert client.post("/me/bureau").status_code == 404
    assert "统一认证" not in client.get("/me").text


def test_the_start_is_refused_without_the_secret(settings: Settings) -> None:
    with pytest.raises(SettingsRefused, match="OIDC_SECRET_FILE"):
        replace(settings, oidc_issuer="https://sso.example.invalid").check()
