"""One record of accountability or commendation at each stage that the longer stories do not stop at."""

from __future__ import annotations

from itertools import cycle

from app.demo.fates import Place
from app.demo.hall import Hall
from app.improvement.accountability.models import AccountabilityRecord
from app.improvement.accountability.operations import appeals, deciding, drafting, hearing
from app.improvement.accountability.operations.appeals import AnswerIn
from app.improvement.accountability.operations.deciding import DecisionIn
from app.improvement.accountability.operations.drafting import RecordIn, RecordStep
from app.improvement.accountability.operations.hearing import SayingIn

RULE = "《清澜县教育质量监测结果应用管理办法》第十二条"
FACTS = ("item", "finding")
ACCOUNT = "问题项的整改措施没有按方案推进，月度报告连续两次没有提交，办公室电话提醒后仍未补报。"
SAID = "两次月报因填报人调离没有交接好，材料已经补齐，措施没有停下来，附补报的记录。"
WEIGHED = "学校的说明属实，措施确实没有停，予以采纳。"
WHY = "月报两次没有提交，事实清楚；措施没有停止，影响不大，可以从轻。"
TOLD = "该校两次没有提交整改月报。经集体研究，予以提醒谈话。"
APPEAL = "第二次月报在截止当天已经交到办公室，有签收记录，请复核后撤销提醒谈话。"
REVOKED = "签收记录属实，第二次月报没有逾期，原决定认定的事实不成立，予以撤销。"
NOT_PURSUED = "两次月报已经补齐，措施没有停止，没有造成影响，集体研究决定不作处理。"
GIVEN_UP = "核对后发现佐证是真实的，只是日期填错了一位，登记有误，不再告知。"
GIVEN = RecordIn("整改月报没有按时提交", ACCOUNT, RULE, "reminder")
UNANSWERED = RecordIn(
    "视导反馈逾期没有回应",
    "视导反馈中的两个问题超过期限没有书面回应，督学上门两次，学校仍没有说明整改打算。",
    RULE,
    "reminder",
)
DOUBTED = RecordIn(
    "佐证材料与实际不符", "上报的教研记录日期在放假期间，核验时与签到表对不上，需要学校说明。", RULE, "reminder"
)
HALF_DONE = RecordIn(
    "整改三次退回仍未达到要求", "同一项措施的佐证三次退回，补交的材料仍没有对应方案里写明的目标。", RULE, "reminder"
)


def tell(hall: Hall, late: list[Place]) -> None:
    """A draft, one given up, one to be decided, one not pursued, one decided, one under appeal, one revoked on appeal."""
    schools = cycle(late)
    _revoked(hall, next(schools))
    _appealed(hall, next(schools))
    _not_pursued(hall, next(schools))
    record = _heard(hall, next(schools), 24)
    hall.decide(record, DecisionIn(None, WHY, WEIGHED, "reminder", "party"))
    _heard(hall, next(schools), 20, UNANSWERED, said=False)
    given_up = hall.drafted(next(schools), 12, DOUBTED, FACTS)
    hall.teller.later(days=2)
    drafting.cancel_record(hall.county.any("evaluator"), given_up, RecordStep(reason=GIVEN_UP))
    hall.drafted(next(schools), 2, HALF_DONE, FACTS)


def _heard(hall: Hall, school: Place, days: int, given: RecordIn = GIVEN, said: bool = True) -> AccountabilityRecord:
    """Noticed so many days ago, with a statement or without, until the window is over."""
    record = hall.noticed(school, days, given, FACTS)
    if said:
        hall.teller.later(days=4)
        hearing.state_case(school.principal, record, SayingIn(SAID))
    hall.heard(record)
    return record


def _decided(hall: Hall, school: Place, days: int) -> AccountabilityRecord:
    """Decided, made known to the county, and appealed six days later."""
    record = _heard(hall, school, days)
    hall.decide(record, DecisionIn(None, WHY, WEIGHED, "reminder", "county", TOLD))
    hall.teller.later(days=6)
    appeals.appeal_decision(school.principal, record, SayingIn(APPEAL))
    return record


def _revoked(hall: Hall, school: Place) -> None:
    record = _decided(hall, school, 75)
    hall.teller.later(days=9)
    answer = AnswerIn(REVOKED, hall.present("guidance_member"))
    appeals.revoke_on_appeal(hall.county.any("leading_group_member"), record, answer)


def _appealed(hall: Hall, school: Place) -> None:
    _decided(hall, school, 42)


def _not_pursued(hall: Hall, school: Place) -> None:
    record = _heard(hall, school, 33)
    given = hall.met(DecisionIn(None, NOT_PURSUED, WEIGHED))
    deciding.dismiss_record(hall.county.any("leading_group_head"), record, given)
