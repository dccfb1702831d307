"""What the demo draws by chance it draws for the same child each time: no order rests on ids, which are new each time."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.core.audit import trail
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.demo.term.county import pupils
from app.people.directory import bulk
from app.people.directory.models import Student, Unit
from tests.cast import Cast
from tests.people.directory.rolls import child

SCHOOLS = ("shuangqiao", "yuntai", "chengguan")


def test_the_pupils_of_the_term_stand_by_school_code_and_number_whatever_the_ids_of_the_schools(
    app: Flask, cast: Cast
) -> None:
    against = sorted((cast.units[key].id for key in SCHOOLS), reverse=True)
    codes = [f"31330009{number:02}" for number, _id in enumerate(against)]
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.codes"):
        for identity, code in zip(against, codes, strict=True):
            db.session.get_one(Unit, identity).code = code
    rows = [child(number * 10 + place, code, "G7", 1) for place, code in enumerate(codes) for number in (1, 2)]
    bulk.load_roster(cast.county.id, rows, date(2026, 9, 1))
    use_context(SYSTEM.context())
    known = select(Student.id, Unit.code, Student.student_no).join(Unit, Unit.id == Student.school_id)
    named = {one: (code, number) for one, code, number in db.session.execute(known)}
    county: Any = SimpleNamespace(id=cast.county.id)
    found = [named[one.id] for one in pupils(county)]
    assert len(found) == len(rows) and found == sorted(found)
