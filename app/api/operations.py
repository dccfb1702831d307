"""What people do about tokens and webhooks: ask for one, approve it, end it."""

from __future__ import annotations

import base64
import re
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from app.api import tokens
from app.api.models import ApiToken, Granted, Webhook
from app.api.scopes import EVENTS, SCOPES
from app.core import clock
from app.core.casework.door import FOUR_EYES, REASON_WANTED, SHORTEST_REASON, operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.policy.actor import Actor
from app.core.vault import KeyRing, Place

LONGEST = timedelta(days=366)
NO_NAME = Sentence("请写给哪个程序用", "Say which program it is for")
NO_SCOPE = Sentence("请至少选一项用途", "Choose at least one use")
WRONG_DAY = Sentence("最后一天要在今天以后、一年以内", "The last day lies after today and within a year")
NO_MACHINE = Sentence("请至少选一类变动", "Choose at least one kind of change")
WRONG_ADDRESS = Sentence(
    "地址要以 https:// 开头，主机要在系统管理员登记的名单里（BIHUAN_WEBHOOK_HOSTS），不能带账号和密码",
    "The address begins with https://, its host is on the administrator's list (BIHUAN_WEBHOOK_HOSTS), without a password",
)
DONE = Sentence("这一条已经办过了", "This was settled already")
HOST = re.compile(r"[a-z0-9.\-]+(:[0-9]{1,5})?")


@dataclass(frozen=True)
class TokenIn:
    """Which program, for what, until which day."""

    name: str
    scopes: tuple[str, ...]
    last_day: date | None
    clear: str = field(default_factory=tokens.new_token, repr=False)
    """The token itself, shown once."""


@dataclass(frozen=True)
class WebhookIn:
    """Which program, at which address, about which machines."""

    name: str
    url: str
    machines: tuple[str, ...]
    clear: str = field(
        default_factory=lambda: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(), repr=False
    )
    """What signs the messages, shown once."""


@dataclass(frozen=True)
class EndIn:
    """Why it ends."""

    reason: str
    version: int | None = None


@dataclass(frozen=True)
class Desk:
    """The place where the asker's right is checked: the own county, the own name."""

    county_id: uuid.UUID | None
    owner_id: uuid.UUID | None


def desk_of(actor: Actor) -> Desk:
    """Where the actor asks for something."""
    return Desk(actor.county_id, actor.person_id)


@operation(right="api.ask", name="api_token.ask")
def ask_token(actor: Actor, desk: Desk, given: TokenIn) -> ApiToken:
    """A token that works once it is approved. Raises Invalid."""
    faults: dict[str, Sentence] = {}
    if not given.name.strip():
        faults["name"] = NO_NAME
    if not given.scopes or not set(given.scopes) <= set(SCOPES):
        faults["scopes"] = NO_SCOPE
    if given.last_day is None or not clock.today() < given.last_day <= clock.today() + LONGEST:
        faults["last_day"] = WRONG_DAY
    if faults:
        raise Invalid(faults)
    assert given.last_day is not None
    token = ApiToken(
        **_asked(actor, given.name),
        scopes=list(given.scopes),
        token_hash=tokens.hash_of(given.clear),
        beginning=given.clear[: tokens.SHOWN],
        ends_at=datetime.combine(given.last_day + timedelta(days=1), time(), clock.SHANGHAI),
    )
    db.session.add(token)
    db.session.flush()
    return token


def _asked(actor: Actor, name: str) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "county_id": actor.county_id,
        "name": name.strip()[:60],
        "assignment_id": actor.assignment_id,
        "owner_id": actor.person_id,
    }


@operation(right="api.ask", name="webhook.ask")
def ask_webhook(actor: Actor, desk: Desk, given: WebhookIn) -> Webhook:
    """An address that hears of changes once it is approved. Raises Invalid."""
    faults: dict[str, Sentence] = {}
    if not given.name.strip():
        faults["name"] = NO_NAME
    if not given.machines or not set(given.machines) <= set(EVENTS):
        faults["machines"] = NO_MACHINE
    if not address_allowed(given.url):
        faults["url"] = WRONG_ADDRESS
    if faults:
        raise Invalid(faults)
    asked = _asked(actor, given.name)
    sealed = _ring().seal(place_of(asked["id"], asked["county_id"]), given.clear)
    webhook = Webhook(**asked, url=given.url, machines=list(given.machines), secret=sealed)
    db.session.add(webhook)
    db.session.flush()
    return webhook


def address_allowed(url: str) -> bool:
    """HTTPS to a listed host, no account in it; plain HTTP only for a listed host of this very machine (tests)."""
    parts = urlsplit(url)
    listed: tuple[str, ...] = current_app.extensions["bihuan.settings"].webhook_hosts
    if parts.username or parts.password or parts.fragment or not HOST.fullmatch(parts.netloc.lower()):
        return False
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost"))
    return secure and parts.netloc.lower() in {host.lower() for host in listed}


def place_of(webhook_id: uuid.UUID, county_id: uuid.UUID) -> Place:
    """Where the secret of a webhook lies, which its seal is bound to."""
    return Place(county_id, "webhooks", webhook_id, "secret")


def _ring() -> KeyRing:
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    return ring


@operation(right="api.approve", name="api.approve")
def approve(actor: Actor, record: Granted, given: None = None) -> None:
    """From now on it works. Raises StepRefused for one's own, or where it is settled already."""
    if record.owner_id == actor.person_id:
        raise StepRefused((FOUR_EYES,))
    if record.approved_at is not None or record.is_over:
        raise StepRefused((DONE,))
    record.approved_at, record.approved_by = clock.now(), actor.person_id


@operation(right="api.end", name="api.end")
def end(actor: Actor, record: Granted, given: EndIn) -> None:
    """It works no more, from the next request on. Raises Invalid without a reason, StepRefused where it is over."""
    if len(given.reason.strip()) < SHORTEST_REASON:
        raise Invalid("reason", REASON_WANTED)
    if record.ended_at is not None:
        raise StepRefused((DONE,))
    record.ended_at = clock.now()
