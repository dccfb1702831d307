"""How often something may be tried: sign-in, codes and links as rows of PostgreSQL, costly pages through Flask-Limiter.

Rows, so that the loss of Redis opens nothing (security 8, decision 6). A limit only delays, and it never locks: whoever
signs in from a browser that has signed in before is counted apart, so nobody can shut a colleague out.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, Response, current_app, g, request, session
from flask_limiter import Limiter, RequestLimit
from sqlalchemy import delete, select, text, update
from werkzeug.exceptions import TooManyRequests

from app.core import clock
from app.core.database import Base, Mapped, String, keep, mapped_column
from app.core.policy.actor import NOBODY


class Attempts(Base):
    """How often something was tried in a window of time; `until` is the moment before which nothing is tried."""

    __tablename__ = "attempts"
    __outside_act__ = True

    bucket: Mapped[str] = mapped_column(String(120), primary_key=True)
    """What is counted, hashed where it names a person: "sign_in:<hash>"."""
    count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    since: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))
    until: Mapped[datetime | None]


@dataclass(frozen=True)
class Limit:
    """`free` tries in a `window`; each one more waits twice as long as the one before, from `first` to `longest`."""

    name: str
    free: int
    window: timedelta
    first: timedelta
    longest: timedelta


QUARTER = timedelta(minutes=15)
ACCOUNT = Limit("account", 5, QUARTER, timedelta(minutes=1), QUARTER)
"""Per account name, known or not: the sixth failure comes after a pause."""
DEVICE = Limit("device", 10, QUARTER, timedelta(seconds=10), timedelta(minutes=1))
"""Per account in a browser that has signed in to it before: strangers' failures do not count here."""
ADDRESS = Limit("address", 60, QUARTER, timedelta(seconds=30), QUARTER)
"""Per network address; a whole school may share one."""
SYSTEM = Limit("system", 2000, QUARTER, timedelta(seconds=2), timedelta(seconds=30))
"""All strangers together."""
FACTOR = Limit("factor", 5, QUARTER, timedelta(minutes=1), QUARTER)
"""Per account, codes of the second factor after a right password."""
CODE = Limit("code", 5, QUARTER, timedelta(minutes=1), QUARTER)
"""Per one-time code that was handed over by an administrator."""

COUNT = text(
    """insert into attempts (bucket, count, since) values (:bucket, 1, :now)
       on conflict (bucket) do update set
           count = case when coalesce(attempts.until, attempts.since) <= :expired then 1 else attempts.count + 1 end,
           since = case when coalesce(attempts.until, attempts.since) <= :expired or attempts.count + 1 >= :free then :now
                        else attempts.since end,
           until = case
               when coalesce(attempts.until, attempts.since) > :expired and attempts.count + 1 >= :free then
                   :now + make_interval(secs => least(:longest, :first * power(2, least(attempts.count + 1 - :free, 16))))
           end
       where attempts.until is null or attempts.until <= :now
       returning count"""
)


class TooSoon(Exception):
    """Too many tries: nothing is tried before `wait` is over."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"wait {wait}")
        self.wait = wait

    @property
    def minutes(self) -> int:
        """Whole minutes to wait, at least one."""
        return max(1, -int(-self.wait.total_seconds() // 60))


def hashed(secret: str | bytes, value: str) -> str:
    """A name as it stands in a bucket or an entry: no list of names typed can be read from there."""
    key = secret.encode() if isinstance(secret, str) else secret
    return hmac.new(key, value.strip().casefold().encode(), hashlib.sha256).hexdigest()[:32]


def take(limit: Limit, what: str) -> int:
    """Count one try at `what`; returns how many tries are left before a pause. Raises TooSoon while a pause lasts.

    One statement counts and refuses, so of many simultaneous tries only as many pass as are free.
    """
    bucket, now = f"{limit.name}:{what}"[:120], clock.now()
    values = {
        "bucket": bucket,
        "now": now,
        "expired": now - limit.window,
        "free": limit.free,
        "first": limit.first.total_seconds(),
        "longest": limit.longest.total_seconds(),
    }
    count = keep(COUNT, values).scalar()
    if count is None:
        until = keep(select(Attempts.until).where(Attempts.bucket == bucket)).scalar()
        raise TooSoon(max(until - now, timedelta(seconds=1)) if until else limit.first)
    return max(0, limit.free - int(count))


def forgive(limit: Limit, what: str) -> None:
    """It succeeded: the count begins anew."""
    keep(delete(Attempts).where(Attempts.bucket == f"{limit.name}:{what}"[:120]))


def give_back(limit: Limit, what: str) -> None:
    """It succeeded, and others share the count: only this try is taken off."""
    bucket = f"{limit.name}:{what}"[:120]
    keep(update(Attempts).where(Attempts.bucket == bucket, Attempts.count > 0).values(count=Attempts.count - 1))


def forget_old() -> int:
    """Remove counts that no longer matter; returns how many."""
    old = clock.now() - timedelta(days=1)
    return int(keep(delete(Attempts).where(Attempts.since < old)).rowcount)


KNOWN: list[Callable[[], str | None]] = []
"""Who else is known by the browser's signed cookie, without an account; put in by features as they are registered."""


