"""Personal codes: made for a class, shown once on the sheet that the class teacher hands out, ended by new ones."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from sqlalchemy import insert, select, update

from app.care.consent.models import AccessCode, AccessCodePlace
from app.core import clock
from app.core.audit import trail
from app.core.casework.door import operation
from app.core.database import db, new_refs, uuid7s
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.people.directory.models import SchoolClass, Student

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Capitals and digits without those that look alike: five bits each."""
LENGTH = 12
"""Sixty random bits (decision 76 asks for fifty)."""
VALID = timedelta(days=60)
KINDS = ("guardian1", "guardian2", "student")
NOBODY_CHOSEN = Sentence("请勾选给监护人、给学生，或两者都给", "Tick guardians, students or both")
NOBODY_THERE = Sentence("这里没有在册的学生", "No student is on the roll here")


@dataclass(frozen=True)
class CodesIn:
    """For whom: the guardians, the students or both; one student only where `student_ref` names one."""

    guardians: bool
    students: bool
    student_ref: str = ""


@dataclass(frozen=True)
class Slip:
    """One slip of the sheet: whose code it is. The code itself is nowhere else."""

    student_name: str
    kind: str
    relation: str
    code: str


def plain(typed: str) -> str:
    """A code as it was typed, without spaces, strokes and small letters."""
    return "".join(c for c in unicodedata.normalize("NFKC", typed).upper() if c in ALPHABET)


def lookup_of(code: str) -> bytes:
    """Keyed hash under which a code is found: 32 bytes; the key is no part of the database (decision 76: HMAC)."""
    secret = current_app.secret_key or b""
    key = secret.encode() if isinstance(secret, str) else secret
    return hmac.digest(key, b"access-code|" + plain(code).encode(), "sha256")


def spelled(code: str) -> str:
    """In groups of four, as it is printed."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


@operation(right="consent.issue_codes", name="access_code.issue")
def issue_codes(actor: Actor, group: SchoolClass, given: CodesIn) -> list[Slip]:
    """New codes; those before them end. Returns the slips, in the order of names.

    Raises Invalid for an empty class, and where neither guardians nor students are to get one.
    """
    assert actor.person_id is not None
    if not (given.guardians or given.students):
        raise Invalid("guardians", NOBODY_CHOSEN)
    wanted = select(Student).where(
        Student.school_id == group.school_id, Student.class_id == group.id, Student.left_on.is_(None)
    )
    if given.student_ref:
        wanted = wanted.where(Student.ref == given.student_ref)
    students = db.session.scalars(wanted.order_by(Student.pinyin, Student.student_no)).all()
    if not students:
        raise Invalid("students", NOBODY_THERE)
    pairs = [(student, kind) for student in students for kind in _kinds(student, given)]
    _end_former([student.id for student in students], given)
    slips = _write(actor, group, pairs)
    deed = trail.current()
    assert deed is not None
    told = "\n".join(f"{student.id} {kind}" for student, kind in pairs)
    deed.main.extra.update(rows=len(pairs), digest=hashlib.sha256(told.encode()).hexdigest())
    return slips


def _kinds(student: Student, given: CodesIn) -> list[str]:
    """One code for each guardian on the roll, at least for one; one for the student."""
    listed = [kind for kind, one in zip(KINDS, student.guardians or [{}], strict=False) if one is not None]
    guardians = [kind for kind in listed if kind != "student"] or ["guardian1"]
    return [*(guardians if given.guardians else ()), *(("student",) if given.students else ())]


def _end_former(students: Sequence[uuid.UUID], given: CodesIn) -> None:
    kinds = [*(("guardian1", "guardian2") if given.guardians else ()), *(("student",) if given.students else ())]
    former = update(AccessCode).where(
        AccessCode.student_id.in_(students), AccessCode.kind.in_(kinds), AccessCode.ended_at.is_(None)
    )
    db.session.execute(
        former.values(ended_at=clock.now(), ended_as="reissued").execution_options(synchronize_session=False)
    )


def _write(actor: Actor, group: SchoolClass, pairs: Sequence[tuple[Student, str]]) -> list[Slip]:
    until, slips, rows = clock.now() + VALID, [], []
    for (student, kind), identity, ref in zip(pairs, uuid7s(len(pairs)), new_refs(len(pairs)), strict=True):
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        slips.append(Slip(student.name, kind, _relation(student, kind), spelled(code)))
        rows.append(
            {
                "id": identity, "ref": ref, "county_id": group.county_id, "school_id": group.school_id,
                "student_id": student.id, "kind": kind, "lookup": lookup_of(code), "issued_by": actor.person_id,
                "expires_at": until,
            }
        )  # fmt: skip
    db.session.execute(insert(AccessCode), rows)
    db.session.execute(insert(AccessCodePlace), [{"lookup": row["lookup"], "unit_id": group.school_id} for row in rows])
    return slips


def _relation(student: Student, kind: str) -> str:
    if kind == "student":
        return "self"
    place, listed = (0 if kind == "guardian1" else 1), student.guardians or []
    return str(listed[place].get("relation") or "other") if place < len(listed) else "other"
