"""However steps are thrown at an item, it is never closed without its chain, and every move stands in the machine."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm.exc import ObjectDeletedError

from app.core import clock
from app.core.audit import trail
from app.core.casework.door import follow
from app.core.database import db
from app.core.errors import Invalid, NotAllowed, NotFound, StepRefused
from app.core.policy.actor import SYSTEM
from app.improvement.plans.models import RemediationPlan
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations import items, notes, reopenings
from app.improvement.problems.operations.drafting import Submission
from app.improvement.problems.operations.handlers import AcceptIn, name_handler
from tests.improvement.problems.scenes import REASON, Scene
from workflows import catalogue, engine
from workflows.improvement.problem_item import PROBLEM_ITEM

WALKS, STEPS = 12, 60
REFUSALS = (StepRefused, NotAllowed, Invalid, NotFound, ObjectDeletedError)
WHO = (
    "principal",
    "school_coordinator",
    "grade_leader",
    "office_director",
    "leading_group_head",
    "inspector",
    "evaluator",
)


def _system(item: ProblemItem, step: str) -> None:
    with trail.act(SYSTEM, "system", f"test.{step}"):
        if step == "close":
            item.closed_on = clock.today()
        follow(item, step)


def _deeds(scene: Scene, item: ProblemItem, dice: random.Random) -> dict[str, Callable[[], Any]]:
    who = scene.actor(dice.choice(WHO))
    cast, later = scene.cast, clock.today() + timedelta(days=dice.choice((0, 30, 400)))
    named = AcceptIn(cast["school_coordinator"].person_id, cast["grade_leader"].person_id)
    plan = db.session.scalars(
        select(RemediationPlan).where(RemediationPlan.item_id == item.id).order_by(RemediationPlan.edition.desc())
    ).first()
    shown = ({"link": "https://x.invalid"},)
    return {
        "accept": lambda: items.accept_item(who, item, named),
        "contest": lambda: items.contest_item(who, item, items.ContestIn("不属于本校", dice.choice((shown, ())))),
        "uphold": lambda: items.uphold_item(who, item, Submission(reason=REASON)),
        "start_diagnosis": lambda: items.start_diagnosis(who, item, Submission()),
        "add_cause": lambda: items.add_cause(
            who, item, items.CauseIn("teaching", "练习没有分层", True, dice.choice(("作业抽样", "")), "为什么")
        ),
        "finish_diagnosis": lambda: items.finish_diagnosis(who, item, Submission()),
        "plan": lambda: item.state == "planning" and scene.plan(item, edition=(plan.edition if plan else 0) + 1),
        "start_work": lambda: _system(item, "start_work"),
        "measures": lambda: plan and [scene.moved(action, "completed") for action in plan.actions],
        "evidence": lambda: plan and scene.evidence(plan.actions[0]),
        "activate": lambda: plan and plan.state == "approved" and _activate(scene, plan),
        "start_evaluation": lambda: items.start_evaluation(who, item, Submission()),
        "outcome": lambda: item.state == "evaluating" and plan and scene.outcome(item, dice.choice(OUTCOMES)),
        "ask_for_closure": lambda: items.ask_for_closure(who, item, Submission()),
        "plan_again": lambda: items.plan_again(who, item, Submission()),
        "extend": lambda: items.extend_item(who, item, items.ExtendIn(later)),
        "request": lambda: scene.closure(item, dice.choice(("closed", "rejected"))),
        "close": lambda: _system(item, "close"),
        "resume_work": lambda: _system(item, "resume_work"),
        "suspend": lambda: items.suspend_item(who, item, items.SuspendIn(later, REASON)),
        "resume": lambda: items.resume_item(who, item, Submission()),
        "onsite": lambda: notes.check_onsite(who, item, notes.OnsiteIn(clock.today(), "教室", "seen", "看到了")),
        "propose": lambda: reopenings.propose_reopening(who, item, reopenings.ReopeningIn("recurrence", REASON)),
        "reopen": lambda: _system(item, "reopen"),
        "name_handler": lambda: name_handler(who, item, named),
        "diagnose_again": lambda: items.diagnose_again(who, item, Submission()),
    }


OUTCOMES = ("achieved", "improved", "partly_improved", "no_change", "insufficient_evidence", "worsened")


def _activate(scene: Scene, plan: RemediationPlan) -> None:
    for other in db.session.scalars(
        select(RemediationPlan).where(RemediationPlan.item_id == plan.item_id, RemediationPlan.state == "active")
    ):
        scene.moved(other, "superseded")
    scene.moved(plan, "active")


@pytest.mark.parametrize("seed", range(WALKS))
def test_an_item_is_never_closed_without_its_chain(scene: Scene, seed: int) -> None:
    dice = random.Random(seed)
    item = scene.item(dice.choice(("issued", "diagnosing", "implementing", "evaluating")), severity="moderate")
    for _ in range(STEPS):
        deeds = _deeds(scene, item, dice)
        before = item.state
        name = dice.choice(_likely(item, deeds) if dice.random() < 0.6 else sorted(deeds))
        try:
            deeds[name]()
        except REFUSALS:
            db.session.expire_all()
            assert item.state == before, "a refused step leaves nothing behind"
        db.session.expire_all()
        if item.state == "closed" and before != "closed":
            assert item.chain_gaps == () and item.closure_state in ("approved", "closed")
            assert item.outcome in ("achieved", "improved") and len(item.all_causes) >= 2
    _every_move_is_declared(item)


def _likely(item: ProblemItem, deeds: dict[str, Any]) -> list[str]:
    open_now = {step.name for step in engine.steps_from(PROBLEM_ITEM, item.state)} & set(deeds)
    helping = {"add_cause", "plan", "measures", "evidence", "activate", "outcome", "request"}
    return sorted(open_now | helping)


def _every_move_is_declared(item: ProblemItem) -> None:
    moves = text(
        "select step, from_state, to_state from audit.transition_log where record_id = :id and to_state is not null order by seq"
    )
    here = None
    for step, from_state, to_state in db.session.execute(moves, {"id": item.id}):
        declared = catalogue.step(step)
        if from_state is not None:
            assert from_state == here and from_state in {state.code for state in declared.sources}
        here = to_state
    assert here == item.state
