"""Trees of inspection indicators, their nodes, and the terms in which each is in force."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import relationship

from app.core import clock
from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, db, mapped_column
from workflows.improvement.inspection_tree import INSPECTION_TREE


class InspectionTree(Base, Movable):
    """督导指标体系: one version. Once it is under review the database takes no change of it any more."""

    __tablename__ = "inspection_trees"
    __protection__ = "county"
    __table_args__ = (
        UniqueConstraint("county_id", "code"),
        CheckConstraint("school_id is null", name="of_the_county"),
    )
    workflow = INSPECTION_TREE

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    code: Mapped[str] = mapped_column(String(20))
    """Its version, such as 2026-1."""
    title: Mapped[str] = mapped_column(String(80))
    basis: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    """The document it rests on."""
    note: Mapped[str] = mapped_column(String(500), default="", server_default=text("''"))
    """What is new in it."""
    stages: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """Stages of schooling that it is meant for: primary, junior, senior."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Digest of its nodes as they are written out (YAML)."""
    point_count: Mapped[int]
    activated_on: Mapped[date | None]

    owner: Mapped[Any] = relationship("Person", foreign_keys=[owner_id], lazy="joined", innerjoin=True)
    nodes: Mapped[list[InspectionNode]] = relationship(
        lazy="raise_on_sql", order_by="InspectionNode.position", cascade="all, delete-orphan", passive_deletes=True
    )
    terms: Mapped[list[InspectionTerm]] = relationship(
        lazy="selectin", order_by="InspectionTerm.from_on", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def label(self) -> str:
        """Its name and version."""
        return f"{self.title} {self.code}"

    @property
    def address(self) -> str:
        """Its page."""
        return f"/inspection-trees/{self.ref}"

    @property
    def is_in_force(self) -> bool:
        """One of its terms has today in it, or lies ahead."""
        day = clock.today()
        held = select(func.count()).where(
            InspectionTerm.tree_id == self.id, (InspectionTerm.to_on.is_(None)) | (InspectionTerm.to_on > day)
        )
        return bool(db.session.scalar(held))

    @property
    def in_force_for(self) -> tuple[str, ...]:
        """Stages for which it is the one in force today."""
        day = clock.today()
        return tuple(one.stage for one in self.terms if one.covers(day))


class InspectionNode(Base, Record, Scoped):
    """An indicator (level 1 to 3) or an observation point (level 4) of one tree."""

    __tablename__ = "inspection_nodes"
    __protection__ = "county"
    __table_args__ = (
        UniqueConstraint("tree_id", "number"),
        UniqueConstraint("tree_id", "id"),
        ForeignKeyConstraint(
            ["tree_id", "parent_id"], ["inspection_nodes.tree_id", "inspection_nodes.id"],
            name="fk_inspection_nodes_parent", ondelete="CASCADE",
        ),
        CheckConstraint("level between 1 and 4", name="level"),
        CheckConstraint("(level = 1) = (parent_id is null)", name="top"),
    )  # fmt: skip

    tree_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("inspection_trees.id", ondelete="CASCADE"))
    parent_id: Mapped[uuid.UUID | None]
    number: Mapped[str] = mapped_column(String(12))
    """As it is spoken of: A1, B2, C3, C3.1; the same matter keeps it from version to version."""
    level: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    look_for: Mapped[str] = mapped_column(String(300), default="", server_default=text("''"))
    proofs: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    stages: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """Stages that a point is meant for; none means every stage of the tree."""
    topics: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """Topics (专题) that a point belongs to; none means every visit."""
    path: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """Numbers of the indicators above, from the top."""
    above: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """Titles of the same indicators."""
    position: Mapped[int]

    tree: Mapped[InspectionTree] = relationship(lazy="raise", viewonly=True)

    @property
    def label(self) -> str:
        """Number and title."""
        return f"{self.number} {self.title}"

    @property
    def branch(self) -> tuple[str, ...]:
        """The indicators of the first and second level above it, each with its number: by these reports are grouped."""
        return tuple(f"{number} {title}" for number, title in zip(self.path[:2], self.above[:2], strict=True))


class InspectionTerm(Base, Record, Scoped):
    """From `from_on` until the day before `to_on` the tree is the one in force for a stage; the database allows no other."""

    __tablename__ = "inspection_terms"
    __protection__ = "county"
    __table_args__ = (
        CheckConstraint("to_on >= from_on", name="days"),
        ExcludeConstraint(
            ("county_id", "="), ("stage", "="), (literal_column("daterange(from_on, to_on, '[)')"), "&&"),
            name="ex_inspection_terms_one_in_force", using="gist",
        ),
        Index("ix_inspection_terms_tree", "tree_id"),
    )  # fmt: skip

    tree_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("inspection_trees.id"))
    stage: Mapped[str] = mapped_column(String(10))
    from_on: Mapped[date]
    to_on: Mapped[date | None]

    def covers(self, day: date) -> bool:
        """Whether the tree is in force for the stage on `day`."""
        return self.from_on <= day and (self.to_on is None or day < self.to_on)
