"""Eight students whose way through the term is told step by step: who asked, who answered, who looked, what was done."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from app.care.rainbow.models import CareDuty, RainbowAssessment
from app.care.rainbow.operations import deciding, observing, proposing
from app.care.screening.models import CriticalAlert, HelpCall
from app.care.screening.operations import alerts, answering, tasks
from app.care.screening.operations.alerts import AlertStep, InterviewIn
from app.core import clock
from app.core.audit.trail import QUIET
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM, Actor
from app.demo.term.county import Term
from app.demo.term.days import ASKED, CLOSES, OPENS, SECOND_WAVE
from app.demo.term.family import Family
from app.people.directory.models import Student, Unit

MANY = 8
CALM = {"who5": (4, 3, 4, 3, 4), "phq9": (1, 0, 1, 1, 0, 0, 1, 0, 0), "gad7": (1, 0, 1, 0, 0, 1, 0)}
TIRED = {"who5": (2, 2, 1, 2, 2), "phq9": (1, 2, 2, 1, 1, 1, 1, 0, 0), "gad7": (1, 1, 2, 1, 0, 1, 1)}
IN_DANGER = {"who5": (1, 1, 0, 1, 1), "phq9": (2, 3, 2, 2, 1, 3, 1, 1, 2), "gad7": (2, 2, 2, 1, 1, 2, 3)}
MISREAD = {"who5": (3, 3, 3, 2, 3), "phq9": (1, 1, 1, 0, 0, 1, 0, 0, 2), "gad7": (0, 1, 1, 0, 0, 0, 1)}
DONE = {
    "keep_company": "课间和午休由我和班主任轮流陪着，教室里的尖锐物品已收起。",
    "talk_today": "下午在心理辅导室谈了四十分钟：近两周睡不着，和家里闹翻了，答应难受时先来找我。",
    "tell_guardian": "电话约母亲到校面谈，说了孩子最近的难处，母亲当晚把药箱和刀具收好，周末陪孩子去看专科。",
}
REMARKS = {
    "changed": "面谈后看：母亲上月住院，孩子一个人带弟弟，夜里常哭，比问卷写的更需要有人照看",
    "wrong": "同桌反映两份问卷是一起点着玩答的，本人也承认了，数据不能用",
    "exempt": "在县医院住院，出院前不参加测评，出院后由心理教师单独看望",
}


def choose(term: Term) -> None:
    """The students, of the first junior school: nobody else writes anything about them."""
    school = _school(term)
    group = [one for one in term.pupils if one.school == school and one.grade == 9 and one.class_no == 1]
    term.aside = {one.id for one in group[:MANY]}


def _school(term: Term) -> uuid.UUID:
    return term.county.schools[_code(term)][0]


def _code(term: Term) -> str:
    return next(code for code, (_i, kind, _s) in term.county.schools.items() if kind == "31")


class Told:
    """The eight with their families, and who looks after them at school."""

    def __init__(self, term: Term) -> None:
        code = _code(term)
        self.term, self.place = term, db.session.get_one(Unit, _school(term))
        self.counsellor = term.county.at("school_counselor", code)
        group = next(one.group for one in term.pupils if one.id in term.aside)
        self.teacher = replace(term.county.at("homeroom_teacher", code), classes=(group,))
        self.expert = term.county.any("psych_expert", list(term.county.schools).index(code))
        day = term.at(ASKED, 15)
        wanted = select(Student).where(Student.id.in_(term.aside)).order_by(Student.student_no)
        self.families = [Family(self.counsellor, one) for one in db.session.scalars(wanted).all()]
        term.at(ASKED - 3, 19)
        for number, family in enumerate(self.families):
            if number == REFUSING:
                family.say("guardian1", "refuse")
            else:
                family.agree(day)

    def proposal(self, student: uuid.UUID) -> RainbowAssessment:
        """What waits for people about this student."""
        use_context(SYSTEM.context())
        found = select(RainbowAssessment).where(
            RainbowAssessment.student_id == student, RainbowAssessment.state == "proposed"
        )
        return db.session.scalars(found.execution_options(populate_existing=True)).one()

    def alert(self, student: uuid.UUID) -> CriticalAlert:
        """The alert of this student."""
        use_context(SYSTEM.context())
        return db.session.scalars(select(CriticalAlert).where(CriticalAlert.student_id == student)).one()

    def compute(self, student: uuid.UUID) -> None:
        """As the worker does when something is known anew."""
        use_context(SYSTEM.context())
        proposing.compute(SYSTEM, self.place, proposing.RunIn((self.place.id,), student))

    def done(self, student: uuid.UUID, codes: Sequence[str]) -> None:
        """Duties that were done, in the counsellor's words."""
        use_context(SYSTEM.context())
        due = select(CareDuty).where(CareDuty.student_id == student, CareDuty.state == "due", CareDuty.code.in_(codes))
        for duty in db.session.scalars(due).all():
            use_context(self.counsellor.context())
            observing.finish(self.counsellor, duty, observing.DoneIn(DONE[duty.code]))
            use_context(SYSTEM.context())


