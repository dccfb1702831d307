"""A problem item: one problem, one responsible unit, one responsible person, and what is said and found about it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, Index, UniqueConstraint, text
from sqlalchemy.orm import relationship

from app.core import clock
from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, Versioned, mapped_column
from app.improvement.monitoring.models import DataFinding
from app.improvement.monitoring.scenarios import in_order
from app.improvement.problems.models import facts
from app.improvement.problems.models.citable import KINDS
from app.improvement.problems.models.hand_offs import ItemHandOff
from app.improvement.problems.models.lists import ProblemList
from workflows.improvement.problem_item import PROBLEM_ITEM
from workflows.improvement.problem_list import CATEGORIES


class ProblemItem(Base, Movable):
    """One line of a problem list; its whole life is the machine A3b."""

    __tablename__ = "problem_items"
    __protection__ = "unit"
    __table_args__ = (
        UniqueConstraint("county_id", "number"),
        Index("ix_problem_items_board", "county_id", "unit_id", "state"),
        Index("ix_problem_items_school", "school_id", "state"),
        Index("ix_problem_items_keyset", "county_id", "id"),
        Index("ix_problem_items_due", "county_id", "due_on", "id"),
        Index("ix_problem_items_since", "county_id", "state_since", "id"),
        Index("ix_problem_items_indicator", "indicator_id", "unit_id"),
    )
    workflow = PROBLEM_ITEM

    number: Mapped[str] = mapped_column(String(20))
    """Spoken number such as WT-0137, counted per county."""
    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_lists.id"), index=True)
    level: Mapped[str] = mapped_column(String(6), default="county", server_default=text("'county'"))
    """county or school, as its list."""
    position: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """How the problem shows, in the drafter's words."""
    category: Mapped[str | None] = mapped_column(String(20))
    domain_code: Mapped[str] = mapped_column(String(12), default="teaching", server_default=text("'teaching'"))
    """管、教、研: management, teaching or research."""
    source_type: Mapped[str | None] = mapped_column(String(20))
    severity: Mapped[str | None] = mapped_column(String(10))
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    """Responsible unit: a department or a school."""
    addressee: Mapped[str | None] = mapped_column(String(8))
    """The type of units that the line went to at once; empty where its unit was named."""
    responsible_person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    """The handler (经办人), named when the item is signed for."""
    deputy_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    handler_named_at: Mapped[datetime | None]
    co_units: Mapped[list[str] | None]
    """Ids of co-operating units; an empty list says that there are none, null that nobody has said."""
    subject: Mapped[str | None] = mapped_column(String(20))
    grade: Mapped[str | None] = mapped_column(String(3))
    indicator_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("indicators.id"))
    scope_level: Mapped[str | None] = mapped_column(String(6))
    baseline: Mapped[float | None] = mapped_column(Float)
    target: Mapped[float | None] = mapped_column(Float)
    measure: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))
    """What the target counts, in words, where no indicator of the county fits."""
    measure_unit: Mapped[str] = mapped_column(String(10), default="", server_default=text("''"))
    measure_direction: Mapped[str] = mapped_column(String(6), default="higher", server_default=text("'higher'"))
    """higher or lower: which way is better; with an indicator, that of the indicator counts."""
    target_on: Mapped[date | None]
    """When it is to be measured again."""
    criteria: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Yes/no criteria of an item without statistics (decision 41)."""
    due_on: Mapped[date | None]
    issued_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    resume_on: Mapped[date | None]
    source_withdrawn_on: Mapped[date | None]
    objection_grounds: Mapped[str] = mapped_column(default="", server_default=text("''"))
    objection_files: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    contested_unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    new_data_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(24))
    """The decided outcome of the present evaluation, written by the effects area when it is decided."""
    rationale_accepted: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    effect_not_measurable: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    closable_on: Mapped[date | None]
    """The day on which the effect was decided, where the outcome allows closing."""
    unresolved_on: Mapped[date | None]
    """The same day, where it asks for a new plan or an extension."""
    iteration: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    recurrence_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    parent_item_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("problem_items.id"), index=True)
    """The line it came from, when that was spread over every unit of a type."""

    problem_list: Mapped[ProblemList] = relationship(back_populates="items", lazy="joined", innerjoin=True)
    all_causes: Mapped[list[Cause]] = relationship(lazy="selectin", order_by="Cause.created_at")
    hand_offs: Mapped[list[ItemHandOff]] = relationship(lazy="select", order_by="ItemHandOff.handed_at", viewonly=True)
    """From unit to unit, oldest first."""
    unit: Mapped[Any] = relationship("Unit", foreign_keys=[unit_id], lazy="raise")
    responsible_person: Mapped[Any] = relationship("Person", foreign_keys=[responsible_person_id], lazy="raise")
    indicator: Mapped[Any] = relationship("Indicator", foreign_keys=[indicator_id], lazy="raise")
    cited: Mapped[list[DataFinding]] = relationship(secondary="item_findings", viewonly=True, lazy="raise")

    @property
    def scenarios(self) -> list[str]:
        """The application scenarios of the findings it came from; they have to be loaded."""
        return in_order(code for finding in self.cited for code in finding.scenarios)

    @property
    def label(self) -> str:
        """Number and words of the problem."""
        return f"{self.number} {self.title}"

    @property
    def address(self) -> str:
        """The item's page."""
        return f"/items/{self.ref}"

    @property
    def is_severe(self) -> bool:
        """Decided by the group head."""
        return self.severity == "severe"

    @property
    def is_school_level(self) -> bool:
        """On a school's own list."""
        return self.level == "school"

    @property
    def responsible_unit_id(self) -> uuid.UUID | None:
        """The one unit that answers for it."""
        return self.unit_id

    @property
    def co_units_settled(self) -> bool:
        """Somebody has said which units help, or that none does."""
        return self.co_units is not None

    @property
    def has_target(self) -> bool:
        """A value to reach, or criteria to meet."""
        return self.target is not None or bool(self.criteria.strip())

    @property
    def target_is_named(self) -> bool:
        """A value says what it is a value of: an indicator, or words with their unit."""
        in_words = bool((self.measure or "").strip() and (self.measure_unit or "").strip())
        return self.target is None or self.indicator_id is not None or in_words

    @property
    def was_accepted(self) -> bool:
        """Its unit has signed for it."""
        return self.accepted_on is not None

    @property
    def is_settled(self) -> bool:
        """Closed or void: its list need not wait for it."""
        return self.state in ("closed", "void")

    @property
    def was_dropped(self) -> bool:
        """Taken off the draft before it was ever issued: no line of the list any more."""
        return self.state == "void" and self.issued_on is None

    @property
    def is_complete(self) -> bool:
        """Everything is there that the approver wants to see."""
        return not self.lacks

    @property
    def lacks(self) -> tuple[str, ...]:
        """Names of what is still missing before the list may be submitted (words: LACKS)."""
        there = {
            "category": self.category in CATEGORIES,
            "source_type": bool(self.source_type),
            "severity": bool(self.severity),
            "unit": self.unit_id is not None,
            "person": self.responsible_person_id is not None,
            "co_units": self.co_units_settled,
            "target": self.has_target,
            "indicator": self.target_is_named,
            "due_on": self.due_on is not None,
        }
        return tuple(name for name, held in there.items() if not held)

    @property
    def list_is_issued(self) -> bool:
        """Its list has been issued."""
        return self.problem_list.state in ("issued", "in_progress")

    @property
    def handler_id(self) -> uuid.UUID | None:
        """The person who does the daily work."""
        return self.owner_id

    @property
    def handler_named_anew(self) -> bool:
        """A handler was named since the item was reopened."""
        return self.handler_named_at is not None and self.handler_named_at >= self.state_since

    @property
    def objection_has_evidence(self) -> bool:
        """At least one file or link goes with the objection."""
        return bool(self.objection_files)

    @property
    def has_new_unit(self) -> bool:
        """Another unit than the one that contested."""
        return self.unit_id is not None and self.unit_id != self.contested_unit_id

    @property
    def causes(self) -> list[Cause]:
        """The causes of the present analysis."""
        return [cause for cause in self.all_causes if cause.iteration == self.iteration]

    @property
    def has_plan_in_force(self) -> bool:
        """A plan is approved or active."""
        return facts.plan_facts(self.id).in_force

    @property
    def action_counts(self) -> tuple[int, int]:
        """Measures of the plan in force, and those of them that are neither completed nor cancelled."""
        plan = facts.plan_facts(self.id)
        return plan.actions, plan.open_actions

    @property
    def open_action_count(self) -> int:
        """Measures of the plan in force that are neither completed nor cancelled."""
        return facts.plan_facts(self.id).open_actions

    @property
    def has_onsite_check(self) -> bool:
        """Somebody looked at it on the spot since the present work began."""
        return facts.has_onsite_check(self.id)

    @property
    def was_seen_on_a_visit(self) -> bool:
        """The team of a visit saw it on the spot since the work began."""
        return facts.was_seen_on_a_visit(self.id)

    @property
    def plan_lacks_its_cell(self) -> bool:
        """Its effect can never be computed by the design of the plan in force."""
        return facts.plan_lacks_its_cell(self.id)

    @property
    def extension_count(self) -> int:
        """How often its evaluation was extended under the present plan."""
        return facts.extension_count(self.id)

    @property
    def closure_state(self) -> str | None:
        """The state of its latest closure request."""
        return facts.closure_state(self.id)

    @property
    def chain_gaps(self) -> tuple[str, ...]:
        """Links missing between the data cell and the closure."""
        return facts.chain_gaps(self.id)

    @property
    def has_approved_reopening(self) -> bool:
        """A reopening of the present closure was approved."""
        return facts.approved_reopening_since(self.id, self.closed_on)

    @property
    def suspended_for_days(self) -> int | None:
        """Days from today to the day of resumption."""
        return (self.resume_on - clock.today()).days if self.resume_on else None

    @property
    def source_is_withdrawn(self) -> bool:
        """The data it rests on were withdrawn."""
        return self.source_withdrawn_on is not None


