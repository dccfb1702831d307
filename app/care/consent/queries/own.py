"""Reads for guardians and students: what one child is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.care.consent.models import Consent
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor

ANSWER = "consent.answer_consent"
ASKED = ("requested", "granted", "refused", "withdrawn")


def own_consents(actor: Actor) -> Sequence[Consent]:
    """What was asked for this child, the newest first."""
    found = decide.visible(actor, select(Consent), Consent, ANSWER).where(Consent.state.in_(ASKED))
    return db.session.scalars(found.order_by(Consent.asked_on.desc(), Consent.id.desc())).all()


def own_consent(actor: Actor, ref: str) -> Consent:
    """One of them. Raises NotFound."""
    found = db.session.scalar(decide.visible(actor, select(Consent), Consent, ANSWER).where(Consent.ref == ref))
    if found is None:
        raise NotFound("consent", ref)
    return found
