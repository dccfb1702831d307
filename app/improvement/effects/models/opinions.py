"""评估意见: what an outside evaluator says of an outcome, every edition of it, and whether the decision answers it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import relationship

from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, db, mapped_column

VIEWS = ("agrees", "disagrees", "cannot_judge")
LONGEST = 2000
OPPOSED = text(
    """select exists (
           select 1 from outside_opinions o where o.evaluation_id = :evaluation and o.view = 'disagrees'
             and o.about = :outcome and o.inputs_sha256 = :inputs and not exists (
               select 1 from outside_opinions l where l.evaluation_id = o.evaluation_id and l.owner_id = o.owner_id
                 and l.edition > o.edition))"""
)
"""Whether somebody from outside, by the newest edition, disagrees with this outcome of this computation."""


class OutsideOpinion(Base, Record, Scoped):
    """One edition of one evaluator's opinion; it closes nothing, and no edition is changed or deleted."""

    __tablename__ = "outside_opinions"
    __protection__ = "unit"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "owner_id", "edition"),
        Index("ix_outside_opinions_owner", "owner_id"),
        CheckConstraint("view in ('agrees', 'disagrees', 'cannot_judge')", name="view"),
        CheckConstraint(f"char_length(reasons) between 1 and {LONGEST}", name="reasons"),
    )

    evaluation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("effect_evaluations.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    """The unit in charge of the item."""
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    edition: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    view: Mapped[str] = mapped_column(String(12))
    reasons: Mapped[str]
    about: Mapped[str] = mapped_column(String(24))
    """The outcome that was read: the proposed one, or the computed one where nobody had proposed."""
    inputs_sha256: Mapped[str] = mapped_column(String(64))
    """The data behind it: an opinion on an earlier computation is kept, and counts no more."""
    written_at: Mapped[datetime]

    owner: Mapped[Any] = relationship("Person", foreign_keys=[owner_id], lazy="joined", innerjoin=True)


class Opined:
    """What an evaluation keeps of opinions from outside."""

    id: Mapped[uuid.UUID]
    outcome: Mapped[str | None]
    proposed_outcome: Mapped[str | None]
    proposed_at: Mapped[datetime | None]
    computed: Mapped[dict[str, Any]]
    computed_outcome: Mapped[str | None]

    opinion_answer: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Why it was decided against an opinion from outside."""

    @property
    def outcome_to_judge(self) -> str | None:
        """The outcome that an opinion is about now."""
        return self.proposed_outcome if self.proposed_at is not None else self.computed_outcome

    @property
    def inputs_sha256(self) -> str:
        """The data that it was computed from."""
        return str(self.computed.get("inputs_sha256") or "")

    @property
    def is_against_an_opinion(self) -> bool:
        """Somebody from outside does not agree with the outcome that is being decided."""
        return self.is_opposed(self.outcome)

    def is_opposed(self, outcome: str | None) -> bool:
        """Somebody from outside does not agree with this outcome."""
        asked = {"evaluation": self.id, "outcome": outcome, "inputs": self.inputs_sha256}
        with db.session.no_autoflush:
            return bool(db.session.execute(OPPOSED, asked).scalar_one())

    @property
    def opinion_is_answered(self) -> bool:
        """Where it goes against an opinion from outside, it says why."""
        return bool(self.opinion_answer.strip()) or not self.is_against_an_opinion
