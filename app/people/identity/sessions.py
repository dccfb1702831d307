"""Signed-in browsers as rows: opened, renewed, counted, ended; only the hash of a token is ever kept (security 11–16, 20)."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, select, update

from app.core import clock
from app.core.database import db, keep
from app.core.policy.roles import ROLES
from app.people.identity.models import SignInSession
from config.settings import Settings

HALFWAY = timedelta(minutes=10)
"""Between the password and the second factor."""
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Visit:
    """What a request says about its browser."""

    agent: str = ""
    address: str = ""
    device: str = ""
    """Id of a browser that has signed in to `device_account` before; empty otherwise."""
    device_account: str = ""


def settings() -> Settings:
    """The settings of this process."""
    found: Settings = current_app.extensions["bihuan.settings"]
    return found


def new_token() -> str:
    """256 random bits for the cookie."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def begin(account_id: uuid.UUID, epoch: int, visit: Visit) -> str:
    """A session that knows the password only; returns its token."""
    token, now = new_token(), clock.now()
    db.session.add(
        SignInSession(
            token_hash=hash_of(token),
            account_id=account_id,
            epoch=epoch,
            last_seen_at=now,
            ends_at=now + HALFWAY,
            agent=visit.agent[:200],
            address=visit.address[:60],
        )
    )
    return token


def complete(session_id: uuid.UUID, old_token: str, epoch: int, assignment_id: uuid.UUID | None) -> str | None:
    """Both factors were given: a new token, twelve hours; None when the session ended in between."""
    now = clock.now()
    return renew(
        session_id,
        old_token,
        verified_at=now,
        fresh_at=now,
        epoch=epoch,
        assignment_id=assignment_id,
        ends_at=now + timedelta(hours=settings().session_hours),
    )


def renew(session_id: uuid.UUID, old_token: str, **changes: Any) -> str | None:
    """A new token for a running session, the old one answers nothing from now on; None when it ended in between."""
    token = new_token()
    kept = db.session.scalar(
        update(SignInSession)
        .where(
            SignInSession.id == session_id,
            SignInSession.token_hash == hash_of(old_token),
            SignInSession.ended_at.is_(None),
        )
        .values(token_hash=hash_of(token), last_seen_at=clock.now(), **changes)
        .returning(SignInSession.id)
        .execution_options(synchronize_session=False)
    )
    return token if kept is not None else None


def seen(session_id: uuid.UUID, last_seen_at: datetime) -> None:
    """Note that the browser is there, once a minute at most; an ended session is not revived (security 16)."""
    now = clock.now()
    if timedelta() <= now - last_seen_at < SEEN_EVERY:
        return
    keep(
        update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.ended_at.is_(None))
        .values(last_seen_at=now)
        .execution_options(synchronize_session=False)
    )


def end(why: str, *which: Any) -> list[uuid.UUID]:
    """End the running sessions that match `which`; returns their ids."""
    ended = db.session.execute(
        update(SignInSession)
        .where(SignInSession.ended_at.is_(None), *which)
        .values(ended_at=clock.now(), end=why)
        .returning(SignInSession.id)
        .execution_options(synchronize_session=False)
    )
    return list(ended.scalars())


def end_oldest(account_id: uuid.UUID) -> int:
    """End what is over the limit, the oldest first; called before a further session is completed. Returns how many."""
    running = db.session.scalars(
        select(SignInSession.id)
        .where(
            SignInSession.account_id == account_id,
            SignInSession.ended_at.is_(None),
            SignInSession.verified_at.is_not(None),
            SignInSession.ends_at > clock.now(),
        )
        .order_by(SignInSession.last_seen_at.desc())
    ).all()
    surplus = running[settings().max_sessions - 1 :]
    return len(end("oldest", SignInSession.id.in_(surplus))) if surplus else 0


def forget_old_sessions() -> int:
    """Remove sessions that ended a month ago; the trail keeps that they were. Returns how many."""
    old = clock.now() - timedelta(days=30)
    return int(keep(delete(SignInSession).where(SignInSession.ends_at < old)).rowcount)


def idle_limit(role: str | None) -> timedelta:
    """How long a session of this role may rest."""
    powerful = role in ROLES and ROLES[role or ""].powerful
    return timedelta(minutes=settings().idle_minutes_powerful if powerful else settings().idle_minutes)
