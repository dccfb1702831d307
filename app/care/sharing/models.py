"""One table: handovers with recipient, fields and basis; what is written and what was carried lie sealed."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, select
from sqlalchemy.orm import relationship

from app.care.consent.models import OWN_SAY, age_on
from app.care.protection.models import ImpactAssessment
from app.care.sharing.sealing import digest_of, opened
from app.core import clock
from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, String, db, mapped_column
from app.core.vault.rotation import Sealed
from app.people.directory.models import Student
from workflows.care.handover import HANDOVER
from workflows.vocabulary import Sentence

BASES = ("consent", "emergency", "duty")
FIELDS = ("name", "gender", "birth_date", "school", "guardian", "behaviour", "measures", "urgency", "contact")
"""What may be given at all: no level, no score and no answer is among them (domain §9.3, document 9)."""
WRITTEN = ("behaviour", "measures", "urgency", "contact")
"""Fields that somebody writes for this recipient; the others are read from the roll when it is approved."""


class Handover(Base, Movable):
    """信息提供: to one recipient, of one child."""

    __tablename__ = "handovers"
    __protection__ = "register"
    __untold__ = frozenset({"student_id", "words_sealed", "packet_sealed", "reason_sealed"})
    __table_args__ = (
        CheckConstraint("basis in ('consent', 'emergency', 'duty')", name="basis"),
        CheckConstraint(
            "state not in ('submitted', 'approved', 'handed') or case when basis = 'consent'"
            " then consent_sha256 is not null and signed_on is not null else reason_sealed is not null end",
            name="grounds",
        ),
        CheckConstraint(
            "state not in ('approved', 'handed') or (approved_by is not null and packet_sealed is not null"
            " and packet_sha256 is not null)",
            name="approved",
        ),
        CheckConstraint(
            "approved_by is null or (approved_by <> owner_id and approved_by <> submitted_by)", name="four_eyes"
        ),
    )
    workflow = HANDOVER

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"), index=True)
    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("impact_assessments.id"))
    """The assessment of the recipient: there is no other way to name one."""
    notice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("emergency_notices.id"), index=True)
    """The emergency without an agreement that it came from."""
    fields: Mapped[list[str]]
    basis: Mapped[str] = mapped_column(String(10))
    words_sealed: Mapped[bytes] = mapped_column(Sealed())
    """What was written for the fields of WRITTEN, JSON."""
    reason_sealed: Mapped[bytes | None] = mapped_column(Sealed())
    """Why it could not wait for an agreement, or which duty it is."""
    signed_on: Mapped[date | None]
    student_agreed: Mapped[bool] = mapped_column(default=False)
    consent_sha256: Mapped[str | None] = mapped_column(String(64))
    """The scan of the agreement, signed for this recipient and these fields."""
    consent_name: Mapped[str | None] = mapped_column(String(200))
    consent_type: Mapped[str | None] = mapped_column(String(100))
    submitted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    packet_sealed: Mapped[bytes | None] = mapped_column(Sealed())
    """The named fields as they stood when it was approved, JSON: all that the letter carries."""
    packet_sha256: Mapped[str | None] = mapped_column(String(64))

    assessment: Mapped[ImpactAssessment] = relationship(lazy="joined", innerjoin=True)

    @property
    def label(self) -> str:
        """A code number, without a name."""
        return f"信息提供 {self.ref[:6].upper()}"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"Giving of data {self.ref[:6].upper()}")

    @property
    def address(self) -> str:
        """Its page."""
        return f"/handovers/{self.ref}"

    @property
    def student(self) -> Student | None:
        """The child, for whom the wall lets see it."""
        return db.session.scalar(select(Student).where(Student.id == self.student_id))

    @property
    def words(self) -> dict[str, Any]:
        """Field → what was written."""
        return opened(self, "words_sealed")

    @property
    def names_fields(self) -> bool:
        """Known fields, at least one, and each that is written holds words."""
        words = self.words
        return (
            bool(self.fields)
            and set(self.fields) <= set(FIELDS)
            and all(words.get(one, "").strip() for one in self.fields if one in WRITTEN)
        )

    @property
    def recipient_is_assessed(self) -> bool:
        """Its assessment is in force, today."""
        return self.assessment.state == "active" and self.assessment.review_lies_ahead

    @property
    def has_basis(self) -> bool:
        """An exception with its reason; or the signed agreement, by the child too from 14."""
        if self.basis != "consent":
            return self.reason_sealed is not None
        child = self.student
        old_enough = child is None or age_on(child.birth_date, clock.today()) >= OWN_SAY
        return (
            self.consent_sha256 is not None and self.signed_on is not None and (self.student_agreed or not old_enough)
        )

    @property
    def is_unchanged(self) -> bool:
        """Exactly the named fields, under the digest that was written down."""
        packet = opened(self, "packet_sealed")
        return bool(packet) and set(packet) == set(self.fields) and digest_of(packet) == self.packet_sha256
