"""Who looked at a child's data: for the guardian and the child by their own code, and for who answers them at the school."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from app.care.access.words import purpose_words
from app.core import clock
from app.core.database import db
from app.core.policy.actor import Actor
from app.core.policy.roles import ROLES
from app.people.directory.models import Student, Unit

LOOKED = text("select at, role, unit, purpose from care.who_looked(:student, :since)")
A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Look:
    """One time: when, in which role at which unit, and for what, in plain words."""

    at: datetime
    role: Any
    unit: str
    purpose: Any


def who_looked(actor: Actor, student: Student) -> list[Look]:
    """Each time within a year, the newest first; reads by the child's own people are left out."""
    rows: Sequence[Any] = db.session.execute(LOOKED, {"student": student.id, "since": clock.now() - A_YEAR}).all()
    units = {row.unit for row in rows if row.unit}
    found = select(Unit.id, Unit.name).where(Unit.id.in_(units))
    names = {row.id: row.name for row in db.session.execute(found)} if units else {}
    return [
        Look(row.at, ROLES[row.role], names.get(row.unit, ""), purpose_words(row.purpose or ""))
        for row in rows
        if row.role in ROLES
    ]
