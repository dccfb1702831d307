"""Reads of consent for the school: rounds, counts by class, who has not answered yet."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from app.care.consent.models import AccessCode, Consent, ConsentRound
from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.imports.grades import school_year
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.registers import page_of
from app.people.directory.models import SchoolClass, Student

VIEW, ANSWERS, TYPE = "consent.view_rounds", "consent.view_answers", "imports.upload_consents"
NEWEST = ((ConsentRound.created_at, True), (ConsentRound.id, True))


def rounds(actor: Actor, after: str = "") -> Sequence[ConsentRound]:
    """Rounds of the school, the newest first; one more than a page."""
    seen = decide.visible(actor, select(ConsentRound), ConsentRound, VIEW)
    return db.session.scalars(page_of(seen, ConsentRound, NEWEST, after)).all()


def round_for(actor: Actor, ref: str) -> ConsentRound:
    """One round. Raises NotFound."""
    found = db.session.scalar(
        decide.visible(actor, select(ConsentRound), ConsentRound, VIEW).where(ConsentRound.ref == ref)
    )
    if found is None:
        raise NotFound("consent_round", ref)
    return found


def _count(*states: str) -> Any:
    return func.count().filter(Consent.state.in_(states))


def by_class(actor: Actor, round_: ConsentRound) -> Sequence[Any]:
    """Per class that the actor may see: asked, taking part, not taking part, not answered; in the order of the school."""
    shown = decide.visible(actor, select(Consent.class_id), Consent, ANSWERS).where(Consent.round_id == round_.id)
    counted = (
        shown.add_columns(
            func.count().label("asked"),
            _count("granted").label("inside"),
            _count("pending", "requested").label("waiting"),
            _count("refused", "withdrawn", "expired").label("outside"),
        )
        .group_by(Consent.class_id)
        .subquery()
    )
    found = select(SchoolClass, counted).join(counted, counted.c.class_id == SchoolClass.id)
    return db.session.execute(
        found.order_by(func.length(SchoolClass.grade), SchoolClass.grade, SchoolClass.class_no)
    ).all()


def class_for(actor: Actor, ref: str) -> SchoolClass:
    """A class of whose students the actor may see who takes part. Raises NotFound."""
    found = db.session.scalar(select(SchoolClass).where(SchoolClass.ref == ref))
    if found is None or not decide.may(actor, ANSWERS, found):
        raise NotFound("school_class", ref)
    return found


def consents_of_class(actor: Actor, round_: ConsentRound, group: SchoolClass) -> Sequence[Consent]:
    """The class list in the order of names, each with its answers."""
    found = decide.visible(actor, select(Consent), Consent, ANSWERS).where(
        Consent.round_id == round_.id, Consent.class_id == group.id
    )
    return db.session.scalars(found.join(Student, Student.id == Consent.student_id).order_by(Student.pinyin)).all()


def class_to_type(actor: Actor, ref: str) -> SchoolClass:
    """A class whose consents on paper the actor may enter. Raises NotFound."""
    found = db.session.scalar(select(SchoolClass).where(SchoolClass.ref == ref))
    if found is None or not decide.may(actor, TYPE, found):
        raise NotFound("school_class", ref)
    return found


def open_of_class(actor: Actor, round_: ConsentRound, group: SchoolClass) -> Sequence[Consent]:
    """Consents of the class that were asked for and not settled, by student number."""
    found = decide.visible(actor, select(Consent), Consent, TYPE).where(
        Consent.round_id == round_.id, Consent.class_id == group.id, Consent.state == "requested"
    )
    joined = found.join(Student, Student.id == Consent.student_id).where(Student.left_on.is_(None))
    return db.session.scalars(joined.order_by(Student.student_no)).all()


def consent_for(actor: Actor, ref: str) -> Consent:
    """One consent. Raises NotFound."""
    found = db.session.scalar(decide.visible(actor, select(Consent), Consent, ANSWERS).where(Consent.ref == ref))
    if found is None:
        raise NotFound("consent", ref)
    return found


def codes_of(actor: Actor, group: SchoolClass) -> dict[uuid.UUID, set[str]]:
    """Student → kinds of open codes: who has one already."""
    now = clock.now()
    rows = db.session.execute(
        select(AccessCode.student_id, AccessCode.kind)
        .join(Student, Student.id == AccessCode.student_id)
        .where(Student.class_id == group.id, AccessCode.ended_at.is_(None), AccessCode.expires_at > now)
    )
    found: dict[uuid.UUID, set[str]] = {}
    for row in rows:
        found.setdefault(row.student_id, set()).add(row.kind)
    return found


def own_classes(actor: Actor) -> Sequence[SchoolClass]:
    """This year's classes for which the actor may make codes."""
    today = clock.today()
    found = select(SchoolClass).where(
        SchoolClass.school_id == actor.school_id, SchoolClass.school_year == school_year(today.year, today.month)
    )
    rows = db.session.scalars(
        found.order_by(func.length(SchoolClass.grade), SchoolClass.grade, SchoolClass.class_no)
    ).all()
    return [row for row in rows if decide.may(actor, "consent.issue_codes", row)]


def grades_of(actor: Actor) -> Sequence[str]:
    """Grades in which the school has students this year."""
    today = clock.today()
    found = (
        select(SchoolClass.grade)
        .where(
            SchoolClass.school_id == actor.school_id, SchoolClass.school_year == school_year(today.year, today.month)
        )
        .distinct()
    )
    return sorted(db.session.scalars(found), key=lambda grade: int(grade[1:]))