IN_NEED, CLEARED, RISING, REFUSING, TAKEN_BACK, UNFINISHED, WRONG, AWAY = range(MANY)


def on_the_first_day(told: Told) -> None:
    """Answers of the first wave; two call for somebody at once, one stops half way, one would like to talk."""
    term, families = told.term, told.families
    term.at(OPENS - 1, 9)
    for number, given in (
        (IN_NEED, IN_DANGER),
        (CLEARED, MISREAD),
        (RISING, TIRED),
        (TAKEN_BACK, CALM),
        (WRONG, TIRED),
    ):
        families[number].answer(given)
    half = families[UNFINISHED]
    half.answer({"who5": CALM["who5"], "phq9": CALM["phq9"][:4]}, hand_in=False)
    task, holder = half.task(), half.come("student")
    call: HelpCall = answering.call_for_help(holder.actor, task, None)
    use_context(told.counsellor.context())
    term.at(OPENS - 1, 11)
    alerts.answer_help(told.counsellor, call, None)
    term.at(OPENS - 1, 9, 40)
    alerts.raise_all()
    for number in (IN_NEED, CLEARED):
        alerts.accept_alert(told.counsellor, told.alert(families[number].student.id), AlertStep())
        told.compute(families[number].student.id)


def in_need(told: Told) -> None:
    """Talked with the same day, signed by two, the guardian told: help at once."""
    term, student = told.term, told.families[IN_NEED].student
    day = term.at(OPENS - 1, 15)
    alert = told.alert(student.id)
    alerts.record_interview(told.counsellor, alert, InterviewIn(day, "crisis"))
    told.done(student.id, ("keep_company", "talk_today"))
    deciding.sign_first(told.counsellor, told.proposal(student.id), deciding.SignIn(day))
    term.at(OPENS - 1, 17)
    told.done(student.id, ("tell_guardian",))
    term.at(OPENS - 2, 9)
    deciding.confirm(told.expert, told.proposal(student.id), deciding.ConfirmIn())
    alerts.close_alert(told.counsellor, alert, AlertStep())


def cleared(told: Told) -> None:
    """The question was misread: talked with, read by a second person, and looked after more lightly for a month."""
    term, student = told.term, told.families[CLEARED].student
    day = term.at(OPENS - 1, 16)
    deciding.sign_first(told.counsellor, told.proposal(student.id), deciding.SignIn(day))
    alert = told.alert(student.id)
    alerts.record_interview(told.counsellor, alert, InterviewIn(day, "clear"))
    term.at(OPENS - 2, 10)
    alerts.read_second(told.expert, alert, AlertStep())
    alerts.close_alert(told.counsellor, alert, AlertStep())
    told.compute(student.id)
    deciding.confirm(told.counsellor, told.proposal(student.id), deciding.ConfirmIn())


def rising(told: Told) -> None:
    """Changed by the counsellor after a talk; then the class teacher sees something, and the level rises."""
    term, student = told.term, told.families[RISING].student
    term.at(OPENS - 2, 14)
    told.compute(student.id)
    proposal = told.proposal(student.id)
    deciding.confirm(told.counsellor, proposal, deciding.ConfirmIn())
    term.at(SECOND_WAVE - 1, 11)
    use_context(told.teacher.context())
    given = observing.RatingIn((2, 2, 1, 2, 2, 1, 1, 0), "手腕上有划痕，问了说是不小心，最近总是一个人。")
    observing.rate(told.teacher, student, given)
    told.compute(student.id)
    deciding.confirm(told.counsellor, told.proposal(student.id), deciding.ConfirmIn())


