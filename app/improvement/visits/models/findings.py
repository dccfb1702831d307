"""What a visit found, what the school answers, and what became of it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import relationship

from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column

TO_ANSWER = ("problem", "recurrence")
"""Kinds of findings that the school answers and that have to be settled."""


class VisitFinding(Base, Record, Scoped):
    """One finding of a visit: a strength, a problem, a recurrence of a closed problem, or a suggestion."""

    __tablename__ = "visit_findings"
    __protection__ = "unit"
    __table_args__ = (
        CheckConstraint("kind in ('strength', 'problem', 'recurrence', 'suggestion')", name="kind"),
        Index("ix_visit_findings_item", "item_id"),
    )

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supervision_visits.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    kind: Mapped[str] = mapped_column(String(10))
    item_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("problem_items.id"))
    text: Mapped[str] = mapped_column(String(500))
    evidence: Mapped[str] = mapped_column(String(500), default="", server_default=sql("''"))
    """What shows it, in words; photos stand with the line of the checklist."""
    severity: Mapped[str | None] = mapped_column(String(10))
    category: Mapped[str | None] = mapped_column(String(20))
    subject: Mapped[str | None] = mapped_column(String(20))
    """Of a new finding that belongs to one: who studies the subject reads and confirms it."""
    due_on: Mapped[date | None]
    becomes: Mapped[str | None] = mapped_column(String(10))
    """evidence, finding or action: what it turns into once the school accepts it."""
    answer: Mapped[str | None] = mapped_column(String(10))
    """accepted or objected; empty when the school let the time run out."""
    measure: Mapped[str] = mapped_column(default="", server_default=sql("''"))
    """What the school will do, or why it objects."""
    answered_on: Mapped[date | None]
    carried_as: Mapped[str | None] = mapped_column(String(10))
    check_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("onsite_checks.id"))
    data_finding_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("data_findings.id"))
    action_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("remediation_actions.id"))
    reopening_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("reopenings.id"))
    settled_as: Mapped[str | None] = mapped_column(String(10))
    """done (verified), carried (into an item, a finding or a measure) or withdrawn."""
    settled_note: Mapped[str] = mapped_column(default="", server_default=sql("''"))
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))

    item: Mapped[Any] = relationship("ProblemItem", lazy="raise")
    data_finding: Mapped[Any] = relationship("DataFinding", lazy="raise")
    action: Mapped[Any] = relationship("RemediationAction", lazy="raise")

    @property
    def wants_answer(self) -> bool:
        """The school answers it."""
        return self.kind in TO_ANSWER

    @property
    def is_ready(self) -> bool:
        """Everything is there that may be shown to the school."""
        if not self.text.strip():
            return False
        if not self.wants_answer:
            return True
        whole = bool(self.evidence.strip()) and bool(self.severity) and self.due_on is not None and bool(self.becomes)
        return whole and (self.item_id is not None or (self.kind == "problem" and self.becomes == "finding"))
