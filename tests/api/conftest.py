"""A program with a token for each of two roles, and records of both counties to read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.api import operations
from app.api.operations import TokenIn
from app.api.scopes import SCOPES
from app.core import clock
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from tests.cast import Cast
from tests.policy.records import Chain, write

OWN, FOREIGN = "本县记号", "云溪记号"


class Program:
    """A client that sends one token with every request."""

    def __init__(self, client: FlaskClient, token: str, ref: str = "") -> None:
        self.client, self.token, self.ref = client, token, ref

    def get(self, address: str, **kwargs: Any) -> Any:
        """GET /api/v1/…"""
        return self.client.get(f"/api/v1/{address}", headers={"Authorization": f"Bearer {self.token}"}, **kwargs)

    def post(self, address: str, key: str | None = None, **kwargs: Any) -> Any:
        """POST /api/v1/… under a key."""
        headers = {"Authorization": f"Bearer {self.token}"} | ({"Idempotency-Key": key} if key else {})
        return self.client.post(f"/api/v1/{address}", headers=headers, **kwargs)


def asked(cast: Cast, key: str, scopes: tuple[str, ...] = tuple(SCOPES), days: int = 30) -> tuple[Any, str]:
    """A token as asked for, not approved yet, and its text."""
    actor = cast.actor(key)
    given = TokenIn("市教学质量管理平台", scopes, clock.today() + timedelta(days=days))
    return operations.ask_token(actor, operations.desk_of(actor), given), given.clear


def program_for(app: Flask, cast: Cast, key: str, scopes: tuple[str, ...] = tuple(SCOPES)) -> Program:
    """A program whose token acts for the player and is approved."""
    token, clear = asked(cast, key, scopes)
    admin = "other_security_admin" if key.startswith("other_") else "security_admin"
    operations.approve(cast.actor(admin), token)
    ref = token.ref
    db.session.rollback()
    return Program(app.test_client(), clear, ref)


@pytest.fixture
def records(app: Flask, cast: Cast) -> tuple[Chain, Chain]:
    """One chain of records of each county."""
    school, other = cast.units["shuangqiao"], cast.units["other_yizhong"]
    own = write(cast, cast["principal"], school, school, OWN)
    foreign = write(cast, cast["other_principal"], other, other, FOREIGN)
    use_context(SYSTEM.context())
    return own, foreign
