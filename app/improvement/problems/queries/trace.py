"""What stands behind and after an item, from the data cell to the next round, read by the names of the tables."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from app.core.casework.together import Asking, answer, question
from app.core.policy.actor import Actor
from app.improvement.problems.models import ProblemItem

CELLS = text(
    """select f.id, f.ref, f.number, f.title, f.state, f.effect, f.effect_low, f.effect_high, f.adjusted_p, f.family_size,
              f.confirmed_on, f.not_eligible, f.scenarios, r.id as result_id, r.ref as result_ref, r.value, r.value_type,
              r.benchmark_value, r.benchmark_type, r.direction, r.n, r.n_expected, r.sheet, r.cell, r.file_sha256,
              c.ref as cycle_ref, c.name as cycle_name, c.ends_on, i.name as indicator, ruled.ref as ruled_ref, (
                  select string_agg(o.number, '、' order by o.number) from item_findings x
                  join problem_items o on o.id = x.item_id
                  join problem_items own on own.id = l.item_id and own.level <> o.level and own.school_id = o.school_id
                  where x.finding_id = f.id and o.issued_on is not null and o.state <> 'void') as also_listed,
              ruled.settled_at as ruled_at, ruled.by as ruled_by
       from item_findings l join data_findings f on f.id = l.finding_id
       left join monitoring_results r on r.id = f.result_id
       left join monitoring_cycles c on c.id = f.cycle_id
       left join indicators i on i.id = f.indicator_id
       left join lateral (
           select s.ref, s.settled_at, p.name as by from source_conflicts s left join persons p on p.id = s.settled_by
           where (s.first_id = r.id or s.second_id = r.id) and s.outcome is distinct from 'both'
             and s.chosen_id is distinct from r.id
           order by s.settled_at limit 1) ruled on true
       where l.item_id = :id order by f.effect nulls last, f.number"""
)
RECORDS = text(
    """select 'plan' as part, row_number() over (order by edition desc) as place, null::text as kind, id, ref, state, edition,
              target, approved_on, null::text as title, null::date as planned_start, null::date as planned_end,
              null::text as outcome, null::date as day
         from remediation_plans where item_id = :id and state <> 'cancelled'
       union all
       select 'action', row_number() over (order by a.position), null, a.id, a.ref, a.state, null, null, null, a.title,
              a.planned_start, a.planned_end, null, null
         from remediation_actions a join remediation_plans p on p.id = a.plan_id
         where p.item_id = :id and p.state in ('approved', 'active', 'completed', 'archived') and a.state <> 'cancelled'
       union all
       select 'evidence', row_number() over (order by e.created_at desc), null, e.id, e.ref, e.state, null, null, null, null,
              null, null, null, null
         from evidence e join remediation_actions a on a.id = e.action_id join remediation_plans p on p.id = a.plan_id
         where p.item_id = :id and e.state <> 'withdrawn'
       union all
       select 'later', row_number() over (order by day nulls last), kind, id, ref, state, null, null, null, null, null, null,
              outcome, day
         from (select 'visit' as kind, id, ref, seen as state, null as outcome, checked_on as day
                 from onsite_checks where item_id = :id
               union all select 'evaluation', id, ref, state, outcome, decided_on from effect_evaluations where item_id = :id
               union all select 'closure', id, ref, state, null, approved_on from closure_requests where item_id = :id
               union all select 'recheck', id, ref, state, null, due_on from rechecks where item_id = :id
               union all select 'reopening', r.id, r.ref, r.state, f.ref, f.known_on
                 from reopenings r left join data_findings f on f.id = r.finding_id where r.item_id = :id) as later
       order by part, place"""
)
"""Plans, measures, evidence and what came later, each part in its order: one question, as every page of an item asks it."""


@dataclass(frozen=True)
class Trace:
    """Everything behind and after an item, as rows: each part newest or strongest first."""

    cells: tuple[Any, ...] = ()
    plans: tuple[Any, ...] = ()
    actions: tuple[Any, ...] = ()
    evidence: tuple[Any, ...] = ()
    later: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    @property
    def record_ids(self) -> list[uuid.UUID]:
        """Every record whose steps belong to the story of the item."""
        rows = (*self.plans, *self.actions, *self.evidence, *(row for part in self.later.values() for row in part))
        return [row.id for row in rows]

    def latest(self, kind: str) -> Any:
        """The newest record of a kind, or None."""
        return self.later[kind][-1] if self.later.get(kind) else None


def trace(actor: Actor, item: ProblemItem) -> Trace:
    """Read the chain; row-level security and the item's own visibility limit what is found."""
    return answer(actor, traced(actor, item))


def traced(actor: Actor, item: ProblemItem) -> Asking[Trace]:
    """`trace` as a part of a page."""
    cells, rows = yield question(CELLS, id=item.id), question(RECORDS, id=item.id)
    parts: dict[str, list[Any]] = {"plan": [], "action": [], "evidence": [], "later": []}
    for row in rows:
        parts[row.part].append(row)
    later: dict[str, tuple[Any, ...]] = {}
    for row in parts["later"]:
        later[row.kind] = (*later.get(row.kind, ()), row)
    return Trace(tuple(cells), tuple(parts["plan"]), tuple(parts["action"]), tuple(parts["evidence"]), later)
