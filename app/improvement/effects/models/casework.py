"""Effect evaluations, closure requests and rechecks."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Float, Index, select, text
from sqlalchemy.orm import relationship

from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, String, db, mapped_column
from app.core.policy.assignments import PART_OF
from app.improvement.effects.models import follow_ups
from app.improvement.effects.models.four_parts import CHECKS, FourParts
from app.improvement.effects.models.opinions import Opined
from app.improvement.effects.models.support import supporting
from app.improvement.plans.models import Evidence, RemediationAction, RemediationPlan
from app.improvement.problems.models import ProblemItem
from workflows.improvement.closure_request import CLOSURE_REQUEST
from workflows.improvement.effect_evaluation import EFFECT_EVALUATION
from workflows.improvement.recheck import RECHECK
from workflows.vocabulary import Sentence

MEASURES = Sentence("等措施结束后计时", "Counts from the end of the measures")
RESUMPTION = Sentence("等问题项恢复后计时", "Counts once the item resumes")

WORK = text(
    """select w.item_id, array_agg(w.id) as ids from (
           select p.item_id, p.id from remediation_plans p where p.item_id = any(:items)
           union select p.item_id, a.id from remediation_actions a join remediation_plans p on p.id = a.plan_id
           where p.item_id = any(:items)
           union select p.item_id, e.id from evidence e join remediation_actions a on a.id = e.action_id
           join remediation_plans p on p.id = a.plan_id where p.item_id = any(:items)) w group by w.item_id"""
)
"""The plans, measures and evidence of items."""


class EffectEvaluation(Base, Movable, FourParts, Opined):
    """成效评价: the comparison computed by the design fixed in the plan, and what a person decided."""

    __tablename__ = "effect_evaluations"
    __protection__ = "unit"
    __table_args__ = (
        Index("ix_effect_evaluations_item", "item_id", "state"),
        Index("ix_effect_evaluations_follow_ups", "follow_up_ids", postgresql_using="gin"),
        Index(
            "uq_effect_evaluations_open",
            "plan_id",
            unique=True,
            postgresql_where=text("state in ('draft', 'data_ready', 'computed', 'returned')"),
        ),
        *CHECKS,
    )
    workflow = EFFECT_EVALUATION

    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_items.id"), info={PART_OF: True})
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("remediation_plans.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    design: Mapped[str | None] = mapped_column(String(10))
    item_due_on: Mapped[date | None]
    baseline_result_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("monitoring_results.id"))
    follow_up_ids: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """Ids of the re-measured results: one, or two rounds pooled for small groups."""
    comparability: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    criteria_checked: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    """Each criterion with text, met, on_site, note, verifier, checked_on, and by_doer: whether the verifier did the work."""
    computed: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """Estimate, standard error, intervals, model, input digest, code version."""
    computed_outcome: Mapped[str | None] = mapped_column(String(24))
    delta: Mapped[float | None] = mapped_column(Float)
    is_unadjusted: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    outcome: Mapped[str | None] = mapped_column(String(24))
    judgement: Mapped[str] = mapped_column(default="", server_default=text("''"))
    difference_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    qualitative: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """Ids of accepted evidence that supports another outcome than the computed one."""
    rationale_accepted: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    effect_not_measurable: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    proposed_at: Mapped[datetime | None]
    proposed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    proposed_outcome: Mapped[str | None] = mapped_column(String(24))
    proposed_judgement: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """What the evaluator wrote, kept beside what was decided."""
    decided_on: Mapped[date | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))

    item: Mapped[ProblemItem] = relationship(lazy="joined", innerjoin=True)
    plan: Mapped[RemediationPlan] = relationship(lazy="select")

    @property
    def label(self) -> str:
        """Which item's effect."""
        return f"{self.item.label}：成效评价"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"{self.item.label}: evaluation")

    @property
    def address(self) -> str:
        """The evaluation's page."""
        return f"/evaluations/{self.ref}"

    @property
    def is_severe(self) -> bool:
        """As its item."""
        return self.item.is_severe

    @property
    def is_school_level(self) -> bool:
        """As its item."""
        return self.item.is_school_level

    @property
    def design_as_planned(self) -> bool:
        """The design is the one fixed in the plan."""
        return self.design == self.plan.design

    @property
    def counts_after(self) -> date | None:
        """Data measured after this day may judge it: the plan was in force, and the item not closed in between."""
        return follow_ups.measured_after(self.plan_id)

    @property
    def follow_up_verified(self) -> bool:
        """Every round that holds a follow-up cell has been verified."""
        return follow_ups.all_verified(self.follow_up_ids)

    @property
    def follow_up_after_plan(self) -> bool:
        """Every round that holds a follow-up cell began after the plan took effect."""
        return follow_ups.all_after(self.follow_up_ids, self.counts_after)

    @property
    def cells_stand(self) -> bool:
        """None of the cells compared is disputed or was decided against; criteria rest on no cell."""
        return self.design == "criterion" or follow_ups.all_cells_stand(self)

    @property
    def comparability_answered(self) -> bool:
        """Every point of the checklist has its answer stored."""
        return bool(self.comparability.get("checks"))

    @property
    def unverified_criterion_count(self) -> int:
        """Criteria nobody but the doers has seen on site; all of the plan's while nobody has looked."""
        if not self.criteria_checked:
            return max(1, len(self.plan.criteria))
        seen = (c.get("met") is not None and c.get("on_site") and not c.get("by_doer") for c in self.criteria_checked)
        return sum(1 for one in seen if not one)

    @property
    def pooled_round_count(self) -> int:
        """Rounds pooled for a small group."""
        return len(self.follow_up_ids)

    @property
    def result_stored(self) -> bool:
        """The computed result is there."""
        return bool(self.computed)

    @property
    def input_digests_stored(self) -> bool:
        """Digest of the inputs and version of the code are there."""
        return bool(self.computed.get("inputs_sha256") and self.computed.get("code_version"))

    @property
    def qualitative_evidence_count(self) -> int:
        """Accepted pieces of evidence of this item's measures that support the difference."""
        return supporting(self.item_id, self.qualitative)

    @property
    def has_proposal(self) -> bool:
        """An outcome was proposed since the last computation."""
        return self.proposed_at is not None

    @property
    def item_is_evaluating(self) -> bool:
        """The item is in evaluation."""
        return self.item.state == "evaluating"

    @property
    def clock_waits_for(self) -> Sentence | None:
        """The item has to come into evaluation first."""
        if self.item_is_evaluating:
            return None
        return RESUMPTION if self.item.state == "suspended" else MEASURES

    @property
    def item_is_void(self) -> bool:
        """The item is void."""
        return self.item.state == "void"


