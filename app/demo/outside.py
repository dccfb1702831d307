"""A university looks at some items from outside: the office opens them to its evaluator, who leaves a message on the first
and says of outcomes that wait for their decision whether they hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from app.core.database import db
from app.core.policy.actor import Actor
from app.demo.telling import Teller
from app.demo.tree import CONTRACT, County
from app.improvement.effects.models import EffectEvaluation
from app.improvement.effects.operations.opinions import OpinionIn, give_opinion
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations.evaluators import EvaluatorIn, name_evaluator
from app.improvement.problems.operations.notes import RemarkIn, remark

OPENED = date(2026, 11, 10)
STATES = ("implementing", "evaluating", "pending_closure", "closed")
MOST = 8
SAID = (
    ("disagrees", "两次用的卷子难度不同，作业样本只交了一个班；数值在涨，但还说明不了是措施带来的，建议再看一轮。"),
    ("agrees", "复测人数和基线相当，区间没有碰到 0，作业样本和课堂记录对得上，同意这个结论。"),
    ("cannot_judge", "只给了平均分，没有分层的数据，两类学生各自有没有改进看不出来。"),
)
FIRST_THOUGHT = "先看了数值，区间没有碰到 0，看起来是改进；作业样本还没有看。"
OPINION = "方案里的措施与归因对得上；建议评价时把作业样本也附上，单看一次测验说明不了变化。"


def tell(county: County, teller: Teller) -> None:
    """Two items of each stage, so that there is a plan, evidence and an evaluation to read."""
    teller.at(OPENED, 10)
    office, who = county.any("office_director"), county.any("external_evaluator")
    until = teller.real.date() + CONTRACT - timedelta(days=30)
    opened: list[ProblemItem] = []
    for state in STATES:
        wanted = select(ProblemItem).where(
            ProblemItem.county_id == county.id, ProblemItem.state == state, ProblemItem.issued_on < OPENED,
            ProblemItem.school_id.is_not(None),
        )  # fmt: skip
        opened += db.session.scalars(wanted.order_by(ProblemItem.number.desc()).limit(MOST // len(STATES))).all()
    for item in opened:
        name_evaluator(office, item, EvaluatorIn(who.person_id, until))
    teller.at(OPENED + timedelta(days=6), 15)
    if opened and opened[0].school_id is not None:
        remark(replace(who, schools=(opened[0].school_id,)), opened[0], RemarkIn(OPINION))
    _of_outcomes(county, teller, office, EvaluatorIn(who.person_id, until))


def _of_outcomes(county: County, teller: Teller, office: Actor, given: EvaluatorIn) -> None:
    """Three outcomes that wait for their decision: with one, on second thought, the evaluator does not agree."""
    teller.at(OPENED + timedelta(days=7), 9)
    v = EffectEvaluation
    wanted = select(v).where(v.county_id == county.id, v.state == "computed", v.school_id.is_not(None))
    waiting = db.session.scalars(wanted.order_by(v.id).limit(len(SAID))).all()
    for evaluation in waiting:
        name_evaluator(office, evaluation.item, given)
    who = county.any("external_evaluator")
    for number, (evaluation, (view, reasons)) in enumerate(zip(waiting, SAID, strict=False)):
        teller.at(OPENED + timedelta(days=8 + number), 14)
        actor = replace(who, schools=(evaluation.school_id,) if evaluation.school_id else ())
        if number == 0:
            give_opinion(actor, evaluation, OpinionIn("agrees", FIRST_THOUGHT))
            teller.later(hours=2)
        give_opinion(actor, evaluation, OpinionIn(view, reasons))
