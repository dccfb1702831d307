"""A university looks at some items from outside: the office opens them to its evaluator, who leaves an opinion on the first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from app.core.database import db
from app.demo.telling import Teller
from app.demo.tree import CONTRACT, County
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations.evaluators import EvaluatorIn, name_evaluator
from app.improvement.problems.operations.notes import RemarkIn, remark

OPENED = date(2026, 11, 10)
STATES = ("implementing", "evaluating", "pending_closure", "closed")
MOST = 8
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
