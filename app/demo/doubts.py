"""Two rounds say different things of one school: asked, answered by the school, settled by the office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.core.database import db
from app.demo.telling import Teller
from app.demo.tree import County
from app.improvement.monitoring.models import Indicator, MonitoringCycle, MonitoringResult, SourceConflict
from app.improvement.monitoring.operations import conflicts
from app.improvement.monitoring.operations.conflicts import AnswerIn, QuestionIn, SettlementIn

ASKED = date(2026, 11, 18)
OLDER, NEWER = "2025-COUNTY", "2026-G8"
WORD = "学业负担"
QUESTION = "两轮监测用同一份问卷，八年级“{name}”从 {first:.0f} 分到 {second:.0f} 分，请核对参测名单和施测时间。"
ANSWER = "前一轮有一个班在期中考试当天施测，后一轮安排在平常的一周。参测名单已逐班核对，人数无误。"
SETTLEMENT = "施测时间说明了差别，后一轮条件正常，以后一轮为准；前一轮数值保留并注明。"
FATES = ("asked", "answered", "settled")


def tell(county: County, teller: Teller) -> None:
    """The widest differences between two rounds of one questionnaire, each as far as it has come."""
    codes = {identity: code for code, (identity, _kind, _short) in county.schools.items()}
    asking, office = county.any("evaluator"), county.any("office_director")
    for number, ((first, second, name), fate) in enumerate(zip(_widest(county), FATES, strict=False)):
        assert first.school_id is not None
        teller.at(ASKED, 10 + number)
        place = SourceConflict(county_id=county.id, school_id=first.school_id, first_id=first.id, second_id=second.id)
        words = QUESTION.format(name=name, first=first.value, second=second.value)
        found = conflicts.ask_data_owner(asking, place, QuestionIn(words, first.unit_id))
        if fate in ("answered", "settled"):
            teller.at(ASKED + timedelta(days=2), 14 + number)
            conflicts.answer_conflict(county.at("principal", codes[first.school_id]), found, AnswerIn(ANSWER))
        if fate == "settled":
            teller.at(ASKED + timedelta(days=5), 9)
            conflicts.settle_conflict(office, found, SettlementIn(second.id, SETTLEMENT))


def _widest(county: County) -> Sequence[Any]:
    first, second = aliased(MonitoringResult), aliased(MonitoringResult)
    older, newer = aliased(MonitoringCycle), aliased(MonitoringCycle)
    wanted = (
        select(first, second, Indicator.name)
        .join(second, (second.unit_id == first.unit_id) & (second.indicator_id == first.indicator_id))
        .join(older, older.id == first.cycle_id)
        .join(newer, newer.id == second.cycle_id)
        .join(Indicator, Indicator.id == first.indicator_id)
        .where(
            first.county_id == county.id, older.code == OLDER, newer.code == NEWER, Indicator.name == WORD,
            first.class_no.is_(None), second.class_no.is_(None), first.grade == second.grade,
            first.superseded_at.is_(None), second.superseded_at.is_(None), first.school_id.is_not(None),
        )
        .order_by(func.abs(second.value - first.value).desc(), first.unit_id)
        .limit(len(FATES))
    )  # fmt: skip
    return db.session.execute(wanted).all()
