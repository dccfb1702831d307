"""What the school hears of consent: that an agreement was taken back, without a name and without a reason."""

from __future__ import annotations

import uuid

from sqlalchemy import text

from app.care.consent.models import Consent
from app.core import clock
from app.core.casework.records import record_of
from app.core.database import db
from app.core.errors import Sentence
from app.core.outbox.models import OutboxRow
from app.people import letters

TAKEN_BACK = Sentence("有一份知情同意撤回了，已停止使用", "An agreement was taken back; use has stopped")
STAFF = text(
    """select person_id from role_assignments where school_id = :school and role = any(:roles)
         and from_on <= :day and (to_on is null or to_on >= :day)"""
)


def staff_of(school_id: uuid.UUID | None, *roles: str) -> set[uuid.UUID]:
    """Who holds one of the roles at the school today."""
    values = {"school": school_id, "roles": list(roles), "day": clock.today()}
    return set(db.session.scalars(STAFF, values))


def consent_changed(row: OutboxRow) -> None:
    """The counsellor hears of a withdrawal; an agreement needs no letter."""
    assert row.record_id is not None
    consent: Consent | None = record_of("consents", row.record_id)
    if consent is not None and consent.state in ("refused", "withdrawn"):
        told = staff_of(consent.school_id, "school_counselor")
        letters.write(told, f"consent:{row.id}", "consent_changed", consent, TAKEN_BACK, consent.round.address)
