"""Reads of audits: the list, one of them, its versions, who wrote and signed it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import defer

from app.care.yearly.models import YearlyAudit
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.people.directory.models import Person, Unit

VIEW, DRAFT, SIGN, FILE = (
    "audit.view_yearly",
    "audit.draft_yearly",
    "audit.sign_yearly",
    "audit.file_yearly",
)
STEPS = (DRAFT, SIGN, FILE)


def audits(actor: Actor) -> Sequence[YearlyAudit]:
    """Every version, the newest year and version first, without what was counted."""
    wanted = decide.visible(actor, select(YearlyAudit).options(defer(YearlyAudit.content)), YearlyAudit, VIEW)
    order = wanted.order_by(YearlyAudit.year.desc(), YearlyAudit.version_no.desc())
    return db.session.scalars(order).all()


def audit_for(actor: Actor, ref: str) -> YearlyAudit:
    """One version. Raises NotFound."""
    wanted = decide.visible(actor, select(YearlyAudit).where(YearlyAudit.ref == ref), YearlyAudit, VIEW)
    found: YearlyAudit | None = db.session.scalar(wanted)
    if found is None:
        raise NotFound("yearly_audit", ref)
    return found


def newest_counted(actor: Actor) -> YearlyAudit | None:
    """The newest version of which the numbers are there."""
    wanted = decide.visible(actor, select(YearlyAudit).where(YearlyAudit.content.is_not(None)), YearlyAudit, VIEW)
    order = wanted.order_by(YearlyAudit.year.desc(), YearlyAudit.version_no.desc()).limit(1)
    found: YearlyAudit | None = db.session.scalar(order)
    return found


def versions_of(actor: Actor, one: YearlyAudit) -> Sequence[YearlyAudit]:
    """All versions of its year, the newest first."""
    wanted = select(YearlyAudit).where(YearlyAudit.county_id == one.county_id, YearlyAudit.year == one.year)
    shown = decide.visible(actor, wanted.options(defer(YearlyAudit.content)), YearlyAudit, VIEW)
    return db.session.scalars(shown.order_by(YearlyAudit.version_no.desc())).all()


def names_of(actor: Actor, one: YearlyAudit) -> dict[uuid.UUID, str]:
    """Who wrote, signed and filed it, by id."""
    ids = [each for each in (one.owner_id, one.signed_by, one.filed_by) if each]
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}


def bureau(actor: Actor, one: YearlyAudit) -> str:
    """The name of the county's bureau."""
    return db.session.scalar(select(Unit.name).where(Unit.id == one.county_id)) or ""
