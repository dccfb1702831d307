"""The leading group's head names the member who takes what nobody in the office may (decision 39)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.core.policy.assignments import CaseAssignment
from app.core.policy.ladder import NAMED
from app.people.directory.models import Person, Unit
from app.people.directory.queries.stand_ins import members, stand_ins
from app.people.left_alone import tell_fewer

MEMBER = Sentence("请从领导小组成员中选择", "Choose a member of the leading group.")
UNTIL = Sentence("请写今天或以后的日期", "Write today or a later day.")


@dataclass(frozen=True)
class StandInWish:
    """Which member, until which day."""

    person: Person
    to_on: date


@operation(right="people.name_stand_in", name="unit.name_stand_in")
def name_stand_in(actor: Actor, bureau: Unit, given: StandInWish) -> CaseAssignment:
    """From today on this member alone; whoever was named before no more. Raises Invalid with what does not fit.

    The member hears of what waits already.
    """
    today = clock.today()
    if given.person.id not in {person.id for person in members(actor)}:
        raise Invalid("person", MEMBER)
    if given.to_on < today:
        raise Invalid("to_on", UNTIL)
    for before, _person in stand_ins(actor, bureau):
        if before.from_on == today:
            db.session.delete(before)
        else:
            before.to_on = today - timedelta(days=1)
    db.session.flush()
    named = CaseAssignment(
        county_id=bureau.id,
        entity=Unit.__tablename__,
        record_id=bureau.id,
        person_id=given.person.id,
        part=NAMED,
        from_on=today,
        to_on=given.to_on,
    )
    db.session.add(named)
    tell_fewer(bureau, "office_director")
    return named
