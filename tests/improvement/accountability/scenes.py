"""Scenes that the tests of accountability begin with: a record led to any state by the persons who may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.core import clock
from app.core.database import db
from app.improvement.accountability.models import AccountabilityNotice, AccountabilityRecord
from app.improvement.accountability.operations import appeals, deciding, drafting, hearing
from app.improvement.accountability.operations.appeals import AnswerIn
from app.improvement.accountability.operations.deciding import DecisionIn, Sat
from app.improvement.accountability.operations.drafting import Cited, RecordIn, RecordPlace, RecordStep
from app.improvement.accountability.operations.hearing import SayingIn
from app.improvement.problems.models import ProblemItem
from tests.improvement.effects.scenes import EffectScene

ACCOUNT = "八年级数学问题项逾期 45 天没有完成，期间两次督办没有回应。"
BASIS = "县教育质量监测结果应用管理办法第十二条"
SAID = "学校数学教师请产假，代课教师十月才到岗，整改因此推迟。"
WEIGHED = "代课教师到岗时间属实，酌情减轻；两次督办没有回应的事实不变。"
REASON = "逾期和两次督办没有回应的事实清楚，依据充分"
APPEAL = "决定没有考虑学校十一月已经补齐的三项措施"


class AccountabilityScene(EffectScene):
    """Leads a record from its draft to its end."""

    def place(self, key: str = "principal") -> RecordPlace:
        unit = self.cast[key].unit
        return RecordPlace(unit.county_id, unit.id, unit.school_id)

    def given(self, item: ProblemItem | None, **changes: Any) -> RecordIn:
        facts = (Cited("item", item.id, f"{item.number} {item.title}"),) if item is not None else ()
        wanted: dict[str, Any] = {
            "title": "数学问题项逾期",
            "account": ACCOUNT,
            "basis": BASIS,
            "measure": "circular",
            "facts": facts,
        }
        return RecordIn(**(wanted | changes))

    def drafted(self, by: str = "evaluator", party: str = "principal", **changes: Any) -> AccountabilityRecord:
        item = changes.pop("item", None) or self.at_work()
        return drafting.draft_record(self.actor(by), self.place(party), self.given(item, **changes))

    def praised(self, **changes: Any) -> AccountabilityRecord:
        wanted = {"kind": "commendation", "measure": "praise", "title": "数学教学改进成效突出"}
        wanted["account"] = "学校按方案完成整改，复测达到目标，做法在全县推广。"
        return self.drafted(**(wanted | changes))

    def notified(self, record: AccountabilityRecord | None = None, **changes: Any) -> AccountabilityRecord:
        record = record or self.drafted(**changes)
        hearing.notify_party(self.actor("office_director"), record, RecordStep())
        return record

    def said(self, record: AccountabilityRecord, by: str = "principal", words: str = SAID) -> AccountabilityRecord:
        hearing.state_case(self.actor(by), record, SayingIn(words))
        return record

    def days_on(self, record: AccountabilityRecord, offset: Any) -> None:
        """Stand on the day after the window of the record."""
        assert record.statement_until is not None
        offset(record.statement_until + timedelta(days=1) - clock.today())

    def seats(self, *keys: str) -> tuple[Sat, ...]:
        people = [self.cast[key] for key in keys]
        return tuple(Sat(one.person_id, one.role, one.name) for one in people)

    def decision(self, **changes: Any) -> DecisionIn:
        wanted: dict[str, Any] = {
            "met_on": clock.today(),
            "reason": REASON,
            "weighed": WEIGHED,
            "measure": "interview",
            "level": "county",
            "public_words": "双桥中学数学问题项逾期未完成，予以约谈，限期整改。",
            "present": self.seats("dept_head", "health_head"),
        }
        return DecisionIn(**(wanted | changes))

    def decide(self, record: AccountabilityRecord, by: str = "leading_group_head", **changes: Any) -> None:
        deciding.decide_record(self.actor(by), record, self.decision(**changes))

    def appealed(self, record: AccountabilityRecord, by: str = "principal") -> AccountabilityRecord:
        appeals.appeal_decision(self.actor(by), record, SayingIn(APPEAL))
        return record

    def answer(self, **changes: Any) -> AnswerIn:
        wanted: dict[str, Any] = {
            "reason": "补齐的措施已经核实，改为提醒谈话",
            "present": self.seats("guidance_member"),
        }
        return AnswerIn(**(wanted | changes))

    def notices_of(self, record: AccountabilityRecord) -> list[AccountabilityNotice]:
        found = db.session.query(AccountabilityNotice).filter_by(record_id=record.id).order_by(AccountabilityNotice.id)
        return list(found.populate_existing())
