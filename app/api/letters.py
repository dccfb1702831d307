"""Webhooks: whoever asked hears that a record moved – which one, where to, when – and reads the rest with a token.

Signed as Standard Webhooks describes: HMAC-SHA256 over id, time and body. Each message is an outbox row of its own, so
one address that does not answer delays nobody, and eight tries later it lies with the dead letters (security 62).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from typing import Any

from flask import current_app
from sqlalchemy import select

from app.api import queries
from app.api.models import Webhook
from app.api.operations import address_allowed, place_of
from app.core import clock, outgoing
from app.core.database import db, use_context
from app.core.outbox.deliver import first_time
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.core.vault import KeyRing
from app.people.identity.standing_in import acting_for

KIND = "webhook"


def spread(row: OutboxRow) -> None:
    """A record moved: one message for each webhook of the county that wants to hear of its machine."""
    machine = str(row.data.get("step", "")).partition(".")[0]
    if row.county_id is None or row.record_id is None:
        return
    wanted = select(Webhook.id).where(
        Webhook.county_id == row.county_id,
        Webhook.approved_at.is_not(None),
        Webhook.ended_at.is_(None),
        Webhook.machines.contains([machine]),
    )
    found = list(db.session.scalars(wanted))
    if not found or not first_time(f"webhooks:{row.id}"):
        return
    for identity in found:
        data = {"webhook": str(identity), "step": row.data["step"], "moved": clock.now().isoformat()}
        db.session.add(
            OutboxRow(kind=KIND, entity=row.entity, record_id=row.record_id, county_id=row.county_id, data=data)
        )


def deliver(row: OutboxRow) -> None:
    """Send one message, if the role behind the webhook still stands and sees the record. Raises NotTaken."""
    webhook = db.session.get(Webhook, uuid.UUID(row.data["webhook"]))
    if webhook is None or webhook.ended_at is not None or not address_allowed(webhook.url):
        return
    told = _seen(row, webhook)
    if told is None:
        return
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    secret = ring.open_text(place_of(webhook.id, webhook.county_id), webhook.secret)
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    moment = str(int(clock.now().timestamp()))
    headers = {
        "webhook-id": f"msg_{row.id}",
        "webhook-timestamp": moment,
        "webhook-signature": signature(secret, f"msg_{row.id}", moment, body),
    }
    outgoing.send(webhook.url, body, headers)


def _seen(row: OutboxRow, webhook: Webhook) -> dict[str, Any] | None:
    actor = acting_for(webhook.assignment_id)
    if actor is None or row.entity is None or row.record_id is None:
        return None
    use_context(actor.context())
    found = queries.sees(actor, row.entity, row.record_id)
    use_context(SYSTEM.context())
    if found is None:
        return None
    name, ref = found
    return {
        "type": row.data["step"],
        "timestamp": row.data["moved"],
        "data": {"ref": ref, "read": f"/api/v1/{name}/{ref}"},
    }


def signature(secret: str, identity: str, moment: str, body: bytes) -> str:
    """ "v1," and the HMAC-SHA256 (base64) of "id.time.body" under the key behind "whsec_"."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{identity}.{moment}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()
