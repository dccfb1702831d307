"""Openings: answers read in an emergency, and names that the county asked the schools for; granted, refused, ended, reviewed."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from app.care.access.models import EmergencyOpening, IdentityGrant
from app.care.access.operations import emergencies, identities
from app.care.access.operations.emergencies import OpenIn, OpeningStep, ReviewIn
from app.care.access.operations.identities import AskIn, CasePlace, DenyIn
from app.care.rainbow.models import RainbowAssessment, RainbowTier
from app.care.rainbow.operations import deciding
from app.core import clock
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM, Actor
from app.core.policy.assignments import CaseAssignment
from app.demo.term.county import Term
from app.demo.term.days import OPENS, SECOND_WAVE
from app.people.directory.models import Student

STEP = OpeningStep()
WHY = {
    "reviewed": "班主任转来同学的聊天截图，写着今晚不想回家了，家长电话没人接，要马上判断",
    "ended": "值班时学生在电话里哭着挂断，之后联系不上，需要看她上周怎么说的",
    "open": "门卫报告学生放学后没有出校门，手机关机，正在找人，要知道该去哪里找",
}
FINDING = "当时确有必要：二十分钟内找到学生并通知了监护人，看过后已提前关上"
ASKED = {
    "visit": "要带专家到校会诊，先要知道是哪一位学生，好和班主任约时间",
    "denied": "想了解是否与上学期的个案是同一人",
    "ended": "寒假前要安排县里的专家接手，需要和家长联系",
    "granted": "专家明天到校，要和学校核对接送和陪伴的安排",
    "requested": "医院来电询问转诊学生的学校，要核实是不是这一位",
}
ANSWERS = {"denied": "不是同一人，学校已书面答复，不需要知道姓名", "reviewed": "与会诊记录核对过，用途相符，按时收回"}


def tell_early(term: Term, case: uuid.UUID) -> None:
    """While the county was still answering: an opening that was reviewed, and the first names asked for, of `case`."""
    term.at(OPENS - 2, 11)
    first = _asked(term, case, "visit")
    identities.grant_identity(_lead_of(term, first.school_id), first, STEP)
    term.at(OPENS - 3, 16)
    identities.end_identity(_as(term.county.any("psych_center_lead")), first, STEP)
    identities.review_identity(_as(term.county.any("dpo")), first, ReviewIn(ANSWERS["reviewed"]))
    term.at(OPENS - 3, 17)
    second = _asked(term, case, "denied")
    identities.deny_identity(_lead_of(term, second.school_id), second, DenyIn(ANSWERS["denied"]))
    third = _asked(term, case, "ended")
    identities.grant_identity(_lead_of(term, third.school_id), third, STEP)
    term.at(SECOND_WAVE, 18)
    codes = list(term.county.schools)
    made = _opened(term, codes[3], "reviewed")
    emergencies.end_opening(made[0], made[1], STEP)
    term.at(SECOND_WAVE - 1, 9)
    emergencies.review_opening(_as(term.county.any("dpo")), made[1], ReviewIn(FINDING))


def tell(term: Term) -> None:
    """The last afternoon: what runs, what waits for the review, names of two more cases."""
    term.at(0, 16, 45)
    identities.lapse_all()
    _opened(term, list(term.county.schools)[4], "ended")
    for one, stop in zip(_in_need(term), ("granted", "requested"), strict=False):
        grant = _asked(term, one, stop)
        if stop == "granted":
            identities.grant_identity(_lead_of(term, grant.school_id), grant, STEP)
    term.at(0, 17, 50)
    emergencies.lapse_all()
    _opened(term, list(term.county.schools)[5], "open")


def _as(actor: Actor) -> Actor:
    """This person, who has just confirmed who they are."""
    known = replace(actor, fresh_until=(clock.now() + timedelta(minutes=5)).timestamp())
    use_context(known.context())
    return known


def _code_of(term: Term, school: uuid.UUID | None) -> str:
    return next(code for code, (identity, _k, _s) in term.county.schools.items() if identity == school)


def _lead_of(term: Term, school: uuid.UUID | None) -> Actor:
    return _as(term.county.at("school_psych_lead", _code_of(term, school)))


def _opened(term: Term, code: str, which: str) -> tuple[Actor, EmergencyOpening]:
    counsellor = _as(term.county.at("school_counselor", code))
    wanted = select(Student).where(Student.school_id == term.county.schools[code][0]).order_by(Student.student_no)
    student = db.session.scalars(wanted.limit(1)).one()
    return counsellor, emergencies.open_in_emergency(counsellor, student, OpenIn(WHY[which]))


def _asked(term: Term, student: uuid.UUID, why: str) -> IdentityGrant:
    use_context(SYSTEM.context())
    held = db.session.scalars(select(RainbowTier).where(RainbowTier.student_id == student)).one()
    assert held.school_id is not None
    case = CasePlace(held.ref, held.county_id, held.school_id, held.student_id)
    return identities.ask_identity(_as(term.county.any("psych_center_lead")), case, AskIn(ASKED[why]))


def _in_need(term: Term) -> list[uuid.UUID]:
    """Two more whom counsellor and expert confirm this afternoon: their students."""
    use_context(SYSTEM.context())
    waiting = select(RainbowAssessment).where(
        RainbowAssessment.state == "proposed", RainbowAssessment.proposed == "red",
        RainbowAssessment.first_signer_id.is_(None),
    )  # fmt: skip
    found = db.session.scalars(waiting.order_by(RainbowAssessment.computation.desc()).limit(2)).all()
    return [_confirmed(term, one) for one in found]


def _confirmed(term: Term, proposal: RainbowAssessment) -> uuid.UUID:
    student = proposal.student_id
    counsellor = _as(term.county.at("school_counselor", _code_of(term, proposal.school_id)))
    deciding.sign_first(counsellor, proposal, deciding.SignIn(clock.today()))
    use_context(SYSTEM.context())
    given = select(CaseAssignment.person_id).where(CaseAssignment.record_id == student, CaseAssignment.part == "expert")
    person = db.session.scalars(given).one()
    people = [p.actor for (role, _u), held in term.county.players.items() if role == "psych_expert" for p in held]
    deciding.confirm(_as(next(one for one in people if one.person_id == person)), proposal, deciding.ConfirmIn())
    return student
