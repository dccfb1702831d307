"""Children on the roll with guardians and telephones, and what screening and consent do with them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from app.care.consent.entrance import Holder, Typed, enter
from app.care.consent.models import Consent, ConsentRound
from app.care.consent.operations.codes import CodesIn, Slip, issue_codes
from app.care.consent.operations.rounds import RoundIn, SchoolPlace, send_round
from app.core import clock
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.people.directory import bulk
from app.people.directory.models import SchoolClass, Student
from tests.care.assessed import assessed
from tests.cast import Cast

PHONES = ("13800001111", "13900002222")


def row(cast: Cast, number: int, born: date, key: str = "shuangqiao", grade: str = "G7") -> list[Any]:
    """One child with two guardians, in the order of the roster's columns."""
    student_no = f"L330901{born:%Y%m%d}{number:04d}"
    return [
        cast.units[key].code, student_no, f"学生{number:02d}", "none", None, "1", born.isoformat(), grade, 1, 2025, False,
        "爸爸", "father", PHONES[0], "妈妈", "mother", PHONES[1], "none", None,
    ]  # fmt: skip


@dataclass
class Family:
    """A class of the cast's school with its children, a round, and the slips handed out."""

    cast: Cast
    born: date
    many: int = 3
    key: str = "shuangqiao"

    def enrol(self) -> Family:
        """Put the children on the roll."""
        bulk.load_roster(
            self.cast.county.id,
            [row(self.cast, n, self.born, self.key) for n in range(self.many)],
            clock.today(),
        )
        assessed(self.cast.units[self.key].county_id, self.cast["dpo"].person_id, "screening", "counseling")
        return self

    @property
    def place(self) -> SchoolClass:
        """The class."""
        use_context(SYSTEM.context())
        return db.session.get_one(SchoolClass, self.cast.classes[self.key])

    def ask(self, purpose: str = "screening") -> ConsentRound:
        """The counsellor asks the grade."""
        given = RoundIn("秋季心理健康测评", purpose, ("G7",), clock.today() + timedelta(days=15))
        school = self.cast.units[self.key]
        return send_round(self.cast.actor("school_counselor"), SchoolPlace(school.county_id, school.id), given)

    def slips(self, guardians: bool = True, students: bool = True) -> dict[tuple[str, str], Slip]:
        """(name, kind) → slip."""
        found = issue_codes(self.cast.actor("homeroom_teacher"), self.place, CodesIn(guardians, students))
        return {(one.student_name, one.kind): one for one in found}

    def come_in(self, slip: Slip, tail: str = "1111", born: date | None = None) -> Holder:
        """At the door with a slip."""
        return enter(Typed(slip.code, born or self.born, tail, "127.0.0.1"))

    def consent(self, name: str) -> Consent:
        """The consent of a child, as the system sees it; the one that ran out only where there is no other."""
        use_context(SYSTEM.context())
        wanted = select(Consent).join(Student).where(Student.name == name).order_by(Consent.state == "expired")
        found = db.session.scalar(wanted.limit(1).execution_options(populate_existing=True))
        assert found is not None
        return found


def send(client: FlaskClient, address: str, given: dict[str, Any], page: str = "") -> Any:
    """Fill in the form of a page and send it."""
    shown = client.get(page or address, base_url="https://localhost")
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)
    assert token, shown.text[:500]
    return client.post(address, data={**given, "csrf_token": token[1]}, base_url="https://localhost")


def door(client: FlaskClient, slip: Slip, born: date, tail: str = "1111") -> Any:
    """Through the pages."""
    return send(client, "/code", {"code": slip.code, "birth_date": f"{born:%Y%m%d}", "tail": tail})
