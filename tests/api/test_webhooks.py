"""A webhook hears that a record moved: signed, once per move, only what its role sees, and again until it is taken."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.api import letters, operations
from app.api.models import Webhook
from app.api.operations import EndIn, WebhookIn, address_allowed
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Invalid
from app.core.outbox import deliver
from app.core.outbox.models import OutboxRow
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM
from app.improvement.problems.models import ProblemItem
from tests.cast import Cast
from tests.policy.records import Chain

Records = tuple[Chain, Chain]


class Ear:
    """Another system's address: keeps what it hears, answers what it is told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answer = 204
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # noqa: N802 (the library's name)
                body = self.rfile.read(int(self.headers["Content-Length"]))
                ear.heard.append((dict(self.headers), body))
                self.send_response(ear.answer)
                if ear.answer == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def ear(app: Flask) -> Iterator[Ear]:
    """An address on this machine that the administrator has listed."""
    made, before = Ear(), app.extensions["bihuan.settings"]
    app.extensions["bihuan.settings"] = replace(before, webhook_hosts=(made.host, "platform.example.invalid"))
    yield made
    app.extensions["bihuan.settings"] = before
    made.server.shutdown()
    made.server.server_close()


def hook(cast: Cast, ear: Ear, key: str = "office_director", machines: tuple[str, ...] = ("problem_item",)) -> str:
    """An approved webhook; its secret in clear."""
    actor = cast.actor(key)
    given = WebhookIn("市教学质量管理平台", f"http://{ear.host}/hear", machines)
    made = operations.ask_webhook(actor, operations.desk_of(actor), given)
    operations.approve(cast.actor("other_security_admin" if key.startswith("other") else "security_admin"), made)
    return given.clear


def move(ref: str) -> None:
    """Tell the outbox that an item moved, as the door does; older rows are out of the way."""
    use_context(SYSTEM.context())
    db.session.execute(text("update outbox set done_at = now() where done_at is null"))
    item = db.session.scalar(select(ProblemItem).where(ProblemItem.ref == ref))
    with trail.act(SYSTEM, "system", "test.move"):
        post("step_taken", item, step="problem_item.close", version=1)
    deliver.drain()


def test_a_move_is_told_once_signed_and_without_content(app: Flask, cast: Cast, records: Records, ear: Ear) -> None:
    secret = hook(cast, ear)
    move(records[0].refs["problem_items"])
    ((headers, body),) = ear.heard
    told = json.loads(body)
    assert told["type"] == "problem_item.close" and told["data"]["read"].startswith("/api/v1/items/")
    assert told["data"].keys() == {"ref", "read"} and "记号" not in body.decode()
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert headers["webhook-signature"] == "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    deliver.drain()
    assert len(ear.heard) == 1


def test_other_machines_and_other_counties_are_not_told(app: Flask, cast: Cast, records: Records, ear: Ear) -> None:
    hook(cast, ear, machines=("evidence",))
    hook(cast, ear, key="other_office_director")
    move(records[0].refs["problem_items"])
    assert ear.heard == []


def test_an_unapproved_and_an_ended_webhook_hear_nothing(app: Flask, cast: Cast, records: Records, ear: Ear) -> None:
    actor = cast.actor("evaluator")
    given = WebhookIn("待批的平台", f"http://{ear.host}/hear", ("problem_item",))
    operations.ask_webhook(actor, operations.desk_of(actor), given)
    hook(cast, ear)
    ended = db.session.scalar(select(Webhook).where(Webhook.approved_at.is_not(None), Webhook.url.contains(ear.host)))
    operations.end(cast.actor("security_admin"), ended, EndIn("对方平台已下线，不再需要通知"))
    move(records[0].refs["problem_items"])
    assert ear.heard == []


def test_security_62_an_address_that_does_not_answer_is_asked_again_and_ends_with_the_dead_letters(
    app: Flask, cast: Cast, records: Records, ear: Ear
) -> None:
    hook(cast, ear)
    ear.answer = 500
    move(records[0].refs["problem_items"])
    row = db.session.scalar(select(OutboxRow).where(OutboxRow.kind == letters.KIND, OutboxRow.done_at.is_(None)))
    for _again in range(deliver.MOST_TRIES):
        use_context(SYSTEM.context())
        db.session.execute(text("update outbox set due_at = now() - interval '1 hour' where id = :id"), {"id": row.id})
        db.session.commit()
        deliver.drain()
    db.session.refresh(row)
    assert row.dead_at is not None and row.trouble == "NotTaken" and len(ear.heard) == deliver.MOST_TRIES


def test_a_redirect_is_not_followed(app: Flask, cast: Cast, records: Records, ear: Ear) -> None:
    hook(cast, ear)
    ear.answer = 302
    move(records[0].refs["problem_items"])
    assert len(ear.heard) == 1


@pytest.mark.parametrize(
    "url",
    ["http://platform.example.invalid/x", "https://elsewhere.example.invalid/x", "https://a:b@platform.example.invalid/",
     "file:///etc/passwd", "https://platform.example.invalid@evil.example.invalid/", "https://169.254.169.254/latest",
     "https://[::1]/", "gopher://platform.example.invalid/", "https://platform.example.invalid:22/", "", "https://"],
)  # fmt: skip
def test_security_58_only_listed_hosts_are_ever_spoken_to(url: str, app: Flask, cast: Cast, ear: Ear) -> None:
    assert not address_allowed(url)
    actor = cast.actor("office_director")
    with pytest.raises(Invalid) as refused:
        operations.ask_webhook(actor, operations.desk_of(actor), WebhookIn("平台", url, ("evidence",)))
    assert set(refused.value.sentences) == {"url"}


def test_a_listed_host_is_allowed_over_https(app: Flask, ear: Ear) -> None:
    assert address_allowed("https://platform.example.invalid/hooks/bihuan")


def test_security_34_the_secret_is_sealed(app: Flask, cast: Cast, ear: Ear) -> None:
    secret = hook(cast, ear)
    kept = db.session.scalar(select(Webhook.secret).where(Webhook.url.contains(ear.host)))
    assert kept is not None and secret.encode() not in kept and secret[6:20].encode() not in kept
