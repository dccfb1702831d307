"""Support in two schools: answers and ratings come in, the rules propose, counsellors and experts decide about some."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select

from app.care.rainbow.models import CareDuty, RainbowAssessment, TeacherRating
from app.care.rainbow.operations import deciding, observing, proposing
from app.care.screening.models import CriticalAlert, ScaleResult
from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.demo.telling import Teller
from app.demo.tree import County
from app.people.directory.models import Student, Unit

SCHOOLS = 2
YOUNGEST = {f"G{grade}" for grade in range(1, 4)}
"""Grades that answer no questionnaire themselves (domain §5)."""
BANDS = (0, 1, 2, 3, 4)
SHARES = (62, 22, 11, 4, 1)
"""Bands of a mood scale among students, after ../shared/data: some 5 of 100 in the two highest."""
GREEN, YELLOW, ORANGE = 60, 6, 1
"""How many of each level are confirmed on the following days; the rest waits."""


def tell(county: County, teller: Teller) -> None:
    """The day before yesterday teachers rated and students answered; yesterday the rules proposed and people began to decide."""
    today = teller.real.date()
    for code in list(county.schools)[:SCHOOLS]:
        school = county.schools[code][0]
        teller.at(today - timedelta(days=2), 9)
        _observed(county, code, school, today - timedelta(days=2))
        teller.at(today - timedelta(days=1), 15)
        place = db.session.get_one(Unit, school)
        proposing.compute(SYSTEM, place, proposing.RunIn((school,)))
        teller.at(today - timedelta(days=1), 16)
        _decide(county, code, school)


def _observed(county: County, code: str, school: uuid.UUID, day: date) -> None:
    random = Random(int(code[-4:]))
    whose = {"county_id": county.id, "school_id": school}
    teacher = county.at("homeroom_teacher", code).person_id
    students = db.session.execute(
        select(Student.id, Student.grade).where(Student.school_id == school).order_by(Student.student_no)
    ).all()
    answers, ratings = [], []
    for identity, grade in students:
        if grade not in YOUNGEST and random.random() < 0.9:
            band = random.choices(BANDS, SHARES)[0]
            answers.append({**whose, **_answer(identity, band, day)})
        if random.random() < 0.8:
            ratings.append({**whose, **_rating(identity, teacher, random, day)})
    rows: Sequence[tuple[Any, list[dict[str, Any]]]] = ((ScaleResult, answers), (TeacherRating, ratings))
    with trail.act(SYSTEM, "system", "screening.load") as deed:
        for model, values in rows:
            if values:
                db.session.execute(insert(model), values)
        if answers:
            urgent = {**whose, "student_id": answers[0]["student_id"], "kind": "O1a", "raised_on": day}
            db.session.execute(insert(CriticalAlert), [urgent])
        deed.main.extra["rows"] = {model.__tablename__: len(values) for model, values in rows}


def _answer(student: uuid.UUID, band: int, day: date) -> dict[str, Any]:
    return {
        "student_id": student, "scale_code": "phqa", "scale_version": "1.0.0", "construct": "depression",
        "answered_on": day, "band": band, "scores": {}, "verdict": "valid", "usable": True, "worry": False,
    }  # fmt: skip


def _rating(student: uuid.UUID, teacher: uuid.UUID | None, random: Random, day: date) -> dict[str, Any]:
    items = [random.choices((0, 1, 2, 3), (70, 20, 8, 2))[0] for _ in range(6)]
    return {"student_id": student, "rated_by": teacher, "rated_on": day, "items": [*items, 0, 0]}


def _decide(county: County, code: str, school: uuid.UUID) -> None:
    counsellor = county.at("school_counselor", code)
    for tier, many in (("green", GREEN), ("yellow", YELLOW), ("orange", ORANGE)):
        for one in _waiting(school, tier, many):
            use_context(counsellor.context())
            deciding.confirm(counsellor, one, deciding.ConfirmIn(listed=tier == "green"))
    for one in _waiting(school, "red", 1):
        use_context(counsellor.context())
        deciding.sign_first(counsellor, one, deciding.SignIn(clock.today()))
    use_context(SYSTEM.context())
    due = select(CareDuty).where(CareDuty.school_id == school, CareDuty.state == "due", CareDuty.for_class.is_(False))
    first = db.session.scalars(due.order_by(CareDuty.due_at).limit(1)).all()
    use_context(counsellor.context())
    for duty in first:
        observing.finish(counsellor, duty, observing.DoneIn("按约定见了面，聊了近况，约好下周再见。"))
    use_context(SYSTEM.context())


def _waiting(school: uuid.UUID, tier: str, many: int) -> Sequence[RainbowAssessment]:
    use_context(SYSTEM.context())
    wanted = select(RainbowAssessment).where(
        RainbowAssessment.school_id == school, RainbowAssessment.state == "proposed", RainbowAssessment.proposed == tier
    )
    return db.session.scalars(wanted.order_by(RainbowAssessment.computation).limit(many)).all()
