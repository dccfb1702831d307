"""Where the head of the chain was anchored outside the database, and what the nightly verification found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Identity, LargeBinary

from app.core import clock
from app.core.database import Base, Mapped, String, mapped_column


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
