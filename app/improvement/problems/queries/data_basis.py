"""The data that open items of one's own unit rest on: what a department reads of results (domain §2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import DataFinding, Indicator, MonitoringCycle, MonitoringResult
from app.improvement.problems.models import ItemFinding, ProblemItem
from app.improvement.problems.queries.item_filter import SETTLED
from app.people.directory.models import Unit

VIEW = "problems.view_items"


def cells_behind(actor: Actor, most: int) -> Sequence[Any]:
    """(result, Indicator, unit, coverage) that findings of the own unit's open items cite, each once, in code order.

    unit: its short name; coverage: of the round, where the actor may read the round.
    """
    r, order = MonitoringResult, (Indicator.code, Unit.code, MonitoringResult.id)
    behind: Any = (
        select(r, Indicator, Unit.short_name.label("unit"), MonitoringCycle.coverage)
        .join(DataFinding, DataFinding.result_id == r.id)
        .join(ItemFinding, ItemFinding.finding_id == DataFinding.id)
        .join(ProblemItem, ProblemItem.id == ItemFinding.item_id)
        .join(Indicator, Indicator.id == r.indicator_id)
        .join(Unit, Unit.id == r.unit_id)
        .outerjoin(MonitoringCycle, MonitoringCycle.id == r.cycle_id)
        .where(ProblemItem.unit_id == actor.unit_id, ProblemItem.state.not_in(SETTLED))
        .ext(distinct_on(*order))
        .order_by(*order)
        .limit(most)
    )
    return db.session.execute(decide.visible(actor, behind, ProblemItem, VIEW)).all()
