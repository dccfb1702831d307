"""Units, persons, classes, students, and the dated roles that give a person rights at a unit."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, cast

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Computed,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Table,
    UniqueConstraint,
    case,
    literal,
    null,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import relationship

from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, Versioned, mapped_column
from app.core.vault.rotation import Sealed

CHOSEN_ADDRESSEES = ("township", "direct")
FIXED_ADDRESSEES = {"school_district": "district", "department": "section"}
"""Kinds of units that are one type of addressee and no other."""
PARTS_OF_A_SCHOOL = ("school_group", "school_monitoring_center")


class Unit(Base, Record, Versioned):
    """A node of the organisation tree. `county_id` is the county bureau above, itself for a bureau, none above."""

    __tablename__ = "units"
    __table_args__ = (
        UniqueConstraint("county_id", "code"),
        UniqueConstraint("id", "county_id"),
        CheckConstraint(f"addressee in ({', '.join(repr(code) for code in CHOSEN_ADDRESSEES)})", name="addressee"),
        Index("ix_units_parent", "parent_id"),
        Index("ix_units_kind", "county_id", "kind"),
    )

    county_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str] = mapped_column(String(30))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    short_name: Mapped[str] = mapped_column(String(30))
    pinyin: Mapped[str] = mapped_column(String(200), default="")
    school_type: Mapped[str | None] = mapped_column(String(2))
    addressee: Mapped[str | None] = mapped_column(String(8))
    """As what papers are sent to it, where its kind leaves a choice; see `sent_as`."""
    address: Mapped[str | None] = mapped_column(String(120))
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    declared_network: Mapped[str | None] = mapped_column(String(60))

    @hybrid_property
    def school_id(self) -> uuid.UUID | None:
        """A school is its own school; parts of a school carry the school as parent."""
        if self.kind == "school":
            return self.id
        return self.parent_id if self.kind in PARTS_OF_A_SCHOOL else None

    @school_id.inplace.expression
    @classmethod
    def _school_id(cls) -> ColumnElement[uuid.UUID | None]:
        return case((cls.kind == "school", cls.id), (cls.kind.in_(PARTS_OF_A_SCHOOL), cls.parent_id), else_=null())

    @hybrid_property
    def sent_as(self) -> str | None:
        """Its type among the addressees of a paper: district, township, direct or section; None where nothing goes by type."""
        return FIXED_ADDRESSEES.get(self.kind, self.addressee)

    @sent_as.inplace.expression
    @classmethod
    def _sent_as(cls) -> ColumnElement[str | None]:
        fixed = [(cls.kind == kind, literal(code)) for kind, code in FIXED_ADDRESSEES.items()]
        return case(*fixed, else_=cls.addressee)

    @hybrid_property
    def unit_id(self) -> uuid.UUID:
        """A unit is its own responsible unit."""
        return self.id

    def is_open(self, day: date) -> bool:
        """Whether it exists on `day`; the last day counts."""
        return (self.from_on is None or self.from_on <= day) and (self.to_on is None or day <= self.to_on)


class UnitAlias(Base, Record, Scoped):
    """Another name that senders use for a unit; stored once somebody chose the right unit for it."""

    __tablename__ = "unit_aliases"
    __protection__ = "staff"
    __table_args__ = (UniqueConstraint("county_id", "alias"),)

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    alias: Mapped[str] = mapped_column(String(60))


class Person(Base, Record, Versioned):
    """A member of staff, wherever they work; roles come from RoleAssignment, never from here."""

    __tablename__ = "persons"
    __protection__ = "staff"
    __table_args__ = (
        UniqueConstraint("county_id", "school_id", "staff_no", postgresql_nulls_not_distinct=True),
        Index("ix_persons_pinyin", "county_id", "pinyin"),
    )

    county_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"), index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True)
    staff_no: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(30))
    pinyin: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str | None] = mapped_column(String(120))
    phone_sealed: Mapped[bytes | None] = mapped_column(Sealed())
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    qualification_type: Mapped[str | None] = mapped_column(String(40))
    qualification_expiry: Mapped[date | None]
    left_on: Mapped[date | None]

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id], lazy="raise")


class RoleAssignment(Base, Record, Versioned):
    """A role of a person at a unit from a day to a day (both included); access ends with it on the next request."""

    __tablename__ = "role_assignments"
    __protection__ = "staff"
    __changes_unversioned__ = True
    __table_args__ = (
        CheckConstraint("school_id is null or school_id = unit_id", name="place"),
        CheckConstraint("to_on is null or to_on >= from_on", name="dates"),
        ForeignKeyConstraint(["unit_id", "county_id"], ["units.id", "units.county_id"], name="unit_of_county"),
        Index("ix_role_assignments_person", "person_id"),
        Index("ix_role_assignments_role", "county_id", "role", "unit_id"),
    )

    county_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    role: Mapped[str] = mapped_column(String(30))
    subjects: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    is_deputy: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    granted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    request_note: Mapped[str | None] = mapped_column(String(200))

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise")
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id], lazy="raise")


class RoleRequest(Base, Record, Versioned):
    """A unit's wish that a person get a role, or stand in for it, from a day to a day.

    The security administrator decides; `decision` is granted or declined, and the request is open while it is empty.
    Nobody decides a request that he or she made or gains by.
    """

    __tablename__ = "role_requests"
    __protection__ = "staff"
    __table_args__ = (
        CheckConstraint("to_on is null or to_on >= from_on", name="dates"),
        CheckConstraint("decided_by is null or (decided_by <> requested_by and decided_by <> person_id)", name="two"),
        Index("ix_role_requests_open", "county_id", postgresql_where=text("decision is null")),
    )

    county_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    role: Mapped[str] = mapped_column(String(30))
    subjects: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    is_deputy: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    note: Mapped[str | None] = mapped_column(String(200))
    requested_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    decision: Mapped[str | None] = mapped_column(String(10))
    assignment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("role_assignments.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise")
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id], lazy="raise")
    requester: Mapped[Person] = relationship(foreign_keys=[requested_by], lazy="raise")

    def grant(self, by: uuid.UUID) -> RoleAssignment:
        """The assignment that was asked for, to be added to the open act; the request is settled by it."""
        granted = RoleAssignment(
            county_id=self.county_id,
            school_id=self.school_id,
            unit_id=self.unit_id,
            person_id=self.person_id,
            role=self.role,
            subjects=self.subjects,
            from_on=self.from_on,
            to_on=self.to_on,
            is_deputy=self.is_deputy,
            granted_by=by,
            request_note=self.note,
        )
        self.decision, self.decided_by = "granted", by
        return granted

    def decline(self, by: uuid.UUID) -> None:
        """The wish is not met."""
        self.decision, self.decided_by = "declined", by


class SchoolResponsibility(Base, Record):
    """Which schools an inspector, evaluator or expert answers for, from a day to a day.

    What is opened for one piece of work alone names it in `opened_for`: it lets the holder in, and makes nobody the one who
    answers for the school.
    """

    __tablename__ = "school_responsibilities"
    __protection__ = "staff"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "county_id"], ["units.id", "units.county_id"], name="school_of_county"),
        CheckConstraint("opened_for in ('visit', 'list_check')", name="opened_for"),
        Index("ix_school_responsibilities_assignment", "assignment_id"),
    )

    county_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("role_assignments.id", ondelete="CASCADE"))
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    opened_for: Mapped[str | None] = mapped_column(String(10))
    """visit or list_check: opened as long as that lasts, and not before its school may know of it."""


class SchoolClass(Base, Record, Scoped):
    """A class in one school year; `grade` is G1–G12, `school_year` the year in which it began (1 September)."""

    __tablename__ = "school_classes"
    __protection__ = "unit"
    __table_args__ = (
        UniqueConstraint("school_id", "school_year", "grade", "class_no"),
        UniqueConstraint("id", "school_id", "county_id"),
        ForeignKeyConstraint(["school_id", "county_id"], ["units.id", "units.county_id"], name="school_of_county"),
    )

    school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    school_year: Mapped[int]
    grade: Mapped[str] = mapped_column(String(3))
    class_no: Mapped[int]
    name: Mapped[str] = mapped_column(String(30))
    batch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("import_batches.id"))

    @hybrid_property
    def class_id(self) -> uuid.UUID:
        """A class is its own class: who leads it reaches it as its students are reached."""
        return self.id


class TeachingDuty(Base, Record, Scoped):
    """Who teaches or leads a class: `duty` is homeroom, subject or grade_lead; access ends the day it ends (§2.3 d)."""

    __tablename__ = "teaching_duties"
    __protection__ = "unit"
    __table_args__ = (Index("ix_teaching_duties_person", "person_id"), Index("ix_teaching_duties_class", "class_id"))

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    class_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school_classes.id"))
    duty: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str | None] = mapped_column(String(20))
    from_on: Mapped[date]
    to_on: Mapped[date | None]


class Student(Base, Record, Versioned):
    """A child on the roll of one school.

    ID and phone numbers are sealed together in `private`, as JSON {"id": …, "phones": […]}; the blind index of the ID
    number is unique per school only (security 36). `batch_id` is the import that wrote the row last.

    The class answers for school and county, and is itself held to them; where there is none, `classless_in` is the
    school, which is then held to the county. That there is the class, of this school and county, and the import is looked at
    once a statement, by triggers, and others keep a class and an import with students: two foreign keys looked up and
    locked a row for each student of a roster of 40,000, a third of the time of writing it.
    """

    __tablename__ = "students"
    __protection__ = "pupils"
    __table_args__ = (
        ForeignKeyConstraint(["classless_in", "county_id"], ["units.id", "units.county_id"], name="school_of_county"),
        UniqueConstraint("school_id", "student_no"),
        UniqueConstraint("school_id", "id_index"),
        Index("ix_students_class", "school_id", "class_id"),
        Index("ix_students_left", "id", postgresql_where=text("left_on is not null")),
    )

    county_id: Mapped[uuid.UUID]
    school_id: Mapped[uuid.UUID]
    class_id: Mapped[uuid.UUID | None]
    classless_in: Mapped[uuid.UUID | None] = mapped_column(
        Computed("case when class_id is null then school_id end", persisted=True)
    )
    student_no: Mapped[str] = mapped_column(String(19))
    name: Mapped[str] = mapped_column(String(30))
    pinyin: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    gender: Mapped[str] = mapped_column(String(1))
    birth_date: Mapped[date]
    grade: Mapped[str] = mapped_column(String(3))
    id_type: Mapped[str] = mapped_column(String(12), default="none", server_default=text("'none'"))
    id_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    private: Mapped[bytes | None] = mapped_column(Sealed())
    private_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Keyed hash of what `private` holds: an import that brings the same again need not seal it anew."""
    enrol_year: Mapped[int | None]
    boarding: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    left_behind: Mapped[str] = mapped_column(String(4), default="none", server_default=text("'none'"))
    village_code: Mapped[str | None] = mapped_column(String(12))
    guardians: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    """Per guardian: name and relation; the phone numbers lie sealed in `private`, in the same order."""
    from_on: Mapped[date]
    left_on: Mapped[date | None]
    batch_id: Mapped[uuid.UUID | None]


cast(Table, Student.__table__).add_is_dependent_on(cast(Table, SchoolClass.__table__))
