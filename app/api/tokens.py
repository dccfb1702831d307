"""Who is behind a bearer token: the person in the role it acts for, never more."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from flask import g, request
from sqlalchemy import select

from app.api.models import ApiToken
from app.core import clock
from app.core.database import db
from app.core.policy.actor import NOBODY, Actor
from app.people.identity.standing_in import acting_for

PREFIX = "bh_"
SHOWN = 9
BLUEPRINT = "api"


@dataclass(frozen=True)
class Bearer:
    """A token that is good now."""

    id: str
    scopes: frozenset[str]


def new_token() -> str:
    """256 random bits, recognisable by their beginning."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def load_actor() -> Actor:
    """The actor of a request to the interface; cookies count for nothing here. NOBODY without a good token."""
    g.bearer = None
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.startswith(PREFIX):
        return NOBODY
    found = db.session.execute(
        select(ApiToken.id, ApiToken.assignment_id, ApiToken.scopes).where(
            ApiToken.token_hash == hash_of(token.strip()),
            ApiToken.approved_at.is_not(None),
            ApiToken.ended_at.is_(None),
            ApiToken.ends_at > clock.now(),
        )
    ).first()
    actor = acting_for(found.assignment_id) if found is not None else None
    if found is None or actor is None:
        return NOBODY
    g.bearer = Bearer(str(found.id), frozenset(found.scopes))
    return actor


def bearer() -> Bearer | None:
    """The token of this request, if it is good."""
    found: Bearer | None = g.get("bearer")
    return found
