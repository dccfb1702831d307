"""What the page of a problem item shows of plans: its measures with their evidence, the next step, who is in charge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.core.casework import deadlines
from app.core.casework.together import Asking
from app.core.casework.waiting import main_steps
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.plans.models import RemediationPlan
from app.improvement.plans.queries import plans
from app.improvement.plans.queries.evidence import JUDGING
from app.improvement.plans.routes import drawing
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.panels import Panel


def panel(actor: Actor, item: ProblemItem) -> Asking[Panel | None]:
    """措施 n / m: the measures of the plan in force with their state and deadline."""
    plan = yield from plans.current_plan(actor, item)
    if plan is None:
        return None
    live = plan.live_actions
    clocks = yield from deadlines.clocks(live)
    return Panel(
        "improvement/plans/_item_measures.html",
        {
            "plan": plan,
            "measures": live,
            "done": sum(1 for one in live if one.state == "completed"),
            "chips": {one.id: drawing.chip(clocks.get(one.id)) for one in live},
        },
        place="side",
        order=10,
    )


def offers(actor: Actor, item: ProblemItem) -> Asking[Sequence[Mapping[str, Any]]]:
    """Drawing up a plan, looking at the one that waits, judging evidence."""
    plan = yield from plans.current_plan(actor, item)
    found: list[Mapping[str, Any]] = []
    if item.state == "planning" and (plan is None or plan.state in ("active", "completed", "archived")):
        if decide.may(actor, "plans.draft_plan", item):
            address = url_for("plans.begin", item=item.ref)
            found.append({"label": _("制定整改方案"), "url": address, "icon": "route", "post": True})
    elif plan is not None and plan.state != "active" and _waits_for(actor, plan):
        words = _("继续制定方案") if plan.can_be_edited else _("审核整改方案")
        found.append({"label": words, "url": plan.address, "icon": "route"})
    if plan is not None:
        found += _judging(actor, plan)
    return found


def _waits_for(actor: Actor, plan: RemediationPlan) -> bool:
    if plan.can_be_edited and decide.may(actor, "plans.draft_plan", plan):
        return True
    rights = [step.right_for(plan) for step in main_steps(plan.workflow).get(plan.state, ())]
    return any(right is not None and decide.may(actor, right, plan) for right in rights)


def _judging(actor: Actor, plan: RemediationPlan) -> list[Mapping[str, Any]]:
    right = JUDGING["school" if plan.is_school_level else "county"][0]
    waiting = [
        (action, action.undecided_evidence_count)
        for action in plan.live_actions
        if action.undecided_evidence_count and decide.may(actor, right, action) and actor.person_id != action.owner_id
    ]
    if not waiting:
        return []
    first = waiting[0][0]
    address = url_for("verification.show", measure=first.ref)
    total = sum(n for _action, n in waiting)
    return [{"label": _("审核佐证"), "detail": _("%(n)s 份待审", n=total), "url": address, "icon": "checks"}]


def in_charge(actor: Actor, item: ProblemItem) -> Asking[Sequence[tuple[str, str, str]]]:
    """The accountable person of the plan, where it is another than the responsible person of the item."""
    plan = yield from plans.current_plan(actor, item)
    if plan is None or plan.owner_id in (None, item.responsible_person_id):
        return []
    name = yield from plans.name_of(actor, plan.owner_id)
    return [(_("方案总负责"), name, "")] if name is not None else []
