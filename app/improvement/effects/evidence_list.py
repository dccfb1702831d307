"""佐证清单: the accepted evidence of an item, shown for its measures or shown again for them.

A list is of one round: what was done before the item was taken up again counts there only where a measure of this round
shows it again by link.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, text

from app.improvement.plans.models import Evidence, EvidenceUse, RemediationAction, RemediationPlan

SINCE = """(select coalesce(max(l.at), '-infinity') from audit.transition_log l
            where l.record_id = :round_of and l.step = 'problem_item.diagnose_again')"""
"""When the present round of an item began, as the chain asks too."""


def accepted_for(item_id: uuid.UUID) -> Select[Any]:
    """A select on the accepted evidence of an item, of all its rounds."""
    return _accepted(RemediationPlan.item_id == item_id)


def accepted_in_round(item_id: uuid.UUID) -> Select[Any]:
    """The same of the present round alone: what a request may list and what may support an outcome."""
    return _accepted((RemediationPlan.item_id == item_id) & _of_this_round(item_id))


def is_of_earlier_round(item_id: uuid.UUID) -> ColumnElement[bool]:
    """Of a piece with its measure and plan joined: it was made for an earlier round of this item."""
    return (RemediationPlan.item_id == item_id) & ~_of_this_round(item_id)


def _of_this_round(item_id: uuid.UUID) -> ColumnElement[bool]:
    since: Any = text(SINCE).bindparams(round_of=item_id)
    found: ColumnElement[bool] = RemediationPlan.created_at >= since
    return found


def _accepted(plans: ColumnElement[bool]) -> Select[Any]:
    measures = select(RemediationAction.id).join(RemediationPlan).where(plans)
    used = select(EvidenceUse.evidence_id).where(EvidenceUse.action_id.in_(measures))
    return select(Evidence).where(
        Evidence.state == "accepted", or_(Evidence.action_id.in_(measures), Evidence.id.in_(used))
    )
