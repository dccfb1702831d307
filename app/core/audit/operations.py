"""Asking for a verification of the chain, and carrying it out with the rights of the owner."""

from __future__ import annotations

from typing import Any

from flask import current_app
from sqlalchemy import create_engine

from app.core import clock
from app.core.audit.models import Verification
from app.core.audit.verification import Verdict, read_anchors, verify
from app.core.casework.door import operation
from app.core.database import db
from app.core.outbox.models import OutboxRow
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from config.settings import Settings


@operation(right="audit.verify", name="audit.verify")
def ask_for_verification(actor: Actor, record: Any) -> None:
    """Let the worker verify the whole chain now."""
    post("audit_verify", queue="heavy")


def carry_out(row: OutboxRow) -> None:
    """What the worker does with the wish."""
    keep(verdict_now())


def verdict_now(start: int = 1, anchors: Any = None) -> Verdict:
    """Verify from entry `start`, against the anchor files of the settings or `anchors`.

    Raises RuntimeError where the address of the database's owner is not set: the app's own role cannot read the chain.
    """
    settings: Settings = current_app.extensions["bihuan.settings"]
    if not settings.database_owner_url:
        raise RuntimeError("DATABASE_OWNER_URL: verification reads the chain with the owner's role.")
    known = [line for place in settings.anchor_files for line in read_anchors(place)] if anchors is None else anchors
    engine = create_engine(settings.database_owner_url)
    try:
        with engine.connect() as connection:
            return verify(connection, [line for line in known if line.seq >= start], start)
    finally:
        engine.dispose()


def keep(verdict: Verdict) -> None:
    """Remember what was found, for the auditor's page."""
    fault = verdict.fault
    db.session.add(
        Verification(
            at=clock.now(),
            entries=verdict.entries,
            head=verdict.head,
            first_bad=fault.seq if fault else None,
            finding=fault.what[:200] if fault else None,
        )
    )
    db.session.commit()
