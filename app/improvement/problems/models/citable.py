"""What a cause of an item may cite: what stands in the item's chain already, and can be looked up."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from app.core.database import db

KINDS = ("finding", "support", "evidence", "check", "observation")
"""A finding with its cell, evidence from another source beside it, accepted evidence, a check on site, what a visit saw."""
CITABLE = text(
    """select 'finding' as kind, f.id, f.ref, f.number || ' ' || f.title as title, f.known_on as day,
              '/monitoring/findings/' || f.ref as address
         from item_findings l join data_findings f on f.id = l.finding_id where l.item_id = :item
       union all
       select 'support', s.id, s.ref, s.source || '：' || s.description, s.created_at::date,
              '/monitoring/findings/' || f.ref
         from item_findings l join data_findings f on f.id = l.finding_id join finding_supports s on s.finding_id = f.id
         where l.item_id = :item
       union all
       select 'evidence', e.id, e.ref, e.title, e.happened_on, '/evidence/' || e.ref
         from evidence e join remediation_actions a on a.id = e.action_id join remediation_plans p on p.id = a.plan_id
         where p.item_id = :item and e.state = 'accepted'
       union all
       select 'check', c.id, c.ref, c.place || '：' || c.remarks, c.checked_on, '' from onsite_checks c
         where c.item_id = :item
       union all
       select 'observation', o.id, o.ref, coalesce(nullif(o.note, ''), n.title), o.observed_at::date, '/visits/' || v.ref
         from visit_observations o join visit_lines n on n.id = o.line_id join supervision_visits v on v.id = o.visit_id
         where n.item_id = :item and o.set_aside_at is null
           and (v.draft_shown_on is not null or v.feedback_on is not null)
       order by 1, day, 2"""
)


@dataclass(frozen=True)
class Citable:
    """One thing that can be cited: its kind, where it is looked up ("" where the item's own page shows it), and its words."""

    kind: str
    id: uuid.UUID
    ref: str
    title: str
    day: date | None
    address: str

    @property
    def code(self) -> str:
        """How a form names it."""
        return f"{self.kind}:{self.ref}"


def citable(item_id: uuid.UUID) -> list[Citable]:
    """Everything that a cause of the item may cite, kind by kind, the oldest first; what a visit saw once the school was told."""
    rows = db.session.execute(CITABLE, {"item": item_id}).all()
    return sorted((Citable(*row) for row in rows), key=lambda one: KINDS.index(one.kind))
