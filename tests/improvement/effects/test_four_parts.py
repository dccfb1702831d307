"""An effect record says whom and who, what, how and what for, or there is no verdict; its type is told, never chosen."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.core.audit import trail
from app.core.database import db
from app.core.errors import StepRefused
from app.core.policy.actor import SYSTEM
from app.improvement.effects.operations import evaluations
from app.improvement.effects.operations.evaluations import ProposeIn
from app.improvement.monitoring.models import Indicator
from tests.improvement.effects.scenes import JUDGED, EffectScene

ACHIEVED = ProposeIn("achieved", JUDGED, uses=("share", "close"))
WITHOUT = {
    "whom and who": ("proposed_by = null", "没有记下评谁、由谁评"),
    "what": ("indicator_id = null, criteria_checked = '[]'", "没有记下评什么：既没有指标，也没有标准"),
    "how": ("computed = computed - 'inputs_sha256'", "没有记下怎么评：缺数据、模型或程序版本"),
    "use": ("uses = '[]'", "请选择结果怎么用，至少一项"),
}


def by_plain_sql(statement: str, **values: Any) -> None:
    """As the application's own role, inside an act: no operation in the way."""
    with trail.act(SYSTEM, "system", "test.by_hand"):
        db.session.execute(text(statement), values)
        db.session.flush()


def test_uses_are_stored_in_one_order_by_who_proposes_and_again_by_who_decides(scene: EffectScene) -> None:
    evaluation = scene.computed()
    evaluations.propose_outcome(scene.actor("evaluator"), evaluation, ACHIEVED)
    assert evaluation.uses == ["close", "share"]
    given = ProposeIn("achieved", JUDGED, uses=("feed_back",))
    evaluations.decide_evaluation(scene.actor("leading_group_head"), evaluation, given)
    assert (evaluation.state, evaluation.uses) == ("decided", ["feed_back"])


@pytest.mark.parametrize("part", ["what", "how"])
def test_a_missing_part_blocks_the_proposal_with_its_sentence(scene: EffectScene, part: str) -> None:
    evaluation = scene.computed()
    taken, sentence = WITHOUT[part]
    by_plain_sql(f"update effect_evaluations set {taken} where id = :id", id=evaluation.id)
    db.session.refresh(evaluation)
    with pytest.raises(StepRefused, match=sentence):
        evaluations.propose_outcome(scene.actor("evaluator"), evaluation, ACHIEVED)


def test_a_result_that_is_used_for_nothing_is_neither_proposed_nor_decided(scene: EffectScene) -> None:
    evaluation = scene.computed()
    with pytest.raises(StepRefused, match="请选择结果怎么用，至少一项"):
        evaluations.propose_outcome(scene.actor("evaluator"), evaluation, ProposeIn("achieved", JUDGED))
    evaluations.propose_outcome(scene.actor("evaluator"), evaluation, ACHIEVED)
    with pytest.raises(StepRefused, match="请选择结果怎么用，至少一项"):
        evaluations.decide_evaluation(scene.actor("leading_group_head"), evaluation, ProposeIn("achieved", JUDGED))


def test_an_unknown_use_is_no_use(scene: EffectScene) -> None:
    evaluation = scene.computed()
    with pytest.raises(StepRefused, match="请选择结果怎么用"):
        evaluations.propose_outcome(
            scene.actor("evaluator"), evaluation, ProposeIn("achieved", JUDGED, uses=("promotion",))
        )


@pytest.mark.parametrize("part", WITHOUT)
def test_plain_sql_cannot_decide_without_all_four_parts_nor_take_one_away_later(scene: EffectScene, part: str) -> None:
    evaluation = scene.proposed()
    taken, _sentence = WITHOUT[part]
    with pytest.raises(IntegrityError, match="four_parts"):
        by_plain_sql(
            f"update effect_evaluations set state = 'decided', outcome = 'achieved', decided_by = :who, {taken}"
            " where id = :id",
            id=evaluation.id,
            who=scene.cast["leading_group_head"].person_id,
        )
    db.session.rollback()


def test_a_decided_record_keeps_its_parts_by_plain_sql_too(scene: EffectScene) -> None:
    evaluation = scene.decided()
    with pytest.raises(IntegrityError, match="four_parts"):
        by_plain_sql("update effect_evaluations set uses = '[]' where id = :id", id=evaluation.id)


@pytest.mark.parametrize(
    ("told", "design", "wanted"),
    [
        ("result", "indicator", "value_added"),
        ("result", "small_n", "value_added"),
        ("process", "indicator", "process"),
        ("value_added", "indicator", "value_added"),
        ("comprehensive", "indicator", "comprehensive"),
        ("result", "criterion", "process"),
    ],
)
def test_the_type_of_an_effect_is_told_by_indicator_and_design(
    scene: EffectScene, told: str, design: str, wanted: str
) -> None:
    indicator = scene.indicator()
    by_plain_sql("update indicators set evaluation_type = :told where id = :id", told=told, id=indicator.id)
    db.session.refresh(indicator)
    assert evaluations.type_of(design, indicator.id) == wanted


def test_a_planned_effect_has_its_indicator_and_its_type(scene: EffectScene) -> None:
    evaluation = scene.planned()
    assert evaluation.indicator_id == scene.indicator().id
    assert evaluation.evaluation_type == "value_added"


@pytest.mark.parametrize("who", ["teacher", "student"])
def test_no_verdict_on_teachers_or_students_by_operation_or_plain_sql(scene: EffectScene, who: str) -> None:
    evaluation = scene.proposed()
    person = Indicator(
        county_id=scene.cast.county.id, code=f"PERSON-{who}", name="师德师风测评", subject="general", value_type="mean",
        direction="higher", family="测评", object_code=who,
    )  # fmt: skip
    with trail.act(SYSTEM, "system", "test.indicator"):
        db.session.add(person)
    by_plain_sql("update effect_evaluations set indicator_id = :i where id = :id", i=person.id, id=evaluation.id)
    db.session.refresh(evaluation)
    with pytest.raises(StepRefused, match="评价对象是教师或学生，只留数据，不作定论"):
        evaluations.decide_evaluation(scene.actor("leading_group_head"), evaluation, ACHIEVED)
    with pytest.raises(IntegrityError, match="verdicts are given on schools alone"):
        by_plain_sql(
            "update effect_evaluations set state = 'decided', outcome = 'achieved', decided_by = :who where id = :id",
            id=evaluation.id,
            who=scene.cast["leading_group_head"].person_id,
        )
