"""Dated assignments of a person to one record: handler, team member, verifier. No date range, no access (security 25)."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import ForeignKeyConstraint, Index

from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column

PART_OF = "part_of"
"""Key in the `info` of a foreign key that leads from a part to the whole: whoever is assigned the whole is assigned the part."""


class CaseAssignment(Base, Record, Scoped):
    """`part` is the duty: handler, deputy, verifier, team, evaluator; `to_on` is the last day of access."""

    __tablename__ = "case_assignments"
    __protection__ = "unit"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "county_id"], ["units.id", "units.county_id"], name="school_of_county"),
        Index("ix_case_assignments_record", "entity", "record_id"),
        Index("ix_case_assignments_person", "person_id", "entity"),
    )

    entity: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    part: Mapped[str] = mapped_column(String(20))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