class ClosureRequest(Base, Movable):
    """销号申请: asked for by the unit, verified by one who took no part, approved by another."""

    __tablename__ = "closure_requests"
    __protection__ = "unit"
    __table_args__ = (
        Index(
            "uq_closure_requests_open",
            "item_id",
            unique=True,
            postgresql_where=text("state in ('draft', 'submitted', 'verified', 'approved', 'returned')"),
        ),
    )
    workflow = CLOSURE_REQUEST

    number: Mapped[str] = mapped_column(String(20))
    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_items.id"), info={PART_OF: True})
    evaluation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("effect_evaluations.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    self_summary: Mapped[str] = mapped_column(default="", server_default=text("''"))
    before_after: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    evidence_ids: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    as_approved: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """Item and evidence as they stood at the approval: the form of a round says that whatever comes later."""
    verified_on_site: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    verifier_opinion: Mapped[str] = mapped_column(default="", server_default=text("''"))
    opened_at: Mapped[datetime | None]
    submitted_on: Mapped[date | None]
    approved_on: Mapped[date | None]

    item: Mapped[ProblemItem] = relationship(lazy="joined", innerjoin=True)
    evaluation: Mapped[EffectEvaluation | None] = relationship(lazy="select")

    @property
    def label(self) -> str:
        """Which item is to be closed."""
        return f"{self.item.label}：销号申请"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"{self.item.label}: closure request")

    @property
    def address(self) -> str:
        """The request's page."""
        return f"/closures/{self.ref}"

    @property
    def forebears(self) -> tuple[uuid.UUID, ...]:
        """The item, its plans, measures and evidence: who worked on them may neither verify nor approve."""
        return self.forebears_of([self])[self.id]

    @classmethod
    def forebears_of(cls, records: Sequence[Any]) -> Mapping[uuid.UUID, tuple[uuid.UUID, ...]]:
        """The same for many requests, in one question."""
        rows = db.session.execute(WORK, {"items": [record.item_id for record in records]})
        work = {row.item_id: row.ids for row in rows}
        return {record.id: (record.item_id, *work.get(record.item_id, ())) for record in records}

    @classmethod
    def forebears_in_sql(cls) -> Sequence[Any]:
        """The same for a select on requests; steps of the item itself bar nobody."""
        of_the_item = RemediationPlan.item_id == cls.item_id
        actions = select(RemediationAction.id).join(RemediationPlan).where(of_the_item)
        pieces = select(Evidence.id).join(RemediationAction).join(RemediationPlan).where(of_the_item)
        return select(RemediationPlan.id).where(of_the_item), actions, pieces

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
        """The verifier has opened the version submitted."""
        return self.opened_at is not None

    @property
    def item_awaits_closure(self) -> bool:
        """The item is waiting for closure."""
        return self.item.state == "pending_closure"

    @property
    def item_is_void(self) -> bool:
        """The item is void."""
        return self.item.state == "void"

    @property
    def item_is_closed(self) -> bool:
        """The item is closed."""
        return self.item.state == "closed"

    @property
    def has_before_and_after(self) -> bool:
        """The data before and after, or the criteria, are attached."""
        return any(self.before_after.get(name) for name in ("estimate", "criteria", "ends"))

    @property
    def listed_evidence_count(self) -> int:
        """Pieces of evidence in the list."""
        return len(self.evidence_ids)

    @property
    def open_action_count(self) -> int:
        """Measures neither completed nor cancelled."""
        return self.item.open_action_count

    @property
    def undecided_evidence_count(self) -> int:
        """Submitted evidence nobody has judged."""
        waiting = text(
            "select count(*) from evidence e join remediation_actions a on a.id = e.action_id"
            " join remediation_plans p on p.id = a.plan_id where p.item_id = :i and e.state = 'submitted'"
        )
        return int(db.session.execute(waiting, {"i": self.item_id}).scalar_one())

    @property
    def effect_decided(self) -> bool:
        """The effect is decided with an outcome that allows closing."""
        item = self.item
        if item.outcome == "partly_improved":
            return item.rationale_accepted
        return item.outcome in ("achieved", "improved") or item.effect_not_measurable

    @property
    def effect_not_measurable(self) -> bool:
        """Decided as not measurable, so the group head approves."""
        return self.item.effect_not_measurable

    @property
    def chain_gaps(self) -> tuple[str, ...]:
        """Links missing between the data cell and this request."""
        return self.item.chain_gaps


class Recheck(Base, Movable):
    """复核: 180 days after closure somebody other than the verifier looks again."""

    __tablename__ = "rechecks"
    __protection__ = "unit"
    workflow = RECHECK

    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_items.id"), info={PART_OF: True}, index=True)
    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("closure_requests.id"))
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    due_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="", server_default=text("''"))
    seen: Mapped[str | None] = mapped_column(String(8))
    checked_on: Mapped[date | None]
    checked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))

    item: Mapped[ProblemItem] = relationship(lazy="joined", innerjoin=True)

    @property
    def label(self) -> str:
        """Which item is looked at again."""
        return f"{self.item.label}：复核"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"{self.item.label}: recheck")

    @property
    def address(self) -> str:
        """The recheck's page."""
        return f"/rechecks/{self.ref}"

    @property
    def forebears(self) -> tuple[uuid.UUID, ...]:
        """The closure request: its verifier does not recheck."""
        return (self.request_id,)

    @property
    def item_is_closed(self) -> bool:
        """The item is still closed."""
        return self.item.state == "closed"
