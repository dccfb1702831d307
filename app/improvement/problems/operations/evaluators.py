"""Outside evaluators: one person reads an issued item with all that belongs to it, until a day within the contract."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.core.policy.assignments import CaseAssignment
from app.improvement.problems.models import ProblemItem
from app.people.directory.models import Person, RoleAssignment

ROLE, PART = "external_evaluator", "evaluator"
NOT_OUTSIDE = Sentence("请从合同期内的第三方评估员里选", "Choose an outside evaluator whose contract runs")
NOT_NOW = Sentence(
    "交办以后、作废以前才能请第三方评估", "An item is evaluated from outside once it is issued and unless it is void"
)
DAY = Sentence("请写今天以后、合同期以内的一天", "Choose a day from today on, within the contract")


@dataclass(frozen=True)
class EvaluatorIn:
    """Who evaluates from outside, and the last day on which the item is open to that person."""

    person_id: uuid.UUID | None
    until: date | None
    version: int | None = None


@operation(right="problems.name_evaluator", name="problem_item.name_evaluator")
def name_evaluator(actor: Actor, item: ProblemItem, given: EvaluatorIn) -> None:
    """Open an item to an outside evaluator; whoever had it before loses it today. Raises Invalid with what does not fit."""
    if item.issued_on is None or item.state == "void":
        raise Invalid("", NOT_NOW)
    contract = next((row for row in contracts(item.county_id) if row.person_id == given.person_id), None)
    if contract is None:
        raise Invalid("evaluator", NOT_OUTSIDE)
    if given.until is None or given.until < clock.today() or (contract.to_on and given.until > contract.to_on):
        raise Invalid("until", DAY)
    for before in db.session.scalars(running_for(item)):
        before.to_on = clock.today() - timedelta(days=1)
    db.session.add(
        CaseAssignment(
            entity=ProblemItem.__tablename__, record_id=item.id, person_id=contract.person_id, part=PART,
            from_on=clock.today(), to_on=given.until, county_id=item.county_id, school_id=item.school_id,
        )
    )  # fmt: skip


def contracts(county_id: uuid.UUID | None) -> Sequence[Any]:
    """Outside evaluators of the county today, by pinyin: person_id, ref, name, to_on (last day of the contract)."""
    day = clock.today()
    return db.session.execute(
        select(RoleAssignment.person_id, Person.ref, Person.name, RoleAssignment.to_on)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(
            RoleAssignment.county_id == county_id,
            RoleAssignment.role == ROLE,
            RoleAssignment.from_on <= day,
            or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= day),
            or_(Person.left_on.is_(None), Person.left_on >= day),
        )
        .order_by(Person.pinyin, Person.id)
    ).all()


def running_for(item: ProblemItem) -> Any:
    """The assignment of an item to an outside evaluator that runs today, as a select."""
    return running(CaseAssignment.record_id == item.id)


def running(which: Any) -> Any:
    """Assignments of items to outside evaluators that run today and for which `which` holds, as a select."""
    return select(CaseAssignment).where(
        CaseAssignment.entity == ProblemItem.__tablename__,
        which,
        CaseAssignment.part == PART,
        or_(CaseAssignment.to_on.is_(None), CaseAssignment.to_on >= clock.today()),
    )
