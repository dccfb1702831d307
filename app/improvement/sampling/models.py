"""Draws of schools' own lists, and what an inspector found of each list that was drawn."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, select, text
from sqlalchemy.orm import relationship

from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, Versioned, db, mapped_column
from app.improvement.problems.models import ProblemItem, ProblemList
from app.improvement.sampling.avoiding import has_to_stay_away
from app.improvement.sampling.chance import digest_of, draw
from workflows.improvement.list_check import LIST_CHECK
from workflows.vocabulary import Sentence

ANSWERS = ("holds", "fails", "left_out")


class SampleDraw(Base, Record, Versioned, Scoped):
    """抽取: how many of a county's school lists were taken in a term. `kind` is chance or hand; the latter takes one."""

    __tablename__ = "sample_draws"
    __protection__ = "county"
    __table_args__ = (
        UniqueConstraint("county_id", "number"),
        Index("ix_sample_draws_term", "county_id", "term_on"),
        CheckConstraint("kind in ('chance', 'hand')", name="kind"),
        CheckConstraint("drawn >= 1 and population >= 1 and least >= 1", name="counts"),
        CheckConstraint("kind = 'chance' or (drawn = 1 and reason <> '')", name="by_hand"),
    )

    number: Mapped[str] = mapped_column(String(20))
    term_on: Mapped[date]
    """First day of the term."""
    kind: Mapped[str] = mapped_column(String(6))
    population: Mapped[int]
    """Lists that were running or came to their end in the term, on the day of the draw."""
    least: Mapped[int]
    """A tenth of them, rounded up."""
    drawn: Mapped[int]
    reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Why it was taken by hand."""
    drawn_on: Mapped[date]
    drawn_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))

    @property
    def label(self) -> str:
        """Its number."""
        return self.number

    @property
    def address(self) -> str:
        """The page on which the draw can be followed."""
        return f"/list-checks/draws/{self.ref}"


class SampleFrame(Base, Record, Scoped):
    """What a draw by chance was made of: its seed and the lists it was made from; shown to the county alone."""

    __tablename__ = "sample_frames"
    __protection__ = "unit"

    draw_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sample_draws.id"), unique=True)
    seed: Mapped[str] = mapped_column(String(32))
    lists: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    """Number with edition and school code of each."""
    sha256: Mapped[str] = mapped_column(String(64))

    @property
    def is_whole(self) -> bool:
        """The lists are those whose digest was written down."""
        return digest_of([(number, school) for number, school in self.lists]) == self.sha256

    def drawn_again(self, count: int) -> list[str]:
        """The same draw once more."""
        return draw([(number, school) for number, school in self.lists], count, self.seed)


class ListCheck(Base, Movable):
    """清单抽查: one list that was drawn, its inspector, and what was found."""

    __tablename__ = "list_checks"
    __protection__ = "sampled"
    __table_args__ = (
        UniqueConstraint("county_id", "number"),
        UniqueConstraint("list_id", "term_on"),
        Index("ix_list_checks_term", "county_id", "term_on", "state"),
        Index("ix_list_checks_due", "county_id", "due_on", "id"),
        Index("ix_list_checks_owner", "owner_id", "state"),
        CheckConstraint("state = 'drawn' or (checked_on is not null and finding <> '')", name="written"),
    )
    workflow = LIST_CHECK

    number: Mapped[str] = mapped_column(String(20))
    draw_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sample_draws.id"), index=True)
    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_lists.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    """The school that keeps the list."""
    term_on: Mapped[date]
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    """The inspector."""
    responsibility_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school_responsibilities.id"))
    """What opens the school to an inspector who does not answer for it, as long as the check runs."""
    due_on: Mapped[date]
    looked_at: Mapped[str] = mapped_column(default="", server_default=text("''"))
    finding: Mapped[str] = mapped_column(default="", server_default=text("''"))
    on_site: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    checked_on: Mapped[date | None]

    problem_list: Mapped[Any] = relationship("ProblemList", lazy="joined", innerjoin=True)
    draw: Mapped[SampleDraw] = relationship(lazy="joined", innerjoin=True)
    unit: Mapped[Any] = relationship("Unit", foreign_keys=[unit_id], lazy="joined", innerjoin=True)
    owner: Mapped[Any] = relationship("Person", foreign_keys=[owner_id], lazy="joined")
    answers: Mapped[list[ListCheckAnswer]] = relationship(lazy="select", order_by="ListCheckAnswer.position")

    @property
    def label(self) -> str:
        """Which list of which school."""
        return f"{self.number} {self.unit.short_name}：{self.problem_list.label}"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"{self.number} {self.unit.short_name}: {self.problem_list.named.en}")

    @property
    def address(self) -> str:
        """The check's page."""
        return f"/list-checks/{self.ref}"

    @property
    def items(self) -> list[Any]:
        """The lines that can be looked at: all that stood on the list when it was drawn, wherever its next edition has put
        them, but for void ones."""
        return [item for item in self._lines() if item.state != "void"]

    def _lines(self) -> list[Any]:
        held = self.problem_list
        if held.state != "superseded":
            return list(held.items)
        editions = select(ProblemList.id).where(
            ProblemList.county_id == held.county_id, ProblemList.number == held.number,
            ProblemList.edition >= held.edition,
        )  # fmt: skip
        lines = select(ProblemItem).where(
            ProblemItem.list_id.in_(editions), ProblemItem.issued_on <= self.draw.drawn_on
        )
        with db.session.no_autoflush:
            return list(db.session.scalars(lines.order_by(ProblemItem.issued_on, ProblemItem.number)))

    @property
    def is_done(self) -> bool:
        """The inspector has said what was found."""
        return self.state != "drawn"

    @property
    def has_checker(self) -> bool:
        """An inspector was named."""
        return self.owner_id is not None

    @property
    def checker_is_free(self) -> bool:
        """The inspector neither drew the list nor has an interest in the school or a part in the list."""
        if self.owner_id is None:
            return True
        drew = self.owner_id == self.draw.drawn_by
        return not drew and not has_to_stay_away([self.owner_id], self.unit_id, self.list_id)

    @property
    def says_what_was_looked_at(self) -> bool:
        """What was looked at, and what was found."""
        return bool(self.looked_at.strip() and self.finding.strip())

    @property
    def every_item_is_answered(self) -> bool:
        """Each item holds, does not hold, or was left out; at least one was looked at, where there is one."""
        found = {one.item_id: one.answer for one in self.answers}
        asked = {item.id for item in self.items}
        return asked <= set(found) and (not asked or any(answer != "left_out" for answer in found.values()))

    @property
    def failures_are_told(self) -> bool:
        """Each item that does not hold has its sentence."""
        return all(one.note.strip() for one in self.answers if one.answer == "fails")

    @property
    def failed_item_count(self) -> int:
        """Items that do not hold."""
        return sum(1 for one in self.answers if one.answer == "fails")


class ListCheckAnswer(Base, Record, Scoped):
    """What was found of one item of a list: holds, fails or left_out, with its sentence and the state it was in."""

    __tablename__ = "list_check_answers"
    __protection__ = "unit"
    __table_args__ = (
        UniqueConstraint("check_id", "item_id"),
        CheckConstraint("answer in ('holds', 'fails', 'left_out')", name="answer"),
        CheckConstraint("answer <> 'fails' or note <> ''", name="told"),
    )

    check_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("list_checks.id", ondelete="CASCADE"))
    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_items.id"), index=True)
    position: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    answer: Mapped[str] = mapped_column(String(8))
    note: Mapped[str] = mapped_column(default="", server_default=text("''"))
    was_closed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    reopening_proposed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether a reopening was proposed, or waited already, when the answer was given."""

    item: Mapped[Any] = relationship("ProblemItem", lazy="joined", innerjoin=True)
