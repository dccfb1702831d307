"""The door for guardians and students: a personal code with the birth date and the end of a guardian's telephone number.

Tries are counted in rows before anything is looked at, one sentence answers every mistake, and five wrong tries end the
code; the class teacher issues another (decision 76). What is opened is one child's own pages, for a time.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from app.care.consent.models import AccessCode, AccessCodePlace
from app.care.consent.operations.codes import lookup_of, plain
from app.core import clock, limits
from app.core.audit import trail
from app.core.database import Context, db, use_context
from app.core.limits import Limit
from app.core.policy.actor import NOBODY, Actor
from app.core.policy.roles import HOLDERS
from app.core.vault import KeyRing, Place
from app.people.directory.models import Student

MOST_TRIES = 5
STRANGERS = Limit("code_address", 120, timedelta(minutes=15), timedelta(seconds=20), timedelta(minutes=15))
"""Per network address: a computer room, or a whole school, shares one."""
GUARDIAN_TIME, STUDENT_TIME = timedelta(minutes=30), timedelta(hours=24)
CLASSES = ("people", "consent")


class CodeRefused(Exception):
    """Code, birth date or telephone do not fit, or the code is over: one answer for every reason."""


@dataclass(frozen=True)
class Typed:
    """What somebody types at the door; `tail`: the last four digits of a guardian's telephone."""

    code: str
    birth_date: date
    tail: str
    address: str


@dataclass(frozen=True)
class Holder:
    """Who came in by a code: the acting person without an account, the code and the child."""

    actor: Actor
    code: AccessCode
    student: Student

    @property
    def is_student(self) -> bool:
        """The child itself, not a guardian."""
        return self.code.kind == "student"


def enter(typed: Typed) -> Holder:
    """Let in who has the code and knows the child. Raises CodeRefused, TooSoon."""
    limits.take(STRANGERS, typed.address)
    school_id = _school_of(lookup_of(typed.code)) if len(plain(typed.code)) >= 10 else None
    if school_id is None:
        _refuse("access_code.unknown", None)
        raise CodeRefused
    use_context(Context(schools=(school_id,), classes=CLASSES))
    found = _found(AccessCode.lookup == lookup_of(typed.code))
    if found is None or not found.code.is_open(clock.now()) or found.student.left_on is not None:
        _refuse("access_code.over", found)
        raise CodeRefused
    if not _knows(found.student, typed):
        _count_wrong(found)
        raise CodeRefused
    limits.give_back(STRANGERS, typed.address)
    with trail.act(found.actor, "sign_in", "access_code.enter", found.code) as deed:
        deed.main.extra["kind"] = found.code.kind
        found.code.tries = 0
    return found


def holder_of(kept: dict[str, Any] | None) -> Holder | None:
    """Who is inside, by what the browser's signed cookie keeps; None once the time, the code or the child's place is over.

    Leaves the database's context at what this holder may see.
    """
    if not kept:
        return None
    now, since = clock.now(), datetime.fromisoformat(kept["at"])
    limit = STUDENT_TIME if kept["kind"] == "student" else GUARDIAN_TIME
    if not since <= now < since + limit:
        return None
    use_context(Context(schools=(uuid.UUID(kept["school"]),), classes=CLASSES))
    found = _found(AccessCode.ref == kept["code"])
    if found is None or found.code.ended_at is not None or found.student.left_on is not None:
        use_context(None)
        return None
    use_context(found.actor.context())
    return found


def kept_of(holder: Holder) -> dict[str, str]:
    """What the browser keeps in its signed cookie: no name, no code."""
    return {
        "code": holder.code.ref,
        "kind": holder.code.kind,
        "school": str(holder.code.school_id),
        "at": clock.now().isoformat(),
    }


def _school_of(lookup: bytes) -> uuid.UUID | None:
    return db.session.scalar(select(AccessCodePlace.unit_id).where(AccessCodePlace.lookup == lookup))


def _found(condition: Any) -> Holder | None:
    row = db.session.execute(
        select(AccessCode, Student).join(Student, Student.id == AccessCode.student_id).where(condition)
    ).first()
    return Holder(_actor(row[0], row[1]), row[0], row[1]) if row else None


def _actor(code: AccessCode, student: Student) -> Actor:
    role = HOLDERS["student" if code.kind == "student" else "guardian"]
    return Actor(
        account_id=code.id,
        role=role.code,
        county_id=student.county_id,
        school_id=student.school_id,
        student_id=student.id,
        data_classes=role.data_classes,
    )


def _knows(student: Student, typed: Typed) -> bool:
    """The birth date, and the end of any guardian's telephone; of the student number where the roll has no telephone."""
    tails = {phone[-4:] for phone in _phones(student)} or {student.student_no[-4:].upper()}
    return student.birth_date == typed.birth_date and typed.tail.strip().upper() in tails


def _phones(student: Student) -> list[str]:
    if student.private is None:
        return []
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    opened = json.loads(ring.open_text(Place(student.school_id, "students", student.id, "private"), student.private))
    return [phone for phone in opened.get("phones") or [] if phone]


def _count_wrong(found: Holder) -> None:
    code = found.code
    with trail.act(found.actor, "denial", "access_code.wrong", code) as deed:
        counted = update(AccessCode).where(AccessCode.id == code.id).values(tries=AccessCode.tries + 1)
        tries = db.session.scalar(counted.returning(AccessCode.tries).execution_options(synchronize_session=False))
        if tries is not None and tries >= MOST_TRIES:
            over = update(AccessCode).where(AccessCode.id == code.id, AccessCode.ended_at.is_(None))
            db.session.execute(
                over.values(ended_at=clock.now(), ended_as="tries").execution_options(synchronize_session=False)
            )
        deed.main.extra["tries"] = tries
    use_context(None)


def _refuse(step: str, found: Holder | None) -> None:
    use_context(None)
    with trail.act(found.actor if found else NOBODY, "denial", step, found.code if found else None):
        pass
    use_context(None)
