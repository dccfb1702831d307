"""转码: more support asked for by those who saw something, decided in every way; a step down that waits."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from itertools import islice

from sqlalchemy import select

from app.care.rainbow.models import CodeChangeRequest, RainbowTier
from app.care.rainbow.operations import changing
from app.care.rainbow.operations.changing import ChangeStep, DraftIn, EvidenceIn, UpIn
from app.core import clock
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM, Actor
from app.demo.term.county import Term
from app.people.directory.models import Student

STEP = ChangeStep()
EARLY = 2
SEEN = (
    "连着三天中午不去食堂，一个人待在楼梯间，问了说不饿",
    "晚自习两次哭着跑出教室，同桌说是家里吵架后就这样",
    "这周请假两天，回来后上课一直趴着，作业没有交",
    "体育课不肯换短袖，手臂上有几道浅的旧痕",
    "和室友闹翻以后要求换宿舍，情绪很激动",
    "父亲外出务工，奶奶住院，孩子说没人管了也无所谓",
)
STOPS = (("withdrawn", "submitted"), ("under_review",), ("returned",), ("rejected", "effective"))
"""Where the requests about each student stand: taken back and asked for anew, looked at, sent back, refused and then agreed to."""
REASONS = {
    "returned": "请写清楚是哪一天、在哪里看到的，谁陪着孩子，再报一次",
    "rejected": "已当面了解：请假是牙疼，精神不好是没睡好，现在的支持够用",
}


def tell(term: Term) -> None:
    """The afternoon after the decisions: requests at each stop, in the first schools whose decisions leave enough to tell."""
    term.at(0, 17)
    held = ((code, one) for code in term.county.schools for one in _held(term, code, "yellow"))
    seen = iter(SEEN)
    for stops, (code, student) in zip(STOPS, held, strict=False):
        for stop in stops:
            _up_to(term, code, student, stop, next(seen))
    closely = ((code, one) for code in term.county.schools for one in _held(term, code, "orange"))
    for code, student in islice(closely, EARLY):
        _begin_down(term, code, student)


def _held(term: Term, code: str, tier: str) -> Sequence[Student]:
    use_context(SYSTEM.context())
    school: uuid.UUID = term.county.schools[code][0]
    asked = select(CodeChangeRequest.student_id)
    wanted = select(Student).join(RainbowTier, RainbowTier.student_id == Student.id).where(
        Student.school_id == school, RainbowTier.tier == tier, Student.id.not_in(asked)
    )  # fmt: skip
    return db.session.scalars(wanted.order_by(Student.student_no)).all()


def _as(actor: Actor) -> Actor:
    use_context(actor.context())
    return actor


def _up_to(term: Term, code: str, student: Student, stop: str, seen: str) -> None:
    lead, counsellor = term.county.at("school_psych_lead", code), term.county.at("school_counselor", code)
    if stop == "withdrawn":
        mine = changing.escalate(_as(counsellor), student, UpIn("orange", seen))
        changing.withdraw(_as(counsellor), mine, STEP)
        return
    made = changing.escalate(_as(lead), student, UpIn("orange", seen))
    if stop == "submitted":
        return
    changing.take_up(_as(counsellor), made, STEP)
    if stop == "returned":
        changing.return_change(counsellor, made, ChangeStep(reason=REASONS[stop]))
    elif stop == "rejected":
        changing.reject(counsellor, made, ChangeStep(reason=REASONS[stop]))
    elif stop == "effective":
        changing.approve(counsellor, made, STEP)


def _begin_down(term: Term, code: str, student: Student) -> None:
    """Too early for the rules: the counsellor keeps a first session and begins the request; its page says what is missing."""
    counsellor = _as(term.county.at("school_counselor", code))
    day = clock.today() - timedelta(days=1)
    kept = EvidenceIn("session", day, "第一次辅导：孩子愿意来，约好每周三午休见面")
    changing.record_evidence(counsellor, student, kept)
    changing.draft(counsellor, student, DraftIn("家里情况好转，想在满三十天后申请下调，先记着"))
