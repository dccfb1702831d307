"""Impact assessments of the term: what had to be weighed before anybody was asked, and where each of them stands."""

from __future__ import annotations

from datetime import date

from flask import current_app

from app.care.protection import operations
from app.care.protection.models import PURPOSE, RECIPIENT, ImpactAssessment
from app.care.protection.operations import AssessmentIn, AssessmentPlace
from app.care.versions.operations import VersionStep
from app.core.storage import Stored
from app.core.web.papers import WORD
from app.core.word import Paper
from app.demo.term.county import Term
from app.demo.term.days import ASKED

BEFORE = ASKED + 6
"""So many school days before the last one they were written: six before the guardians were asked."""
HOSPITAL = "清澜县人民医院"
NECESSITY = "只收为提供帮助所必需的内容；不收就不知道谁需要帮助。"
RISKS = "内容敏感，泄露会伤害学生；老师知道后可能区别对待。"
MEASURES = "分级授权，只有心理教师和指派的专家看得到；加密保存；每次查看留痕；到期销毁。"
CONCLUSION = "措施落实后风险可以接受，同意处理，一年后复评。"
LEAD, OFFICER, HEAD = "psych_center_lead", "dpo", "leading_group_head"
STEP = VersionStep()


def tell_first(term: Term) -> None:
    """Levels, before the first rule set of the county was put in force."""
    term.at(ASKED + 24, 9)
    _in_force(term, "levels", by=LEAD)


def tell(term: Term) -> None:
    """What must be in force before the term begins, and some that stand at other stops."""
    term.at(BEFORE + 4, 9)
    _in_force(term, "screening", by=LEAD)
    _in_force(term, "figures", by=LEAD, until=term.days.before(ASKED))
    term.at(BEFORE, 9)
    for code in ("screening", "observation"):
        _in_force(term, code, by=LEAD)
    for code in ("counseling", "referral_share", "urgent"):
        _in_force(term, code, by=OFFICER)
    _in_force(term, HOSPITAL, by=OFFICER, recipient="hospital")
    gone = _in_force(term, "明灯短信服务有限公司", by=OFFICER, recipient="supplier")
    term.at(ASKED, 7)
    operations.expire_all()
    stopped = VersionStep(reason="合同到期，不再由这家公司发短信，数据已经确认销毁")
    operations.stop_assessment(term.in_the_chair(HEAD), gone, stopped)


def tell_later(term: Term) -> None:
    """The day of review of the figures has passed; others are on their way."""
    term.at(2, 7)
    operations.expire_all()
    _submitted(term, "cross_dept_data", OFFICER)
    back = _submitted(term, "rating_share_guardian", OFFICER)
    reason = VersionStep(reason="请写清楚哪些观察可以告诉监护人，由谁当面说明")
    operations.return_assessment(term.in_the_chair(HEAD), back, reason)
    operations.withdraw_assessment(term.in_the_chair(OFFICER), _drafted(term, "research", OFFICER), STEP)
    _drafted(term, "figures", LEAD)


def _drafted(
    term: Term, subject: str, by: str, recipient: str | None = None, until: date | None = None
) -> ImpactAssessment:
    author = term.in_the_chair(by)
    given = AssessmentIn(
        RECIPIENT if recipient else PURPOSE, subject, NECESSITY, RISKS, MEASURES, CONCLUSION, "low",
        until or term.days.ahead(200), recipient, _report(),
    )  # fmt: skip
    place = AssessmentPlace(term.county.id, term.county.id)
    return operations.draft_assessment(author, place, given)


def _submitted(
    term: Term, subject: str, by: str, recipient: str | None = None, until: date | None = None
) -> ImpactAssessment:
    made = _drafted(term, subject, by, recipient, until)
    operations.submit_assessment(term.in_the_chair(by), made, STEP)
    return made


def _in_force(
    term: Term, subject: str, by: str, recipient: str | None = None, until: date | None = None
) -> ImpactAssessment:
    made = _submitted(term, subject, by, recipient, until)
    operations.approve_assessment(term.in_the_chair(OFFICER if by == LEAD else HEAD), made, STEP)
    return made


def _report() -> Stored:
    paper = Paper("个人信息保护影响评估报告", number="评 2026-09")
    for text in (NECESSITY, RISKS, MEASURES, CONCLUSION):
        paper.paragraph(text)
    stored: Stored = current_app.extensions["bihuan.shelf"].keep(paper.content(), "影响评估报告.docx", WORD)
    return stored
