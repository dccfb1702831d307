"""Evidence by criterion, in versions that are never overwritten, used again by link instead of a second upload."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Index, UniqueConstraint, exists, or_, select, text
from sqlalchemy.orm import relationship

from app.core import clock
from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, db, mapped_column
from app.core.policy.assignments import PART_OF
from app.core.storage.id_numbers import count_in
from app.improvement.plans.models.actions import RemediationAction
from workflows.improvement.evidence import EVIDENCE

WORDS_OF_EVIDENCE = ("title", "description", "place", "person")
"""Columns that people type into; an identity number may hide in any of them."""


class EvidenceCriterion(Base, Record, Scoped):
    """What a measure has to show, with the fewest and the most pieces that are wanted (decision 46)."""

    __tablename__ = "evidence_criteria"
    __protection__ = "unit"

    action_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("remediation_actions.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    text: Mapped[str] = mapped_column(String(200))
    minimum: Mapped[int] = mapped_column(default=1, server_default="1")
    maximum: Mapped[int] = mapped_column(default=5, server_default="5")


class Evidence(Base, Movable):
    """One piece of evidence for one measure and criterion."""

    __tablename__ = "evidence"
    __protection__ = "unit"
    __table_args__ = (
        Index("ix_evidence_action", "action_id", "state"),
        Index("ix_evidence_unit", "unit_id", "state"),
        Index("ix_evidence_criterion", "criterion_id"),
    )
    workflow = EVIDENCE

    action_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("remediation_actions.id"), info={PART_OF: True})
    criterion_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("evidence_criteria.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    kind: Mapped[str] = mapped_column(String(14))
    title: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(default="", server_default=text("''"))
    happened_on: Mapped[date | None]
    place: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))
    person: Mapped[str] = mapped_column(String(30), default="", server_default=text("''"))
    privacy_checked: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    expires_on: Mapped[date | None]
    """Last day on which it counts as current; later it is marked, its state stays (decision 46)."""
    opened_at: Mapped[datetime | None]
    returned_version: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """The version number that was returned; a newer one is needed to submit again."""

    action: Mapped[RemediationAction] = relationship(back_populates="evidence", lazy="joined", innerjoin=True)
    versions: Mapped[list[EvidenceVersion]] = relationship(
        lazy="selectin", order_by="EvidenceVersion.number", back_populates="evidence"
    )
    criterion: Mapped[EvidenceCriterion | None] = relationship(lazy="selectin")
    owner: Mapped[Any] = relationship("Person", foreign_keys=[owner_id], lazy="raise")

    @property
    def label(self) -> str:
        """The piece of evidence in words."""
        return self.title

    @property
    def address(self) -> str:
        """Its page."""
        return f"/evidence/{self.ref}"

    @classmethod
    def took_part(cls, person: Any, steps: Sequence[str]) -> ColumnElement[bool]:
        """Who owns the measure judges its evidence no more than who handed it in."""
        owned = select(RemediationAction.id).where(
            RemediationAction.id == cls.action_id, RemediationAction.owner_id == person
        )
        return or_(exists(owned.correlate_except(RemediationAction)), super().took_part(person, steps))

    @property
    def is_school_level(self) -> bool:
        """As its measure."""
        return self.action.is_school_level

    @property
    def can_be_edited(self) -> bool:
        """A draft, or returned to be mended."""
        return self.state in ("draft", "returned")

    @property
    def is_expired(self) -> bool:
        """Its last day is over: a flag, never a state."""
        return self.expires_on is not None and self.expires_on < clock.today()

    @property
    def latest(self) -> EvidenceVersion | None:
        """The newest version of its content."""
        return self.versions[-1] if self.versions else None

    @property
    def has_content(self) -> bool:
        """A file or a link."""
        return self.latest is not None

    @property
    def was_opened(self) -> bool:
        """The verifier has opened the version submitted."""
        return self.opened_at is not None

    @property
    def identity_number_count(self) -> int:
        """18-digit numbers in its words; files that hold one are refused before they are stored."""
        return sum(count_in(getattr(self, name) or "") for name in WORDS_OF_EVIDENCE)

    @property
    def unchecked_file_count(self) -> int:
        """Files that wait for their check or did not pass it."""
        return sum(1 for one in self.versions[-1:] if not one.checked)

    @property
    def criterion_has_room(self) -> bool:
        """Its criterion has not more pieces than its maximum, this one included."""
        if self.criterion is None:
            return True
        return pieces_under(self.criterion.id, besides=self.id) + 1 <= self.criterion.maximum

    @property
    def is_new_version(self) -> bool:
        """Something was changed since it was returned."""
        return self.latest is not None and self.latest.number > self.returned_version


def pieces_under(criterion_id: uuid.UUID, besides: uuid.UUID | None = None) -> int:
    """Pieces that count under a criterion: submitted, accepted, or shown from elsewhere; `besides` is left out."""
    taken = text(
        "select (select count(*) from evidence where criterion_id = :c and state in ('submitted', 'accepted')"
        " and id is distinct from cast(:besides as uuid))"
        " + (select count(*) from evidence_uses where criterion_id = :c)"
    )
    return int(db.session.execute(taken, {"c": criterion_id, "besides": besides}).scalar_one())


class EvidenceVersion(Base, Record, Scoped):
    """One version of the content: a file by its digest, or a link, with what was said of it then."""

    __tablename__ = "evidence_versions"
    __protection__ = "unit"
    __table_args__ = (UniqueConstraint("evidence_id", "number"), Index("ix_evidence_versions_file", "file_sha256"))

    evidence_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evidence.id", ondelete="CASCADE"))
    number: Mapped[int]
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    original_sha256: Mapped[str | None] = mapped_column(String(64))
    file_name: Mapped[str | None] = mapped_column(String(200))
    media_type: Mapped[str | None] = mapped_column(String(80))
    size: Mapped[int | None]
    link: Mapped[str | None] = mapped_column(String(500))
    description: Mapped[str] = mapped_column(default="", server_default=text("''"))
    checked: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    """False while the scanner has not passed the file: nobody gets it."""
    infected: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """The scanner found something and the file was removed."""
    added_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))

    evidence: Mapped[Evidence] = relationship(back_populates="versions", lazy="raise")

    @property
    def is_picture(self) -> bool:
        """Shown on the page itself."""
        return self.checked and self.media_type in ("image/jpeg", "image/png")


class EvidenceUse(Base, Record, Scoped):
    """The same evidence shown for another measure: a link, no second file."""

    __tablename__ = "evidence_uses"
    __protection__ = "unit"
    __table_args__ = (
        UniqueConstraint("evidence_id", "action_id"),
        Index("ix_evidence_uses_action", "action_id"),
        Index("ix_evidence_uses_criterion", "criterion_id"),
    )

    evidence_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evidence.id"))
    action_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("remediation_actions.id", ondelete="CASCADE"))
    criterion_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("evidence_criteria.id"))
    linked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))

    evidence: Mapped[Evidence] = relationship(lazy="raise")


class ArrivedFile(Base, Record):
    """A file that was sent and checked but belongs to no piece of evidence yet: its sender's alone, for seven days."""

    __tablename__ = "arrived_files"
    __outside_act__ = True
    __table_args__ = (UniqueConstraint("person_id", "sha256"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"))
    sha256: Mapped[str] = mapped_column(String(64))
    original_sha256: Mapped[str] = mapped_column(String(64))
    original_size: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(12))
    arrived_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))
