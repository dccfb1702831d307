"""A child whose whole story is kept: answers, scores, facts, an alert, and a level that two persons confirmed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, text, update

from app.care.rainbow.models import RainbowAssessment, RiskFact
from app.care.rainbow.operations import deciding, proposing
from app.care.screening.models import CriticalAlert
from app.care.screening.operations import alerts
from app.core import clock as core_clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.core.policy.assignments import CaseAssignment
from app.people.directory.models import Student, Unit
from tests.care.taking_part import Family
from tests.care.terms import BORN, CRISIS, GOOD, MONDAY, Term, at
from tests.cast import Cast

NAME, OTHER = "澄澈欧阳壬", "慕容不在案"
"""The child of the story, and a classmate with answers and nothing else."""


@dataclass
class Story:
    """The child and all that is kept of it."""

    term: Term
    cast: Cast
    child: uuid.UUID
    ref: str
    other: uuid.UUID
    other_ref: str

    def act(self, key: str) -> Any:
        """Be this player, in the database as well."""
        actor = self.cast.actor(key)
        use_context(actor.context())
        return actor

    def student(self, identity: uuid.UUID | None = None) -> Student:
        """The child as the open context shows it."""
        return db.session.get_one(Student, identity or self.child)


@pytest.fixture
def told_of(app: Flask, cast: Cast, clock: Any) -> Story:
    """The story, rolled back afterwards."""
    return tell(cast, clock)


def tell(cast: Cast, clock: Any) -> Story:
    """Screened, alerted, computed, signed by the counsellor and confirmed by the expert."""
    clock.set(at(MONDAY, 9))
    family = Family(cast, BORN).enrol()
    family.ask()
    term = Term(cast, family, clock, family.slips())
    term.opened()
    for name, given in (("学生00", CRISIS), ("学生01", GOOD)):
        term.agree(name)
        term.answer(name, given)
    alerts.raise_all()
    child, ref = _named("学生00", NAME)
    other, other_ref = _named("学生01", OTHER)
    story = Story(term, cast, child, ref, other, other_ref)
    _facts(story)
    _given_to_the_expert(story)
    _decided(story)
    use_context(SYSTEM.context())
    db.session.expire_all()
    return story


def _named(before: str, after: str) -> tuple[uuid.UUID, str]:
    with trail.act(SYSTEM, "system", "test.rename"):
        changed = update(Student).where(Student.name == before).values(name=after).returning(Student.id, Student.ref)
        row = db.session.execute(changed).one()
    return row.id, row.ref


def _facts(story: Story) -> None:
    school = story.cast.units["shuangqiao"]
    whose = {"county_id": story.cast.county.id, "school_id": school.id, "student_id": story.child}
    rows = [
        {**whose, "code": "subsistence_allowance", "source": "civil_affairs", "dated_on": core_clock.today()},
        {**whose, "code": "grandparent_care", "source": "school", "dated_on": core_clock.today()},
    ]
    with trail.act(SYSTEM, "system", "test.facts"):
        db.session.execute(insert(RiskFact), rows)


def _given_to_the_expert(story: Story) -> None:
    """From a day that has come by the server's own clock as well."""
    with trail.act(SYSTEM, "system", "test.case"):
        given = CaseAssignment(
            county_id=story.cast.county.id, school_id=story.cast.units["shuangqiao"].id, entity="students",
            record_id=story.child, person_id=story.cast["psych_expert"].person_id, part="expert",
            from_on=date(2026, 1, 1),
        )  # fmt: skip
        db.session.add(given)


def _decided(story: Story) -> None:
    use_context(SYSTEM.context())
    school = db.session.get_one(Unit, story.cast.units["shuangqiao"].id)
    proposing.compute(SYSTEM, school, proposing.RunIn((school.id,)))
    use_context(SYSTEM.context())
    wanted = select(RainbowAssessment).where(RainbowAssessment.student_id == story.child)
    proposal = db.session.scalars(wanted).one()
    assert proposal.proposed == "red"
    deciding.sign_first(story.act("school_counselor"), proposal, deciding.SignIn(core_clock.today()))
    deciding.confirm(story.act("psych_expert"), proposal, deciding.ConfirmIn())


def without_alert(story: Story) -> None:
    """The classmate's form raised none; the child's is closed: nobody has it in hand for that."""
    with trail.act(SYSTEM, "system", "test.close"):
        db.session.execute(update(CriticalAlert).values(state="accepted"))
        db.session.execute(update(CriticalAlert).values(state="closed"))


def rows_of(table: str, student: uuid.UUID) -> int:
    """How many rows of a table the open context shows of a student, by plain SQL."""
    asked = text(f"select count(*) from {table} where student_id = :id")  # noqa: S608 - names of our own tables
    return int(db.session.execute(asked, {"id": student}).scalar_one())


A_WEEK = timedelta(days=7)
