"""A remediation plan: goal, evaluation design and funds fixed before the work begins."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Float, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import relationship

from app.core import clock
from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, db, mapped_column
from app.core.policy.assignments import PART_OF
from app.improvement.monitoring.models.rulings import STANDS, standing_of
from app.improvement.plans.numbers import plan_numbers
from app.improvement.plans.targets import effect_of_change, is_comparable
from app.improvement.problems.models import ProblemItem
from workflows.improvement.remediation_plan import REMEDIATION_PLAN
from workflows.improvement.remediation_plan_facts import may_be_judged_by_criteria
from workflows.vocabulary import Sentence

MEASURED_DESIGNS = ("indicator", "small_n")


def months_unreported(plans: Sequence[Any]) -> set[uuid.UUID]:
    """Ids of the plans that were in force in the month before and of which its report is missing, in one question."""
    month = (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    due = {plan.id for plan in plans if plan.approved_on is None or month >= plan.approved_on.replace(day=1)}
    if not due:
        return due
    there = text("select plan_id from progress_reports where plan_id = any(:ids) and month = :month")
    return due.difference(db.session.scalars(there, {"ids": list(due), "month": month}))


IMPROVE_UNTIL = text(
    """with held as (select c.improve_until from problem_items i join problem_lists l on l.id = i.list_id
                      join monitoring_cycles c on c.id = l.cycle_id where i.id = :item),
            again as (select c.improve_until from reopenings r join data_findings f on f.id = r.finding_id
                      join monitoring_cycles c on c.id = f.cycle_id
                      where r.item_id = :item and r.state = 'approved' order by r.created_at desc limit 1),
            given as (select i.due_on from problem_items i where i.id = :item and exists (
                      select 1 from audit.transition_log g where g.record_id = i.id and g.step in
                      ('problem_item.reopen', 'problem_item.extend', 'problem_item.plan_again')))
       select greatest(held.improve_until, (select improve_until from again), (select due_on from given))
       from held where held.improve_until is not null"""
)
"""A reopening, an extension and a new plan come with a due date that somebody decided: it counts beside the period of the
round, for a reopening beside that of the round which brought the item back. No bound for an item without a round."""


def month_due_next(today: date) -> date:
    """The first day of the month whose report falls due next: a report may come until the end of its day."""
    this = today.replace(day=1)
    return this if today.day > plan_numbers().report_day else (this - timedelta(days=1)).replace(day=1)


class RemediationPlan(Base, Movable):
    """One edition of the plan of one item; an approved one stays in force until the next is approved (decision 37)."""

    __tablename__ = "remediation_plans"
    __protection__ = "unit"
    __table_args__ = (
        UniqueConstraint("item_id", "edition"),
        Index("uq_remediation_plans_in_force", "item_id", unique=True, postgresql_where=text("state = 'active'")),
        Index("ix_remediation_plans_list", "county_id", "state"),
    )
    workflow = REMEDIATION_PLAN

    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_items.id"), info={PART_OF: True})
    edition: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    """The one accountable person (总负责人)."""
    problem: Mapped[str] = mapped_column(default="", server_default=text("''"))
    goal: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """目标 in words, beside the numbers."""
    tasks: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """主要任务."""
    division: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """分工: who does what beside the owners of the measures."""
    schedule: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """进度安排 in words, beside the dates of the measures."""
    design: Mapped[str | None] = mapped_column(String(10))
    """indicator, criterion or small_n (decision 41)."""
    criteria: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    indicator_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("indicators.id"))
    baseline_result_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("monitoring_results.id"))
    baseline: Mapped[float | None] = mapped_column(Float)
    baseline_sd: Mapped[float | None] = mapped_column(Float)
    baseline_origin: Mapped[str | None] = mapped_column(String(20))
    """Why the plan begins from this cell (ORIGINS)."""
    target: Mapped[float | None] = mapped_column(Float)
    target_on: Mapped[date | None]
    follow_up_on: Mapped[date | None]
    min_effect: Mapped[float | None] = mapped_column(Float)
    assurance: Mapped[str] = mapped_column(default="", server_default=text("''"))
    argumentation: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """充分论证: who discussed the plan, when, with what result."""
    risks: Mapped[str] = mapped_column(default="", server_default=text("''"))
    budget_planned: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    budget_used: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    budget_source: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))
    opened_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    approved_on: Mapped[date | None]
    previous_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("remediation_plans.id"))

    item: Mapped[ProblemItem] = relationship(lazy="joined", innerjoin=True)
    actions: Mapped[list[Any]] = relationship(
        "RemediationAction", back_populates="plan", lazy="selectin", order_by="RemediationAction.position"
    )
    comments: Mapped[list[PlanComment]] = relationship(lazy="selectin", order_by="PlanComment.created_at")
    unit: Mapped[Any] = relationship("Unit", foreign_keys=[unit_id], lazy="raise")
    owner: Mapped[Any] = relationship("Person", foreign_keys=[owner_id], lazy="raise")

    @property
    def label(self) -> str:
        """Which item's plan, and which edition."""
        return f"{self.item.label}：整改方案第 {self.edition} 版"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"{self.item.label}: plan, edition {self.edition}")

    @property
    def address(self) -> str:
        """The plan's page."""
        return f"/plans/{self.ref}"

    @property
    def can_be_edited(self) -> bool:
        """A draft, or returned to be revised."""
        return self.state in ("draft", "returned")

    @property
    def is_severe(self) -> bool:
        """As its item."""
        return self.item.is_severe

    @property
    def is_school_level(self) -> bool:
        """As its item."""
        return self.item.is_school_level

    @property
    def was_opened(self) -> bool:
        """The reviewer has opened the version submitted."""
        return self.opened_at is not None

    @property
    def is_from_monitoring(self) -> bool:
        """The item rests on monitoring data."""
        return self.item.source_type == "monitoring"

    @property
    def has_measured_cell(self) -> bool:
        """The cell behind the item can be compared with a later one."""
        return is_comparable(self.baseline_result_id)

    @property
    def baseline_stands(self) -> bool:
        """Its cell is neither disputed nor decided against."""
        return standing_of(self.baseline_result_id) == STANDS

    @property
    def fitting_designs(self) -> tuple[str, ...]:
        """The ways in which the effect of this plan can be judged."""
        measured = MEASURED_DESIGNS if self.has_measured_cell else ()
        return (*measured, "criterion") if may_be_judged_by_criteria(self) else measured

    @property
    def planning_started_on(self) -> date | None:
        """When the item entered planning: the clock of the plan starts there."""
        started = text("select max(at) from audit.transition_log where record_id = :i and to_state = 'planning'")
        found = db.session.execute(started, {"i": self.item_id}).scalar()
        return clock.local(found).date() if found else None

    @property
    def month_is_reported(self) -> bool:
        """The report of the month before is there, or the plan was not in force then."""
        return not months_unreported([self])

    @property
    def reports_are_in(self) -> bool:
        """Every month since it took force is reported, up to the one whose report is due next."""
        if self.approved_on is None:
            return True
        months = text("select count(*) from progress_reports where plan_id = :id and month between :first and :last")
        first, last = self.approved_on.replace(day=1), month_due_next(clock.today())
        wanted = (last.year - first.year) * 12 + last.month - first.month + 1
        if wanted < 1:
            return True
        told = db.session.execute(months, {"id": self.id, "first": first, "last": last}).scalar_one()
        return bool(told >= wanted)

    @property
    def indicator(self) -> uuid.UUID | None:
        """The indicator that is measured again."""
        return self.indicator_id

    @property
    def target_effect(self) -> float | None:
        """What the target stands for in standardised units, good direction positive."""
        if self.baseline is None or self.target is None:
            return None
        return effect_of_change(self.baseline, self.target, self.baseline_sd, self.indicator_id)

    @property
    def target_is_ahead(self) -> bool:
        """The target date lies after today, or is not named yet."""
        return self.target_on is None or self.target_on > clock.today()

    @property
    def improve_until(self) -> date | None:
        """Last day of the round's improvement period; where the item was given more time, the last day of that."""
        return db.session.execute(IMPROVE_UNTIL, {"item": self.item_id}).scalar()

    @property
    def item_due_on(self) -> date | None:
        """Due date of the item."""
        return self.item.due_on

    @property
    def live_actions(self) -> list[Any]:
        """Measures that are not cancelled."""
        return [action for action in self.actions if action.state != "cancelled"]

    @property
    def action_count(self) -> int:
        """How many of them."""
        return len(self.live_actions)

    @property
    def causes_without_action_count(self) -> int:
        """Controllable causes that no measure answers."""
        answered = {action.cause_id for action in self.live_actions}
        return sum(1 for cause in self.item.causes if cause.controllable and cause.id not in answered)

    @property
    def actions_without_owner_count(self) -> int:
        """Measures nobody is named for."""
        return sum(1 for action in self.live_actions if action.owner_id is None)

    @property
    def accountable_count(self) -> int:
        """One accountable person or none; the column cannot hold two."""
        return 0 if self.owner_id is None else 1

    @property
    def budget_stated(self) -> bool:
        """The funds are written down, even if they are 0."""
        return self.budget_planned is not None

    @property
    def guidance_comment_count(self) -> int:
        """Comments of guidance members on the version submitted."""
        since = self.submitted_at
        return sum(1 for c in self.comments if c.part == "guidance" and (since is None or c.created_at >= since))

    @property
    def item_is_at_work(self) -> bool:
        """The item is being implemented."""
        return self.item.state == "implementing"

    @property
    def item_is_closed(self) -> bool:
        """The item is closed."""
        return self.item.state == "closed"

    @property
    def item_is_void(self) -> bool:
        """The item is void."""
        return self.item.state == "void"

    @property
    def newer_version_approved(self) -> bool:
        """A later edition has been approved."""
        newer = text(
            "select exists (select 1 from remediation_plans where item_id = :item and edition > :edition"
            " and state in ('approved', 'active'))"
        )
        return bool(db.session.execute(newer, {"item": self.item_id, "edition": self.edition}).scalar_one())

    @property
    def list_is_archived(self) -> bool:
        """The list of its item is archived."""
        return self.item.problem_list.state == "archived"


class PlanComment(Base, Record, Scoped):
    """What a guidance member or researcher says about the edition submitted."""

    __tablename__ = "plan_comments"
    __protection__ = "unit"

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("remediation_plans.id", ondelete="CASCADE"), index=True)
    part: Mapped[str] = mapped_column(String(10))
    """guidance or comment."""
    text: Mapped[str] = mapped_column(String(1000))
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
