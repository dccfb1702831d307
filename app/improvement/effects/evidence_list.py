"""佐证清单: the accepted evidence of an item, shown for its measures or shown again for them."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Select, or_, select

from app.improvement.plans.models import Evidence, EvidenceUse, RemediationAction, RemediationPlan


def accepted_for(item_id: uuid.UUID) -> Select[Any]:
    """A select on the accepted evidence of an item; evidence first shown for another item counts where it is used."""
    measures = (
        select(RemediationAction.id)
        .join(RemediationPlan, RemediationPlan.id == RemediationAction.plan_id)
        .where(RemediationPlan.item_id == item_id)
    )
    used = select(EvidenceUse.evidence_id).where(EvidenceUse.action_id.in_(measures))
    return select(Evidence).where(
        Evidence.state == "accepted", or_(Evidence.action_id.in_(measures), Evidence.id.in_(used))
    )
