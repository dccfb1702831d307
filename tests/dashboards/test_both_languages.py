"""What a record is called: on the desk and in a letter, in the language of whoever reads it."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.core.database import db, use_context
from app.core.outbox import deliver
from app.core.outbox.models import InboxLetter
from app.core.policy.actor import SYSTEM
from app.improvement.plans.operations import plans
from app.improvement.plans.operations.plans import PlanStep
from tests.cast import Cast
from tests.improvement.plans import world
from tests.improvement.problems.browsing import Browser


def test_a_plan_that_waits_is_named_in_english_on_the_desk_and_in_the_letter(app: Flask, cast: Cast) -> None:
    plan = world.draft(cast, world.item_in_planning(cast))
    plans.submit_plan(cast.actor("principal"), plan, PlanStep())
    deliver.drain()
    use_context(SYSTEM.context())
    wanted = select(InboxLetter).where(
        InboxLetter.record_id == plan.id, InboxLetter.person_id == cast["evaluator"].person_id
    )
    letter = db.session.scalars(wanted).first()
    zh, en = f"{plan.item.label}：整改方案第 1 版", f"{plan.item.label}: plan, edition 1"
    assert letter is not None and letter.title_zh.endswith(zh) and letter.title_en.endswith(en)
    evaluator = Browser(app, cast, "evaluator")
    assert zh in evaluator.page("/todo")
    evaluator.post("/language", language="en", then="/me")
    assert en in evaluator.page("/todo") and zh not in evaluator.page("/todo")