CITABLE = ("candidate", "watch", "confirmed", "converted")
"""Findings that a school's own list may cite: also before the county has confirmed one, and beside an item of the county."""


class ItemFinding(Base):
    """Which findings an item cites; one item may cite several."""

    __tablename__ = "item_findings"

    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_items.id", ondelete="CASCADE"), primary_key=True)
    finding_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_findings.id"), primary_key=True, index=True)


class Cause(Base, Record, Versioned, Scoped):
    """归因诊断: one cause with its category, what shows it, whether the unit can change it, and the chain of whys."""

    __tablename__ = "causes"
    __protection__ = "unit"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(finding_id, support_id, evidence_id, check_id, observation_id) <= 1", name="cites_one"
        ),
    )

    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_items.id", ondelete="CASCADE"), index=True)
    iteration: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    category: Mapped[str] = mapped_column(String(12))
    statement: Mapped[str] = mapped_column(String(300))
    controllable: Mapped[bool | None]
    finding_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("data_findings.id"))
    support_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("finding_supports.id"))
    evidence_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("evidence.id", use_alter=True))
    check_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("onsite_checks.id"))
    observation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("visit_observations.id"))
    evidence_note: Mapped[str] = mapped_column(String(300), default="")
    """What the reference does not say; alone only where the chain holds nothing that fits."""
    five_whys: Mapped[str] = mapped_column(default="")
    added_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))

    @property
    def has_evidence_link(self) -> bool:
        """It cites something, or says what it was seen in."""
        return self.cites is not None or bool(self.evidence_note.strip())

    @property
    def cites(self) -> uuid.UUID | None:
        """What it cites, of whatever kind."""
        return self.finding_id or self.support_id or self.evidence_id or self.check_id or self.observation_id

    def cite(self, kind: str, cited: uuid.UUID | None) -> None:
        """Cite one thing and nothing else; None: words alone."""
        for one in KINDS:
            setattr(self, f"{one}_id", cited if one == kind else None)


class ItemRemark(Base, Record, Scoped):
    """A message on an item between office, researchers and the unit; `part` is comment or guidance."""

    __tablename__ = "item_remarks"
    __protection__ = "unit"

    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_items.id", ondelete="CASCADE"), index=True)
    part: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(String(1000))
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))


class OnsiteCheck(Base, Record, Scoped):
    """现场核查: somebody who does not do the work looked at it on the spot."""

    __tablename__ = "onsite_checks"
    __protection__ = "unit"

    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_items.id", ondelete="CASCADE"), index=True)
    checked_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(80))
    seen: Mapped[str] = mapped_column(String(8))
    """seen, partly or not_seen."""
    remarks: Mapped[str]
    checked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
