"""What the nightly verification of the chain found, and the drills of an incident."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, Identity, LargeBinary

from app.core import clock
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column


class Verification(Base):
    """One run of `flask audit verify`: how far it got and the first bad entry, if any."""

    __tablename__ = "audit_verifications"
    __outside_act__ = True

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    entries: Mapped[int] = mapped_column(BigInteger)
    head: Mapped[bytes | None] = mapped_column(LargeBinary)
    first_bad: Mapped[int | None] = mapped_column(BigInteger)
    finding: Mapped[str | None] = mapped_column(String(200))


class IncidentDrill(Base, Record, Scoped):
    """One drill of an incident: when, how long until it was known who had seen the record, and what came out."""

    __tablename__ = "incident_drills"
    __protection__ = "logs"

    held_on: Mapped[date]
    found: Mapped[str] = mapped_column(String(500))
    minutes: Mapped[int]
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
