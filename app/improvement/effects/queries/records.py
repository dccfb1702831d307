"""One evaluation, request or recheck with what its page shows: cells, evidence, measures, names, documents."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Select, Uuid, bindparam, func, or_, select, text
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from app.core.casework.shaped import Builder
from app.core.casework.together import Asking, answer, question
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy.actor import Actor
from app.core.whole import columns_of
from app.core.whole import records as whole_records
from app.improvement.effects import comparing
from app.improvement.effects.evidence_list import accepted_for, accepted_in_round, is_of_earlier_round
from app.improvement.effects.models import ClosurePrint, ClosureRequest, DocumentRecord, EffectEvaluation, Recheck
from app.improvement.effects.queries.lists import seen
from app.improvement.monitoring.models import Indicator, MonitoringCycle, MonitoringResult
from app.improvement.plans.models import Evidence, RemediationAction, RemediationPlan
from app.improvement.problems.models import ProblemItem
from app.people.directory.models import Person

M = TypeVar("M", EffectEvaluation, ClosureRequest, Recheck)
OUT = ("released", "improving", "closed")
"""States of a round whose results its units may see."""

SIGNS = text(
    """select distinct on (l.step) l.step, l.at, l.person_id, l.role, l.reason, p.name
       from audit.transition_log l left join persons p on p.id = l.person_id
       where l.record_id = :id and l.step = any(:steps) order by l.step, l.seq desc"""
)


def evaluation_for(actor: Actor, ref: str) -> EffectEvaluation:
    """One evaluation with item and unit; raises NotFound."""
    return _one(actor, EffectEvaluation, ref, "effect_evaluation")


def closure_for(actor: Actor, ref: str) -> ClosureRequest:
    """One request with item and unit; raises NotFound."""
    return _one(actor, ClosureRequest, ref, "closure_request")


def ref_of_closure(actor: Actor, typed: str) -> str:
    """The code of a request that is named by its number; what is no number is a code."""
    base = select(ClosureRequest).join(ProblemItem, ProblemItem.id == ClosureRequest.item_id)
    named = seen(actor, base.where(ClosureRequest.number == typed.strip().upper()), ClosureRequest)
    found: ClosureRequest | None = db.session.scalar(named)
    return typed.strip() if found is None else found.ref


def recheck_for(actor: Actor, ref: str) -> Recheck:
    """One recheck with item and unit; raises NotFound."""
    return _one(actor, Recheck, ref, "recheck")


def _one(actor: Actor, model: type[M], ref: str, what: str) -> M:
    base = select(model).join(ProblemItem, ProblemItem.id == model.item_id).where(model.ref == ref)
    whole = seen(actor, base, model).options(joinedload(model.item).joinedload(ProblemItem.unit))
    found: M | None = db.session.scalar(whole.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(what, ref)
    return found


def latest_for_item(actor: Actor, model: type[M], item: ProblemItem) -> M | None:
    """The newest record of an item that the actor sees."""
    return answer(actor, newest(actor, model, item))


def newest(actor: Actor, model: type[M], item: ProblemItem) -> Asking[M | None]:
    """`latest_for_item` as a part of a page."""
    (rows,) = yield (question(_newest(model), item=item.id),)
    if not rows:
        return None
    (found,) = whole_records(rows[0], model)
    set_committed_value(found, "item", item)
    return cast(M, found)


@cache
def _newest(model: Any) -> Builder:
    def build(actor: Any) -> Any:
        base = select(*columns_of(model)).join(ProblemItem, ProblemItem.id == model.item_id)
        own = base.where(model.item_id == bindparam("item", None, type_=Uuid()))
        return seen(actor, own, model).order_by(model.created_at.desc()).limit(1)

    return build


def cells(actor: Actor, ids: Sequence[Any]) -> list[tuple[MonitoringResult, Indicator, MonitoringCycle]]:
    """Result cells with indicator and round, oldest round first; only those that row-level security shows."""
    return comparing.rows_of(ids) if ids else []


def candidates(actor: Actor, evaluation: EffectEvaluation) -> list[tuple[MonitoringResult, MonitoringCycle]]:
    """Cells of the unit measured after the plan took effect; schools choose among released rounds only."""
    if evaluation.baseline_result_id is None:
        return []
    found = comparing.candidates_for_follow_up(evaluation.baseline_result_id, evaluation.counts_after)
    return _released(actor, found)


def too_early(actor: Actor, evaluation: EffectEvaluation) -> list[tuple[MonitoringResult, MonitoringCycle]]:
    """Later cells than the baseline that tell nothing of the work: it had not begun when they were measured."""
    if evaluation.baseline_result_id is None:
        return []
    counted = {cell.id for cell, _cycle in candidates(actor, evaluation)}
    later = comparing.later_rounds(evaluation.baseline_result_id)
    return [(cell, cycle) for cell, cycle in _released(actor, later) if cell.id not in counted]


def poolable(actor: Actor, evaluation: EffectEvaluation) -> list[tuple[MonitoringResult, MonitoringCycle]]:
    """Earlier cells that may be pooled with the baseline of a small group."""
    if evaluation.design != "small_n" or evaluation.baseline_result_id is None:
        return []
    return _released(actor, comparing.earlier_rounds(evaluation.baseline_result_id))


def _released(actor: Actor, found: list[Any]) -> list[Any]:
    return [(cell, cycle) for cell, cycle in found if actor.school_id is None or cycle.state in OUT]


def accepted_evidence(actor: Actor, item: ProblemItem) -> list[Any]:
    """What may be listed or chosen now: the accepted evidence of the round; `earlier`: first shown in a round before."""
    return _evidence_rows(accepted_in_round(item.id), item)


def listed_evidence(actor: Actor, item: ProblemItem, ids: Collection[str]) -> list[Any]:
    """Those of the accepted evidence of an item, whatever the round, that were named."""
    return [row for row in _evidence_rows(accepted_for(item.id), item) if str(row.id) in ids]


def _evidence_rows(wanted: Select[Any], item: ProblemItem) -> list[Any]:
    query = (
        wanted.with_only_columns(
            Evidence.id, Evidence.ref, Evidence.title, Evidence.kind, Evidence.happened_on, Evidence.place,
            RemediationAction.title.label("action"), RemediationAction.ref.label("action_ref"),
            is_of_earlier_round(item.id).label("earlier"),
        )
        .join(RemediationAction, RemediationAction.id == Evidence.action_id)
        .join(RemediationPlan, RemediationPlan.id == RemediationAction.plan_id)
        .order_by(text("earlier"), RemediationAction.position, Evidence.created_at)
    )  # fmt: skip
    return list(db.session.execute(query))


IN_FORCE = ("active", "completed", "archived", "superseded")


def measures(actor: Actor, item: ProblemItem, request: ClosureRequest | None = None) -> tuple[list[Any], list[Any]]:
    """Rows of the measures that a request is about, then of those of the rounds before it, which ended with a closure.

    title, state, days, result, who did them, edition of the plan. Without a request: what it would be about now.
    """
    plan = RemediationPlan
    editions = select(func.max(plan.edition)).where(plan.item_id == item.id, plan.state.in_(IN_FORCE))
    if request is not None:
        editions = editions.where(plan.created_at <= request.created_at)
    last = db.session.scalar(editions) or 0
    rows = _measures(item, last)
    return [row for row in rows if row.edition == last], [row for row in rows if row.edition < last]


def _measures(item: ProblemItem, last: int) -> list[Any]:
    closed_before = RemediationPlan.state.in_(("completed", "archived"))
    query = (
        select(
            RemediationAction.ref, RemediationAction.title, RemediationAction.state, RemediationAction.result,
            RemediationAction.planned_start, RemediationAction.planned_end, RemediationAction.state_since,
            Person.name.label("owner"), RemediationPlan.edition,
        )
        .join(RemediationPlan, RemediationPlan.id == RemediationAction.plan_id)
        .join(Person, Person.id == RemediationAction.owner_id, isouter=True)
        .where(RemediationPlan.item_id == item.id, RemediationAction.state != "cancelled")
        .where(or_(RemediationPlan.edition == last, (RemediationPlan.edition < last) & closed_before))
        .order_by(RemediationPlan.edition, RemediationAction.position)
    )  # fmt: skip
    return list(db.session.execute(query))


def open_evidence(actor: Actor, item: ProblemItem) -> list[Any]:
    """Evidence that nobody has judged yet."""
    query = (
        select(Evidence.ref, Evidence.title)
        .join(RemediationAction, RemediationAction.id == Evidence.action_id)
        .join(RemediationPlan, RemediationPlan.id == RemediationAction.plan_id)
        .where(RemediationPlan.item_id == item.id, Evidence.state == "submitted")
    )
    return list(db.session.execute(query))


def names(actor: Actor, ids: Iterable[uuid.UUID | str | None]) -> dict[str, str]:
    """Names by id as text, of persons who stand on records that the actor has loaded."""
    wanted = {uuid.UUID(str(one)) for one in ids if one}
    if not wanted:
        return {}
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {str(row.id): row.name for row in rows}


def signs(actor: Actor, record: EffectEvaluation | ClosureRequest | Recheck) -> dict[str, Any]:
    """The last taker of each step of a record: name, time, reason; by the step's name."""
    machine = record.workflow.name
    steps = [step.key for step in record.workflow.steps]
    rows = db.session.execute(SIGNS, {"id": record.id, "steps": steps})
    return {row.step.removeprefix(f"{machine}."): row for row in rows}


