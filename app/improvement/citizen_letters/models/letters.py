"""A citizen's letter and what its guards read."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import relationship

from app.core import clock
from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, String, mapped_column
from app.core.vault.rotation import Sealed
from app.improvement.citizen_letters.models.boxes import LetterBox
from app.improvement.citizen_letters.words import GROUNDS, TOPICS
from app.improvement.visits.models.facts import with_an_interest
from workflows.improvement.citizen_letter import CITIZEN_LETTER
from workflows.vocabulary import Sentence

URGENT_WITHIN = timedelta(hours=2)
UNDER_WAY = ("received", "in_progress", "answered")
"""States of a letter that another one may be merged into."""
_CODES = ", ".join(f"'{code}'" for code in TOPICS)


class CitizenLetter(Base, Movable):
    """群众来信: text, contact, answers and remarks are sealed by the keys of the school it is about."""

    __tablename__ = "citizen_letters"
    __protection__ = "letters"
    __untold__ = frozenset(
        {
            "text_sealed",
            "contact_sealed",
            "answer_sealed",
            "remark_sealed",
            "first_answer_sealed",
            "first_remark_sealed",
        }
    )
    __table_args__ = (
        UniqueConstraint("county_id", "number"),
        Index("ix_citizen_letters_owner", "owner_id", "state"),
        Index("ix_citizen_letters_merged", "merged_into_id"),
        CheckConstraint(f"topic in ({_CODES})", name="topic"),
        CheckConstraint("rating in ('good', 'fair', 'bad')", name="rating"),
        CheckConstraint("round in (1, 2)", name="round"),
    )
    workflow = CITIZEN_LETTER

    number: Mapped[str] = mapped_column(String(20))
    """Spoken number such as LX-0031, counted per county."""
    box_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letter_boxes.id"))
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    """The department that answers; empty where a person does."""
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    """The person who answers."""
    topic: Mapped[str] = mapped_column(String(12))
    is_urgent: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """The writer says that a child is in danger now."""
    text_sealed: Mapped[bytes] = mapped_column(Sealed())
    contact_sealed: Mapped[bytes | None] = mapped_column(Sealed())
    contact_erased_on: Mapped[date | None]
    answer_by: Mapped[date | None]
    rate_by: Mapped[date | None]
    round: Mapped[int] = mapped_column(SmallInteger, default=1, server_default=text("1"))
    """1, or 2 after a bad rating."""
    answer_sealed: Mapped[bytes | None] = mapped_column(Sealed())
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    answered_at: Mapped[datetime | None]
    rating: Mapped[str | None] = mapped_column(String(4))
    remark_sealed: Mapped[bytes | None] = mapped_column(Sealed())
    first_answer_sealed: Mapped[bytes | None] = mapped_column(Sealed())
    first_answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    first_answered_at: Mapped[datetime | None]
    first_remark_sealed: Mapped[bytes | None] = mapped_column(Sealed())
    is_in_time: Mapped[bool | None]
    """Whether the first answer came by its day."""
    refusal: Mapped[str | None] = mapped_column(String(12))
    refusal_note: Mapped[str] = mapped_column(String(300), default="", server_default=text("''"))
    """Where the writer is to turn."""
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("citizen_letters.id"))
    finding_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("data_findings.id"))
    """The data finding that was registered from it."""
    visit_line_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("visit_lines.id", ondelete="SET NULL"))
    """The line of a visit's checklist by which it was looked at on the spot; the line knows nothing of the letter."""
    reply_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("public_replies.id"))

    box: Mapped[LetterBox] = relationship(lazy="joined", innerjoin=True)
    unit: Mapped[Any] = relationship("Unit", foreign_keys=[unit_id], lazy="joined")
    owner: Mapped[Any] = relationship("Person", foreign_keys=[owner_id], lazy="joined")
    merged_into: Mapped[CitizenLetter | None] = relationship(remote_side="CitizenLetter.id", lazy="select")

    @property
    def label(self) -> str:
        """Number and school; nothing of what it says."""
        return f"{self.number} {self.box.school_name}来信"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"{self.number} Letter about {self.box.school_name}")

    @property
    def address(self) -> str:
        """The letter's page for those who work on it."""
        return f"/citizen-letters/{self.ref}"

    @property
    def is_written(self) -> bool:
        """It says something, and what it is about."""
        return self.topic in TOPICS and bool(self.text_sealed)

    @property
    def urgent_by(self) -> datetime | None:
        """Two hours after an urgent letter came; None for others."""
        return self.created_at + URGENT_WITHIN if self.is_urgent else None

    @property
    def has_answerer(self) -> bool:
        """A person is named who answers."""
        return self.owner_id is not None

    @property
    def has_department(self) -> bool:
        """A department is named that answers."""
        return self.unit_id is not None

    @property
    def answerer_is_free(self) -> bool:
        """Who answers neither works nor lately worked at the school, nor answers for a problem of it."""
        if self.owner_id is None or self.school_id is None:
            return True
        return not with_an_interest([self.owner_id], self.school_id)

    @property
    def answerer_is_another(self) -> bool:
        """Not the one who answered first."""
        return self.first_answered_by is None or self.owner_id != self.first_answered_by

    @property
    def has_ground(self) -> bool:
        """Ground and right address are there."""
        return self.refusal in GROUNDS and bool(self.refusal_note)

    @property
    def has_first_letter(self) -> bool:
        """Another letter about the same school that is still under way."""
        first = self.merged_into
        return (
            first is not None and first is not self and first.school_id == self.school_id and first.state in UNDER_WAY
        )

    @property
    def first_is_answered(self) -> bool:
        """The letter it was merged into has its answer."""
        return self.merged_into is not None and self.merged_into.answer_sealed is not None

    @property
    def has_answer(self) -> bool:
        """The answer is written."""
        return self.answer_sealed is not None

    @property
    def is_rated(self) -> bool:
        """Good or fair, or bad for the second time."""
        return self.rating in ("good", "fair") or (self.rating == "bad" and self.round > 1)

    @property
    def is_badly_rated_first(self) -> bool:
        """The first answer is rated bad."""
        return self.rating == "bad" and self.round == 1

    @property
    def rating_is_late(self) -> bool:
        """The days for the rating are over."""
        return self.rate_by is not None and clock.today() > self.rate_by


class CitizenLetterCode(Base):
    """Keyed hash of a code → the letter it opens: so that the door without a session knows where to look.

    Says nothing of a letter, and nothing at all to who has not the code.
    """

    __tablename__ = "citizen_letter_codes"

    lookup: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    letter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("citizen_letters.id"))
