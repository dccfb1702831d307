"""Which evidence supports an outcome other than the rule gives: accepted, and of the item's own measures in this round."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from app.core.database import db

SUPPORTING = text(
    """with measures as (select a.id from remediation_actions a join remediation_plans p on p.id = a.plan_id
                         where p.item_id = :item and p.created_at >= (
                             select coalesce(max(l.at), '-infinity') from audit.transition_log l
                             where l.record_id = :item and l.step = 'problem_item.diagnose_again'))
       select count(*) from evidence e where e.id = any(cast(:ids as uuid[])) and e.state = 'accepted' and (
           e.action_id in (select id from measures) or exists (
               select 1 from evidence_uses u where u.evidence_id = e.id and u.action_id in (select id from measures)))"""
)


def supporting(item_id: uuid.UUID, named: Sequence[Any]) -> int:
    """How many of the pieces named were shown for the item's own measures of this round, or shown again for them."""
    return int(db.session.execute(SUPPORTING, {"item": item_id, "ids": named}).scalar_one())