def documents_of(actor: Actor, request: ClosureRequest) -> dict[str, DocumentRecord]:
    """The printed forms of a request by pdf and word."""
    query = select(DocumentRecord).where(
        DocumentRecord.record_id == request.id, DocumentRecord.entity == request.__tablename__
    )
    return {row.form: row for row in db.session.scalars(query)}


def edition_of(actor: Actor, request: ClosureRequest) -> int:
    """The number of this form among those of its item: an item closed again gets the next one."""
    earlier = select(ClosureRequest.id).where(
        ClosureRequest.item_id == request.item_id, ClosureRequest.id != request.id
    )
    told = select(func.count(DocumentRecord.record_id.distinct())).where(DocumentRecord.record_id.in_(earlier))
    return int(db.session.scalar(told) or 0) + 1


def recheck_of(actor: Actor, request: ClosureRequest) -> Recheck | None:
    """The recheck that the closure planned."""
    return db.session.scalar(select(Recheck).where(Recheck.request_id == request.id).limit(1))


def printed(actor: Actor, ref: str) -> ClosurePrint | None:
    """What the verify page knows of a code; None for one that was never given out."""
    if len(ref) != 16 or not ref.isalnum():
        return None
    return db.session.scalar(select(ClosurePrint).where(ClosurePrint.ref == ref))
