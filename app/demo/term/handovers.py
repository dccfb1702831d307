"""What a school gives to the hospital: one at each stop, from a draft to a letter that was handed over."""

from __future__ import annotations

import uuid

from flask import current_app
from sqlalchemy import select

from app.care.emergencies.models import EmergencyNotice
from app.care.protection.models import RECIPIENT, in_force
from app.care.rights.operations.requests import Child
from app.care.sharing import operations
from app.care.sharing.models import Handover
from app.care.sharing.operations import HandoverIn
from app.care.versions.operations import VersionStep
from app.core import clock
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM, Actor
from app.core.storage import Stored
from app.core.web.papers import WORD
from app.core.word import Paper
from app.demo.term.assessments import HOSPITAL
from app.demo.term.county import Term
from app.demo.term.stories import Told
from app.people.directory.models import Student, Unit

FIELDS = ("name", "birth_date", "school", "behaviour", "measures", "urgency", "contact")
WORDS = {
    "behaviour": "近三周上课常趴着，夜里睡不到四小时，午饭多半不吃，说过没有意思。",
    "measures": "心理教师谈话三次，班主任每天问候，已请监护人到校当面谈过。",
    "urgency": "本周内",
    "contact": "学校心理辅导室，值班电话见信封",
}
WHY = "夜里说要伤害自己，监护人电话没有人接，急诊医生要马上知道学校看到的情况"
RETURNED = VersionStep(reason="学校已做的事写得太细，删去谈话内容，只写做了什么")
GONE = VersionStep(reason="母亲来电收回同意，改为自己带孩子就诊，学校不再提供")
STEP = VersionStep()


def tell(term: Term, told: Told) -> None:
    """Six of the told school, in the afternoon before the last evening; two of the first school, one for an emergency."""
    term.at(0, 14)
    lead, counsellor = _at(term, "school_psych_lead", told.place.id), told.counsellor
    students = [one.student for one in told.families]
    _prepared(counsellor, students[0])
    _submitted(counsellor, students[1])
    approved = _submitted(counsellor, students[2])
    operations.approve_handover(_as(lead), approved, STEP)
    handed = _submitted(counsellor, students[3], basis="emergency")
    operations.approve_handover(_as(lead), handed, STEP)
    operations.hand_over(_as(counsellor), handed, STEP)
    operations.return_handover(_as(lead), _submitted(counsellor, students[4]), RETURNED)
    operations.withdraw_handover(_as(counsellor), _submitted(counsellor, students[5]), GONE)
    _at_the_first_school(term)
    _for_an_emergency(term)


def _at_the_first_school(term: Term) -> None:
    """Its counsellor has the account that visitors are given first."""
    school = next(iter(term.county.schools.values()))[0]
    counsellor = _at(term, "school_counselor", school)
    use_context(SYSTEM.context())
    group = [one.id for one in term.pupils if one.school == school][:2]
    first, second = db.session.scalars(select(Student).where(Student.id.in_(group)).order_by(Student.student_no)).all()
    _submitted(counsellor, first)
    _prepared(counsellor, second)


def _for_an_emergency(term: Term) -> None:
    """The hospital had to know at once of a child whose guardian had not agreed to anything yet."""
    term.at(0, 18)
    use_context(SYSTEM.context())
    newest = select(EmergencyNotice).order_by(EmergencyNotice.happened_on.desc(), EmergencyNotice.id).limit(1)
    notice = db.session.scalars(newest).one()
    student = db.session.get_one(Student, notice.student_id)
    made = _submitted(_at(term, "school_counselor", notice.unit_id), student, basis="emergency")
    operations.approve_handover(_as(_at(term, "school_psych_lead", notice.unit_id)), made, STEP)


def _as(actor: Actor) -> Actor:
    use_context(actor.context())
    return actor


def _at(term: Term, role: str, school: uuid.UUID) -> Actor:
    use_context(SYSTEM.context())
    code = db.session.scalar(select(Unit.code).where(Unit.id == school))
    assert code is not None
    return term.county.at(role, code)


def _prepared(counsellor: Actor, student: Student, basis: str = "consent") -> Handover:
    use_context(SYSTEM.context())
    recipient = in_force(counsellor.county_id, HOSPITAL, RECIPIENT)
    assert recipient is not None
    signed = basis == "consent"
    given = HandoverIn(
        recipient.ref, FIELDS, basis, WORDS, "" if signed else WHY, clock.today() if signed else None, signed,
        _agreement() if signed else None,
    )  # fmt: skip
    child = Child.of(db.session.get_one(Student, student.id))
    return operations.prepare_handover(_as(counsellor), child, given)


def _submitted(counsellor: Actor, student: Student, basis: str = "consent") -> Handover:
    made = _prepared(counsellor, student, basis)
    operations.submit_handover(_as(counsellor), made, STEP)
    return made


def _agreement() -> Stored:
    paper = Paper("向接收方提供信息同意书", number="签 2026-11")
    paper.paragraph(f"同意学校把列出的项目提供给{HOSPITAL}，只用于诊治和帮助孩子。")
    stored: Stored = current_app.extensions["bihuan.shelf"].keep(paper.content(), "同意书.docx", WORD)
    return stored
