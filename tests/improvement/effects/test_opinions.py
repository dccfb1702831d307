"""Opinions from outside: by whom an item was given to, until it is decided; who decides against one says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, StepRefused
from app.core.outbox.deliver import drain
from app.core.outbox.models import InboxLetter
from app.core.policy.actor import SYSTEM, Actor
from app.improvement.effects.models import EffectEvaluation, OutsideOpinion
from app.improvement.effects.operations import evaluations, opinions
from app.improvement.effects.operations.evaluations import EvaluationStep, ProposeIn
from app.improvement.effects.operations.opinions import OpinionIn
from app.improvement.effects.queries.opinions import voices
from app.improvement.problems.operations.evaluators import EvaluatorIn, name_evaluator
from app.people.directory.models import RoleAssignment
from tests.improvement.effects.scenes import JUDGED, EffectScene
from tests.improvement.problems.browsing import Browser, words
from tests.improvement.problems.scenes import REFUSED

WHY = "作业样本只交了一个班，另一个班没有，单看一次测验说明不了全年级的变化"
ANSWER = "另一个班的作业样本视导时已经现场看过，记录在视导反馈单里"
Opened = Callable[[str], Browser]


@pytest.fixture
def browser(app: Flask, scene: EffectScene) -> Opened:
    return lambda key: Browser(app, scene.cast, key)


def _given(scene: EffectScene, evaluation: EffectEvaluation) -> Actor:
    """The outside evaluator, to whom the item was opened."""
    until = clock.today() + timedelta(days=60)
    who = EvaluatorIn(scene.cast["external_evaluator"].person_id, until)
    name_evaluator(scene.actor("office_director"), evaluation.item, who)
    use_context(SYSTEM.context())
    return replace(scene.actor("external_evaluator"), schools=(evaluation.school_id,))


def _say(actor: Actor, evaluation: EffectEvaluation, view: str = "disagrees", reasons: str = WHY) -> None:
    opinions.give_opinion(actor, evaluation, OpinionIn(view, reasons))
    use_context(SYSTEM.context())


def _decide(scene: EffectScene, evaluation: EffectEvaluation, outcome: str = "achieved", answer: str = "") -> None:
    given = ProposeIn(outcome, JUDGED, uses=("feed_back",), opinion_answer=answer)
    evaluations.decide_evaluation(scene.actor("leading_group_head"), evaluation, given)


def test_who_decides_against_an_opinion_says_why_and_it_is_kept(scene: EffectScene) -> None:
    evaluation = scene.proposed()
    _say(_given(scene, evaluation), evaluation)
    with pytest.raises(StepRefused, match="写明为什么没有采纳"):
        _decide(scene, evaluation)
    db.session.refresh(evaluation)
    _decide(scene, evaluation, answer=ANSWER)
    assert (evaluation.state, evaluation.opinion_answer) == ("decided", ANSWER)


def test_one_who_agrees_or_cannot_judge_asks_for_no_answer(scene: EffectScene) -> None:
    evaluation = scene.proposed()
    outside = _given(scene, evaluation)
    _say(outside, evaluation, "disagrees")
    _say(outside, evaluation, "cannot_judge")
    _decide(scene, evaluation, answer="不该留下的话")
    assert (evaluation.state, evaluation.opinion_answer) == ("decided", "")


def test_every_edition_is_kept_until_the_decision_and_then_stays(scene: EffectScene) -> None:
    evaluation = scene.proposed()
    outside = _given(scene, evaluation)
    _say(outside, evaluation, "disagrees")
    _say(outside, evaluation, "agrees", "补交的作业样本看过了，同意")
    (voice,) = voices(SYSTEM, evaluation)
    assert (voice.newest.edition, voice.newest.view, [one.view for one in voice.before]) == (2, "agrees", ["disagrees"])
    _decide(scene, evaluation)
    with pytest.raises(StepRefused, match="已经定论"):
        _say(outside, evaluation)
    with pytest.raises(DBAPIError), trail.act(SYSTEM, "system", "test.rewrite"):
        db.session.execute(text("update outside_opinions set view = 'disagrees'"))


def test_the_same_words_again_are_no_new_edition_unless_it_was_computed_anew(scene: EffectScene) -> None:
    evaluation = scene.proposed()
    outside = _given(scene, evaluation)
    _say(outside, evaluation)
    with pytest.raises(Invalid, match="一样"):
        _say(outside, evaluation)
    with trail.act(SYSTEM, "system", "test.computed_again"):
        evaluation.computed = evaluation.computed | {"inputs_sha256": "f" * 64}
    _say(outside, evaluation)
    (voice,) = voices(SYSTEM, evaluation)
    assert voice.newest.edition == 2


def test_an_opinion_on_an_earlier_computation_counts_no_more(scene: EffectScene) -> None:
    evaluation = scene.proposed()
    _say(_given(scene, evaluation), evaluation)
    assert evaluation.is_opposed("achieved") and not evaluation.is_opposed("improved")
    with trail.act(SYSTEM, "system", "test.computed_again"):
        evaluation.computed = evaluation.computed | {"inputs_sha256": "f" * 64}
    assert not evaluation.is_opposed("achieved")
    assert [voice.counts for voice in voices(SYSTEM, evaluation)] == [False]


def test_only_whoever_the_item_was_given_to_and_after_it_was_computed(scene: EffectScene) -> None:
    evaluation = scene.planned()
    outside = _given(scene, evaluation)
    with pytest.raises(StepRefused, match="算出成效以后"):
        _say(outside, evaluation)
    other = scene.proposed()
    for key in ("external_evaluator", "evaluator", "inspector", "principal", "office_director"):
        with pytest.raises(REFUSED):
            _say(scene.actor(key), other)
        use_context(SYSTEM.context())


def test_whoever_lately_worked_at_the_school_stays_away(scene: EffectScene) -> None:
    evaluation = scene.proposed()
    outside = _given(scene, evaluation)
    with trail.act(SYSTEM, "system", "test.worked_there"):
        day = clock.today()
        db.session.add(
            RoleAssignment(
                county_id=evaluation.county_id, school_id=evaluation.school_id, person_id=outside.person_id,
                unit_id=evaluation.school_id, role="subject_teacher", from_on=day - timedelta(days=700),
                to_on=day - timedelta(days=300),
            )
        )  # fmt: skip
    with pytest.raises(StepRefused, match="需要回避"):
        _say(outside, evaluation)


@pytest.mark.parametrize("reasons", ["  ", "不同意", "字" * 2001])
def test_reasons_are_given_and_neither_too_short_nor_longer_than_2000(scene: EffectScene, reasons: str) -> None:
    evaluation = scene.proposed()
    outside = _given(scene, evaluation)
    with pytest.raises(Invalid, match="10 到 2000 个字"):
        _say(outside, evaluation, reasons=reasons)


def test_office_unit_and_evaluator_read_it_and_nobody_else(scene: EffectScene, browser: Opened) -> None:
    evaluation = scene.proposed()
    _say(_given(scene, evaluation), evaluation)
    address = evaluation.address
    for key in ("office_director", "evaluator", "leading_group_head", "principal", "external_evaluator"):
        assert WHY in browser(key).page(address), key
        assert "第三方评估意见" in words(browser(key).page(evaluation.item.address)), key
    for key in ("inspector", "guidance_member"):
        assert WHY not in browser(key).page(address), key
    assert browser("yuntai_principal").get(address).status_code == 404
    assert "第三方：不同意" in words(browser("office_director").page(f"/trace/items/{evaluation.item.ref}"))
    assert "写了评估意见" in words(browser("office_director").page(address))
    drain()
    use_context(SYSTEM.context())
    heard = select(InboxLetter.person_id).where(InboxLetter.title_zh.contains("第三方评估意见"))
    wanted = {scene.cast[key].person_id for key in ("office_director", "principal")}
    assert wanted <= set(db.session.scalars(heard))


def test_it_is_written_and_answered_on_the_pages(scene: EffectScene, browser: Opened) -> None:
    evaluation = scene.proposed()
    _given(scene, evaluation)
    outside = browser("external_evaluator")
    assert "待写评估意见的成效评价" in words(outside.page("/"))
    assert "写评估意见" in words(outside.page(evaluation.address))
    address = f"{evaluation.address}/opinion"
    refused = outside.post(address, view="disagrees", reasons="", version=evaluation.version)
    assert refused.status_code == 422 and "请写理由" in refused.get_data(as_text=True)
    outside.sent(address, view="disagrees", reasons=WHY, version=evaluation.version)
    assert WHY in outside.page(address), "it is there to be revised"
    assert "待写评估意见的成效评价" not in words(outside.page("/"))
    use_context(SYSTEM.context())
    db.session.refresh(evaluation)
    head = browser("leading_group_head")
    assert WHY in head.page(f"{evaluation.address}/decision"), "who decides reads it before"
    form = {"outcome": "achieved", "judgement": JUDGED, "uses": "feed_back", "version": evaluation.version}
    refused = head.post(f"{evaluation.address}/decision", **form)
    assert refused.status_code == 422 and "写明为什么没有采纳" in refused.get_data(as_text=True)
    head.sent(f"{evaluation.address}/decision", **form, opinion_answer=ANSWER)
    assert ANSWER in outside.page(evaluation.address)


def test_a_returned_evaluation_takes_no_opinion(scene: EffectScene) -> None:
    evaluation = scene.proposed()
    outside = _given(scene, evaluation)
    reason = "请补充两类学生分别的变化，再提结论"
    evaluations.return_evaluation(scene.actor("leading_group_head"), evaluation, EvaluationStep(reason=reason))
    use_context(SYSTEM.context())
    with pytest.raises((StepRefused, NotAllowed)):
        _say(outside, evaluation)
    assert not db.session.scalars(select(OutsideOpinion)).all()
