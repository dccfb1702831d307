"""What plans put into the application: pages, menu, parts of the item's page, letters, words of the trail."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.core.casework import daily, timeline, waiting
from app.core.database import db
from app.core.errors import Sentence
from app.core.outbox.handlers import handles
from app.core.policy.actor import Actor
from app.core.web import first_page, navigation
from app.core.web.navigation import Entry
from app.improvement.plans import at_a_glance, letters, panels
from app.improvement.plans.models import RemediationPlan
from app.improvement.plans.models.plans import months_unreported
from app.improvement.plans.operations.plans import BEING_WORKED_ON
from app.improvement.plans.operations.reports import await_reports
from app.improvement.plans.queries.evidence import WATCH
from app.improvement.plans.routes import BLUEPRINTS
from app.improvement.plans.words import TIMELINE
from app.improvement.problems import panels as item_page

TEACHERS = ("grade_leader", "subject_teacher", "homeroom_teacher")
OWNERS = ("principal", "school_coordinator", "dept_head", "dept_officer")
PLANNERS = ("plans.report_progress", "plans.view_burden", "plans.comment_plan")
JUDGES = ("plans.judge_evidence", "plans.judge_school_evidence")
ENTRIES = (
    Entry("loop", "整改方案", "plans.index", "route", PLANNERS, order=40),
    Entry(
        "now",
        "我的措施",
        "actions.index",
        "clipboard-check",
        ("plans.work_on_action",),
        order=2,
        tab=True,
        roles=TEACHERS,
    ),
    Entry("loop", "我的措施", "actions.index", "clipboard-check", ("plans.work_on_action",), order=42, roles=OWNERS),
    Entry("loop", "佐证审核", "verification.index", "checks", JUDGES, order=44),
    Entry("loop", "佐证审核", "verification.index", "checks", (WATCH,), order=44, roles=("office_director",)),
    Entry("loop", "培训专题", "training_topics.index", "school", ("plans.view_topics",), order=45),
    Entry("loop", "填报负担", "burden.index", "chart-bar", ("plans.view_burden",), order=46),
)
HANDLERS = {
    "conflict_settled.plans": letters.conflict_settled,
    "item_voided.plans": letters.item_voided,
    "list_archived.plans": letters.list_archived,
    "plan_returned_often": letters.plan_returned_often,
    "plan_document": letters.plan_document,
    "evidence_scan": letters.evidence_scan,
}
BESIDES = {
    ("problem_items", "planning"): ("plans.draft_plan", Sentence("制定整改方案", "Draw up a plan")),
    ("remediation_plans", "draft"): ("plans.draft_plan", Sentence("填写整改方案", "Write the plan")),
    ("remediation_plans", "returned"): ("plans.draft_plan", Sentence("修改整改方案", "Revise the plan")),
    ("remediation_plans", "active"): ("plans.report_progress", Sentence("填报整改月报", "Report on the month")),
}
"""States in which the next step is taken on another record, or is no step at all."""


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    for blueprint in BLUEPRINTS:
        if blueprint.name not in app.blueprints:
            app.register_blueprint(blueprint)
    navigation.add(*ENTRIES)
    first_page.add_panel(at_a_glance.panel_of)
    for kind, function in HANDLERS.items():
        handles(kind, function)
    timeline.WORDS.update(TIMELINE)
    for key, words in BESIDES.items():
        waiting.BESIDES.setdefault(key, words)
    waiting.RECOVERED.setdefault(("problem_items", "planning"), _without_open_plan)
    for state in ("not_started", "in_progress", "returned"):
        waiting.FOR.setdefault(("remediation_actions", state), _is_for_its_owner)
    waiting.READY.setdefault(("remediation_actions", "not_started"), waiting.each(lambda action: action.plan_in_force))
    waiting.RECOVERED.setdefault(("remediation_plans", "active"), months_unreported)
    daily.add(await_reports)
    item_page.add(panels=[panels.panel], offers=[panels.offers], people=[panels.in_charge])


def _is_for_its_owner(actor: Actor, action: Any) -> bool:
    """A measure waits for the person who answers for it, not for everybody in the unit who could step in."""
    return action.owner_id in (None, actor.person_id)


def _without_open_plan(items: Sequence[Any]) -> set[uuid.UUID]:
    """An item in planning waits for a plan until one is begun; then the plan itself waits."""
    ids = {item.id for item in items}
    begun = select(RemediationPlan.item_id).where(
        RemediationPlan.item_id.in_(ids), RemediationPlan.state.in_(BEING_WORKED_ON)
    )
    return ids.difference(db.session.scalars(begun))
