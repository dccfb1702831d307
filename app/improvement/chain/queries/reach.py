"""Where a chain begins: the record asked about, the items that hang together with it, and what the actor may see."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, BindParameter, Select, Uuid, any_, bindparam, or_, select, union_all

from app.core.casework.shaped import Builder
from app.core.casework.together import Asking, question
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.chain.kinds import BY_CODE, Kind
from app.improvement.effects.models import ClosureRequest, EffectEvaluation, Recheck
from app.improvement.effects.queries.lists import seen
from app.improvement.monitoring.models import DataFinding, MonitoringResult
from app.improvement.plans.models import Evidence, EvidenceUse, RemediationAction, RemediationPlan
from app.improvement.problems.models import ItemFinding, OnsiteCheck, ProblemItem, Reopening
from app.improvement.problems.queries.reach import visible_items, visible_reopenings
from app.improvement.sampling import queries as sampling
from app.improvement.sampling.models import ListCheck, ListCheckAnswer
from app.improvement.visits.models import SupervisionVisit, VisitLine
from app.improvement.visits.queries import visits

MOST_ITEMS = 12
"""A county cell may stand behind many items; so many are drawn, and the page says that there are more."""
OF_ITEMS = {"evaluation": EffectEvaluation, "closure": ClosureRequest, "recheck": Recheck}


def visible_ids(actor: Actor, kind: Kind) -> Select[Any]:
    """Ids of the records of a kind that the actor may see, by the same rules as their own pages."""
    model = kind.model
    if kind.code == "item":
        return visible_items(actor, select(model.id))
    if kind.code == "visit":
        return select(model.id).where(model.item_id.in_(visible_items(actor, select(ProblemItem.id))))
    if kind.code == "supervision":
        return visits.seen(actor, select(model.id))  # type: ignore[no-any-return]
    if kind.code == "list_check":
        return sampling.seen(actor, select(model.id))
    if kind.code in ("observation", "visit_finding"):
        return select(model.id).where(model.visit_id.in_(visits.seen(actor, select(SupervisionVisit.id))))
    if kind.code == "reopening":
        return visible_reopenings(actor, select(model.id))
    if kind.code in OF_ITEMS:
        return seen(actor, select(model.id).join(ProblemItem, ProblemItem.id == model.item_id), model)
    if kind.code == "evidence":
        actions = decide.visible(actor, select(RemediationAction.id), RemediationAction, kind.right)
        used = select(EvidenceUse.evidence_id).where(EvidenceUse.action_id.in_(actions))
        return select(model.id).where(or_(model.action_id.in_(actions), model.id.in_(used)))
    return decide.visible(actor, select(model.id), model, kind.right)


def record_for(actor: Actor, kind: Kind, ref: str) -> Any:
    """One record by its reference; raises NotFound where the actor may not see it."""
    model = kind.model
    found = db.session.scalar(select(model).where(model.ref == ref, model.id.in_(visible_ids(actor, kind))))
    if found is None:
        raise NotFound(model.__tablename__, ref)
    return found


def shown_among(actor: Actor, ids: Mapping[str, Iterable[uuid.UUID]]) -> Asking[set[uuid.UUID]]:
    """Which of these records the actor may see: kind → ids; one statement for all kinds."""
    wanted = {code: tuple(some) for code, some in ids.items() if some}
    if not wanted:
        return set()
    (rows,) = yield (question(_shown(tuple(sorted(wanted))), **wanted),)
    return {row[0] for row in rows}


@cache
def _shown(codes: tuple[str, ...]) -> Builder:
    """Which records of these kinds the actor may see, of those whose ids are given by the name of their kind."""

    def build(actor: Any) -> Any:
        return union_all(
            *(visible_ids(actor, BY_CODE[code]).where(BY_CODE[code].model.id == any_(_ids(code))) for code in codes)
        )

    return build


def _ids(name: str) -> BindParameter[Any]:
    return bindparam(name, None, type_=ARRAY(Uuid()))


def items_of(actor: Actor, record: Any) -> tuple[list[uuid.UUID], bool]:
    """Ids of the items that rest on a record or belong to it, and whether there are more than are drawn.

    An issued item that the policy hides is among them, and stands in the chain without words; a draft is not.
    """
    if isinstance(record, ProblemItem) and record.issued_on is not None:
        return [record.id], False
    visible = visible_items(actor, select(ProblemItem.id)).where(_belongs(record))
    wanted = select(ProblemItem.id).where(
        _belongs(record), or_(ProblemItem.issued_on.is_not(None), ProblemItem.id.in_(visible))
    )
    found = list(db.session.scalars(wanted.order_by(ProblemItem.number).limit(MOST_ITEMS + 1)))
    return found[:MOST_ITEMS], len(found) > MOST_ITEMS


def _belongs(record: Any) -> Any:
    """The condition by which an item hangs together with the record."""
    item = ProblemItem.id
    if isinstance(record, ProblemItem):
        return item == record.id
    if isinstance(record, MonitoringResult):
        return or_(item.in_(_by_cell(record.id)), item.in_(_measured_by(record.id)), item.in_(_planned_on(record.id)))
    if isinstance(record, DataFinding):
        again = select(Reopening.item_id).where(Reopening.finding_id == record.id)
        return or_(item.in_(select(ItemFinding.item_id).where(ItemFinding.finding_id == record.id)), item.in_(again))
    if isinstance(record, RemediationAction):
        return item.in_(select(RemediationPlan.item_id).where(RemediationPlan.id == record.plan_id))
    if isinstance(record, Evidence):
        used = select(EvidenceUse.action_id).where(EvidenceUse.evidence_id == record.id)
        actions = select(RemediationAction.plan_id).where(
            or_(RemediationAction.id == record.action_id, RemediationAction.id.in_(used))
        )
        return item.in_(select(RemediationPlan.item_id).where(RemediationPlan.id.in_(actions)))
    if isinstance(record, SupervisionVisit):
        return item.in_(
            select(VisitLine.item_id).where(VisitLine.visit_id == record.id, VisitLine.item_id.is_not(None))
        )
    if isinstance(record, ListCheck):
        return item.in_(select(ListCheckAnswer.item_id).where(ListCheckAnswer.check_id == record.id))
    if isinstance(record, RemediationPlan | OnsiteCheck | EffectEvaluation | ClosureRequest | Recheck | Reopening):
        return item == record.item_id
    raise TypeError(f"no evidence chain leads through {type(record).__name__}")


def _by_cell(result_id: uuid.UUID) -> Select[Any]:
    cited = select(ItemFinding.item_id).join(DataFinding, DataFinding.id == ItemFinding.finding_id)
    return cited.where(DataFinding.result_id == result_id)


def _measured_by(result_id: uuid.UUID) -> Select[Any]:
    return select(EffectEvaluation.item_id).where(
        or_(
            EffectEvaluation.baseline_result_id == result_id,
            EffectEvaluation.follow_up_ids.contains([str(result_id)]),
        )
    )


def _planned_on(result_id: uuid.UUID) -> Select[Any]:
    return select(RemediationPlan.item_id).where(RemediationPlan.baseline_result_id == result_id)
