"""Who has to stay away from the check of a list (回避): whoever belongs to the school, or had a hand in the list."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import text

from app.core.database import db
from app.improvement.visits.models.facts import with_an_interest

STEPS = (
    "problem_list.draft",
    "problem_list.submit",
    "problem_list.approve",
    "remediation_plan.approve",
    "remediation_action.verify",
    "evidence.accept",
    "effect_evaluation.propose",
    "effect_evaluation.decide",
    "closure_request.verify",
    "closure_request.approve",
)
"""Whoever took one of these on a list or what belongs to it would check the own word."""
TOOK_PART = text(
    """with item as (select id from problem_items where list_id = :list),
            plan as (select id from remediation_plans where item_id in (select id from item)),
            measure as (select id from remediation_actions where plan_id in (select id from plan))
       select distinct t.person_id as id from audit.transition_log t
       where t.person_id = any(:ids) and t.step = any(:steps) and t.record_id in (
         select cast(:list as uuid) union all select id from plan union all select id from measure
         union all select id from evidence where action_id in (select id from measure)
         union all select id from effect_evaluations where item_id in (select id from item)
         union all select id from closure_requests where item_id in (select id from item))"""
)


def has_to_stay_away(ids: Iterable[uuid.UUID], school_id: uuid.UUID, list_id: uuid.UUID) -> set[uuid.UUID]:
    """Those of these persons who may not check the list."""
    asked = list(ids)
    with db.session.no_autoflush:
        rows = db.session.execute(TOOK_PART, {"ids": asked, "list": list_id, "steps": list(STEPS)})
        return with_an_interest(asked, school_id) | {row.id for row in rows}