def others(told: Told) -> None:
    """Consent taken back, answers given up half way, data that were wrong, a stay in hospital."""
    term, families = told.term, told.families
    term.at(OPENS - 2, 16)
    wrong = families[WRONG].student
    told.compute(wrong.id)
    deciding.reject(told.counsellor, told.proposal(wrong.id), deciding.RejectIn(REMARKS["wrong"]))
    term.at(OPENS - 3, 10)
    use_context(SYSTEM.context())
    tasks.keep_time_of_tasks()
    term.at(CLOSES + 1, 19)
    families[TAKEN_BACK].take_back()


def before_it_opens(told: Told) -> None:
    """One is in hospital and need not take part."""
    told.term.at(OPENS + 3, 15)
    task = told.families[AWAY].task()
    tasks.exempt_student(told.counsellor, task, tasks.ExemptIn("hospital", REMARKS["exempt"]))


def changed(told: Told) -> None:
    """After the run of the whole county: a level that a person knows better than the rules."""
    term = told.term
    term.at(0, 16, 40)
    use_context(SYSTEM.context())
    waiting = select(RainbowAssessment).where(
        RainbowAssessment.school_id == told.place.id, RainbowAssessment.state == "proposed",
        RainbowAssessment.proposed == "yellow",
    )  # fmt: skip
    found = db.session.scalars(waiting.order_by(RainbowAssessment.computation).limit(1)).first()
    if found is not None:
        deciding.adjust(told.counsellor, found, deciding.AdjustIn("orange", REMARKS["changed"]))


SETTLED_LONG, STILL_OPEN = 20, 6
"""One in so many alerts of the first wave, and of the newer days, was talked about and is not settled yet."""


def handle_alerts(term: Term, before: int, late: int = 0, hour: int = 20) -> None:
    """The other alerts of a day, each taken on by its school's counsellor in time; the first `late` ones only after the
    head of the school's psychological work was told. Urgent ones are talked with the same day, others the next.

    The late ones are told of when their time has run out, which began when the answers were in: a slow machine takes
    minutes to let a whole county answer."""
    use_context(SYSTEM.context())
    waiting = select(CriticalAlert).join(Student, Student.id == CriticalAlert.student_id)
    waiting = waiting.join(Unit, Unit.id == CriticalAlert.school_id).where(CriticalAlert.state == "pending")
    found = db.session.scalars(waiting.order_by(CriticalAlert.kind, Unit.code, Student.student_no)).all()
    urgent = [alert for alert in found if alert.kind == "O1a"]
    term.at(before, hour, 20)
    _take_on(term, [alert for alert in found if alert not in urgent[:late]])
    if urgent[:late]:
        over = clock.local(max(one.accept_by for one in urgent[:late] if one.accept_by)) + timedelta(minutes=1)
        term.teller.at(over.date(), over.hour, over.minute)
        alerts.tell_all()
        _take_on(term, urgent[:late])
    _talk(term, urgent, before)
    term.at(max(0, before - 1), 12, 20)
    _talk(term, [alert for alert in found if alert not in urgent], before)


def _counsellors(term: Term) -> dict[uuid.UUID, Actor]:
    return {school: term.county.at("school_counselor", code) for code, (school, _k, _s) in term.county.schools.items()}


def _take_on(term: Term, found: Sequence[CriticalAlert]) -> None:
    counsellors = _counsellors(term)
    db.session.info[QUIET] = True
    for alert in found:
        assert alert.school_id is not None
        alerts.accept_alert(counsellors[alert.school_id], alert, AlertStep())


def _talk(term: Term, found: Sequence[CriticalAlert], before: int) -> None:
    counsellors, day = _counsellors(term), clock.today()
    every = SETTLED_LONG if before == OPENS else STILL_OPEN
    db.session.info[QUIET] = True
    for number, alert in enumerate(found):
        assert alert.school_id is not None
        who = counsellors[alert.school_id]
        alerts.record_interview(who, alert, InterviewIn(day, "case"))
        if number % every:
            alerts.close_alert(who, alert, AlertStep())