def known_by(tell: Callable[[], str | None]) -> None:
    """Have a feature's visitors counted each on their own; the same twice changes nothing."""
    if tell not in KNOWN:
        KNOWN.append(tell)


def who_asks() -> str:
    """Whom a general limit counts: the account, else who is known without one, else the network address.

    The students of a whole school answer behind one address.
    """
    actor = g.get("actor", NOBODY)
    if actor.account_id:
        return str(actor.account_id)
    return next(filter(None, (tell() for tell in KNOWN)), None) or str(request.remote_addr)


def in_general() -> str:
    """How many requests of any kind; the tests ask faster than people."""
    testing = current_app.extensions["bihuan.settings"].environment == "test"
    return "1000000 per minute" if testing else "900 per minute"


SHUT: dict[tuple[str, str], float] = {}
"""Browser and endpoint whose limit is used up → the moment before which nothing of it is looked up."""
MOST_SHUT = 10_000
PAUSE = 60
"""Seconds that a refused request waits: after them it is counted anew (security 76)."""


class Throttle(Limiter):
    """Counts in Redis, without Redis in memory; what is used up is known before anything is looked up."""

    def reset(self) -> None:
        """Every count begins anew."""
        super().reset()
        SHUT.clear()


throttle = Throttle(who_asks, default_limits=[in_general], in_memory_fallback_enabled=True, swallow_errors=False)
"""General throttling; costly routes add `@throttle.limit("30 per minute")`. Without Redis it counts in memory."""
COSTLY = "30 per minute"
"""Exports, PDF, search over everything (security 76)."""
COSTLY_MOST = 60


def _door() -> tuple[str, str]:
    """Whose browser asks for what, by nothing but the request and its signed cookie."""
    token = request.headers.get("Authorization") or session.get("sign_in")
    if token:
        who = hashlib.sha256(str(token).encode()).hexdigest()
    else:
        who = next(filter(None, (tell() for tell in KNOWN)), None) or str(request.remote_addr)
    return who, request.endpoint or ""


def refuse_early() -> None:
    """Before each request: one whose limit is used up costs no look-up of the person and no page."""
    if SHUT and SHUT.get(_door(), 0) > clock.monotonic():
        raise TooManyRequests


def remember_shut(response: Response) -> Response:
    """After each request: what it used up is refused early from now on; a refusal says when to come back."""
    if response.status_code == TooManyRequests.code:
        response.headers.setdefault("Retry-After", str(PAUSE))
    used_up = [one for one in throttle.current_limits if one.breached or (_is_costly(one) and one.remaining == 0)]
    if used_up:
        now = clock.monotonic()
        if len(SHUT) >= MOST_SHUT:
            for door in [door for door, until in SHUT.items() if until <= now] or list(SHUT)[: MOST_SHUT // 2]:
                del SHUT[door]
        SHUT[_door()] = now + min(PAUSE, *(one.limit.get_expiry() for one in used_up))
    return response


def _is_costly(one: RequestLimit) -> bool:
    """A limit of its own, not the general one, whose rest it would take a question to Redis to know at every page."""
    return one.limit.amount <= COSTLY_MOST


def storage_address(redis_url: str) -> str:
    """The address of Redis as the throttle's library spells it; unix sockets have another scheme there."""
    return redis_url.replace("unix://", "redis+unix://", 1) if redis_url else "memory://"


def register(app: Flask) -> None:
    """Connect the general throttle; in tests it counts in memory. A queue that hangs holds up no page for long."""
    testing = app.extensions["bihuan.settings"].environment == "test"
    address = storage_address("" if testing else app.config["REDIS_URL"])
    app.config.setdefault("RATELIMIT_STORAGE_URI", address)
    if address.startswith("redis"):
        app.config.setdefault("RATELIMIT_STORAGE_OPTIONS", {"socket_connect_timeout": 2, "socket_timeout": 2})
    throttle.init_app(app)


__all__ = ["Attempts", "Limit", "TooSoon", "forgive", "give_back", "hashed", "register", "take", "throttle"]
