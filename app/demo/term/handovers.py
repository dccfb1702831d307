"""What a school gives to the hospital: one at each stop, from a draft to a letter that was handed over."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import select

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
    """Six of the told school, in the afternoon before the last evening."""
    term.at(0, 14)
    lead = _lead(term, told)
    students = [one.student for one in told.families]
    _prepared(told, students[0])
    _submitted(told, students[1])
    approved = _submitted(told, students[2])
    operations.approve_handover(_as(lead), approved, STEP)
    handed = _submitted(told, students[3], basis="emergency")
    operations.approve_handover(_as(lead), handed, STEP)
    operations.hand_over(_as(told.counsellor), handed, STEP)
    operations.return_handover(_as(lead), _submitted(told, students[4]), RETURNED)
    operations.withdraw_handover(_as(told.counsellor), _submitted(told, students[5]), GONE)


def _as(actor: Actor) -> Actor:
    use_context(actor.context())
    return actor


def _lead(term: Term, told: Told) -> Actor:
    use_context(SYSTEM.context())
    school = db.session.scalar(select(Unit.code).where(Unit.id == told.place.id))
    assert school is not None
    return term.county.at("school_psych_lead", school)


def _prepared(told: Told, student: Student, basis: str = "consent") -> Handover:
    use_context(SYSTEM.context())
    recipient = in_force(told.place.county_id, HOSPITAL, RECIPIENT)
    assert recipient is not None
    signed = basis == "consent"
    given = HandoverIn(
        recipient.ref, FIELDS, basis, WORDS, "" if signed else WHY, clock.today() if signed else None, signed,
        _agreement() if signed else None,
    )  # fmt: skip
    child = Child.of(db.session.get_one(Student, student.id))
    return operations.prepare_handover(_as(told.counsellor), child, given)


def _submitted(told: Told, student: Student, basis: str = "consent") -> Handover:
    made = _prepared(told, student, basis)
    operations.submit_handover(_as(told.counsellor), made, STEP)
    return made


def _agreement() -> Stored:
    paper = Paper("向接收方提供信息同意书", number="签 2026-11")
    paper.paragraph(f"同意学校把列出的项目提供给{HOSPITAL}，只用于诊治和帮助孩子。")
    stored: Stored = current_app.extensions["bihuan.shelf"].keep(paper.content(), "同意书.docx", WORD)
    return stored
