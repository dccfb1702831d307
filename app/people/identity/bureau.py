"""Sign-in by the bureau's own identity service (OpenID Connect): it stands for the password; the second factor stays ours.

An adapter over one table of links: whoever is not linked signs in with the password once and links the account there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from app.core import limits
from app.core.audit import trail
from app.core.database import db
from app.core.errors import Invalid, Sentence
from app.core.limits import ADDRESS
from app.core.outbox.post import post
from app.core.policy.actor import NOBODY, Actor
from app.people.directory.models import Person
from app.people.identity import sign_in
from app.people.identity.models import Account, AccountLink
from app.people.identity.sessions import Visit
from config.settings import Settings

NAME = "bureau"
TAKEN = Sentence(
    "这个统一认证账号已关联另一个账号，或你的账号已有关联",
    "That identity is linked already, or your account has a link.",
)


class NotLinked(Exception):
    """The identity is right, but no account is linked with it."""


@dataclass(frozen=True)
class Identity:
    """Who the identity service says it is."""

    issuer: str
    subject: str


def register(app: Flask) -> None:
    """Make the identity service known, where the settings name one."""
    settings: Settings = app.extensions["bihuan.settings"]
    if not settings.oidc_issuer:
        return
    from authlib.integrations.flask_client import OAuth

    OAuth(app).register(
        NAME,
        server_metadata_url=settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_secret(),
        client_kwargs={"scope": "openid", "code_challenge_method": "S256", "timeout": 5},
    )


def service() -> Any:
    """The client of the identity service; None where there is none."""
    known = current_app.extensions.get("authlib.integrations.flask_client")
    return known.create_client(NAME) if known is not None else None


def title() -> str:
    """What people call the identity service; empty where there is none."""
    settings: Settings = current_app.extensions["bihuan.settings"]
    return (settings.oidc_title or _("统一认证")) if settings.oidc_issuer else ""


def enter(identity: Identity, visit: Visit) -> str:
    """The token of a session that has the first factor only. Raises NotLinked, TooSoon."""
    limits.take(ADDRESS, visit.address)
    row = db.session.execute(
        select(
            Account.id, Account.name, Account.person_id, Account.county_id, Account.password_hash, Account.epoch,
            Account.disabled_at, Account.totp_sealed, Person.name.label("person_name"), Person.left_on,
        )
        .join(AccountLink, AccountLink.account_id == Account.id)
        .join(Person, Person.id == Account.person_id)
        .where(AccountLink.issuer == identity.issuer, AccountLink.subject == identity.subject)
    ).first()  # fmt: skip
    db.session.rollback()
    if row is None or row.disabled_at is not None or sign_in.has_left(row):
        with trail.act(sign_in.person_of(row) if row is not None else NOBODY, "sign_in", "sign_in.bureau_refused"):
            pass
        raise NotLinked
    limits.give_back(ADDRESS, visit.address)
    return sign_in.halfway(row, visit, "sign_in.bureau")


def link(row: Any, actor: Actor, identity: Identity) -> None:
    """From now on the identity stands for the password of this account; its owner is told. Raises Invalid."""
    try:
        with trail.act(actor, "write", "account.link_bureau"):
            db.session.add(AccountLink(account_id=row.account_id, issuer=identity.issuer, subject=identity.subject))
            db.session.flush()
            post("account_notice", person=row.person_id, what="bureau_linked")
    except IntegrityError as error:
        raise Invalid("link", TAKEN) from error


def unlink(row: Any, actor: Actor) -> None:
    """The identity stands for nothing any more; its owner is told."""
    with trail.act(actor, "write", "account.unlink_bureau"):
        db.session.execute(delete(AccountLink).where(AccountLink.account_id == row.account_id))
        post("account_notice", person=row.person_id, what="bureau_unlinked")


def is_linked(row: Any) -> bool:
    """Whether the account has a link."""
    return db.session.scalar(select(AccountLink.id).where(AccountLink.account_id == row.account_id)) is not None
