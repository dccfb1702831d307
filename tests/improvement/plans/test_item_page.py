"""What the page of an item and the to-do list say of plans."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.core.casework.waiting import waiting_for
from app.core.database import db
from app.improvement.plans.operations import plans
from app.improvement.plans.operations.plans import PlanIn, PlanStep
from tests.cast import Cast, sign_in
from tests.conftest import Clock
from tests.improvement.plans import world
from tests.improvement.plans.test_plan_pages import page


def verbs(cast: Cast, key: str) -> set[str]:
    """What waits for a player, in words."""
    return {str(thing.verb) for thing in waiting_for(cast.actor(key))}


def test_the_page_of_an_item_offers_the_plan_and_shows_the_measures(client: Any, cast: Cast) -> None:
    item = world.item_in_planning(cast)
    sign_in(client, cast["school_coordinator"])
    text = page(client, item.address)
    assert "制定整改方案" in text and f"/plans/new/{item.ref}" in text
    plan = world.in_force(cast, item)
    action = world.at_work(cast, plan)
    world.submitted(cast, action)
    text = page(client, item.address)
    assert "0 / 2 完成" in text and action.title in text and "制定整改方案" not in text
    sign_in(client, cast["evaluator"])
    text = page(client, item.address)
    assert "审核佐证（1 份待审）" in text and f"/verification/{action.ref}" in text
    sign_in(client, cast["principal"])
    assert "份待审" not in page(client, item.address)


def test_an_item_waits_for_its_plan_until_one_is_begun_then_the_plan_waits(app: Any, cast: Cast) -> None:
    item = world.item_in_planning(cast)
    assert "制定整改方案" in verbs(cast, "school_coordinator")
    plan = plans.draft_plan(cast.actor("school_coordinator"), item, PlanIn())
    assert "制定整改方案" not in verbs(cast, "school_coordinator")
    assert "填写整改方案" in verbs(cast, "school_coordinator")
    assert "提交方案" in verbs(cast, "principal")
    assert plan.state == "draft"


def test_a_missing_monthly_report_waits_for_the_unit(app: Any, cast: Cast, clock: Clock) -> None:
    clock.set(datetime(2026, 10, 20, 4, tzinfo=UTC))
    world.in_force(cast)
    assert "填报整改月报" not in verbs(cast, "school_coordinator")
    clock.set(datetime(2026, 11, 2, 4, tzinfo=UTC))
    assert "填报整改月报" in verbs(cast, "school_coordinator")
    assert "填报整改月报" not in verbs(cast, "office_director")


def test_submitted_evidence_and_a_submitted_plan_wait_for_the_evaluator(app: Any, cast: Cast) -> None:
    world.submitted(cast, world.at_work(cast))
    plan = world.draft(cast)
    plans.submit_plan(cast.actor("principal"), plan, PlanStep())
    db.session.expire_all()
    assert {"采信佐证", "受理方案"} <= verbs(cast, "evaluator")
