"""督导问效: what became of a visit's problems, counted as a whole, with intervals, or too few to say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from app.core.audit import trail
from app.core.database import db, use_context, uuid7
from app.core.policy.actor import SYSTEM
from app.improvement.effects.models import EffectEvaluation
from app.improvement.effects.queries import visiting
from app.improvement.effects.visiting import Followed, Share, effect_of
from app.improvement.plans.models import RemediationPlan
from app.improvement.visits.models import SupervisionVisit
from app.improvement.visits.queries.visits import only, under
from tests.cast import Cast
from tests.factories.effects import four_parts
from tests.improvement.visits.scenes import VisitScene

DUE = date(2026, 11, 20)


@pytest.fixture
def scene(app: Flask, cast: Cast) -> VisitScene:
    return VisitScene(cast)


def row(**changes: Any) -> Followed:
    wanted: dict[str, Any] = {
        "ref": "r", "text": "没有分层作业", "answer": "accepted", "answered_on": DUE, "answer_due": DUE, "lapsed": False,
        "carried_as": "evidence", "settled_as": "carried",
    }  # fmt: skip
    return Followed(**(wanted | changes))


def test_an_answer_on_the_last_day_is_in_time_and_on_the_next_it_is_not() -> None:
    rows = [row(), row(answered_on=DUE + timedelta(days=1)), row(answer=None, answered_on=None, lapsed=True)]
    assert effect_of(rows).in_time == Share(1, 3)


def test_a_problem_whose_time_is_not_over_is_neither_in_time_nor_late() -> None:
    assert effect_of([row(answer=None, answered_on=None, carried_as=None, settled_as=None)]).in_time == Share(0, 0)


@pytest.mark.parametrize(
    ("changes", "done"),
    [
        ({"item_state": "closed"}, True),
        ({"item_state": "evaluating"}, False),
        ({"carried_as": "action", "item_state": "closed", "action_state": "in_progress"}, False),
        ({"carried_as": "action", "item_state": "implementing", "action_state": "completed"}, True),
        ({"carried_as": None, "settled_as": "done"}, True),
        ({"carried_as": "finding", "item_state": None}, False),
    ],
)
def test_done_is_a_closed_item_a_completed_measure_or_what_the_team_saw(changes: dict[str, Any], done: bool) -> None:
    assert effect_of([row(**changes)]).done == Share(int(done), 1)


def test_what_was_withdrawn_is_no_work_left_undone() -> None:
    assert effect_of([row(settled_as="withdrawn")]).done == Share(0, 0)


def test_only_what_was_measured_again_counts_as_measured() -> None:
    rows = [row(outcome="improved", design="indicator"), row(outcome="achieved", design="criterion"),
            row(outcome="no_change", design="small_n"), row()]  # fmt: skip
    assert effect_of(rows).improved == Share(1, 2)


def test_below_five_neither_share_nor_interval_is_told_and_from_five_on_both_are() -> None:
    assert (Share(4, 4).share, Share(4, 4).interval, Share(4, 4).says) == (None, None, False)
    low, high = Share(4, 5).interval or (0.0, 0.0)
    assert (Share(4, 5).share, round(low, 3), round(high, 3)) == (0.8, 0.376, 0.964)


def followed(scene: VisitScene, visits: Any) -> list[Followed]:
    use_context(SYSTEM.context())
    return visiting.followed(scene.actor("office_director"), visits)


def answered(scene: VisitScene) -> SupervisionVisit:
    """A visit that found two problems, one on an item, answered at once."""
    item = scene.item("accepted")
    visit = scene.special(item)
    for state in ("notified", "self_reported", "on_site"):
        getattr(scene, f"to_{state}")(visit)
    scene.find(visit, item_id=item.id, becomes="evidence")
    scene.find(visit, text="课后服务没有按课表上")
    for state in ("shown", "issued", "follow_up"):
        getattr(scene, f"to_{state}")(visit)
    return visit


def test_a_visit_s_problems_are_followed_to_what_they_were_carried_into(scene: VisitScene) -> None:
    visit = answered(scene)
    rows = followed(scene, only(scene.actor("office_director"), visit))
    assert [(one.text, one.carried_as, one.in_time, one.is_done) for one in rows] == [
        ("八年级三班没有分层作业", "evidence", True, False), ("课后服务没有按课表上", "finding", True, False),
    ]  # fmt: skip
    assert (rows[0].item_state, rows[1].item_state) == ("accepted", None)


def test_visits_under_an_entry_are_counted_together(scene: VisitScene) -> None:
    visit = answered(scene)
    assert visit.entry_id is not None
    rows = followed(scene, under(scene.actor("office_director"), [visit.entry_id]))
    found = effect_of(rows)
    assert (found.problems, found.accepted, found.carried) == (2, Share(2, 2), {"evidence": 1, "finding": 1})


def test_what_was_decided_before_the_feedback_is_no_effect_of_the_visit(scene: VisitScene) -> None:
    visit = answered(scene)
    item_id = visit.to_answer[0].item_id
    for edition, days, wanted in ((1, -1, None), (2, 0, "improved")):
        use_context(SYSTEM.context())
        with trail.act(SYSTEM, "system", "test.decided"):
            decide(scene, item_id, edition, (visit.feedback_on or DUE) + timedelta(days=days))
        rows = followed(scene, only(scene.actor("office_director"), visit))
        assert rows[0].outcome == wanted
    assert rows[0].estimate["ci95"] == [3.0, 9.0]


def decide(scene: VisitScene, item_id: Any, edition: int, day: date) -> None:
    """An evaluation of the item, decided on a day."""
    school = scene.cast.units["shuangqiao"].id
    common = {"county_id": scene.cast.county.id, "school_id": school, "item_id": item_id, "unit_id": school}
    plan = RemediationPlan(
        id=uuid7(), edition=edition, state="returned", owner_id=scene.cast["principal"].person_id, **common
    )
    db.session.add(plan)
    db.session.flush()
    computed = {"estimate": {"delta": 6.0, "ci95": [3.0, 9.0]}, "ends": [{"value_type": "mean"}]}
    db.session.add(
        EffectEvaluation(id=uuid7(), plan_id=plan.id, state="decided", outcome="improved", design="indicator",
                         decided_on=day, **four_parts(scene.cast, **computed), **common)
    )  # fmt: skip
    db.session.flush()
