"""A visit to one school, its team, and what its guards read."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import relationship

from app.core import clock
from app.core.calendar.days import add_working_days
from app.core.casework import deadlines
from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column
from app.improvement.visits.models import facts
from app.improvement.visits.models.checklist import VisitLine
from app.improvement.visits.models.findings import VisitFinding
from app.improvement.visits.models.programme import SupervisionEntry
from app.improvement.visits.numbers import visit_numbers
from workflows.improvement.supervision_visit import OBJECT, RESPOND, SUPERVISION_VISIT
from workflows.vocabulary import Sentence


class SupervisionVisit(Base, Movable):
    """视导: one team at one school on one day; its whole life is the machine A7."""

    __tablename__ = "supervision_visits"
    __protection__ = "unit"
    __table_args__ = (
        UniqueConstraint("county_id", "number"),
        Index("ix_supervision_visits_day", "county_id", "visit_on"),
        Index("ix_supervision_visits_school", "school_id", "state"),
        Index("ix_supervision_visits_entry", "entry_id"),
    )
    workflow = SUPERVISION_VISIT

    number: Mapped[str] = mapped_column(String(20))
    """Spoken number such as SD-0031, counted per county."""
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    """The school visited."""
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    """The lead of the team."""
    entry_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("supervision_entries.id"))
    kind: Mapped[str] = mapped_column(String(10))
    focus: Mapped[str] = mapped_column(String(10), default="school", server_default=text("'school'"))
    """school 督学, government 督政 or guidance 教研指导."""
    scope: Mapped[str] = mapped_column(String(300))
    visit_on: Mapped[date | None]
    is_unannounced: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    exception_wanted: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Why an exception is asked for; empty where none is."""
    exception_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    exception_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    exception_on: Mapped[date | None]
    checklist_edition: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Counted up with the notice and with each line added afterwards; the phone says which one it shows."""
    notified_on: Mapped[date | None]
    arrived_at: Mapped[datetime | None]
    draft_shown_on: Mapped[date | None]
    agreed_on: Mapped[date | None]
    objection_grounds: Mapped[str] = mapped_column(default="", server_default=text("''"))
    objection_state: Mapped[str | None] = mapped_column(String(10))
    """open, accepted or dismissed."""
    objection_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    feedback_on: Mapped[date | None]
    disclosure: Mapped[str] = mapped_column(String(10), default="school", server_default=text("'school'"))
    """school, county or public: how far the feedback may be shown once somebody decides to publish it."""
    responded_on: Mapped[date | None]
    is_unanswered: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """The school let the time run out."""
    rectification: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """The written report (书面整改报告)."""
    rectified_on: Mapped[date | None]
    closing_note: Mapped[str] = mapped_column(default="", server_default=text("''"))

    unit: Mapped[Any] = relationship("Unit", foreign_keys=[unit_id], lazy="joined", innerjoin=True)
    owner: Mapped[Any] = relationship("Person", foreign_keys=[owner_id], lazy="joined", innerjoin=True)
    entry: Mapped[SupervisionEntry | None] = relationship(lazy="selectin")
    members: Mapped[list[VisitMember]] = relationship(
        lazy="selectin", order_by="VisitMember.created_at", cascade="all, delete-orphan", passive_deletes=True
    )
    lines: Mapped[list[VisitLine]] = relationship(
        lazy="selectin", order_by="VisitLine.position", cascade="all, delete-orphan", passive_deletes=True
    )
    findings: Mapped[list[VisitFinding]] = relationship(
        lazy="selectin", order_by="VisitFinding.position", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def label(self) -> str:
        """Number, school and day; nothing of what was found."""
        return f"{self.number} {self.unit.short_name}视导"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"{self.number} Visit to {self.unit.short_name}")

    @property
    def address(self) -> str:
        """The visit's page."""
        return f"/visits/{self.ref}"

    @property
    def is_listed(self) -> bool:
        """An entry of the yearly list in force covers kind, day and school."""
        return self.entry is not None and self.entry.covers(self.kind, self.visit_on, self.unit_id)

    @property
    def has_exception(self) -> bool:
        """The head of the leading group has logged an exception for it."""
        return self.exception_on is not None

    @property
    def days_of_notice(self) -> int:
        """Calendar days from today to the visit."""
        return (self.visit_on - clock.today()).days if self.visit_on else 0

    @property
    def notice_wanted(self) -> int:
        """Calendar days of notice that its kind asks for."""
        return visit_numbers().notice_for(self.kind)

    @property
    def line_count(self) -> int:
        """Lines of its checklist."""
        return len(self.lines)

    @property
    def team(self) -> list[VisitMember]:
        """Who goes."""
        return [one for one in self.members if one.left_on is None]

    @property
    def team_size(self) -> int:
        """Inspectors, and members of the guidance group who fill places (decisions §2 A7)."""
        return sum(1 for one in self.team if one.role in ("inspector", "guidance_member"))

    @property
    def team_wanted(self) -> int:
        """The smallest team of its kind."""
        return visit_numbers().special_team if self.kind == "special" else 1

    @property
    def is_led_by_an_inspector(self) -> bool:
        """Its lead is an inspector and a member of the team."""
        return any(one.person_id == self.owner_id and one.role == "inspector" for one in self.team)

    @property
    def conflicted(self) -> set[uuid.UUID]:
        """Members who belong or belonged to the school, answered for its problems, or declared an interest."""
        ids = [one.person_id for one in self.team]
        return facts.with_an_interest(ids, self.unit_id) | {one.person_id for one in self.team if one.interest}

    @property
    def conflicted_count(self) -> int:
        """How many they are."""
        return len(self.conflicted)

    @property
    def uncleared_count(self) -> int:
        """Members nobody has asked."""
        return sum(1 for one in self.team if one.cleared_at is None)

    @property
    def lead_must_rotate(self) -> bool:
        """The lead led the last visits of the school as often in a row as is allowed."""
        if self.kind not in visit_numbers().rotating_kinds:
            return False
        most = visit_numbers().leads_in_a_row
        last = facts.last_leads(self.unit_id, self.id, most)
        return len(last) == most and set(last) == {self.owner_id}

    @property
    def has_self_report(self) -> bool:
        """The school has said of every linked item where it stands."""
        return all(line.self_state for line in self.lines if line.item_id is not None)

    @property
    def day_has_come(self) -> bool:
        """Today is the day of the visit or later."""
        return self.visit_on is not None and self.visit_on <= clock.today()

    @property
    def signed_in_count(self) -> int:
        """Members who signed in at the school."""
        return sum(1 for one in self.team if one.signed_in_at is not None)

    @property
    def unseen_count(self) -> int:
        """Lines without an observation."""
        return sum(1 for line in self.lines if not line.standing)

    @property
    def conflict_count(self) -> int:
        """Lines with two observations that contradict each other."""
        return sum(1 for line in self.lines if len(line.standing) > 1)

    @property
    def finding_count(self) -> int:
        """What is written down."""
        return len(self.findings)

    @property
    def unready_finding_count(self) -> int:
        """Findings that lack something."""
        return sum(1 for one in self.findings if not one.is_ready)

    @property
    def draft_is_shown(self) -> bool:
        """The school has been shown the draft as it stands."""
        return self.draft_shown_on is not None

    @property
    def objection_window_is_over(self) -> bool:
        """The working days in which the school may object have passed; the last one counts until midnight."""
        if self.draft_shown_on is None:
            return False
        overrides = deadlines.work_calendar().overrides
        return clock.today() > add_working_days(self.draft_shown_on, OBJECT.days, overrides)

    @property
    def draft_is_answered(self) -> bool:
        """The school agreed, its objection is decided, or its time is over."""
        if not self.draft_is_shown or self.objection_is_open:
            return False
        return self.agreed_on is not None or self.objection_state == "dismissed" or self.objection_window_is_over

    @property
    def may_still_object(self) -> bool:
        """The draft is shown, not answered, and the time is not over."""
        return self.draft_is_shown and not self.draft_is_answered and not self.objection_is_open

    @property
    def objection_is_open(self) -> bool:
        """An objection waits for its decision."""
        return self.objection_state == "open"

    @property
    def objection_is_decided(self) -> bool:
        """None waits."""
        return not self.objection_is_open

    @property
    def to_answer(self) -> list[VisitFinding]:
        """Problems and recurrences."""
        return [one for one in self.findings if one.wants_answer]

    @property
    def unanswered_count(self) -> int:
        """Those that the school has not answered."""
        return sum(1 for one in self.to_answer if one.answer is None)

    @property
    def response_is_overdue(self) -> bool:
        """The working days for the response have passed."""
        if self.feedback_on is None:
            return False
        return clock.today() > add_working_days(self.feedback_on, RESPOND.days, deadlines.work_calendar().overrides)

    @property
    def is_rectification_reported(self) -> bool:
        """The written report is there, or nothing was found that asks for one."""
        return self.rectified_on is not None or not self.to_answer

    @property
    def unsettled_count(self) -> int:
        """Problems neither verified, carried nor withdrawn."""
        return sum(1 for one in self.to_answer if one.settled_as is None)

    @property
    def is_shown_to_the_school(self) -> bool:
        """The school may know of it: never of one that is being planned or that comes unannounced."""
        return self.notified_on is not None or self.arrived_at is not None


class VisitMember(Base, Record, Scoped):
    """A member of the team in one role; `interest` is what keeps him or her from going."""

    __tablename__ = "visit_members"
    __protection__ = "unit"
    __table_args__ = (
        Index("uq_visit_members_there", "visit_id", "person_id", unique=True, postgresql_where=text("left_on is null")),
        Index("ix_visit_members_person", "person_id"),
    )

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supervision_visits.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    role: Mapped[str] = mapped_column(String(30))
    cleared_at: Mapped[datetime | None]
    """When somebody confirmed that there is no interest; empty means that nobody has asked."""
    cleared_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    interest: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    signed_in_at: Mapped[datetime | None]
    left_on: Mapped[date | None]
    responsibility_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("school_responsibilities.id", ondelete="SET NULL")
    )
    """What opens the school's records to an inspector for the length of the visit (domain §2.2: V)."""

    person: Mapped[Any] = relationship("Person", foreign_keys=[person_id], lazy="joined", innerjoin=True)
