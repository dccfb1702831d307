"""A closed problem told as an example, and what its guards read."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import relationship

from app.core.casework.records import Movable
from app.core.database import JSONB, Base, ForeignKey, Mapped, String, mapped_column
from app.improvement.anonymity import persons_in
from app.improvement.monitoring.scenarios import SCENARIOS
from app.improvement.problems.models import ProblemItem
from workflows.improvement.showcase_entry import SHOWCASE_ENTRY


class ShowcaseEntry(Base, Movable):
    """展示案例: what the problem was, what was done, and what came of it, from a closed item alone."""

    __tablename__ = "showcase_entries"
    __protection__ = "unit"
    __table_args__ = (
        CheckConstraint(f"scenario in ({', '.join(repr(code) for code in SCENARIOS)})", name="scenario"),
        Index(
            "uq_showcase_entries_item",
            "item_id",
            unique=True,
            postgresql_where=text("state not in ('withdrawn', 'cancelled')"),
        ),
    )
    workflow = SHOWCASE_ENTRY

    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_items.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    """The unit that put it right, which has to agree."""
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    scenario: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(80))
    problem: Mapped[str] = mapped_column(default="", server_default=text("''"))
    practice: Mapped[str] = mapped_column(default="", server_default=text("''"))
    result: Mapped[str] = mapped_column(default="", server_default=text("''"))
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"), deferred=True)
    """What the unit agreed to and the public reads, frozen when it agrees."""
    content_sha256: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    roll_names: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    """Names in its words that stand on the roll; None until the worker has looked."""

    item: Mapped[ProblemItem] = relationship(lazy="joined", innerjoin=True)
    unit: Mapped[Any] = relationship("Unit", foreign_keys=[unit_id], lazy="joined", innerjoin=True)

    @property
    def label(self) -> str:
        """Its title."""
        return self.title

    @property
    def address(self) -> str:
        """The entry's page inside the application."""
        return f"/showcase/{self.ref}"

    @property
    def is_written(self) -> bool:
        """Title, problem, practice and result are there."""
        return all(part.strip() for part in (self.title, self.problem, self.practice, self.result))

    @property
    def persons_named(self) -> tuple[str, ...]:
        """What in its words points at a person."""
        return persons_in(self.county_id, *self.words_shown)

    @property
    def words_shown(self) -> tuple[str, ...]:
        """Every word of it that the public reads."""
        return (self.title, self.problem, self.practice, self.result)

    @property
    def is_anonymous(self) -> bool:
        """No name of a person, telephone or identity number stands in it."""
        return not self.persons_named

    @property
    def item_is_closed(self) -> bool:
        """The item it tells of is closed."""
        return self.item.state == "closed"

    @property
    def chain_gaps(self) -> tuple[str, ...]:
        """Links missing between the item's data and its closure."""
        return self.item.chain_gaps
