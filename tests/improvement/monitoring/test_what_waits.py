"""What stands in people's to-dos: the part that is theirs, when it can be done, and never to go back."""

from __future__ import annotations

import pytest

from app.core.casework.waiting import main_steps, waiting_for
from app.core.database import db
from app.improvement.monitoring import operations
from app.improvement.monitoring.operations import Move, ReleaseIn
from tests.cast import Cast
from tests.factories.monitoring import WORKED, act_as, begin_cycle, brief, bring_in, release, verify
from workflows.catalogue import ALL
from workflows.vocabulary import State, Workflow


def todos(cast: Cast, key: str, word: str) -> list[str]:
    db.session.expire_all()
    return [thing.verb.zh for thing in waiting_for(act_as(cast.actor(key))) if word in thing.record.label]


@pytest.mark.parametrize("workflow", ALL, ids=lambda workflow: workflow.name)
def test_nobody_is_asked_to_go_back(workflow: Workflow) -> None:
    order = {state: number for number, state in enumerate(workflow.states)}
    for code, steps in main_steps(workflow).items():
        here = workflow.state(code)
        for step in steps:
            assert isinstance(step.target, State)
            assert here.side or order[step.target] > order[here], f"{code}: {step.name} leads back"


def test_a_round_waits_for_each_in_turn(county: Cast) -> None:
    cycle = begin_cycle(county)
    bring_in(county, cycle, WORKED)
    operations.finish_import(act_as(county.actor("assessment_member")), cycle, Move())
    assert todos(county, "assessment_member", cycle.name) == [], "who brought the data in does not verify them"
    assert todos(county, "evaluator_2", cycle.name) == ["核验数据"]


def test_the_head_is_asked_to_release_when_the_versions_are_there(county: Cast) -> None:
    cycle = begin_cycle(county)
    bring_in(county, cycle, WORKED)
    verify(county, cycle)
    assert todos(county, "leading_group_head", cycle.name) == []
    assert todos(county, "office_director", cycle.name) == ["准备发布版本"]
    operations.prepare_release(act_as(county.actor("office_director")), cycle, ReleaseIn({"basic": "全体参加"}))
    assert todos(county, "leading_group_head", cycle.name) == ["发布数据"]
    assert todos(county, "office_director", cycle.name) == []


def test_after_the_release_the_briefing_waits_and_not_the_end(county: Cast) -> None:
    cycle = begin_cycle(county)
    bring_in(county, cycle, WORKED)
    verify(county, cycle)
    release(county, cycle)
    assert todos(county, "office_director", cycle.name) == ["记下专题听取汇报"]
    brief(county, cycle)
    assert todos(county, "office_director", cycle.name) == []
