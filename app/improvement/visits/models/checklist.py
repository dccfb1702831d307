"""The checklist of a visit: its lines, what was seen of each, and photos; nothing that was sent is ever overwritten."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import relationship

from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column
from app.improvement.inspection.models import InspectionNode


class VisitLine(Base, Record, Scoped):
    """One thing to look at: an item of the school, an observation point of the county's tree, or a point of its own; frozen
    with the notice. A point of the tree stays pinned to its version and node."""

    __tablename__ = "visit_lines"
    __protection__ = "unit"
    __table_args__ = (
        UniqueConstraint("visit_id", "item_id"),
        UniqueConstraint("visit_id", "node_id"),
        ForeignKeyConstraint(
            ["tree_id", "node_id"], ["inspection_nodes.tree_id", "inspection_nodes.id"], name="fk_visit_lines_node"
        ),
        CheckConstraint("(tree_id is null) = (node_id is null)", name="pinned"),
        Index("ix_visit_lines_item", "item_id"),
        Index("ix_visit_lines_node", "tree_id", "node_id"),
    )

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supervision_visits.id", ondelete="CASCADE"), index=True)
    item_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("problem_items.id"))
    tree_id: Mapped[uuid.UUID | None]
    node_id: Mapped[uuid.UUID | None]
    position: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    title: Mapped[str] = mapped_column(String(140))
    look_for: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """What to look for on the spot: the item's aim and the measures of its plan, as they stood."""
    self_state: Mapped[str | None] = mapped_column(String(10))
    """done, partly or not_done, as the school says itself."""
    self_note: Mapped[str] = mapped_column(default="", server_default=text("''"))

    item: Mapped[Any] = relationship("ProblemItem", lazy="raise")
    node: Mapped[InspectionNode | None] = relationship(lazy="select")
    observations: Mapped[list[VisitObservation]] = relationship(
        lazy="selectin", order_by="VisitObservation.created_at", cascade="all, delete-orphan", passive_deletes=True
    )
    photos: Mapped[list[VisitPhoto]] = relationship(
        lazy="selectin", order_by="VisitPhoto.created_at", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def standing(self) -> list[VisitObservation]:
        """Observations that nobody has set aside: none, one, or several that contradict each other."""
        return [one for one in self.observations if one.set_aside_at is None]

    @property
    def seen(self) -> VisitObservation | None:
        """The observation that counts."""
        return self.standing[0] if len(self.standing) == 1 else None


class VisitObservation(Base, Record, Scoped):
    """What one member saw of a line. `client_key` is made on the phone, so the same one may be sent again."""

    __tablename__ = "visit_observations"
    __protection__ = "unit"
    __table_args__ = (UniqueConstraint("line_id", "client_key"),)

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supervision_visits.id", ondelete="CASCADE"), index=True)
    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit_lines.id", ondelete="CASCADE"))
    client_key: Mapped[str] = mapped_column(String(36))
    seen: Mapped[str] = mapped_column(String(8))
    """seen, partly or not_seen."""
    note: Mapped[str] = mapped_column(default="", server_default=text("''"))
    observed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    observed_at: Mapped[datetime]
    """When it was seen, by the phone; `created_at` is when it arrived."""
    set_aside_at: Mapped[datetime | None]
    """When another observation took its place."""
    set_aside_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))


class VisitPhoto(Base, Record, Scoped):
    """A photo of a line, drawn anew from its pixels: neither place nor device stays in it."""

    __tablename__ = "visit_photos"
    __protection__ = "unit"
    __table_args__ = (UniqueConstraint("visit_id", "client_key"), Index("ix_visit_photos_line", "line_id"))

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supervision_visits.id", ondelete="CASCADE"))
    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit_lines.id", ondelete="CASCADE"))
    client_key: Mapped[str] = mapped_column(String(36))
    file_sha256: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    added_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
