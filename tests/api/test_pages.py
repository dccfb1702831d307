"""The pages of tokens and webhooks: the holder of a role asks, the security administrator approves, both end."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import select

from app.api.models import ApiToken
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from tests.cast import Cast, sign_in

GIVEN = {"name": "市教学质量管理平台", "scopes": ["findings:read", "results:write"]}


def _day(app: Flask) -> str:
    from datetime import timedelta

    from app.core import clock

    return (clock.today() + timedelta(days=90)).isoformat()


def test_a_token_is_asked_for_shown_once_approved_and_ended(app: Flask, cast: Cast) -> None:
    director = sign_in(app.test_client(), cast["office_director"])
    shown = director.post("/programs/tokens/new", data={**GIVEN, "last_day": _day(app)})
    clear = re.search(r"bh_[A-Za-z0-9_\-]{43}", shown.text)
    assert shown.status_code == 200 and clear is not None
    use_context(SYSTEM.context())
    ref = db.session.scalar(select(ApiToken.ref).where(ApiToken.name == GIVEN["name"]))
    assert clear[0] not in director.get(f"/programs/tokens/{ref}").text
    assert director.post(f"/programs/tokens/{ref}/approve").status_code == 404
    admin = sign_in(app.test_client(), cast["security_admin"])
    assert "市教学质量管理平台" in admin.get("/programs").text
    assert admin.post(f"/programs/tokens/{ref}/approve").status_code == 303
    headers = {"Authorization": f"Bearer {clear[0]}"}
    assert app.test_client().get("/api/v1/findings", headers=headers).status_code == 200
    refused = director.post(f"/programs/tokens/{ref}/end", data={"reason": "不用了"})
    assert refused.status_code == 422 and "不用了" in refused.text
    assert director.post(f"/programs/tokens/{ref}/end", data={"reason": "平台已下线，令牌收回"}).status_code == 303
    assert app.test_client().get("/api/v1/findings", headers=headers).status_code == 401


def test_a_refused_form_keeps_what_was_typed(app: Flask, cast: Cast) -> None:
    director = sign_in(app.test_client(), cast["office_director"])
    answer = director.post("/programs/tokens/new", data={"name": "市教学质量管理平台", "last_day": "2001-01-01"})
    assert answer.status_code == 422 and "市教学质量管理平台" in answer.text and "请至少选一项用途" in answer.text
    answer = director.post(
        "/programs/webhooks/new", data={"name": "平台", "url": "http://10.0.0.1/", "machines": ["evidence"]}
    )
    assert answer.status_code == 422 and "BIHUAN_WEBHOOK_HOSTS" in answer.text and "http://10.0.0.1/" in answer.text


def test_tokens_of_another_county_and_of_others_are_not_there(app: Flask, cast: Cast) -> None:
    director = sign_in(app.test_client(), cast["office_director"])
    director.post("/programs/tokens/new", data={**GIVEN, "last_day": _day(app)})
    use_context(SYSTEM.context())
    ref = db.session.scalar(select(ApiToken.ref).where(ApiToken.name == GIVEN["name"]))
    for key in ("other_security_admin", "evaluator", "principal", "sys_admin"):
        assert sign_in(app.test_client(), cast[key]).get(f"/programs/tokens/{ref}").status_code == 404, key
