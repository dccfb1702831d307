"""What the guards of an item and of a reopening ask of other tables: looked up by name, one statement each.

Plans, evaluations and closures lie above this feature, so they are read by the names of their tables.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import NamedTuple

from sqlalchemy import text

from app.core.database import db

PLAN = text(
    """with begun as (select max(at) as at from audit.transition_log where record_id = :id
                      and step in ('problem_item.finish_diagnosis', 'problem_item.plan_again')),
            plans as (select p.id from remediation_plans p, begun where p.item_id = :id
                      and p.state in ('approved', 'active') and (begun.at is null or p.created_at >= begun.at))
       select (select count(*) from plans) > 0 as in_force, count(a.id) as actions,
              count(a.id) filter (where a.state not in ('completed', 'cancelled')) as open_actions
       from remediation_actions a where a.plan_id in (select id from plans)"""
)
"""Only a plan made since the present planning began counts: the one that did not help is not in force again."""
CLOSURE = text("select state from closure_requests where item_id = :id order by created_at desc limit 1")
ONSITE = text(
    """with began as (select work_began(cast(:id as uuid)) as at)
       select exists (select 1 from onsite_checks c, began where c.item_id = :id and c.created_at >= began.at
                      and c.checked_on >= (began.at at time zone 'Asia/Shanghai')::date) or exists (
         select 1 from visit_observations o join visit_lines l on l.id = o.line_id cross join began
         where l.item_id = :id and o.set_aside_at is null and o.created_at >= began.at)"""
)
"""Since the present work began, as the chain asks too. A visit counts as well: one of its team saw the item on the spot."""
ON_A_VISIT = text(
    """select exists (
         select 1 from visit_observations o join visit_lines l on l.id = o.line_id
         where l.item_id = :id and o.set_aside_at is null and o.created_at >= coalesce(
             (select max(at) from audit.transition_log
              where record_id = :id and step = 'problem_item.start_work'), '-infinity'))"""
)
"""Seen by a visit since the work of the present plan began."""
NO_CELL = text(
    """select exists (select 1 from remediation_plans where item_id = :id and state = 'active'
       and design in ('indicator', 'small_n') and baseline_result_id is null)"""
)
EXTENSIONS = text(
    """select count(*) from audit.transition_log where record_id = :id and step = 'problem_item.extend'
       and seq > coalesce((select max(seq) from audit.transition_log
                           where record_id = :id and step = 'problem_item.start_work'), 0)"""
)
CHAIN = text("select unnest(chain_gaps(cast(:id as uuid)))")
"""Links of the present round, asked of the database as its own constraint asks: what was done before a reopening
does not close the item again."""
LINKS = {
    "cell": "数据格",
    "finding": "数据发现",
    "plan": "整改方案",
    "action": "完成的措施",
    "evidence": "采信的佐证",
    "visit": "现场核查",
    "evaluation": "成效评价",
    "remeasured": "复测的数据格",
}


class PlanInForce(NamedTuple):
    """Whether a plan is in force, how many measures it has, and how many of them are open."""

    in_force: bool
    actions: int
    open_actions: int


def plan_facts(item_id: uuid.UUID) -> PlanInForce:
    """What the guards ask of the plan of the item."""
    return PlanInForce(*db.session.execute(PLAN, {"id": item_id}).one())


def closure_state(item_id: uuid.UUID) -> str | None:
    """The state of the latest closure request."""
    found: str | None = db.session.execute(CLOSURE, {"id": item_id}).scalar()
    return found


def has_onsite_check(item_id: uuid.UUID) -> bool:
    """Whether somebody looked at it on the spot since the present work began."""
    return bool(db.session.execute(ONSITE, {"id": item_id}).scalar_one())


def was_seen_on_a_visit(item_id: uuid.UUID) -> bool:
    """Whether the team of a visit saw it on the spot while the present plan was carried out."""
    return bool(db.session.execute(ON_A_VISIT, {"id": item_id}).scalar_one())


def plan_lacks_its_cell(item_id: uuid.UUID) -> bool:
    """Whether the plan in force wants data compared and names none to begin from."""
    return bool(db.session.execute(NO_CELL, {"id": item_id}).scalar_one())


def extension_count(item_id: uuid.UUID) -> int:
    """How often the evaluation was extended since the work of the present plan began."""
    return int(db.session.execute(EXTENSIONS, {"id": item_id}).scalar_one())


def chain_gaps(item_id: uuid.UUID) -> tuple[str, ...]:
    """The links that are missing between the data cell and the closure, in words."""
    missing = set(db.session.scalars(CHAIN, {"id": item_id}))
    return tuple(words for name, words in LINKS.items() if name in missing)


def approved_reopening_since(item_id: uuid.UUID, closed_on: date | None) -> bool:
    """Whether a reopening of the present closure was approved."""
    statement = text(
        "select exists (select 1 from reopenings where item_id = :id and state = 'approved'"
        " and (cast(:closed as date) is null or (created_at at time zone 'Asia/Shanghai')::date >= cast(:closed as date)))"
    )
    return bool(db.session.execute(statement, {"id": item_id, "closed": closed_on}).scalar_one())
