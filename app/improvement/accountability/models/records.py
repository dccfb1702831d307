"""A record of accountability or commendation, and what its guards read."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import relationship

from app.core import clock
from app.core.casework.door import takers
from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, String, db, mapped_column
from app.improvement.accountability.models.parts import AccountabilityFact, AccountabilitySaying, AccountabilitySeat
from app.improvement.accountability.numbers import accountability_numbers
from app.improvement.accountability.words import KINDS
from app.improvement.anonymity import persons_in
from workflows.improvement.accountability_record import ACCOUNTABILITY_RECORD, DREW_UP
from workflows.vocabulary import Sentence

LEADING = ("leading_group_head", "leading_group_member")
"""Roles of the leading group, one of whom presides."""
AFTER_DECISION = "('decided', 'disclosed', 'appealed', 'lapsed', 'revoked', 'dismissed')"


class AccountabilityRecord(Base, Movable):
    """问责或表彰: who is concerned, what is cited, the window, the decision with body and reasons, the appeal, the lapse.

    The database refuses a decision before the window's last day is past, without body or reasons, or one that neither
    weighs a statement nor records that none was made.
    """

    __tablename__ = "accountability_records"
    __protection__ = "unit"
    __table_args__ = (
        UniqueConstraint("county_id", "number"),
        Index("ix_accountability_records_unit", "unit_id", "state"),
        Index("ix_accountability_records_person", "person_id"),
        CheckConstraint("kind in ('accountability', 'commendation')", name="kind"),
        CheckConstraint("level in ('party', 'county', 'public')", name="level"),
        CheckConstraint("statement_until is null or statement_until > notified_on", name="window"),
        CheckConstraint(f"state not in {AFTER_DECISION} or decided_on is not null", name="decided"),
        CheckConstraint(
            "decided_on is null or (statement_until is not null and decided_on > statement_until)", name="heard_first"
        ),
        CheckConstraint("decided_on is null or (body <> '' and reasons <> '')", name="body_and_reasons"),
        CheckConstraint("decided_on is null or unheard or weighed <> ''", name="weighed"),
        CheckConstraint("appeal_outcome in ('upheld', 'changed', 'revoked')", name="appeal_outcome"),
    )
    workflow = ACCOUNTABILITY_RECORD

    kind: Mapped[str] = mapped_column(String(14), default="accountability", server_default=text("'accountability'"))
    number: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    """The party: the unit that is held to account or commended."""
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    """The person concerned, where there is one; printed on the papers, never made known to others."""
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    """Who drew it up."""
    title: Mapped[str] = mapped_column(String(80), default="", server_default=text("''"))
    account: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """What happened, in words; the facts behind it are cited one by one."""
    basis: Mapped[str] = mapped_column(String(300), default="", server_default=text("''"))
    """The rule it rests on, as the county names it."""
    measure: Mapped[str | None] = mapped_column(String(20))
    """What is considered, and after the decision what was decided; a code of the county's file."""
    considered: Mapped[str | None] = mapped_column(String(20))
    """What was considered when notice was given."""
    notified_on: Mapped[date | None]
    statement_until: Mapped[date | None]
    unheard: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """The window ended and nobody had said anything."""
    body: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    met_on: Mapped[date | None]
    reasons: Mapped[str] = mapped_column(default="", server_default=text("''"))
    weighed: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Whether what was said was accepted, and why."""
    level: Mapped[str | None] = mapped_column(String(6))
    decided_on: Mapped[date | None]
    appeal_until: Mapped[date | None]
    lapses_on: Mapped[date | None]
    public_words: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """What others read once it is disclosed."""
    disclosed_on: Mapped[date | None]
    appealed_on: Mapped[date | None]
    appeal_outcome: Mapped[str | None] = mapped_column(String(8))
    appeal_reasons: Mapped[str] = mapped_column(default="", server_default=text("''"))
    appeal_settled_on: Mapped[date | None]

    unit: Mapped[Any] = relationship("Unit", foreign_keys=[unit_id], lazy="joined", innerjoin=True)
    person: Mapped[Any] = relationship("Person", foreign_keys=[person_id], lazy="select")
    owner: Mapped[Any] = relationship("Person", foreign_keys=[owner_id], lazy="select")
    facts: Mapped[list[AccountabilityFact]] = relationship(
        order_by=AccountabilityFact.position, cascade="all, delete-orphan", lazy="select"
    )
    seats: Mapped[list[AccountabilitySeat]] = relationship(
        order_by=(AccountabilitySeat.is_chair.desc(), AccountabilitySeat.id),
        cascade="all, delete-orphan",
        lazy="select",
    )
    sayings: Mapped[list[AccountabilitySaying]] = relationship(
        primaryjoin="AccountabilityRecord.id == foreign(AccountabilitySaying.record_id)",
        order_by=AccountabilitySaying.id,
        lazy="select",
        viewonly=True,
    )

    @property
    def label(self) -> str:
        """Kind and number alone: what stands in letters and lists of things to do says nothing of the matter."""
        return f"{KINDS[self.kind].zh} {self.number}"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"{KINDS[self.kind].en} {self.number}")

    @property
    def address(self) -> str:
        """The record's page."""
        return f"/accountability/{self.ref}"

    @property
    def is_accountability(self) -> bool:
        """It holds somebody to account; a commendation praises."""
        return self.kind == "accountability"

    @property
    def is_written(self) -> bool:
        """What happened, the rule it rests on, and the measure that is considered are there."""
        return all(part.strip() for part in (self.title, self.account, self.basis)) and bool(self.measure)

    @property
    def window_is_open(self) -> bool:
        """Today is not later than the last day of the window."""
        return self.statement_until is not None and clock.today() <= self.statement_until

    @property
    def window_is_over(self) -> bool:
        """The window was opened, and its last day is past."""
        return self.statement_until is not None and self.statement_until < clock.today()

    @property
    def names_body_and_reasons(self) -> bool:
        """The body that decides, the day it met after the window, and its reasons are there."""
        return (
            bool(self.body.strip() and self.reasons.strip())
            and self.met_on is not None
            and self.statement_until is not None
            and self.statement_until < self.met_on <= clock.today()
        )

    @property
    def has_weighed_what_was_said(self) -> bool:
        """It says how the statements were dealt with, or that the window ended without one."""
        return bool(self.weighed.strip()) or self.unheard

    @property
    def has_quorum(self) -> bool:
        """So many persons of the body were present as the county's rules ask for, the chair among them."""
        return _full(self.sat("decision"), accountability_numbers().quorum)

    @property
    def nobody_concerned_sits(self) -> bool:
        """Nobody present drew up the facts, gave notice of them, is concerned, or belongs to the unit concerned."""
        present = {seat.person_id for seat in self.sat("decision")}
        return not present & self.kept_out

    @property
    def kept_out(self) -> set[uuid.UUID]:
        """Who drew up the facts, gave notice of them, or is concerned."""
        with db.session.no_autoflush:  # a decision in hand is judged by the guards before the database sees it
            found = {self.owner_id, *takers(self, DREW_UP)}
        return found | ({self.person_id} if self.person_id else set())

    @property
    def leaves_a_chair_for_the_appeal(self) -> bool:
        """Somebody of the leading group was not present and may hear an appeal; a commendation has none."""
        if not self.is_accountability:
            return True
        return bool(self.free_chairs - {seat.person_id for seat in self.seats} - self.kept_out)

    free_chairs = frozenset[uuid.UUID]()
    """Persons of the leading group in office; the operation that decides puts them here."""

    @property
    def is_to_be_disclosed(self) -> bool:
        """The decision says that it is made known, and how far."""
        return self.level in ("county", "public")

    @property
    def is_anonymous(self) -> bool:
        """What others will read points at no person."""
        return not self.persons_named

    @property
    def persons_named(self) -> tuple[str, ...]:
        """What in the words that others read points at a person."""
        return persons_in(self.county_id, *self.words_shown)

    @property
    def words_shown(self) -> tuple[str, ...]:
        """What others read: on public notice the title and what happened, later the words of the circular."""
        return (self.title, self.public_words or self.account)

    @property
    def may_be_appealed(self) -> bool:
        """It holds somebody to account, no appeal of it was answered, and the time for it runs."""
        return self.is_accountability and not self.is_final

    @property
    def appeal_runs_until(self) -> date | None:
        """Last day on which the party may appeal, as long as it may: a clock for something past would only look late."""
        return self.appeal_until if self.may_be_appealed else None

    @property
    def is_final(self) -> bool:
        """The time to appeal is over, or an appeal was answered."""
        if self.appeal_settled_on is not None:
            return True
        return self.appeal_until is None or self.appeal_until < clock.today()

    @property
    def is_heard_by_others(self) -> bool:
        """Enough persons heard the appeal, one of the leading group presiding, none of whom decided or is concerned."""
        present = self.sat("appeal")
        deciders = {seat.person_id for seat in self.sat("decision")}
        others = not {seat.person_id for seat in present} & (deciders | self.kept_out)
        return others and _full(present, accountability_numbers().appeal_quorum)

    @property
    def names_appeal_reasons(self) -> bool:
        """The reasons of the answer to the appeal are there."""
        return bool(self.appeal_reasons.strip())

    @property
    def period_is_over(self) -> bool:
        """The day on which it lapses is here."""
        return self.lapses_on is not None and self.lapses_on <= clock.today()

    @property
    def is_due(self) -> bool:
        """A window or a period of it is over and the system has to say so."""
        return (self.state == "hearing" and self.window_is_over) or (
            self.state in ("decided", "disclosed") and self.period_is_over
        )

    def sat(self, hearing: str) -> list[AccountabilitySeat]:
        """Who was present: at the decision, or when the appeal was heard."""
        return [seat for seat in self.seats if seat.hearing == hearing]


def _full(seats: list[AccountabilitySeat], least: int) -> bool:
    return len(seats) >= least and any(seat.is_chair and seat.role in LEADING for seat in seats)
