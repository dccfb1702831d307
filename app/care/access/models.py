"""Openings in an emergency, and openings of an identity; why lies sealed, the row names the child by its id alone."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import Index, text

from app.core import clock
from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, mapped_column
from app.core.vault.rotation import Sealed
from workflows.care.break_glass import BREAK_GLASS
from workflows.care.identity_grant import IDENTITY_GRANT
from workflows.vocabulary import Sentence


class EmergencyOpening(Base, Movable):
    """紧急查看: one child, one counsellor, sixty minutes at most (domain §2.3 a, security 29)."""

    __tablename__ = "break_glass"
    __protection__ = "register"
    __untold__ = frozenset({"reason_sealed", "finding_sealed", "student_id"})
    __table_args__ = (
        Index(
            "uq_break_glass_open",
            "owner_id",
            "student_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
    )
    workflow = BREAK_GLASS

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    """Who opened it."""
    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"), index=True)
    reason_sealed: Mapped[bytes | None] = mapped_column(Sealed())
    finding_sealed: Mapped[bytes | None] = mapped_column(Sealed())
    """What the review came to."""
    until_at: Mapped[datetime]

    @property
    def label(self) -> str:
        """A code number."""
        return f"紧急查看 {self.ref[:6].upper()}"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"Emergency opening {self.ref[:6].upper()}")

    @property
    def address(self) -> str:
        """Its page."""
        return f"/openings/{self.ref}"

    @property
    def hour_is_over(self) -> bool:
        """It closes now."""
        return clock.now() >= self.until_at

    @property
    def is_running(self) -> bool:
        """Open, and the hour not over: the clock closes it even before the sweep does."""
        return self.state == "open" and not self.hour_is_over


class IdentityGrant(Base, Movable):
    """身份查看: the name behind a code number, for one person of the county, for seven days (decision 53)."""

    __tablename__ = "identity_grants"
    __protection__ = "register"
    __untold__ = frozenset({"reason_sealed", "finding_sealed", "student_id"})
    __table_args__ = (
        Index(
            "uq_identity_grants_running",
            "owner_id",
            "student_id",
            unique=True,
            postgresql_where=text("state in ('requested', 'granted')"),
        ),
    )
    workflow = IDENTITY_GRANT

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    """Who asked."""
    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"), index=True)
    reason_sealed: Mapped[bytes | None] = mapped_column(Sealed())
    finding_sealed: Mapped[bytes | None] = mapped_column(Sealed())
    until_on: Mapped[date | None]

    @property
    def label(self) -> str:
        """A code number."""
        return f"身份查看 {self.ref[:6].upper()}"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"Opening of an identity {self.ref[:6].upper()}")

    @property
    def address(self) -> str:
        """Its page."""
        return f"/identity-requests/{self.ref}"

    @property
    def days_are_over(self) -> bool:
        """The last day has passed."""
        return self.until_on is not None and clock.today() > self.until_on
