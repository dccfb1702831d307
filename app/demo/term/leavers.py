"""Children who left years ago: one erasure is done and has its record, the next is due; one period is set, another waits."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from random import Random
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from app.care.rainbow.bulk import Known, load_facts
from app.care.retention import letters
from app.care.retention.models import PurgeBatch, RetentionPeriod
from app.care.retention.operations import listing, periods, purging
from app.care.retention.operations.listing import HoldIn
from app.care.retention.operations.periods import BureauPlace, PeriodIn
from app.care.versions.operations import VersionStep
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.demo import names
from app.demo.roll import NEVER_ISSUED, identity_number
from app.demo.term.county import Term
from app.people.directory import bulk
from app.people.directory.models import Student, Unit
from app.people.directory.operations.students import EnrolmentEnd, end_enrolment

OFFICER, HEAD = "dpo", "leading_group_head"
CAME, GRADUATED, LATER = date(2017, 9, 1), date(2020, 7, 10), date(2021, 7, 10)
EARLY, LATE = 8, 6
"""So many left in each of the two years."""
STEP = VersionStep()
LONGER = PeriodIn("roll", 8, "局务会纪要〔2026〕9号：先按八年试行，听听学校的意见")
AS_BEFORE = PeriodIn("roll", 5, "局务会纪要〔2026〕12号：学校另有学籍档案，系统里仍存五年")
TOO_LONG = PeriodIn("answers", 6, "心理中心建议多留几个学年，供以后研究使用")
MISTYPED = PeriodIn("register", 10, "和信访档案的年限一致，提出时写错了年数")
ASKED = PeriodIn("answers", 3, "心理中心建议多留一个学年，供升学衔接时学生本人申请查阅")
NO = VersionStep(reason="研究不是收集时的目的，不能为了研究多留")
WHY = "县人民法院〔2026〕民调 31 号函，调取当年在校情况"


def tell(term: Term) -> None:
    """Listed, proposed, approved and erased; what came due since is proposed, and what is left of one child is due."""
    students = _enrolled(term)
    term.at(16, 9)
    _left(term, students[:EARLY], GRADUATED)
    _listed(term)
    _set_periods(term)
    term.at(13, 8)
    _erased(term)
    term.at(5, 9)
    _left(term, students[EARLY:], LATER)
    _held(term, students[-1])
    _fact(term, students[-2])
    term.at(4, 8)
    _listed(term)
    purging.propose_purge(term.in_the_chair(OFFICER), _batch("roll"), STEP)


def _erased(term: Term) -> None:
    batch = _batch("roll")
    purging.propose_purge(term.in_the_chair(OFFICER), batch, STEP)
    term.at(12, 10)
    purging.approve_purge(term.in_the_chair(HEAD), batch, STEP)
    row: Any = SimpleNamespace(record_id=batch.id)
    purging.carry_out(row)
    letters.purge_protocol(row)


def _enrolled(term: Term) -> list[uuid.UUID]:
    """A class of the county's first school with a junior stage, as it came in 2017."""
    code = _school(term)
    rows = list(_rows(code))
    bulk.load_roster(term.county.id, rows, CAME)
    use_context(SYSTEM.context())
    numbers = [row[1] for row in rows]
    wanted = select(Student.id).where(Student.county_id == term.county.id, Student.student_no.in_(numbers))
    return list(db.session.scalars(wanted.order_by(Student.student_no)))


def _school(term: Term) -> str:
    return next(code for code, (_id, kind, _short) in term.county.schools.items() if kind in ("31", "38"))


def _rows(code: str) -> Iterator[tuple[Any, ...]]:
    random = Random(73)
    for number in range(EARLY + LATE):
        born = date(2005, 1, 10 + number)
        card = identity_number(NEVER_ISSUED, born, number * 2 + 1)
        yield (
            code, f"G{card}", names.person(random), "id", card, "1", born.isoformat(), "G7", 1, CAME.year, False,
            names.person(random), "mother", f"1380000{number:04d}", None, None, None, "none", None,
        )  # fmt: skip


def _left(term: Term, students: list[uuid.UUID], day: date) -> None:
    """The school's coordinator takes them off the roll."""
    coordinator = term.county.at("school_coordinator", _school(term))
    for identity in students:
        use_context(coordinator.context())
        student = db.session.get_one(Student, identity)
        end_enrolment(coordinator, student, EnrolmentEnd(day, "初中毕业，按规定办理离校手续"))


def _set_periods(term: Term) -> None:
    """Longer for two days, then as before; one refused, one taken back, one that waits."""
    for before, given in ((15, LONGER), (14, AS_BEFORE)):
        term.at(before, 9)
        periods.approve_period(term.in_the_chair(HEAD), _proposed(term, given), STEP)
        _listed(term)
    periods.refuse_period(term.in_the_chair(HEAD), _proposed(term, TOO_LONG), NO)
    taken_back = _proposed(term, MISTYPED)
    periods.withdraw_period(term.in_the_chair(OFFICER), taken_back, STEP)
    _proposed(term, ASKED)


def _proposed(term: Term, given: PeriodIn) -> RetentionPeriod:
    place = BureauPlace(term.county.id, term.county.id)
    return periods.propose_period(term.in_the_chair(OFFICER), place, given)


def _fact(term: Term, identity: uuid.UUID) -> None:
    """Something that the school knew of one of them."""
    use_context(SYSTEM.context())
    school = db.session.get_one(Student, identity).school_id
    load_facts(term.county.id, [Known(school, identity, "single_parent", "school", CAME)])


def _held(term: Term, identity: uuid.UUID) -> None:
    use_context(SYSTEM.context())
    student = db.session.get_one(Student, identity)
    given = HoldIn("legal", WHY, date(2027, 6, 30), "roll", student.school_id, student.student_no)
    place = BureauPlace(term.county.id, term.county.id)
    listing.place_hold(term.in_the_chair(OFFICER), place, given)


def _listed(term: Term) -> None:
    use_context(SYSTEM.context())
    listing.refresh_due(SYSTEM, db.session.get_one(Unit, term.county.id), None)


def _batch(code: str) -> PurgeBatch:
    use_context(SYSTEM.context())
    return db.session.scalars(select(PurgeBatch).where(PurgeBatch.state == "due", PurgeBatch.class_code == code)).one()
