"""Suppliers of data and their confidentiality agreements; the database changes and deletes no agreement."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import relationship

from app.core import clock
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, Versioned, mapped_column
from workflows.vocabulary import Sentence

KINDS = ("platform", "assessor", "firm", "research", "other")
SOON = 30
"""So many days before its end an agreement counts as ending."""


class Supplier(Base, Record, Versioned, Scoped):
    """Who brings data from outside: which data, and what for."""

    __tablename__ = "suppliers"
    __protection__ = "unit"
    __table_args__ = (
        CheckConstraint(f"kind in ({', '.join(repr(code) for code in KINDS)})", name="kind"),
        UniqueConstraint("county_id", "name"),
    )

    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10))
    data_brought: Mapped[str] = mapped_column(String(300))
    purpose: Mapped[str] = mapped_column(String(300))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))

    agreements: Mapped[list[SupplierAgreement]] = relationship(
        lazy="raise", order_by="SupplierAgreement.edition.desc()", passive_deletes="all", back_populates="supplier"
    )

    @property
    def covered_until(self) -> date | None:
        """The last day without a gap under agreements, from today on; None where none holds today."""
        last: date | None = None
        for one in sorted(self.agreements, key=lambda each: each.from_on):
            if one.from_on <= (last + timedelta(days=1) if last else clock.today()) and one.until_on >= clock.today():
                last = max(last or one.until_on, one.until_on)
        return last

    @property
    def standing(self) -> str:
        """valid, ending, ended or missing, as of today; one that only begins later is missing today."""
        last, today = self.covered_until, clock.today()
        if last is not None:
            return "valid" if last > today + timedelta(days=SOON) else "ending"
        return "ended" if any(one.until_on < today for one in self.agreements) else "missing"

    @property
    def is_covered(self) -> bool:
        """An agreement holds today."""
        return self.covered_until is not None

    @property
    def label(self) -> str:
        """Its name."""
        return self.name

    @property
    def address(self) -> str:
        """Its page."""
        return f"/suppliers/{self.ref}"


class SupplierAgreement(Base, Record, Versioned, Scoped):
    """保密协议: one signed paper with its number, its first and last day, and who answers for it."""

    __tablename__ = "supplier_agreements"
    __protection__ = "unit"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="days"),
        CheckConstraint("reminded in (7, 30)", name="reminded"),
        UniqueConstraint("supplier_id", "edition"),
        UniqueConstraint("supplier_id", "number"),
    )

    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("suppliers.id"))
    edition: Mapped[int]
    number: Mapped[str] = mapped_column(String(60))
    from_on: Mapped[date]
    until_on: Mapped[date] = mapped_column(index=True)
    """The last day on which it holds."""
    file_sha256: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    responsible_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    added_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    added_on: Mapped[date]
    reminded: Mapped[int | None]
    """The last reminder that was written: so many days before the end."""

    supplier: Mapped[Supplier] = relationship(lazy="raise", back_populates="agreements")
    responsible: Mapped[Any] = relationship("Person", foreign_keys=[responsible_id], lazy="raise")
    added: Mapped[Any] = relationship("Person", foreign_keys=[added_by], lazy="raise")

    @property
    def label(self) -> str:
        """保密协议 清教保〔2026〕3号."""
        return f"保密协议 {self.number}"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"Confidentiality agreement {self.number}")
